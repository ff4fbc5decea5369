#include "lab/evidence/waterfall.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace faultline {
namespace {

// What is known of an attempt while its story is read.
struct Known {
  std::optional<double> arrived, thread, served;
  bool open = true;  // the caller still waits for it
};

class Reader {
 public:
  explicit Reader(double until_s) : until_s_(until_s) {}

  void take(const TracePoint& step) {
    const std::size_t index = call_of(step);
    CallSpan& call = out_.calls[index];
    out_.end_s = std::max(out_.end_s, step.t_s);
    switch (step.kind) {
      case TraceKind::Aside:
        return;
      case TraceKind::SetsOut:
        attempt(index, step).instance = step.instance;
        return;
      case TraceKind::NotSent:
        attempt(index, step).sent = false;
        return close(index, step.attempt, step.t_s, step.error);
      case TraceKind::Queued:
        known(index, step).arrived = step.t_s;
        return;
      case TraceKind::TurnedAway:
        attempt(index, step).turned_away = true;
        if (!known(index, step).arrived) known(index, step).arrived = step.t_s;
        return served(index, step);
      case TraceKind::GetsThread:
        known(index, step).arrived = step.t_s - step.waited_s;
        known(index, step).thread = step.t_s;
        return;
      case TraceKind::Done:
        return served(index, step);
      case TraceKind::GivesUp:
        close(index, step.attempt, step.t_s, step.error);
        attempt(index, step).given_up = true;
        attempt(index, step).answered = false;
        attempt(index, step).error = step.error;
        return;
      case TraceKind::Failed:
        return close(index, step.attempt, step.t_s, step.error);
      case TraceKind::Instead:
      case TraceKind::Again:
        return close_all(index, step.t_s, step.error);
      case TraceKind::Ended:
      case TraceKind::Abandoned:
        call.abandoned = step.kind == TraceKind::Abandoned;
        call.ended = !call.abandoned;
        call.error = call.abandoned ? Error::Cancelled : step.error;
        call.end_s = step.t_s;
        return close_all(index, step.t_s, call.error);
    }
  }

  Waterfall finish() {
    for (std::size_t i = 0; i < out_.calls.size(); ++i) {
      CallSpan& call = out_.calls[i];
      if (!call.ended && !call.abandoned) {
        call.end_s = until_s_;
        close_all(i, until_s_, Error::None);
        out_.end_s = until_s_;
      }
    }
    for (std::size_t i = 0; i < out_.calls.size(); ++i) {
      for (std::size_t k = 0; k < out_.calls[i].attempts.size(); ++k) cut(i, k);
    }
    return std::move(out_);
  }

 private:
  std::size_t call_of(const TracePoint& step) {
    const auto [found, is_new] = calls_.emplace(step.call, out_.calls.size());
    if (!is_new) return found->second;
    CallSpan call;
    call.caller = step.caller;
    call.callee = step.callee;
    call.due_s = step.due_s;
    if (const auto parent = calls_.find(step.parent); step.parent != 0 && parent != calls_.end()) {
      call.parent = parent->second;
      const CallSpan& above = out_.calls[call.parent];
      // Its caller is not whom the parent called, but the parent's own.
      call.instead = call.caller == above.caller && above.caller != above.callee;
      for (std::size_t k = 0; k < above.attempts.size(); ++k) {
        if (above.attempts[k].number == step.parent_attempt) call.parent_attempt = unsigned(k);
      }
    }
    out_.calls.push_back(std::move(call));
    known_.emplace_back();
    return found->second;
  }

  AttemptSpan& attempt(std::size_t call, const TracePoint& step) {
    auto& all = out_.calls[call].attempts;
    for (AttemptSpan& one : all) {
      if (one.number == step.attempt) return one;
    }
    AttemptSpan fresh;
    fresh.number = step.attempt;
    fresh.sent_s = fresh.end_s = step.t_s;
    all.push_back(fresh);
    known_[call].emplace_back();
    return all.back();
  }
  Known& known(std::size_t call, const TracePoint& step) {
    attempt(call, step);
    auto& all = out_.calls[call].attempts;
    for (std::size_t k = 0; k < all.size(); ++k) {
      if (all[k].number == step.attempt) return known_[call][k];
    }
    return known_[call].back();
  }

  void served(std::size_t call, const TracePoint& step) {
    Known& what = known(call, step);
    what.served = step.t_s;
    if (!what.open) return;
    AttemptSpan& one = attempt(call, step);
    one.error = step.error;
    one.answered = step.error == Error::None;
  }

  void close(std::size_t call, unsigned number, double t, Error why) {
    auto& all = out_.calls[call].attempts;
    for (std::size_t k = 0; k < all.size(); ++k) {
      if (all[k].number == number && known_[call][k].open) shut(call, k, t, why);
    }
  }
  void close_all(std::size_t call, double t, Error why) {
    for (std::size_t k = 0; k < known_[call].size(); ++k) {
      if (known_[call][k].open) shut(call, k, t, why);
    }
  }
  void shut(std::size_t call, std::size_t k, double t, Error why) {
    AttemptSpan& one = out_.calls[call].attempts[k];
    one.end_s = t;
    known_[call][k].open = false;
    if (known_[call][k].served) return;  // it has its answer
    one.error = why == Error::None && (out_.calls[call].ended) ? Error::Cancelled : why;
  }

