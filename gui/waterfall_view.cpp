#include "gui/waterfall_view.hpp"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "gui/qt_text.hpp"
#include "gui/words.hpp"

namespace faultline::gui {
namespace {

constexpr double kMargin = 8, kLabel = 210, kEnd = 96;  // pixels
constexpr double kBeyond = 0.5;  // what nobody waits for is shown for half the latency more

QString ending(const AttemptSpan& one, bool ended) {
  if (one.answered) return "✓";
  if (one.error == Error::None) return ended ? "–" : "…";
  return "✗ " + qt(spaced(name(one.error)));
}

QString ending(const CallSpan& call) {
  if (!call.ended && !call.abandoned) return "…";
  return call.error == Error::None ? QString("✓") : "✗ " + qt(spaced(name(call.error)));
}

}  // namespace

QString name_of(Spent spent) {
  switch (spent) {
    case Spent::Caller:
      return WaterfallView::tr("waiting to be sent");
    case Spent::Travel:
      return WaterfallView::tr("on the network");
    case Spent::Queue:
      return WaterfallView::tr("in the queue");
    case Spent::Work:
      return WaterfallView::tr("work (self time)");
    case Spent::Downstream:
      return WaterfallView::tr("waiting for its own calls");
    case Spent::Unwanted:
      return WaterfallView::tr("work for nobody");
  }
  return {};
}

// Full bars for work, hatched for queues, hollow for waiting, lines for what is no server's.
void fill_spent(QPainter& painter, Spent spent, const QRectF& bar, const Theme& theme) {
  const auto colour = [&](Meaning meaning) { return stroke_of(meaning, theme).pen.color(); };
  const auto line = [&](const QPen& pen) {
    painter.setPen(pen);
    painter.drawLine(QPointF(bar.left(), bar.center().y()), QPointF(bar.right(), bar.center().y()));
  };
  const auto box = [&](const QColor& edge, const QBrush& inside) {
    painter.setPen(QPen(edge, 1));
    painter.setBrush(inside);
    painter.drawRect(bar.width() > 2 ? bar.adjusted(0.5, 0.5, -0.5, -0.5) : bar);
  };
  switch (spent) {
    case Spent::Caller:
      return line(QPen(theme.faint, 2, Qt::DotLine));
    case Spent::Travel:
      return line(QPen(theme.faint, 1.4));
    case Spent::Queue:
      return box(colour(Meaning::Queue), QBrush(colour(Meaning::Queue), Qt::BDiagPattern));
    case Spent::Work:
      return box(colour(Meaning::Typical), colour(Meaning::Typical));
    case Spent::Downstream: {
      QColor light = colour(Meaning::Typical);
      light.setAlpha(46);
      return box(colour(Meaning::Typical), light);
    }
    case Spent::Unwanted:
      return box(colour(Meaning::Burn), QBrush(colour(Meaning::Burn), Qt::DiagCrossPattern));
  }
}

WaterfallView::WaterfallView(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(tr("Waterfall of the request"));
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Minimum);
}

void WaterfallView::show_request(Waterfall request, const QString& in_words) {
  request_ = std::move(request);
  rows_.clear();
  from_ = 0;
  to_ = 1;
  if (!request_.calls.empty()) {
    add_rows(0, 0);
    from_ = request_.calls[0].due_s;
    const double end = request_.calls[0].end_s;
    to_ = std::max(end, std::min(request_.end_s, end + kBeyond * (end - from_)));
    if (to_ <= from_) to_ = std::max(request_.end_s, from_ + 1e-3);
  }
  setAccessibleDescription(in_words);
  fit();
  update();
}

void WaterfallView::add_rows(std::size_t index, int depth) {
  const CallSpan& call = request_.calls[index];
  const std::size_t n = call.attempts.size();
  if (n != 1) rows_.push_back({index, Row::kWholeCall, depth});
  const auto below = [&](auto fits) {
    for (std::size_t c = index + 1; c < request_.calls.size(); ++c) {
      if (request_.calls[c].parent == index && fits(request_.calls[c])) add_rows(c, depth + 1);
    }
  };
  for (std::size_t k = 0; k < n; ++k) {
    rows_.push_back({index, k, n == 1 ? depth : depth + 1});
    below([&](const CallSpan& c) { return !c.instead && c.parent_attempt == k; });
  }
  below([](const CallSpan& c) { return c.instead; });
}

double WaterfallView::row_height() const {
  return fontMetrics().height() + 8;
}
double WaterfallView::top() const {
  return fontMetrics().height() + 12;
}
double WaterfallView::left() const {
  return kMargin + std::min(kLabel * fontMetrics().height() / 16, width() * 0.34);
}

void WaterfallView::fit() {
  setMinimumHeight(static_cast<int>(top() + static_cast<double>(rows_.size()) * row_height() + 8));
}

