#include "gui/verdict_bar.hpp"

#include <QEvent>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <algorithm>

#include "gui/theme.hpp"
#include "gui/words.hpp"

namespace faultline::gui {
namespace {

constexpr int kLinesSeen = 3;

QString sign_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::Pass:
      return "✓";
    case Verdict::Fail:
      return "✗";
    case Verdict::Inconclusive:
      return "?";
  }
  return {};
}

// What fails comes first: it is what one looks for.
std::vector<Judgement> by_urgency(std::vector<Judgement> judgements) {
  const auto rank = [](Verdict v) { return v == Verdict::Fail ? 0 : v == Verdict::Pass ? 2 : 1; };
  std::stable_sort(judgements.begin(), judgements.end(),
                   [&](const auto& a, const auto& b) { return rank(a.verdict) < rank(b.verdict); });
  return judgements;
}

QStringList lines_of(const RunResult& result) {
  QStringList lines;
  for (const Judgement& one : by_urgency(result.expectations)) {
    QString line = sign_of(one.verdict) + "  " + QString::fromStdString(sentence(one));
    if (!one.why.empty()) line += " — " + QString::fromStdString(one.why);
    lines.append(line);
  }
  return lines;
}

}  // namespace

VerdictBar::VerdictBar(QWidget* parent)
    : QFrame(parent),
      headline_(new QLabel(this)),
      fingerprint_(new QLabel(this)),
      details_(new QLabel),
      scroll_(new QScrollArea(this)) {
  auto* stack = new QVBoxLayout(this);
  stack->setContentsMargins(12, 6, 12, 6);
  stack->setSpacing(2);
  auto* top = new QHBoxLayout;
  top->addWidget(headline_, 1);
  top->addWidget(fingerprint_);
  stack->addLayout(top);
  stack->addWidget(scroll_);
  QFont large = font();
  large.setBold(true);
  large.setPointSizeF(large.pointSizeF() * 1.2);
  headline_->setFont(large);
  fingerprint_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  fingerprint_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  fingerprint_->setToolTip(tr("The same file and the same seed give the same fingerprint"));
  details_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  details_->setTextFormat(Qt::PlainText);
  details_->setAlignment(Qt::AlignLeft | Qt::AlignTop);
  scroll_->setWidget(details_);
  scroll_->setWidgetResizable(true);
  scroll_->setFrameShape(QFrame::NoFrame);
  scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setAutoFillBackground(true);
  setAccessibleName(tr("Verdict"));
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
}

void VerdictBar::show_result(const RunResult& result) {
  const VerdictCount counted = count(result.expectations);
  const bool judged = counted.all() > 0 && !result.partial;
  const QString sign = !judged                    ? ""
                       : counted.fail > 0         ? "✗ "
                       : counted.inconclusive > 0 ? "? "
                                                  : "✓ ";
  headline_->setText(sign + QString::fromStdString(headline(result)));
  fingerprint_->setText(tr("seed %1 · %2")
                            .arg(result.seed)
                            .arg(QString::fromStdString(fingerprint_text(result.fingerprint))));
  show_lines(lines_of(result));
  const int lines = std::min(kLinesSeen, counted.all());
  scroll_->setFixedHeight(lines * details_->fontMetrics().lineSpacing());
  scroll_->setVisible(lines > 0);
  setAccessibleDescription(headline_->text() + ". " + lines_.join(". "));
  set_mood(!result.ledger.balanced    ? Mood::Bad
           : !judged                  ? Mood::Unsure
           : counted.fail > 0         ? Mood::Bad
           : counted.inconclusive > 0 ? Mood::Unsure
                                      : Mood::Good);
}

void VerdictBar::show_mistakes(const QString& file, const Diagnostics& mistakes) {
  headline_->setText(mistakes.size() == 1
                         ? tr("✗ %1 cannot be run: one mistake").arg(file)
                         : tr("✗ %1 cannot be run: %2 mistakes").arg(file).arg(mistakes.size()));
  fingerprint_->clear();
  QStringList lines;
  for (const Diagnostic& one : mistakes) {
    lines.append(QString::fromStdString(one.message + (one.hint.empty() ? "" : " – " + one.hint)));
  }
  show_lines(lines);
  const auto seen = std::min<qsizetype>(kLinesSeen, lines.size());
  scroll_->setFixedHeight(static_cast<int>(seen) * details_->fontMetrics().lineSpacing());
  scroll_->setVisible(seen > 0);
  setAccessibleDescription(headline_->text() + ". " + lines_.join(". "));
  set_mood(Mood::Bad);
}

// Each on a line of its own, shortened to the width there is; all of it when pointed at.
void VerdictBar::show_lines(const QStringList& lines) {
  lines_ = lines;
  details_->setToolTip(lines_.join('\n'));
  shorten();
}

void VerdictBar::shorten() {
  QFont large = font();
  large.setBold(true);
  large.setPointSizeF(large.pointSizeF() * 1.2);
  if (headline_->font() != large) headline_->setFont(large);
  const auto seen = std::min<qsizetype>(kLinesSeen, lines_.size());
  scroll_->setFixedHeight(static_cast<int>(seen) * details_->fontMetrics().lineSpacing());
  QStringList shown;
  const int room = width() - 28 - scroll_->verticalScrollBar()->sizeHint().width();
  for (const QString& line : lines_)
    shown.append(details_->fontMetrics().elidedText(line, Qt::ElideRight, room));
  if (const QString text = shown.join('\n'); details_->text() != text) details_->setText(text);
}

void VerdictBar::resizeEvent(QResizeEvent* event) {
  QFrame::resizeEvent(event);
  shorten();
}

QString VerdictBar::headline_text() const {
  return headline_->text();
}

void VerdictBar::set_mood(Mood mood) {
  mood_ = mood;
  paint_mood();
}

void VerdictBar::paint_mood() {
  const Theme& theme = theme_for(parentWidget() ? parentWidget()->palette() : palette());
  const bool good = mood_ == Mood::Good, bad = mood_ == Mood::Bad;
  const QColor back = good ? theme.good_back : bad ? theme.bad_back : theme.unsure_back;
  QPalette own = palette();
  if (own.color(QPalette::Window) == back) return;
  own.setColor(QPalette::Window, back);
  own.setColor(QPalette::WindowText, theme.text);
  own.setColor(QPalette::Base, back);
  setPalette(own);
  QPalette large = own;
  large.setColor(QPalette::WindowText, good ? theme.good : bad ? theme.bad : theme.text);
  headline_->setPalette(large);
}

void VerdictBar::changeEvent(QEvent* event) {
  QFrame::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) paint_mood();
  if (event->type() == QEvent::FontChange) shorten();
}

}  // namespace faultline::gui
