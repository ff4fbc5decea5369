#include "gui/knobs_panel.hpp"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QSet>
#include <QSlider>
#include <QToolButton>
#include <QTreeWidget>
#include <QTreeWidgetItemIterator>
#include <QVBoxLayout>
#include <cctype>
#include <cmath>

#include "gui/edits.hpp"
#include "gui/knob_delegate.hpp"
#include "gui/qt_text.hpp"
#include "gui/theme.hpp"
#include "gui/time_axis.hpp"
#include "gui/words.hpp"

namespace faultline::gui {
namespace {

constexpr int kTurns = 100;         // slider positions on either side
constexpr double kReach = 10;       // what its ends multiply by
constexpr double kFaultLasts = 30;  // seconds

// "time, 0s …, default 1s. Sentence."
QString help_for(const Knob& knob) {
  QString text = "<b>" + qt(knob.path).toHtmlEscaped() + "</b><br>";
  text += qt(knob.about.help).toHtmlEscaped();
  QStringList facts;
  if (knob.is_leaf() && knob.about.type != KeyEntry::Type::Word) {
    facts.append(qt(std::string(name_of(knob.about.type))));
  }
  const QString range = qt(range_text(knob.about));
  if (!range.isEmpty()) facts.append(range);
  if (!knob.fallback.empty()) facts.append(KnobsPanel::tr("default %1").arg(qt(knob.fallback)));
  facts.removeAll(QString());
  if (!facts.isEmpty()) text += "<br><i>" + facts.join(", ").toHtmlEscaped() + "</i>";
  return text;
}

}  // namespace

KnobsPanel::KnobsPanel(Edits& edits, TimeAxis& time, QWidget* parent)
    : QWidget(parent),
      edits_(edits),
      time_(time),
      tree_(new QTreeWidget),
      search_(new QLineEdit),
      help_(new QLabel),
      slider_(new QSlider(Qt::Horizontal)),
      fault_(new QPushButton),
      undo_(new QToolButton),
      redo_(new QToolButton),
      reset_(new QPushButton(tr("As in the file"))),
      save_(new QPushButton(tr("Save as…"))),
      fault_menu_(new QMenu(this)) {
  fault_->setText(tr("▲ Break at the clock"));
  fault_->setToolTip(tr("Puts a fault in where the clock stands, for 30 s"));
  fault_->setMenu(fault_menu_);
  undo_->setText("↶");
  undo_->setToolTip(tr("Undo (Ctrl+Z)"));
  undo_->setAccessibleName(tr("Undo"));
  redo_->setText("↷");
  redo_->setToolTip(tr("Redo (Ctrl+Shift+Z)"));
  redo_->setAccessibleName(tr("Redo"));
  search_->setPlaceholderText(tr("Find a setting"));
  search_->setClearButtonEnabled(true);
  search_->setAccessibleName(tr("Find a setting"));
  tree_->setColumnCount(2);
  tree_->setHeaderLabels({tr("Setting"), tr("Value")});
  tree_->header()->setSectionResizeMode(0, QHeaderView::Interactive);
  tree_->header()->resizeSection(0, 170);
  tree_->header()->setStretchLastSection(true);
  tree_->setItemDelegateForColumn(1, new KnobDelegate(tree_));
  tree_->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed |
                         QAbstractItemView::SelectedClicked);
  tree_->setUniformRowHeights(true);
  tree_->setFrameShape(QFrame::NoFrame);
  tree_->setAccessibleName(tr("Settings"));
  help_->setWordWrap(true);
  help_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
  help_->setMinimumHeight(4 * fontMetrics().lineSpacing());
  slider_->setRange(-kTurns, kTurns);
  slider_->setAccessibleName(tr("Turn the chosen value between a tenth and ten times"));
  slider_->setToolTip(slider_->accessibleName());

  auto* tools = new QHBoxLayout;
  tools->addWidget(fault_);
  tools->addStretch(1);
  tools->addWidget(undo_);
  tools->addWidget(redo_);
  auto* foot = new QHBoxLayout;
  foot->addWidget(reset_);
  foot->addStretch(1);
  foot->addWidget(save_);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(6, 6, 6, 6);
  all->addLayout(tools);
  all->addWidget(search_);
  all->addWidget(tree_, 1);
  all->addWidget(help_);
  all->addWidget(slider_);
  all->addLayout(foot);

