#pragma once
// The scenarios that came with the program, and what a card says about one: read from the files
// themselves. Knows no widget.

#include <QString>
#include <QStringList>
#include <optional>

#include "gui/topology_layout.hpp"

namespace faultline::gui {

// The folder of shipped scenarios: $FAULTLINE_SCENARIOS, else ../share/faultline/scenarios beside
// the program, else `scenarios` in the current folder or one around the program's. Empty: none.
QString shipped_folder();
// Its files, those at the top first, each with a path that can be opened.
QStringList shipped_files(const QString& folder);

struct ScenarioCard {
  QString file, title, line;  // the first sentence of the story
  QString shelf;              // the folder in `scenarios` it lies in; empty: the top
  int variants = 0, faults = 0;
  Topology topology;
};
// Nothing for what is no scenario. Takes a few milliseconds.
std::optional<ScenarioCard> card_of(const QString& file, const QString& folder);

// Up to the first full stop; Markdown's marks taken out.
QString first_sentence(const QString& story);

}  // namespace faultline::gui
