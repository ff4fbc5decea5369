#pragma once
// The charts' values as a table: what is in view, bin by bin. Where the clock stands, the row is
// chosen; choosing a row moves the clock.

#include <QAbstractTableModel>
#include <QTableView>
#include <vector>

#include "gui/chart_series.hpp"

namespace faultline::gui {

class TimeAxis;

class CurveModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  using QAbstractTableModel::QAbstractTableModel;

  void show(const std::vector<const ChartContent*>& charts, double from, double to);
  double time_of(int row) const;
  int row_at(double t) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation,
                      int role = Qt::DisplayRole) const override;

 private:
  std::vector<Curve> curves_;
  std::vector<QString> names_;
  int first_ = 0, rows_ = 0;
  double step_ = 1;
};

class DataTable : public QTableView {
  Q_OBJECT
 public:
  DataTable(TimeAxis& time, QWidget* parent = nullptr);

  void show_charts(std::vector<const ChartContent*> charts);

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  void refill();
  void follow_clock();

  TimeAxis& time_;
  CurveModel* model_;
  std::vector<const ChartContent*> charts_;
};

}  // namespace faultline::gui
