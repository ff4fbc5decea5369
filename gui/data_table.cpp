#include "gui/data_table.hpp"

#include <QHeaderView>
#include <algorithm>
#include <cmath>

#include "gui/time_axis.hpp"
#include "gui/words.hpp"

namespace faultline::gui {

void CurveModel::show(const std::vector<const ChartContent*>& charts, double from, double to) {
  beginResetModel();
  curves_.clear();
  names_.clear();
  std::size_t bins = 0;
  for (const ChartContent* chart : charts) {
    for (const Curve& curve : chart->curves) {
      if (curve.ghost) continue;
      curves_.push_back(curve);
      names_.push_back(QString::fromStdString(chart->title + "\n" + curve.name));
      step_ = curve.step_s;
      bins = std::max(bins, curve.samples.size());
    }
  }
  const int all = static_cast<int>(bins);
  first_ = std::clamp(static_cast<int>(std::floor(from / step_)), 0, all);
  rows_ = std::clamp(static_cast<int>(std::ceil(to / step_)), first_, all) - first_;
  endResetModel();
}

double CurveModel::time_of(int row) const {
  return (first_ + row) * step_;
}

int CurveModel::row_at(double t) const {
  return std::clamp(static_cast<int>(t / step_) - first_, 0, std::max(0, rows_ - 1));
}

int CurveModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : rows_;
}

int CurveModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(curves_.size()) + 1;
}

QVariant CurveModel::data(const QModelIndex& index, int role) const {
  if (role == Qt::TextAlignmentRole) return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
  if (role != Qt::DisplayRole) return {};
  if (index.column() == 0) return QString::fromStdString(clock_text(time_of(index.row())));
  const Curve& curve = curves_[static_cast<std::size_t>(index.column()) - 1];
  const double value = value_at(curve, time_of(index.row()) + step_ / 2);
  return QString::fromStdString(value_text(value, curve.unit));
}

QVariant CurveModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (role != Qt::DisplayRole || orientation != Qt::Horizontal) return {};
  return section == 0 ? tr("Time") : names_[static_cast<std::size_t>(section) - 1];
}

DataTable::DataTable(TimeAxis& time, QWidget* parent)
    : QTableView(parent), time_(time), model_(new CurveModel(this)) {
  setModel(model_);
  setSelectionBehavior(QAbstractItemView::SelectRows);
  setSelectionMode(QAbstractItemView::SingleSelection);
  setAlternatingRowColors(true);
  verticalHeader()->hide();
  setMinimumHeight(60);
  verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 6);
  setAccessibleName(tr("Values of the charts"));
  connect(&time_, &TimeAxis::range_changed, this, &DataTable::refill);
  connect(&time_, &TimeAxis::cursor_changed, this, &DataTable::follow_clock);
  connect(this, &QTableView::clicked, this,
          [this](const QModelIndex& index) { time_.set_cursor(model_->time_of(index.row())); });
}

void DataTable::show_charts(std::vector<const ChartContent*> charts) {
  charts_ = std::move(charts);
  refill();
}

void DataTable::refill() {
  if (!isVisible()) return;
  model_->show(charts_, time_.from(), time_.to());
  follow_clock();
}

void DataTable::follow_clock() {
  if (!isVisible() || model_->rowCount() == 0) return;
  const QModelIndex index = model_->index(model_->row_at(time_.cursor()), 0);
  selectRow(index.row());
  scrollTo(index);
}

void DataTable::showEvent(QShowEvent* event) {
  QTableView::showEvent(event);
  refill();
}

}  // namespace faultline::gui
