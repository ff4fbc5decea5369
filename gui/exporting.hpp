#pragma once
// Out of the window: pictures of a widget, the figures of what is in view.

#include <QString>
#include <vector>

#include "gui/chart_series.hpp"

class QWidget;

namespace faultline::gui {

// PNG, SVG or PDF by the file's ending; `scale` is for PNG (2: twice the pixels). Answers whether
// it could be written.
bool export_picture(QWidget& widget, const QString& file, double scale = 1);

// One row for each bin between two instants, one column for each curve: "t_s,latency p99 (s),…".
QString csv_of(const std::vector<const ChartContent*>& charts, double from, double to);

// The verdict, and least, mean and greatest of each curve between two instants.
QString markdown_of(const RunResult& result, const std::vector<const ChartContent*>& charts,
                    double from, double to);

}  // namespace faultline::gui