  connect(tree_, &QTreeWidget::currentItemChanged, this, &KnobsPanel::show_chosen);
  connect(tree_, &QTreeWidget::itemChanged, this, &KnobsPanel::take_text);
  connect(slider_, &QSlider::valueChanged, this, &KnobsPanel::turn);
  connect(slider_, &QSlider::sliderReleased, this, &KnobsPanel::show_chosen);
  connect(search_, &QLineEdit::textChanged, this, &KnobsPanel::filter);
  connect(undo_, &QToolButton::clicked, &edits_, &Edits::undo);
  connect(redo_, &QToolButton::clicked, &edits_, &Edits::redo);
  connect(reset_, &QPushButton::clicked, this, [this] {
    if (const Knob* knob = knob_of(tree_->currentItem())) edits_.reset(knob->path);
  });
  connect(save_, &QPushButton::clicked, this, &KnobsPanel::asked_to_save);
  connect(&edits_, &Edits::changed, this, &KnobsPanel::show_edits);
  show_chosen();
  show_edits();
}

void KnobsPanel::show_scenario(const std::string& text, const std::string& file,
                               const std::string& variant, const RunResult& result) {
  fill_faults(result);
  text_ = text;
  file_ = file;
  variant_ = variant;
  outdated_ = true;
  if (isVisible()) refill();
}

void KnobsPanel::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  if (outdated_) refill();
}

void KnobsPanel::refill() {
  if (text_.empty()) return;
  outdated_ = false;
  const Node root = effective_tree(text_, file_, variant_, edits_.settings());
  faults_ = fault_count(root);
  std::string chosen;
  if (const Knob* knob = knob_of(tree_->currentItem())) chosen = knob->path;
  const QSignalBlocker quiet(tree_);
  QSet<QString> open;
  for (QTreeWidgetItemIterator it(tree_); *it != nullptr; ++it) {
    if ((*it)->isExpanded()) open.insert((*it)->data(0, KnobDelegate::kPath).toString());
  }
  const int scrolled = tree_->verticalScrollBar()->value();
  tree_->clear();
  leaves_.clear();
  knobs_ = knobs_of(root);
  for (const Knob& knob : knobs_) add(nullptr, knob);
  for (QTreeWidgetItemIterator it(tree_); *it != nullptr; ++it) {
    const bool was = open.contains((*it)->data(0, KnobDelegate::kPath).toString());
    (*it)->setExpanded(was || (open.isEmpty() && (*it)->parent() == nullptr &&
                               (*it)->data(0, KnobDelegate::kPath).toString() == "fault"));
  }
  if (!chosen.empty()) choose(chosen);
  tree_->verticalScrollBar()->setValue(scrolled);
  filter(search_->text());
  if (!slider_->isSliderDown()) show_chosen();
}

void KnobsPanel::add(QTreeWidgetItem* parent, const Knob& knob) {
  auto* item = parent == nullptr ? new QTreeWidgetItem(tree_) : new QTreeWidgetItem(parent);
  QString name = qt(spaced(knob.key));
  if (parent != nullptr && knob.about.shape == KeyEntry::Shape::Table && knob.key.size() < 4 &&
      std::isdigit(static_cast<unsigned char>(knob.key.front())) != 0) {
    name = tr("number %1").arg(qt(knob.key).toInt() + 1);
    for (const Knob& inner : knob.inside) {
      if (inner.about.is_kind) name += ": " + qt(inner.shown());
    }
  }
  item->setText(0, name);
  item->setToolTip(0, qt(knob.about.help));
  item->setData(0, KnobDelegate::kPath, qt(knob.path));
  item->setData(0, KnobDelegate::kNumber, static_cast<int>(leaves_.size()));
  leaves_.push_back(&knob);
  const Theme& theme = theme_for(palette());
  if (knob.is_leaf()) {
    item->setFlags(item->flags() | Qt::ItemIsEditable);
    item->setText(1, qt(knob.given ? knob.shown() : knob.fallback));
    if (!knob.given) item->setForeground(1, theme.faint);
    QStringList words;
    for (const std::string& word : knob.about.words) words.append(qt(word));
    if (knob.about.type == KeyEntry::Type::Boolean) words = {"true", "false"};
    item->setData(1, KnobDelegate::kWords, words);
  } else if (!knob.given && knob.about.shape == KeyEntry::Shape::Table) {
    item->setText(1, tr("off"));
    item->setForeground(1, theme.faint);
  } else if (knob.off) {
    item->setText(1, tr("off"));
  }
  if (edits_.value_of(knob.path) != nullptr) {
    QFont bold = tree_->font();
    bold.setBold(true);
    item->setFont(0, bold);
    item->setFont(1, bold);
    item->setForeground(1, stroke_of(Meaning::Typical, theme).pen.color());
    for (QTreeWidgetItem* up = item->parent(); up != nullptr; up = up->parent()) {
      up->setFont(0, bold);
    }
  }
  for (const Knob& inner : knob.inside) add(item, inner);
}

