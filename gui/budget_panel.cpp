#include "gui/budget_panel.hpp"

#include <QComboBox>
#include <QLabel>
#include <QVBoxLayout>

#include "gui/time_axis.hpp"
#include "gui/time_chart.hpp"
#include "gui/words.hpp"

namespace faultline::gui {

BudgetPanel::BudgetPanel(TimeAxis& time, QWidget* parent)
    : QWidget(parent),
      slos_(new QComboBox(this)),
      figures_(new QLabel(this)),
      chart_(new TimeChart(time, this)) {
  auto* stack = new QVBoxLayout(this);
  stack->setContentsMargins(0, 0, 0, 0);
  stack->setSpacing(0);
  slos_->setAccessibleName(tr("Objective"));
  figures_->setWordWrap(true);
  figures_->setMargin(6);
  // In a splitter, wrapped text is squeezed unless it asks for its lines.
  figures_->setMinimumHeight(3 * fontMetrics().lineSpacing() + 12);
  figures_->setAlignment(Qt::AlignLeft | Qt::AlignTop);
  figures_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  chart_->reserve_right_axis(true);
  chart_->setMinimumHeight(110);
  stack->addWidget(slos_);
  stack->addWidget(chart_, 1);
  stack->addWidget(figures_);
  setAutoFillBackground(true);
  setBackgroundRole(QPalette::Base);
  connect(slos_, &QComboBox::currentIndexChanged, this, &BudgetPanel::show_slo);
  hide();
}

void BudgetPanel::show_run(std::shared_ptr<const RunResult> result) {
  result_ = std::move(result);
  setVisible(!result_->slos.empty());
  const QString before = slos_->currentText();
  const QSignalBlocker quiet(slos_);
  slos_->clear();
  for (const auto& slo : result_->slos) slos_->addItem(QString::fromStdString(slo.name));
  slos_->setCurrentIndex(std::max(0, slos_->findText(before)));
  slos_->setVisible(slos_->count() > 1);
  show_slo(slos_->currentIndex());
}

void BudgetPanel::show_slo(int index) {
  if (!result_ || index < 0 || static_cast<std::size_t>(index) >= result_->slos.size()) return;
  const auto& slo = result_->slos[static_cast<std::size_t>(index)];
  QString sentence = QString::fromStdString(budget_sentence(slo.value));
  sentence.replace(" %", QString(QChar::Nbsp) + "%");
  figures_->setText(
      tr("<b>%1</b>: %2").arg(QString::fromStdString(slo.name).toHtmlEscaped(), sentence));
  chart_->set_content(budget_of(*result_, slo.value));
}

}  // namespace faultline::gui
