#pragma once
// The form of all settings of the open scenario, made from the language itself. A change is an edit
// (edits.hpp); a slider turns the number in any value; what goes wrong can be put in at the clock.

#include <QTimer>
#include <QWidget>
#include <string>
#include <vector>

#include "gui/knob_tree.hpp"
#include "lab/run/result.hpp"

class QLabel;
class QLineEdit;
class QMenu;
class QPushButton;
class QSlider;
class QToolButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace faultline::gui {

class Edits;
class TimeAxis;

class KnobsPanel : public QWidget {
  Q_OBJECT
 public:
  KnobsPanel(Edits& edits, TimeAxis& time, QWidget* parent = nullptr);

  void show_scenario(const std::string& text, const std::string& file, const std::string& variant,
                     const RunResult& result);
  // Selects a knob by its path; answers whether there is one.
  bool choose(const std::string& path);
  // Into the chosen knob, as if typed.
  void write(const QString& value);
  QTreeWidget& tree() { return *tree_; }
  QSlider& slider() { return *slider_; }
  QMenu& faults() { return *fault_menu_; }

 Q_SIGNALS:
  void asked_to_save();

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  void refill();
  void add(QTreeWidgetItem* parent, const Knob& knob);
  void show_chosen();
  void take_text(QTreeWidgetItem* item);
  void turn(int position);
  void fill_faults(const RunResult& result);
  void show_edits();
  const Knob* knob_of(const QTreeWidgetItem* item) const;
  void filter(const QString& words);

  Edits& edits_;
  TimeAxis& time_;
  std::string text_, file_, variant_;
  std::vector<Knob> knobs_;          // as shown
  std::vector<const Knob*> leaves_;  // by the number in each item
  std::size_t faults_ = 0;
  bool outdated_ = false;  // nobody has looked since the last run
  std::string turned_;     // what the slider started from
  QTreeWidget* tree_;
  QLineEdit* search_;
  QLabel* help_;
  QSlider* slider_;
  QPushButton* fault_;
  QToolButton *undo_, *redo_;
  QPushButton *reset_, *save_;
  QMenu* fault_menu_;
};

}  // namespace faultline::gui
