#include "gui/sweep_page.hpp"

#include <QComboBox>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>

#include "gui/words.hpp"
#include "lab/scenario/document.hpp"

namespace faultline::gui {

SweepPage::SweepPage(QWidget* parent)
    : QWidget(parent),
      title_(new QLabel),
      hint_(new QLabel),
      metric_(new QComboBox),
      x_(new QComboBox),
      y_(new QComboBox),
      plot_(new SweepPlot) {
  auto* tools = new QHBoxLayout;
  const auto chooser = [&](const QString& label, QComboBox* combo) {
    auto* text = new QLabel(label);
    text->setBuddy(combo);
    combo->setAccessibleName(label);
    combo->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    tools->addWidget(text);
    tools->addWidget(combo);
    connect(combo, &QComboBox::currentIndexChanged, this, &SweepPage::show_chosen);
  };
  tools->addWidget(title_);
  tools->addStretch(1);
  chooser(tr("Figure"), metric_);
  chooser(tr("across"), x_);
  chooser(tr("up"), y_);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(12, 8, 12, 8);
  all->addLayout(tools);
  all->addWidget(plot_, 1);
  all->addWidget(hint_);
  connect(plot_, &SweepPlot::chosen, this, &SweepPage::choose);
}

bool SweepPage::open(const QString& file) {
  auto read = read_sweep(file.toStdString());
  title_->setText("<b>" + QFileInfo(file).fileName().toHtmlEscaped() + "</b>");
  plot_->setVisible(read.has_value());
  if (!read) {
    hint_->setText(tr("%1 can't be shown: %2.")
                       .arg(QFileInfo(file).fileName(), QString::fromStdString(read.error())));
    return false;
  }
  data_ = std::move(*read);
  {
    const QSignalBlocker a(metric_), b(x_), c(y_);
    metric_->clear();
    x_->clear();
    y_->clear();
    for (const std::string& metric : data_.metrics) {
      metric_->addItem(QString::fromStdString(metric_words(metric)));
    }
    // What most people ask first.
    const auto asked = std::find_if(data_.metrics.begin(), data_.metrics.end(),
                                    [](const auto& one) { return one.ends_with("success_rate"); });
    if (asked != data_.metrics.end())
      metric_->setCurrentIndex(static_cast<int>(asked - data_.metrics.begin()));
    for (const std::string& axis : data_.axes) {
      x_->addItem(QString::fromStdString(axis));
      y_->addItem(QString::fromStdString(axis));
    }
    y_->addItem(tr("nothing: a line"));
    y_->setCurrentIndex(data_.axes.size() > 1 ? 1 : y_->count() - 1);
  }
  show_chosen();
  return true;
}

void SweepPage::show_chosen() {
  if (data_.axes.empty()) return;
  const auto x = static_cast<std::size_t>(std::max(0, x_->currentIndex()));
  auto y = static_cast<std::size_t>(std::max(0, y_->currentIndex()));
  if (y >= data_.axes.size() || y == x) y = SweepPlot::kNoAxis;
  plot_->show_data(&data_, static_cast<std::size_t>(std::max(0, metric_->currentIndex())), x, y);
  const std::size_t shown = y == SweepPlot::kNoAxis ? 1 : 2;
  QString text = tr("Means of the replications; a click opens the run of that point.");
  if (data_.axes.size() > shown) text += " " + tr("Over the other axes, means too.");
  hint_->setText(text);
}

void SweepPage::choose(int column, int row) {
  const std::size_t point = data_.point_at(plot_->where(column, row));
  if (point == data_.points.size()) return;
  Settings settings;
  for (std::size_t axis = 0; axis < data_.axes.size(); ++axis) {
    const std::string& value = data_.points[point][axis];
    settings.emplace_back(data_.axes[axis], parse_value(value) ? value : toml_quoted(value));
  }
  Q_EMIT chosen(settings);
}

}  // namespace faultline::gui