double WaterfallView::x_of(double t) const {
  const double wide = std::max(10.0, width() - left() - kEnd - kMargin);
  return left() + std::clamp((t - from_) / (to_ - from_), 0.0, 1.0) * wide;
}

QRectF WaterfallView::bar_of(std::size_t index) const {
  const Row& row = rows_[index];
  const CallSpan& call = request_.calls[row.call];
  double from = call.due_s, to = call.end_s;
  if (row.attempt != Row::kWholeCall) {
    const AttemptSpan& one = call.attempts[row.attempt];
    if (call.attempts.size() > 1) from = one.sent_s;
    to = std::max(call.attempts.size() > 1 ? one.end_s : call.end_s, one.served_s);
  }
  if (to > to_ && from < to_) {
    to = row.attempt == Row::kWholeCall ? to_ : std::min(to_, call.attempts[row.attempt].end_s);
  }
  const double y = top() + static_cast<double>(index) * row_height();
  return {QPointF(x_of(from), y + 4),
          QPointF(std::max(x_of(to), x_of(from) + 1), y + row_height() - 4)};
}

QString WaterfallView::label_of(const Row& row) const {
  const CallSpan& call = request_.calls[row.call];
  if (row.attempt == Row::kWholeCall || call.attempts.size() == 1) {
    return qt(call.caller) + " → " + qt(call.callee) + (call.instead ? tr(" instead") : "");
  }
  const AttemptSpan& one = call.attempts[row.attempt];
  const QString text = tr("attempt %1").arg(one.number + 1);
  return one.sent ? text + QString(" (%1/%2)").arg(qt(call.callee)).arg(one.instance) : text;
}

// When the last was done about a row.
double WaterfallView::served_by(const Row& row) const {
  const CallSpan& call = request_.calls[row.call];
  if (row.attempt == Row::kWholeCall) return call.end_s;
  return std::max(call.attempts[row.attempt].served_s, call.attempts[row.attempt].end_s);
}

void WaterfallView::draw_axis(QPainter& painter) const {
  const Theme& theme = theme_for(palette());
  const double wide = x_of(to_) - x_of(from_);
  const int wanted = std::clamp(static_cast<int>(wide / 90), 2, 10);
  double free_from = 0;
  for (const double t : value_ticks(0, to_ - from_, wanted)) {
    const double x = std::round(x_of(from_ + t)) + 0.5;
    painter.setPen(theme.grid);
    painter.drawLine(QPointF(x, top() - 4), QPointF(x, height()));
    const QString text = t == 0 ? "0" : qt(value_text(t, Unit::Seconds));
    const double half = fontMetrics().horizontalAdvance(text) / 2.0;
    if (x - half < free_from) continue;
    painter.setPen(theme.faint);
    painter.drawText(QPointF(x - half, 4 + fontMetrics().ascent()), text);
    free_from = x + half + 10;
  }
}

void WaterfallView::draw_pieces(QPainter& painter, const AttemptSpan& one,
                                const QRectF& bar) const {
  const Theme& theme = theme_for(palette());
  for (const Piece& piece : one.pieces) {
    if (piece.from_s > to_) continue;  // the ending says that there is more
    const double a = x_of(piece.from_s), b = x_of(piece.to_s);
    fill_spent(
        painter, piece.spent,
        QRectF(a, bar.top(), std::max(piece.spent == Spent::Work ? 1.5 : 0.5, b - a), bar.height()),
        theme);
  }
}

