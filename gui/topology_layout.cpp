#include "gui/topology_layout.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

namespace faultline::gui {
namespace {

constexpr double kPassage = 0.4;  // of a box's height
constexpr int kSweeps = 6;

class Layout {
 public:
  Layout(const std::vector<std::string>& clients, const std::vector<std::string>& services) {
    for (const std::string& name : clients) made_.boxes.push_back({name, true, 0, {}});
    for (const std::string& name : services) made_.boxes.push_back({name, false, 1, {}});
    real_ = made_.boxes.size();
  }

  Topology run(const std::vector<std::string>& edges) {
    for (const std::string& name : edges) add(name);
    find_layers();
    add_passages();
    order();
    place();
    return std::move(made_);
  }

 private:
  std::optional<std::size_t> index_of(std::string_view name) const {
    for (std::size_t i = 0; i < real_; ++i) {
      if (made_.boxes[i].name == name) return i;
    }
    return std::nullopt;
  }

  void add(const std::string& name) {
    const std::size_t arrow = name.find("->");
    if (arrow == std::string::npos) return;
    const std::string_view whole = name;
    const auto from = index_of(whole.substr(0, arrow));
    const auto to = index_of(whole.substr(arrow + 2));
    if (from && to && from != to) made_.lines.push_back({name, {*from, *to}});
  }

  // The longest way from a client; calls that lead back don't count.
  void find_layers() {
    std::vector<char> state(real_, 0);  // 0: new, 1: on the way, 2: done
    std::vector<std::size_t> order;
    std::vector<char> leads_back(made_.lines.size(), 0);
    const auto visit = [&](const auto& self, std::size_t box) -> void {
      state[box] = 1;
      for (std::size_t i = 0; i < made_.lines.size(); ++i) {
        if (made_.lines[i].boxes[0] != box) continue;
        const std::size_t to = made_.lines[i].boxes[1];
        if (state[to] == 1) leads_back[i] = 1;
        if (state[to] == 0) self(self, to);
      }
      state[box] = 2;
      order.push_back(box);
    };
    for (std::size_t box = 0; box < real_; ++box) {
      if (state[box] == 0) visit(visit, box);
    }
    std::reverse(order.begin(), order.end());
    for (const std::size_t box : order) {
      for (std::size_t i = 0; i < made_.lines.size(); ++i) {
        if (leads_back[i] != 0 || made_.lines[i].boxes[0] != box) continue;
        TopologyBox& to = made_.boxes[made_.lines[i].boxes[1]];
        to.layer = std::max(to.layer, made_.boxes[box].layer + 1);
      }
    }
    for (const TopologyBox& box : made_.boxes) made_.layers = std::max(made_.layers, box.layer + 1);
  }

  void add_passages() {
    for (TopologyLine& line : made_.lines) {
      const std::size_t from = line.boxes.front(), to = line.boxes.back();
      const std::size_t last = made_.boxes[to].layer;
      line.boxes = {from};
      for (std::size_t layer = made_.boxes[from].layer + 1; layer < last; ++layer) {
        line.boxes.push_back(made_.boxes.size());
        made_.boxes.push_back({{}, false, layer, {}});
      }
      line.boxes.push_back(to);
    }
  }

  // Each box goes to the mean height of its neighbours, layer by layer, there and back.
  void order() {
    layers_.resize(made_.layers);
    for (std::size_t i = 0; i < made_.boxes.size(); ++i) layers_[made_.boxes[i].layer].push_back(i);
    place();
    for (int sweep = 0; sweep < kSweeps; ++sweep) {
      const bool forward = sweep % 2 == 0;
      for (std::size_t k = 0; k < layers_.size(); ++k) {
        auto& layer = layers_[forward ? k : layers_.size() - 1 - k];
        std::vector<double> wish(made_.boxes.size());
        for (const std::size_t box : layer) wish[box] = mean_of_neighbours(box, forward);
        std::stable_sort(layer.begin(), layer.end(),
                         [&](std::size_t a, std::size_t b) { return wish[a] < wish[b]; });
        place();
      }
    }
  }

  double mean_of_neighbours(std::size_t box, bool before) const {
    double sum = 0;
    int found = 0;
    for (const TopologyLine& line : made_.lines) {
      for (std::size_t i = 0; i + 1 < line.boxes.size(); ++i) {
        const std::size_t self = line.boxes[before ? i + 1 : i];
        if (self != box) continue;
        sum += made_.boxes[line.boxes[before ? i : i + 1]].centre.y();
        ++found;
      }
    }
    return found > 0 ? sum / found : made_.boxes[box].centre.y();
  }

  double weight(std::size_t box) const { return box < real_ ? 1 : kPassage; }

  void place() {
    made_.fullest = 1;
    for (const auto& layer : layers_) {
      const double all =
          std::accumulate(layer.begin(), layer.end(), 0.0,
                          [&](double sum, std::size_t b) { return sum + weight(b); });
      made_.fullest = std::max(made_.fullest, all);
      double above = 0;
      for (const std::size_t box : layer) {
        made_.boxes[box].centre.setY((above + weight(box) / 2) / all);
        above += weight(box);
      }
    }
  }

  Topology made_;
  std::size_t real_ = 0;
  std::vector<std::vector<std::size_t>> layers_;
};

}  // namespace

Topology topology_of(const std::vector<std::string>& clients,
                     const std::vector<std::string>& services,
                     const std::vector<std::string>& edges) {
  return Layout(clients, services).run(edges);
}

}  // namespace faultline::gui
