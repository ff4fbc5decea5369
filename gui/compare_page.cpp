#include "gui/compare_page.hpp"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QSplitter>
#include <QTableWidget>
#include <QVBoxLayout>

#include "gui/legend.hpp"
#include "gui/qt_text.hpp"
#include "gui/subject_chooser.hpp"
#include "gui/theme.hpp"
#include "gui/time_axis.hpp"
#include "gui/time_chart.hpp"
#include "gui/words.hpp"
#include "lab/export/comparison.hpp"

namespace faultline::gui {

struct ComparePage::Runs {
  std::vector<std::shared_ptr<const RunResult>> results;
  Diagnostics diagnostics;
  bool stopped = false;
};
struct ComparePage::Figures {
  std::optional<VariantComparison> comparison;
  Diagnostics diagnostics;
};

namespace {

QTableWidget* table(const QString& name) {
  auto* made = new QTableWidget;
  made->setAccessibleName(name);
  made->setEditTriggers(QAbstractItemView::NoEditTriggers);
  made->verticalHeader()->hide();
  made->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  made->setFrameShape(QFrame::NoFrame);
  made->setAlternatingRowColors(true);
  made->setWordWrap(false);
  return made;
}

void put(QTableWidget& table, int row, int column, const QString& text, bool strong = false) {
  auto* item = new QTableWidgetItem(text);
  item->setToolTip(text);
  if (strong) {
    QFont bold = table.font();
    bold.setBold(true);
    item->setFont(bold);
  }
  table.setItem(row, column, item);
}

QString first_message(const Diagnostics& all) {
  return all.empty() ? QString() : qt(all.front().message);
}

}  // namespace

ComparePage::ComparePage(Runner runner, TimeAxis& time, QWidget* parent)
    : QWidget(parent),
      runner_(std::move(runner)),
      time_(time),
      legend_(new Legend),
      variants_(new QPushButton),
      menu_(new QMenu(this)),
      subjects_(new SubjectChooser),
      replications_(new QComboBox),
      compare_(new QPushButton(tr("Compare"))),
      stop_(new QPushButton(tr("Stop"))),
      progress_(new QProgressBar),
      remark_(new QLabel),
      settings_(table(tr("What differs in the settings"))),
      figures_(table(tr("Figures, and their differences from the first"))) {
  variants_->setText(tr("Variants"));
  variants_->setMenu(menu_);
  subjects_->setAccessibleName(tr("Whose curves"));
  subjects_->setMinimumContentsLength(16);
  for (const int n : {1, 5, 10, 20, 50}) {
    replications_->addItem(n == 1 ? tr("1 seed") : tr("%1 seeds").arg(n), n);
  }
  replications_->setCurrentIndex(1);
  replications_->setToolTip(tr("The same seeds for every variant: differences are paired"));
  replications_->setAccessibleName(tr("Replications"));
  progress_->setRange(0, 1000);
  progress_->setMaximumWidth(140);
  remark_->setWordWrap(true);

  auto* tools = new QHBoxLayout;
  tools->setContentsMargins(8, 6, 8, 2);
  for (QWidget* one :
       std::initializer_list<QWidget*>{variants_, replications_, compare_, stop_, progress_}) {
    tools->addWidget(one);
  }
  tools->addStretch(1);
  tools->addWidget(subjects_);
  auto* stack = new QWidget;
  auto* column = new QVBoxLayout(stack);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(1);
  column->addWidget(legend_);
  for (TimeChart*& chart : charts_) {
    chart = new TimeChart(time_);
    chart->show_time_labels(&chart == &charts_.back());
    column->addWidget(chart, 1);
  }
  auto* side = new QWidget;
  auto* words = new QVBoxLayout(side);
  words->setContentsMargins(6, 0, 6, 0);
  words->addWidget(new QLabel(tr("<b>What differs</b>")));
  words->addWidget(settings_, 2);
  words->addWidget(new QLabel(tr("<b>Figures</b>")));
  words->addWidget(figures_, 3);
  words->addWidget(remark_);
  auto* body = new QSplitter;
  body->addWidget(stack);
  body->addWidget(side);
  body->setSizes({640, 560});
  body->setChildrenCollapsible(false);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(0, 0, 0, 0);
  all->addLayout(tools);
  all->addWidget(body, 1);

  connect(compare_, &QPushButton::clicked, this, &ComparePage::compare);
  connect(stop_, &QPushButton::clicked, this, &ComparePage::stop);
  connect(subjects_, &QComboBox::currentIndexChanged, this, &ComparePage::show_subject);
  for (Worker* worker : {&runs_, &numbers_}) {
    connect(worker, &Worker::started, this, &ComparePage::show_activity);
    connect(worker, &Worker::progressed, progress_,
            [this](double share) { progress_->setValue(static_cast<int>(share * 1000)); });
  }
  connect(&runs_, &Worker::finished, this, [this](const Worker::Result& result) {
    show_runs(*std::static_pointer_cast<const Runs>(result));
  });
  connect(&numbers_, &Worker::finished, this, [this](const Worker::Result& result) {
    last_ = std::static_pointer_cast<const Figures>(result);
    show_figures(*last_);
  });
  show_activity();
}

void ComparePage::set_scenario(const RunOutcome& outcome) {
  const bool same_file = request_.file == outcome.request.file;
  const bool same =
      same_file && text_ == outcome.text && request_.settings == outcome.request.settings;
  request_ = outcome.request;
  text_ = outcome.text;
  if (same) return;
  stop();
  results_.clear();
  last_.reset();
  settings_->setRowCount(0);
  figures_->setRowCount(0);
  for (TimeChart* chart : charts_) chart->set_content({});
  if (same_file && !menu_->isEmpty()) return;
  menu_->clear();
  const auto add = [&](const std::string& name, const std::string& title) {
    QAction* action = menu_->addAction(
        title.empty() ? qt(name) : qt(name) + " – " + qt(title).section(':', 0, 0));
    action->setCheckable(true);
    action->setData(qt(name));
    action->setChecked(menu_->actions().size() <= static_cast<qsizetype>(kMostCompared));
    connect(action, &QAction::toggled, this, &ComparePage::show_activity);
  };
  add("base", {});
  for (const auto& variant : outcome.scenario->variants) add(variant.name, variant.value.title);
  remark_->setText(
      tr("Press Compare: the variants run from the same seeds, so that what differs "
         "between them is not chance."));
  show_activity();
}

QStringList ComparePage::chosen_variants() const {
  QStringList names;
  for (const QAction* action : menu_->actions()) {
    if (action->isChecked()) names.append(action->data().toString());
  }
  return names.mid(0, static_cast<qsizetype>(kMostCompared));
}

void ComparePage::choose_variants(const QStringList& names) {
  for (QAction* action : menu_->actions()) {
    action->setChecked(names.contains(action->data().toString()));
  }
}

void ComparePage::set_replications(int number) {
  replications_->setCurrentIndex(std::max(0, replications_->findData(number)));
}

void ComparePage::compare() {
  const QStringList names = chosen_variants();
  if (names.size() < 2) return;
  std::vector<RunRequest> wanted;
  for (const QString& name : names) {
    wanted.push_back({request_.file, name.toStdString(), request_.settings});
  }
  show_settings();
  last_.reset();
  figures_->setRowCount(0);
  numbers_.stop();
  runs_.start([runner = runner_, wanted](const std::atomic<bool>& stop, const Progress& say) {
    auto made = std::make_shared<Runs>();
    for (std::size_t i = 0; i < wanted.size() && !stop; ++i) {
      const auto part = [&](double share) {
        say((static_cast<double>(i) + share) / static_cast<double>(wanted.size()));
      };
      RunOutcome outcome = run_safely(runner, wanted[i], stop, part);
      if (outcome.result) {
        made->results.push_back(outcome.result);
      } else {
        made->diagnostics = outcome.diagnostics;
      }
    }
    made->stopped = stop;
    return std::static_pointer_cast<const void>(std::shared_ptr<const Runs>(made));
  });
}

void ComparePage::stop() {
  runs_.stop();
  numbers_.stop();
}

void ComparePage::show_runs(const Runs& runs) {
  results_ = runs.results;
  show_activity();
  if (results_.empty()) {
    remark_->setText(first_message(runs.diagnostics));
    return;
  }
  Q_EMIT overlaid_runs(results_.front());
  subjects_->show_subjects(*results_.front());
  show_subject();
  if (runs.stopped) return remark_->setText(tr("Stopped."));
  CompareOptions options;
  for (const auto& run : results_) options.variants.push_back(run->variant);
  options.replications = replications_->currentData().toInt();
  options.jobs = 1;  // the window needs the other cores
  remark_->setText(tr("Counting with %1…").arg(replications_->currentText()));
  numbers_.start(
      [request = request_, options](const std::atomic<bool>& stop, const Progress& say) mutable {
        options.stop = &stop;
        options.progress = [&](std::int64_t done, std::int64_t of) {
          say(static_cast<double>(done) / static_cast<double>(std::max<std::int64_t>(of, 1)));
        };
        auto made = std::make_shared<Figures>();
        auto compared = faultline::compare(request.file, request.settings, options);
        if (compared) {
          made->comparison = std::move(*compared);
        } else {
          made->diagnostics = std::move(compared.error());
        }
        return std::static_pointer_cast<const void>(std::shared_ptr<const Figures>(made));
      });
}

void ComparePage::show_settings() {
  std::vector<std::string> names;
  for (const QString& name : chosen_variants()) names.push_back(name.toStdString());
  const auto rows = differing_settings(text_, request_.file, names, request_.settings);
  settings_->setColumnCount(static_cast<int>(names.size()) + 1);
  QStringList header{tr("Setting")};
  for (const std::string& name : names) header.append(qt(name));
  settings_->setHorizontalHeaderLabels(header);
  settings_->setRowCount(static_cast<int>(rows.size()));
  for (int row = 0; row < settings_->rowCount(); ++row) {
    const DifferingSetting& one = rows[static_cast<std::size_t>(row)];
    put(*settings_, row, 0, qt(one.key));
    for (std::size_t i = 0; i < one.values.size(); ++i) {
      const bool differs = one.values[i] != one.values.front();
      put(*settings_, row, static_cast<int>(i) + 1, qt(one.values[i]), differs);
    }
  }
  settings_->resizeColumnsToContents();
}

void ComparePage::show_subject() {
  if (results_.empty()) return;
  auto contents = overlaid(results_, subjects_->subject());
  legend_->show_curves(contents[0].curves);
  for (std::size_t i = 0; i < charts_.size(); ++i) charts_[i]->set_content(std::move(contents[i]));
}

void ComparePage::show_figures(const Figures& figures) {
  show_activity();
  if (!figures.comparison) {
    remark_->setText(tr("No figures: %1").arg(first_message(figures.diagnostics)));
    Q_EMIT showed_figures();
    return;
  }
  const VariantComparison& all = *figures.comparison;
  figures_->setColumnCount(2 * static_cast<int>(all.variants.size()));
  QStringList header{tr("Figure")};
  for (std::size_t i = 0; i < all.variants.size(); ++i) {
    header.append(qt(all.variants[i].name));
    if (i > 0) header.append("Δ " + qt(all.variants[i].name));
  }
  figures_->setHorizontalHeaderLabels(header);
  figures_->setRowCount(static_cast<int>(all.metrics.size()));
  for (int row = 0; row < figures_->rowCount(); ++row) {
    const ComparedMetric& metric = all.metrics[static_cast<std::size_t>(row)];
    put(*figures_, row, 0, qt(metric_words(metric.metric)));
    int column = 1;
    for (std::size_t i = 0; i < metric.variants.size(); ++i) {
      const ComparedValue& value = metric.variants[i];
      put(*figures_, row, column++, qt(value_cell(value, metric.unit)));
      if (i == 0) continue;
      const bool clear = value.difference == Difference::Clear;
      put(*figures_, row, column++, qt(delta_cell(value, metric.unit)), clear);
    }
  }
  figures_->resizeColumnsToContents();
  remark_->setText(
      all.partial ? tr("Stopped: %1 replications were done.").arg(all.replications)
      : all.replications < 2
          ? tr("One seed: differences have no interval, and may be chance. Choose more seeds.")
          : tr("Means of %1 runs from the same seeds; ± is the 95 % interval of the paired "
               "difference from %2.")
                .arg(all.replications)
                .arg(qt(all.variants.front().name)));
  Q_EMIT showed_figures();
}

void ComparePage::show_activity() {
  const qsizetype chosen = chosen_variants().size();
  compare_->setEnabled(chosen >= 2 && !request_.file.empty());
  variants_->setText(tr("%1 variants").arg(chosen));
  stop_->setVisible(comparing());
  progress_->setVisible(comparing());
  progress_->setValue(0);
}

QString ComparePage::markdown() const {
  if (!last_ || !last_->comparison) return {};
  QString text = tr("What differs") + "\n\n|";
  QString rule = "|";
  for (int c = 0; c < settings_->columnCount(); ++c) {
    text += " " + settings_->horizontalHeaderItem(c)->text() + " |";
    rule += "---|";
  }
  text += "\n" + rule + "\n";
  for (int r = 0; r < settings_->rowCount(); ++r) {
    text += "|";
    for (int c = 0; c < settings_->columnCount(); ++c) {
      text += " " + settings_->item(r, c)->text().replace('|', "\\|") + " |";
    }
    text += "\n";
  }
  return text + "\n" + qt(comparison_markdown(*last_->comparison));
}

}  // namespace faultline::gui