  // What an attempt waited for, piece by piece.
  void cut(std::size_t index, std::size_t k) {
    AttemptSpan& one = out_.calls[index].attempts[k];
    const Known& what = known_[index][k];
    double at = one.sent_s;
    const auto add = [&](Spent spent, double to) {
      to = std::min(to, one.end_s);
      if (to > at) one.pieces.push_back({spent, at, to});
      at = std::max(at, to);
    };
    one.served_s = what.served.value_or(one.end_s);
    if (!one.sent) return add(Spent::Caller, one.end_s);
    add(Spent::Travel, what.arrived.value_or(one.end_s));
    add(Spent::Queue, what.thread.value_or(what.served.value_or(one.end_s)));
    if (what.thread) held(index, k, add, what.served.value_or(one.end_s));
    add(Spent::Travel, one.end_s);
    if (what.thread && one.served_s > one.end_s)
      one.pieces.push_back({Spent::Unwanted, std::max(one.end_s, *what.thread), one.served_s});
  }

  // A thread is held: it works but for when it waits for calls of its own.
  template <class Add>
  void held(std::size_t index, std::size_t k, const Add& add, double until) {
    std::vector<std::pair<double, double>> calls;
    for (const CallSpan& child : out_.calls) {
      if (child.parent == index && child.parent_attempt == k && !child.instead)
        calls.emplace_back(child.due_s, child.end_s);
    }
    std::sort(calls.begin(), calls.end());
    for (const auto& [from, to] : calls) {
      add(Spent::Work, std::min(from, until));
      add(Spent::Downstream, std::min(to, until));
    }
    add(Spent::Work, until);
  }

  double until_s_;
  Waterfall out_;
  std::map<std::uint64_t, std::size_t> calls_;  // by lineage
  std::vector<std::vector<Known>> known_;       // by call, by attempt
};

// Adds up where the time of a call went, hop by hop along what it waited for.
class Account {
 public:
  explicit Account(const Waterfall& request) : request_(request) {}

  std::vector<Passed> take() {
    if (request_.calls.empty()) return {};
    of_call(0, request_.calls[0].due_s, request_.calls[0].end_s);
    std::stable_sort(passed_.begin(), passed_.end(),
                     [](const Passed& a, const Passed& b) { return a.seconds > b.seconds; });
    return std::move(passed_);
  }

 private:
  void add(Spent spent, const std::string& where, double seconds) {
    for (Passed& one : passed_) {
      if (one.spent == spent && one.where == where) {
        one.seconds += seconds;
        return;
      }
    }
    passed_.push_back({spent, where, seconds});
  }

  // `at(middle, from, to)` for each stretch between two of the edges.
  template <class At>
  static void stretches(std::vector<double> edges, double from, double to, const At& at) {
    edges.push_back(from);
    edges.push_back(to);
    std::sort(edges.begin(), edges.end());
    for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
      const double a = std::max(edges[i], from), b = std::min(edges[i + 1], to);
      if (b > a) at((a + b) / 2, a, b);
    }
  }

  void of_call(std::size_t index, double from, double to) {
    const CallSpan& call = request_.calls[index];
    std::vector<double> edges;
    for (const AttemptSpan& one : call.attempts) edges.insert(edges.end(), {one.sent_s, one.end_s});
    const auto substitutes = children(index, [](const CallSpan& c) { return c.instead; });
    for (const std::size_t c : substitutes) {
      edges.insert(edges.end(), {request_.calls[c].due_s, request_.calls[c].end_s});
    }
    stretches(edges, from, to, [&](double middle, double a, double b) {
      for (const std::size_t c : substitutes) {
        if (covers(request_.calls[c], middle)) return of_call(c, a, b);
      }
      for (std::size_t k = call.attempts.size(); k-- > 0;) {  // the newest that is under way
        const AttemptSpan& one = call.attempts[k];
        if (one.sent && one.sent_s <= middle && middle < one.end_s)
          return of_attempt(index, k, a, b);
      }
      add(Spent::Caller, call.caller, b - a);
    });
  }

  void of_attempt(std::size_t index, std::size_t k, double from, double to) {
    const CallSpan& call = request_.calls[index];
    const auto below =
        children(index, [&](const CallSpan& c) { return !c.instead && c.parent_attempt == k; });
    for (const Piece& piece : call.attempts[k].pieces) {
      const double a = std::max(piece.from_s, from), b = std::min(piece.to_s, to);
      if (b <= a) continue;
      if (piece.spent != Spent::Downstream) {
        const bool network = piece.spent == Spent::Travel;
        add(piece.spent, network ? call.caller + "->" + call.callee : call.callee, b - a);
        continue;
      }
      std::vector<double> edges;
      for (const std::size_t c : below)
        edges.insert(edges.end(), {request_.calls[c].due_s, request_.calls[c].end_s});
      stretches(edges, a, b, [&](double middle, double x, double y) {
        std::size_t last = CallSpan::kNobody;  // the one that ends last holds the others up
        for (const std::size_t c : below) {
          if (covers(request_.calls[c], middle) &&
              (last == CallSpan::kNobody || request_.calls[c].end_s > request_.calls[last].end_s))
            last = c;
        }
        if (last == CallSpan::kNobody) return add(Spent::Work, call.callee, y - x);
        of_call(last, x, y);
      });
    }
  }

  template <class Fits>
  std::vector<std::size_t> children(std::size_t index, const Fits& fits) const {
    std::vector<std::size_t> found;
    for (std::size_t c = 0; c < request_.calls.size(); ++c) {
      if (request_.calls[c].parent == index && fits(request_.calls[c])) found.push_back(c);
    }
    return found;
  }
  static bool covers(const CallSpan& call, double t) { return call.due_s <= t && t < call.end_s; }

  const Waterfall& request_;
  std::vector<Passed> passed_;
};

}  // namespace

Waterfall waterfall_of(const std::vector<TracePoint>& steps, double until_s) {
  Reader reader(until_s);
  for (const TracePoint& step : steps) reader.take(step);
  Waterfall request = reader.finish();
  request.passed = Account(request).take();
  return request;
}

}  // namespace faultline
