#include "gui/exporting.hpp"

#include <QImage>
#include <QPainter>
#include <QPdfWriter>
#include <QSaveFile>
#include <QWidget>
#include <algorithm>
#include <cmath>

#include "gui/qt_text.hpp"
#include "gui/svg_device.hpp"
#include "gui/time_chart.hpp"
#include "gui/words.hpp"

namespace faultline::gui {
namespace {

bool write(const QString& file, const QByteArray& bytes) {
  QSaveFile out(file);
  return out.open(QIODevice::WriteOnly) && out.write(bytes) == bytes.size() && out.commit();
}

bool write_pdf(QWidget& widget, const QString& file) {
  QPdfWriter pdf(file);
  pdf.setTitle(widget.window()->windowTitle());
  pdf.setCreator("Faultline");
  pdf.setResolution(96);
  pdf.setPageMargins({});
  pdf.setPageSize(
      QPageSize(QSizeF(widget.size()) * 72 / 96, QPageSize::Point, {}, QPageSize::ExactMatch));
  QPainter painter(&pdf);
  if (!painter.isActive()) return false;
  widget.render(&painter);
  return painter.end();
}

QString unit_name(Unit unit) {
  switch (unit) {
    case Unit::Seconds:
      return "s";
    case Unit::PerSecond:
      return "1/s";
    case Unit::Share:
      return "share";
    case Unit::Count:
      return "count";
    case Unit::Factor:
      return "factor";
  }
  return {};
}

struct Column {
  QString name;
  const Curve* curve;
};

std::vector<Column> columns_of(const std::vector<const ChartContent*>& charts) {
  std::vector<Column> columns;
  for (const ChartContent* chart : charts) {
    for (const Curve& curve : chart->curves) {
      if (!curve.ghost) columns.push_back({qt(chart->title + " " + curve.name).toLower(), &curve});
    }
  }
  return columns;
}

}  // namespace

bool export_picture(QWidget& widget, const QString& file, double scale) {
  const TimeChart::Sharp sharp;
  if (file.endsWith(".pdf", Qt::CaseInsensitive)) return write_pdf(widget, file);
  if (file.endsWith(".svg", Qt::CaseInsensitive)) {
    SvgDevice svg(widget.size(), widget.window()->windowTitle());
    QPainter painter(&svg);
    widget.render(&painter);
    painter.end();
    return write(file, svg.text().toUtf8());
  }
  QImage image(widget.size() * scale, QImage::Format_ARGB32_Premultiplied);
  image.setDevicePixelRatio(scale);
  image.fill(widget.palette().color(QPalette::Window));
  widget.render(&image);
  return image.save(file, "PNG");
}

QString csv_of(const std::vector<const ChartContent*>& charts, double from, double to) {
  const std::vector<Column> columns = columns_of(charts);
  QString text = "t_s";
  double step = 1;
  std::size_t bins = 0;
  for (const Column& column : columns) {
    QString name = column.name + " (" + unit_name(column.curve->unit) + ")";
    text += ',' + (name.contains(',') ? '"' + name + '"' : name);
    step = column.curve->step_s;
    bins = std::max(bins, column.curve->samples.size());
  }
  text += '\n';
  for (std::size_t bin = 0; bin < bins; ++bin) {
    const double t = (static_cast<double>(bin) + 0.5) * step;
    if (t < from || t > to) continue;
    text += QString::number(static_cast<double>(bin) * step, 'g', 12);
    for (const Column& column : columns) {
      const double value = value_at(*column.curve, t);
      text += ',' + (std::isfinite(value) ? QString::number(value, 'g', 9) : QString());
    }
    text += '\n';
  }
  return text;
}

QString markdown_of(const RunResult& result, const std::vector<const ChartContent*>& charts,
                    double from, double to) {
  QString text = "**" + qt(result.scenario) + "**, variant " + qt(result.variant) + ", seed " +
                 QString::number(result.seed) + ": " + qt(headline(result)) + "\n\n";
  for (const Judgement& one : result.expectations) {
    text += "- " +
            qt(one.verdict == Verdict::Pass   ? "✓ "
               : one.verdict == Verdict::Fail ? "✗ "
                                              : "? ") +
            qt(sentence(one)) + "\n";
  }
  text += QString("\nFrom %1 to %2:\n\n| | least | mean | greatest |\n|---|---|---|---|\n")
              .arg(qt(clock_text(from)), qt(clock_text(to)));
  for (const Column& column : columns_of(charts)) {
    double low = 0, high = 0, sum = 0;
    int known = 0;
    for (const Sample& s : column.curve->samples) {
      if (s.t < from || s.t > to || std::isnan(s.y)) continue;
      low = known == 0 ? s.y : std::min(low, s.y);
      high = known == 0 ? s.y : std::max(high, s.y);
      sum += s.y;
      ++known;
    }
    if (known == 0) continue;
    const Unit unit = column.curve->unit;
    text += "| " + column.name + " | " + qt(value_text(low, unit)) + " | " +
            qt(value_text(sum / known, unit)) + " | " + qt(value_text(high, unit)) + " |\n";
  }
  return text;
}

}  // namespace faultline::gui
