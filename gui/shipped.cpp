#include "gui/shipped.hpp"

#include <QCoreApplication>
#include <QDir>
#include <QDirIterator>
#include <QFileInfo>
#include <QRegularExpression>
#include <algorithm>

#include "lab/scenario/calls.hpp"
#include "lab/scenario/reader.hpp"

namespace faultline::gui {
namespace {

bool holds_scenarios(const QString& folder) {
  return !QDir(folder).entryList({"*.toml"}, QDir::Files).isEmpty();
}

template <class T>
std::vector<std::string> names_of(const std::vector<Named<T>>& all) {
  std::vector<std::string> names;
  for (const auto& one : all) names.push_back(one.name);
  return names;
}

}  // namespace

QString shipped_folder() {
  const QString asked = qEnvironmentVariable("FAULTLINE_SCENARIOS");
  if (!asked.isEmpty()) return holds_scenarios(asked) ? QDir(asked).absolutePath() : QString();
  const QDir beside(QCoreApplication::applicationDirPath());
  const QString installed = beside.absoluteFilePath("../share/faultline/scenarios");
  if (holds_scenarios(installed)) return QDir(installed).canonicalPath();
  if (holds_scenarios("scenarios")) return QDir("scenarios").absolutePath();
  QDir around = beside;
  for (int i = 0; i < 4 && around.cdUp(); ++i) {
    if (holds_scenarios(around.filePath("scenarios"))) return around.absoluteFilePath("scenarios");
  }
  return {};
}

QStringList shipped_files(const QString& folder) {
  QStringList files;
  if (folder.isEmpty()) return files;
  QDirIterator walk(folder, {"*.toml"}, QDir::Files, QDirIterator::Subdirectories);
  while (walk.hasNext()) files.append(walk.next());
  const auto depth = [](const QString& file) { return file.count('/'); };
  std::sort(files.begin(), files.end(), [&](const QString& a, const QString& b) {
    return std::pair(depth(a), a) < std::pair(depth(b), b);
  });
  return files;
}

QString first_sentence(const QString& story) {
  QString text = story.simplified();
  static const QRegularExpression kMarks("[*_`#]+");
  text.remove(kMarks);
  static const QRegularExpression kEnd("[.!?](?= |$)");
  const auto end = kEnd.match(text);
  return end.hasMatch() ? text.left(end.capturedEnd()) : text;
}

std::optional<ScenarioCard> card_of(const QString& file, const QString& folder) {
  auto text = read_text(file.toStdString());
  if (!text) return std::nullopt;
  auto document = parse_document(std::move(*text), file.toStdString());
  if (!document || document->root.find("faultline") == nullptr) return std::nullopt;
  Reading reading = read_scenario(*document, QFileInfo(file).path().toStdString());
  const CallGraph graph = call_graph(*document, reading);
  const Scenario& scenario = reading.scenario;
  ScenarioCard card;
  card.file = file;
  card.title = QString::fromStdString(scenario.title);
  if (card.title.isEmpty()) card.title = QFileInfo(file).completeBaseName();
  card.line = first_sentence(QString::fromStdString(scenario.story));
  const QString shelf = QDir(folder).relativeFilePath(QFileInfo(file).path());
  if (shelf != "." && !shelf.startsWith("..")) card.shelf = shelf;
  card.variants = static_cast<int>(scenario.variants.size());
  card.faults = static_cast<int>(scenario.faults.size());
  card.topology = topology_of(names_of(scenario.clients), names_of(scenario.services), graph.edges);
  return card;
}

}  // namespace faultline::gui
