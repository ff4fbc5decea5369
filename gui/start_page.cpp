#include "gui/start_page.hpp"
#include "gui/recent_files.hpp"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QScrollBar>
#include <QVBoxLayout>
#include <algorithm>

#include "gui/card_delegate.hpp"

namespace faultline::gui {

StartPage::StartPage(const QString& folder, QWidget* parent)
    : QWidget(parent),
      folder_(folder),
      waiting_(shipped_files(folder)),
      search_(new QLineEdit),
      cards_(new QListWidget),
      recent_(new QListWidget),
      card_(new CardDelegate(cards_)),
      nothing_yet_(new QLabel(tr("What you open is listed here."))) {
  auto* title = new QLabel(tr("<h2>Watch a system fail</h2>"));
  auto* hint = new QLabel(tr("Choose a scenario: it runs at once. Or drop a .toml file anywhere."));
  search_->setPlaceholderText(tr("Find a scenario"));
  search_->setClearButtonEnabled(true);
  search_->setMaximumWidth(260);
  search_->setAccessibleName(tr("Find a scenario"));
  cards_->setItemDelegate(card_);
  cards_->setViewMode(QListView::IconMode);
  cards_->setResizeMode(QListView::Adjust);
  cards_->setMovement(QListView::Static);
  cards_->setUniformItemSizes(true);
  cards_->setMouseTracking(true);
  cards_->setFrameShape(QFrame::NoFrame);
  cards_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  cards_->setAccessibleName(tr("Scenarios"));
  cards_->setStyleSheet("QListWidget { background: transparent; }");
  recent_->setFrameShape(QFrame::NoFrame);
  recent_->setAccessibleName(tr("Opened lately"));
  recent_->setStyleSheet("QListWidget { background: transparent; }");
  recent_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  recent_->setTextElideMode(Qt::ElideMiddle);
  nothing_yet_->setWordWrap(true);
  nothing_yet_->setEnabled(false);
  auto* steps =
      new QLabel(tr("<b>First steps</b><ol style='margin-left:-22px'>"
                    "<li>Choose a scenario. It runs at once.</li>"
                    "<li><b>Space</b> plays it: the story appears when the clock gets there.</li>"
                    "<li>Drag over a chart to look closer; <b>Backspace</b> goes back.</li>"
                    "<li>Point at a spike and press <b>R</b>: the requests behind it.</li>"
                    "<li><b>Ctrl+K</b>: turn a setting, and see what changes.</li>"
                    "<li><b>5</b> compares the variants.</li></ol><b>?</b> lists all keys."));
  steps->setWordWrap(true);
  auto* open = new QPushButton(tr("Open a file…"));
  connect(open, &QPushButton::clicked, this, &StartPage::asked_for_file);

  auto* head = new QHBoxLayout;
  auto* words = new QVBoxLayout;
  words->addWidget(title);
  words->addWidget(hint);
  head->addLayout(words, 1);
  head->addWidget(search_, 0, Qt::AlignBottom);
  auto* side = new QVBoxLayout;
  side->addWidget(open);
  side->addWidget(new QLabel(tr("<b>Opened lately</b>")));
  side->addWidget(recent_);
  side->addWidget(nothing_yet_);
  side->addSpacing(14);
  side->addWidget(steps);
  side->addStretch(1);
  auto* body = new QHBoxLayout;
  body->addWidget(cards_, 1);
  auto* holder = new QWidget;
  holder->setLayout(side);
  holder->setFixedWidth(220);
  body->addWidget(holder);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(18, 10, 12, 8);
  all->addLayout(head);
  all->addLayout(body, 1);

  const auto open_item = [this](const QListWidgetItem* item) {
    Q_EMIT chosen(item->data(Qt::UserRole).toString());
  };
  for (QListWidget* list : {cards_, recent_}) {
    connect(list, &QListWidget::itemClicked, this, open_item);
    connect(list, &QListWidget::itemActivated, this, open_item);
  }
  connect(search_, &QLineEdit::textChanged, this, &StartPage::filter);
  connect(&idle_, &QTimer::timeout, this, &StartPage::add_next);
  idle_.start(0);
}

void StartPage::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  fill_width();
}

void StartPage::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  fill_width();
}

// As many columns as there is room for, and all of the room.
void StartPage::fill_width() {
  layout()->activate();
  const int bar = cards_->verticalScrollBar()->sizeHint().width();
  const int room = cards_->width() - bar - 2;
  card_->set_width(room / std::max(1, room / CardDelegate::kNarrowest));
  cards_->doItemsLayout();
}

void StartPage::add_next() {
  if (waiting_.isEmpty()) {
    idle_.stop();
    Q_EMIT completed();
    return;
  }
  const auto card = card_of(waiting_.takeFirst(), folder_);
  if (!card) return;
  auto* item = new QListWidgetItem(cards_);
  item->setData(Qt::UserRole, card->file);
  item->setData(CardDelegate::kCardRole, QVariant::fromValue(*card));
  item->setData(Qt::AccessibleTextRole, card->title + ". " + card->line);
  item->setToolTip(card->line);
  filter(search_->text());
}

void StartPage::filter(const QString& words) {
  for (int i = 0; i < cards_->count(); ++i) {
    const auto card = cards_->item(i)->data(CardDelegate::kCardRole).value<ScenarioCard>();
    const QString all = card.title + ' ' + card.line + ' ' + card.file;
    bool found = true;
    for (const QString& word : words.split(' ', Qt::SkipEmptyParts)) {
      found = found && all.contains(word, Qt::CaseInsensitive);
    }
    cards_->item(i)->setHidden(!found);
  }
}

void StartPage::show_recent(const QStringList& files) {
  constexpr int kMostSeen = 8;
  recent_->clear();
  for (const QString& file : files) {
    if (!QFileInfo::exists(file)) continue;
    auto* item = new QListWidgetItem(name_among(file, files), recent_);
    item->setData(Qt::UserRole, file);
    item->setToolTip(file);
  }
  const int rows = std::min(kMostSeen, recent_->count());
  recent_->setFixedHeight(rows * (recent_->fontMetrics().lineSpacing() + 4) + 4);
  recent_->setVisible(rows > 0);
  nothing_yet_->setVisible(rows == 0);
}

}  // namespace faultline::gui
