#pragma once
// One request as bars over time: a row for each call, and one for each attempt where there were
// several; colour and pattern say what its time went by with, a sign at the end how it ended.

#include <QWidget>

#include "gui/theme.hpp"
#include "lab/evidence/waterfall.hpp"

namespace faultline::gui {

class WaterfallView : public QWidget {
  Q_OBJECT
 public:
  explicit WaterfallView(QWidget* parent = nullptr);

  void show_request(Waterfall request, const QString& in_words);
  const Waterfall& request() const { return request_; }

  // A row of the picture.
  struct Row {
    std::size_t call = 0;
    std::size_t attempt = kWholeCall;  // position among the call's
    int depth = 0;
    static constexpr std::size_t kWholeCall = static_cast<std::size_t>(-1);
  };
  const std::vector<Row>& rows() const { return rows_; }
  QString label_of(const Row& row) const;
  QString words_at(QPointF point) const;  // of a tool tip
  QRectF bar_of(std::size_t row) const;

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool event(QEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  void add_rows(std::size_t call, int depth);
  void draw_axis(QPainter& painter) const;
  void draw_row(QPainter& painter, std::size_t index) const;
  void draw_pieces(QPainter& painter, const AttemptSpan& one, const QRectF& bar) const;
  double served_by(const Row& row) const;
  double x_of(double t) const;
  double left() const;
  double row_height() const;
  double top() const;
  void fit();

  Waterfall request_;
  std::vector<Row> rows_;
  double from_ = 0, to_ = 1;
};

// What the colours and patterns mean.
class WaterfallLegend : public QWidget {
  Q_OBJECT
 public:
  explicit WaterfallLegend(QWidget* parent = nullptr);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  template <class At>
  double each(const At& at) const;  // answers the height
};

QString name_of(Spent spent);
void fill_spent(QPainter& painter, Spent spent, const QRectF& bar, const Theme& theme);

}  // namespace faultline::gui
