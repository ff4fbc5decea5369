#include "gui/notes_panel.hpp"

#include <QAbstractTextDocumentLayout>
#include <QScrollBar>
#include <QTextBlock>
#include <algorithm>

#include "gui/time_axis.hpp"
#include "gui/words.hpp"

namespace faultline::gui {

NotesPanel::NotesPanel(TimeAxis& time, QWidget* parent) : QTextBrowser(parent), time_(time) {
  setOpenExternalLinks(true);
  setAccessibleName(tr("Story and notes"));
  setPlaceholderText(tr("This scenario tells no story."));
  document()->setDocumentMargin(10);
  setFrameShape(QFrame::NoFrame);
  connect(&time_, &TimeAxis::cursor_changed, this, &NotesPanel::follow_clock);
  // Another text, another font or another size: the newest note is elsewhere.
  connect(verticalScrollBar(), &QScrollBar::rangeChanged, this, &NotesPanel::show_newest);
}

void NotesPanel::show_scenario(std::shared_ptr<const Scenario> scenario,
                               const std::string& variant) {
  scenario_ = std::move(scenario);
  variant_ = variant;
  shown_ = -1;
  follow_clock();
  verticalScrollBar()->setValue(0);
}

void NotesPanel::follow_clock() {
  if (!scenario_) return;
  const int due = static_cast<int>(
      std::count_if(scenario_->notes.begin(), scenario_->notes.end(),
                    [this](const Note& note) { return note.at.seconds() <= time_.cursor(); }));
  if (due == shown_) return;
  shown_ = due;
  setMarkdown(markdown());
  show_newest();
}

// The beginning of the last note at the top, as far as the text allows; before the first and after
// the end, the story.
void NotesPanel::show_newest() {
  if (shown_ <= 0 || time_.cursor() >= time_.duration()) {
    verticalScrollBar()->setValue(0);
    return;
  }
  QTextBlock newest;
  for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
    if (block.text().startsWith(newest_)) newest = block;
  }
  if (!newest.isValid()) return;
  const double top = document()->documentLayout()->blockBoundingRect(newest).top();
  verticalScrollBar()->setValue(static_cast<int>(top) - 6);
}

QString NotesPanel::markdown() {
  QString text = "### " + QString::fromStdString(scenario_->title) + "\n\n";
  text += QString::fromStdString(scenario_->story) + "\n\n";
  if (const Variant* variant = faultline::find(scenario_->variants, variant_); variant != nullptr) {
    const std::string& title = variant->title.empty() ? variant_ : variant->title;
    text += tr("**Variant:** %1\n\n").arg(QString::fromStdString(title));
  }
  std::vector<const Note*> due;
  for (const Note& note : scenario_->notes) {
    if (note.at.seconds() <= time_.cursor()) due.push_back(&note);
  }
  std::stable_sort(due.begin(), due.end(),
                   [](const Note* a, const Note* b) { return a->at < b->at; });
  for (const Note* note : due) {
    newest_ = QString::fromStdString(clock_text(note->at.seconds())) + " — ";
    text +=
        "**" + newest_.chopped(3) + "** — " + QString::fromStdString(note->text).trimmed() + "\n\n";
  }
  return text;
}

}  // namespace faultline::gui
