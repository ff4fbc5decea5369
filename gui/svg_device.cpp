#include "gui/svg_device.hpp"

#include <QBuffer>
#include <QImage>
#include <QPainterPath>
#include <QPen>
#include <QPixmap>
#include <QRegularExpression>
#include <utility>

namespace faultline::gui {
namespace {

constexpr int kDotsPerInch = 96;

QString number(double value) {
  return QString::number(value, 'f', 2).remove(QRegularExpression("\\.?0+$"));
}

QString colour_of(const QColor& colour, const char* attribute) {
  QString text = QString(" %1=\"%2\"").arg(attribute, colour.name());
  if (colour.alpha() < 255) {
    text += QString(" %1-opacity=\"%2\"").arg(attribute, number(colour.alphaF()));
  }
  return text;
}

QString data_of(const QPainterPath& path) {
  QString text;
  for (int i = 0; i < path.elementCount(); ++i) {
    const auto e = path.elementAt(i);
    const QString at = number(e.x) + ' ' + number(e.y);
    switch (e.type) {
      case QPainterPath::MoveToElement:
        text += 'M' + at;
        break;
      case QPainterPath::LineToElement:
        text += 'L' + at;
        break;
      case QPainterPath::CurveToElement:
        text += 'C' + at;
        break;
      case QPainterPath::CurveToDataElement:
        text += ' ' + at;
        break;
    }
  }
  return text;
}

QString stroke_of_pen(const QPen& pen) {
  if (pen.style() == Qt::NoPen) return " stroke=\"none\"";
  const double wide = pen.widthF() > 0 ? pen.widthF() : 1;
  QString text = colour_of(pen.color(), "stroke") + " stroke-width=\"" + number(wide) + '"';
  QStringList dashes;
  for (const double dash : pen.dashPattern()) dashes.append(number(dash * wide));
  if (!dashes.isEmpty()) text += " stroke-dasharray=\"" + dashes.join(' ') + '"';
  return text;
}

}  // namespace

class SvgDevice::Engine : public QPaintEngine {
 public:
  Engine()
      : QPaintEngine(PrimitiveTransform | PainterPaths | AlphaBlend | Antialiasing |
                     ConstantOpacity | PixmapTransform) {}

  bool begin(QPaintDevice*) override { return true; }
  bool end() override { return true; }
  Type type() const override { return User; }
  void updateState(const QPaintEngineState& s) override {
    const auto changed = s.state();
    if (changed & DirtyPen) pen_ = s.pen();
    if (changed & DirtyBrush) brush_ = s.brush();
    if (changed & DirtyTransform) transform_ = s.transform();
    if (changed & DirtyOpacity) opacity_ = s.opacity();
    if (changed & (DirtyClipPath | DirtyClipRegion | DirtyClipEnabled)) {
      clip_ = painter()->hasClipping() ? painter()->transform().map(painter()->clipPath())
                                       : QPainterPath();
      clipped_ = painter()->hasClipping();
    }
  }

  void drawPath(const QPainterPath& path) override {
    add("<path d=\"" + data_of(path) + '"' + paint(), "/>");
  }
  void drawPolygon(const QPointF* points, int count, PolygonDrawMode mode) override {
    QPainterPath path;
    QPolygonF polygon;
    for (int i = 0; i < count; ++i) polygon.append(points[i]);
    path.addPolygon(polygon);
    if (mode == PolylineMode) {
      const QBrush before = std::exchange(brush_, QBrush(Qt::NoBrush));
      drawPath(path);
      brush_ = before;
      return;
    }
    path.closeSubpath();
    drawPath(path);
  }
  void drawTextItem(const QPointF& at, const QTextItem& item) override {
    const QFont font = item.font();
    const double size =
        font.pixelSize() > 0 ? font.pixelSize() : font.pointSizeF() * kDotsPerInch / 72;
    QString text = QString("<text x=\"%1\" y=\"%2\" font-family=\"%3, sans-serif\"")
                       .arg(number(at.x()), number(at.y()), font.family().toHtmlEscaped());
    text += " font-size=\"" + number(size) + '"';
    if (font.bold()) text += " font-weight=\"bold\"";
    text += " textLength=\"" + number(item.width()) + '"';
    text += " xml:space=\"preserve\"" + colour_of(pen_.color(), "fill");
    add(text, ">" + item.text().toHtmlEscaped() + "</text>");
  }
  void drawPixmap(const QRectF& to, const QPixmap& pixmap, const QRectF& from) override {
    drawImage(to, pixmap.toImage(), from, Qt::AutoColor);
  }
  void drawImage(const QRectF& to, const QImage& image, const QRectF& from,
                 Qt::ImageConversionFlags) override {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    image.copy(from.toRect()).save(&buffer, "PNG");
    add(QString("<image x=\"%1\" y=\"%2\" width=\"%3\" height=\"%4\" href=\"data:image/png;base64,")
                .arg(number(to.x()), number(to.y()), number(to.width()), number(to.height())) +
            QString::fromLatin1(bytes.toBase64()) + '"',
        "/>");
  }