void WaterfallView::draw_row(QPainter& painter, std::size_t index) const {
  const Theme& theme = theme_for(palette());
  const Row& row = rows_[index];
  const CallSpan& call = request_.calls[row.call];
  const QRectF bar = bar_of(index);
  const double y = top() + static_cast<double>(index) * row_height();
  if (index % 2 == 1) {
    painter.fillRect(QRectF(0, y, width(), row_height()), QColor(128, 128, 128, 16));
  }
  const double indent = kMargin + std::min(12.0 * row.depth, left() * 0.4);
  painter.setPen(row.attempt != Row::kWholeCall && call.attempts.size() > 1 ? theme.faint
                                                                            : theme.text);
  painter.drawText(QRectF(indent, y, left() - indent - 8, row_height()),
                   Qt::AlignVCenter | Qt::AlignLeft,
                   fontMetrics().elidedText(label_of(row), Qt::ElideMiddle,
                                            static_cast<int>(left() - indent - 8)));
  QString end;
  if (row.attempt == Row::kWholeCall) {
    // A bracket: from when it was wanted to what its caller saw.
    painter.setPen(QPen(theme.faint, 1.2));
    const double middle = bar.center().y();
    painter.drawLine(QPointF(bar.left(), middle), QPointF(bar.right(), middle));
    for (const double x : {bar.left(), bar.right()}) {
      painter.drawLine(QPointF(x, middle - 4), QPointF(x, middle + 4));
    }
    end = ending(call);
  } else {
    const AttemptSpan& one = call.attempts[row.attempt];
    if (call.attempts.size() == 1 && one.sent_s > call.due_s) {
      const QRectF waiting(QPointF(x_of(call.due_s), bar.top()),
                           QPointF(x_of(one.sent_s), bar.bottom()));
      fill_spent(painter, Spent::Caller, waiting, theme);
    }
    draw_pieces(painter, one, bar);
    if (one.given_up) {  // where the caller lost patience
      painter.setPen(QPen(theme.bad, 2));
      painter.drawLine(QPointF(x_of(one.end_s), bar.top() - 2),
                       QPointF(x_of(one.end_s), bar.bottom() + 2));
    }
    end = ending(one, call.ended);
  }
  // What nobody waited for may go on long after all the rest.
  const double until = served_by(row);
  if (until > to_) end += tr(" ▸ %1").arg(qt(value_text(until - from_, Unit::Seconds)));
  painter.setPen(end.startsWith("✓") ? theme.good : end.startsWith("✗") ? theme.bad : theme.faint);
  painter.drawText(QRectF(bar.right() + 5, y, width() - bar.right() - 6, row_height()),
                   Qt::AlignVCenter | Qt::AlignLeft, end);
}

void WaterfallView::paintEvent(QPaintEvent*) {
  const Theme& theme = theme_for(palette());
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.fillRect(rect(), theme.surface);
  if (rows_.empty()) {
    painter.setPen(theme.faint);
    painter.drawText(rect().adjusted(20, 0, -20, 0), Qt::AlignCenter | Qt::TextWordWrap,
                     tr("Choose a request of the list: its hops appear here."));
    return;
  }
  draw_axis(painter);
  for (std::size_t i = 0; i < rows_.size(); ++i) draw_row(painter, i);
}

QString WaterfallView::words_at(QPointF point) const {
  const double at = (point.y() - top()) / row_height();
  if (at < 0 || at >= static_cast<double>(rows_.size())) return {};
  const auto index = static_cast<std::size_t>(at);
  const Row& row = rows_[index];
  const CallSpan& call = request_.calls[row.call];
  QString text = label_of(row) + ": " + qt(value_text(call.end_s - call.due_s, Unit::Seconds)) +
                 ", " + ending(call);
  if (row.attempt == Row::kWholeCall) return text;
  const AttemptSpan& one = call.attempts[row.attempt];
  text = label_of(row) + ": " + qt(value_text(one.end_s - one.sent_s, Unit::Seconds)) + ", " +
         ending(one, call.ended);
  for (const Piece& piece : one.pieces) {
    text += "\n" + qt(value_text(piece.to_s - piece.from_s, Unit::Seconds)) + "  " +
            name_of(piece.spent);
  }
  return text;
}

bool WaterfallView::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  QToolTip::showText(help->globalPos(), words_at(help->pos()), this);
  return true;
}

void WaterfallView::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::FontChange) fit();
}

WaterfallLegend::WaterfallLegend(QWidget* parent) : QWidget(parent) {
  QStringList names;
  for (std::size_t i = 0; i < kSpent; ++i) names << name_of(static_cast<Spent>(i));
  setAccessibleName(names.join(", "));
}

// Side by side, in as many lines as it takes.
template <class At>
double WaterfallLegend::each(const At& at) const {
  const double line = fontMetrics().height() + 6;
  double x = 8, y = 2;
  for (const Spent spent : {Spent::Work, Spent::Downstream, Spent::Queue, Spent::Caller,
                            Spent::Travel, Spent::Unwanted}) {
    const double wide = 36 + fontMetrics().horizontalAdvance(name_of(spent));
    if (x > 8 && x + wide > width()) {
      x = 8;
      y += line;
    }
    at(spent, QPointF(x, y));
    x += wide + 10;
  }
  return y + line;
}

void WaterfallLegend::resizeEvent(QResizeEvent*) {
  setFixedHeight(static_cast<int>(each([](Spent, QPointF) {})) + 2);
}

void WaterfallLegend::paintEvent(QPaintEvent*) {
  const Theme& theme = theme_for(palette());
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.fillRect(rect(), theme.surface);
  const double line = fontMetrics().height() + 6;
  each([&](Spent spent, QPointF at) {
    fill_spent(painter, spent, QRectF(at.x(), at.y() + 4, 26, line - 8), theme);
    painter.setPen(theme.faint);
    painter.drawText(QRectF(at.x() + 32, at.y(), 300, line), Qt::AlignVCenter | Qt::AlignLeft,
                     name_of(spent));
  });
}

}  // namespace faultline::gui
