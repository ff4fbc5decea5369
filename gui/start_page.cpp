#include "gui/start_page.hpp"
#include "gui/recent_files.hpp"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

#include "gui/card_delegate.hpp"

namespace faultline::gui {

StartPage::StartPage(const QString& folder, QWidget* parent)
    : QWidget(parent),
      folder_(folder),
      waiting_(shipped_files(folder)),
      search_(new QLineEdit),
      cards_(new QListWidget),
      recent_(new QListWidget) {
  auto* title = new QLabel(tr("<h2>Watch a system fail</h2>"));
  auto* hint = new QLabel(tr("Choose a scenario: it runs at once. Or drop a .toml file anywhere."));
  search_->setPlaceholderText(tr("Find a scenario"));
  search_->setClearButtonEnabled(true);
  search_->setMaximumWidth(260);
  search_->setAccessibleName(tr("Find a scenario"));
  cards_->setItemDelegate(new CardDelegate(cards_));
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
  side->addWidget(recent_, 1);
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
  recent_->clear();
  for (const QString& file : files) {
    if (!QFileInfo::exists(file)) continue;
    auto* item = new QListWidgetItem(name_among(file, files), recent_);
    item->setData(Qt::UserRole, file);
    item->setToolTip(file);
  }
}

}  // namespace faultline::gui