const Knob* KnobsPanel::knob_of(const QTreeWidgetItem* item) const {
  if (item == nullptr) return nullptr;
  const auto number = static_cast<std::size_t>(item->data(0, KnobDelegate::kNumber).toInt());
  return number < leaves_.size() ? leaves_[number] : nullptr;
}

bool KnobsPanel::choose(const std::string& path) {
  if (outdated_) refill();
  QTreeWidgetItem* found = nullptr;
  for (QTreeWidgetItemIterator it(tree_); *it != nullptr; ++it) {
    const Knob* knob = knob_of(*it);
    if (knob == nullptr || knob->path != path) continue;
    found = *it;  // of a table and the value that stands for it, the value
  }
  if (found != nullptr) tree_->setCurrentItem(found, 1);
  return found != nullptr;
}

void KnobsPanel::write(const QString& value) {
  if (QTreeWidgetItem* item = tree_->currentItem()) item->setText(1, value);
}

void KnobsPanel::show_chosen() {
  const Knob* knob = knob_of(tree_->currentItem());
  help_->setText(knob == nullptr ? tr("Choose a setting, then double-click its value or move the "
                                      "slider. Every change is run at once.")
                                 : help_for(*knob));
  reset_->setEnabled(knob != nullptr && edits_.value_of(knob->path) != nullptr);
  turned_ = knob == nullptr || !knob->is_leaf() ? "" : knob->given ? knob->shown() : knob->fallback;
  const auto number = number_in(turned_);
  const QSignalBlocker quiet(slider_);
  slider_->setValue(0);
  slider_->setEnabled(number && number->number > 0);
}

void KnobsPanel::take_text(QTreeWidgetItem* item) {
  const Knob* knob = knob_of(item);
  if (knob == nullptr || !knob->is_leaf()) return;
  const std::string written = item->text(1).trimmed().toStdString();
  const std::string before = knob->given ? knob->shown() : knob->fallback;
  if (written == before) return;
  const std::string path = knob->path;  // the knob itself goes when the form is made anew
  if (written.empty()) return edits_.reset(path);
  edits_.set(path, toml_of(knob->about, written));
}

void KnobsPanel::turn(int position) {
  const Knob* knob = knob_of(tree_->currentItem());
  if (knob == nullptr || turned_.empty()) return;
  const bool whole = knob->about.type == KeyEntry::Type::Count;
  const double factor = std::pow(kReach, static_cast<double>(position) / kTurns);
  const std::string path = knob->path;
  edits_.set(path, toml_of(knob->about, scaled(turned_, factor, whole)), true);
}

void KnobsPanel::fill_faults(const RunResult& result) {
  fault_menu_->clear();
  for (const FaultRecipe& recipe : fault_recipes()) {
    QMenu* targets = fault_menu_->addMenu(qt(spaced(recipe.kind)));
    targets->setToolTip(qt(recipe.summary));
    const auto offer = [&](const std::string& target) {
      targets->addAction(qt(target), this, [this, recipe, target] {
        const double at = std::min(time_.cursor(), std::max(0.0, time_.duration() - 1));
        edits_.set("fault." + std::to_string(faults_), recipe.toml(target, at, kFaultLasts));
      });
    };
    if (recipe.on_link) {
      for (const auto& edge : result.edge_series) offer(edge.name);
    } else {
      for (const auto& service : result.service_series) offer(service.name);
    }
  }
}

void KnobsPanel::show_edits() {
  undo_->setEnabled(edits_.can_undo());
  redo_->setEnabled(edits_.can_redo());
  save_->setEnabled(!edits_.empty());
  // Not from within the item whose text has just changed.
  QMetaObject::invokeMethod(this, &KnobsPanel::refill, Qt::QueuedConnection);
}

void KnobsPanel::filter(const QString& words) {
  const auto show = [&](const auto& self, QTreeWidgetItem* item) -> bool {
    bool found = item->data(0, KnobDelegate::kPath).toString().contains(words, Qt::CaseInsensitive);
    for (int i = 0; i < item->childCount(); ++i) found = self(self, item->child(i)) || found;
    item->setHidden(!found);
    if (found && !words.isEmpty()) item->setExpanded(true);
    return found;
  };
  for (int i = 0; i < tree_->topLevelItemCount(); ++i) show(show, tree_->topLevelItem(i));
}

}  // namespace faultline::gui