  QString body, definitions;

 private:
  QString paint() const {
    QString text = brush_.style() == Qt::NoBrush ? QString(" fill=\"none\"")
                                                 : colour_of(brush_.color(), "fill");
    return text + stroke_of_pen(pen_);
  }

  void add(const QString& start, const QString& end) {
    QString element = start;
    if (!transform_.isIdentity()) {
      element +=
          QString(" transform=\"matrix(%1 %2 %3 %4 %5 %6)\"")
              .arg(number(transform_.m11()), number(transform_.m12()), number(transform_.m21()),
                   number(transform_.m22()), number(transform_.dx()), number(transform_.dy()));
    }
    if (opacity_ < 1) element += " opacity=\"" + number(opacity_) + '"';
    element += end;
    if (clipped_) {
      const QString data = data_of(clip_);
      if (data != last_clip_) {
        last_clip_ = data;
        definitions +=
            QString("<clipPath id=\"c%1\"><path d=\"%2\"/></clipPath>\n").arg(++clips_).arg(data);
      }
      element = QString("<g clip-path=\"url(#c%1)\">").arg(clips_) + element + "</g>";
    }
    body += element + '\n';
  }

  QPen pen_;
  QBrush brush_;
  QTransform transform_;
  QPainterPath clip_;
  bool clipped_ = false;
  QString last_clip_;
  double opacity_ = 1;
  int clips_ = 0;
};

SvgDevice::SvgDevice(QSize size, const QString& title)
    : size_(size), title_(title), engine_(std::make_unique<Engine>()) {}
SvgDevice::~SvgDevice() = default;

QPaintEngine* SvgDevice::paintEngine() const {
  return engine_.get();
}

int SvgDevice::metric(PaintDeviceMetric metric) const {
  switch (metric) {
    case PdmWidth:
      return size_.width();
    case PdmHeight:
      return size_.height();
    case PdmDpiX:
    case PdmDpiY:
    case PdmPhysicalDpiX:
    case PdmPhysicalDpiY:
      return kDotsPerInch;
    case PdmWidthMM:
      return size_.width() * 254 / (10 * kDotsPerInch);
    case PdmHeightMM:
      return size_.height() * 254 / (10 * kDotsPerInch);
    case PdmNumColors:
      return 1 << 24;
    case PdmDepth:
      return 24;
    case PdmDevicePixelRatio:
      return 1;
    case PdmDevicePixelRatioScaled:
      return static_cast<int>(devicePixelRatioFScale());
    default:
      return 0;
  }
}

QString SvgDevice::text() const {
  return QString(
             "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%1\" height=\"%2\" "
             "viewBox=\"0 0 %1 %2\">\n<title>%3</title>\n")
             .arg(size_.width())
             .arg(size_.height())
             .arg(title_.toHtmlEscaped()) +
         (engine_->definitions.isEmpty() ? QString()
                                         : "<defs>" + engine_->definitions + "</defs>\n") +
         engine_->body + "</svg>\n";
}

}  // namespace faultline::gui
