#pragma once
// Painting into an SVG file: paths, texts and pictures, as much as the program's own painting
// needs. (Qt's SVG module is not among what the program is built with.)

#include <QPaintDevice>
#include <QPaintEngine>
#include <QString>
#include <memory>

namespace faultline::gui {

class SvgDevice : public QPaintDevice {
 public:
  SvgDevice(QSize size, const QString& title);
  ~SvgDevice() override;

  QPaintEngine* paintEngine() const override;
  // The whole document; after painting has ended.
  QString text() const;

 protected:
  int metric(PaintDeviceMetric metric) const override;

 private:
  class Engine;
  QSize size_;
  QString title_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace faultline::gui
