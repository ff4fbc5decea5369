#pragma once
// What a run means, in plain words: which expectations hold and which fail, and the fingerprint.

#include <QFrame>

#include "lab/run/result.hpp"
#include "lab/scenario/diagnostic.hpp"

class QLabel;
class QScrollArea;

namespace faultline::gui {

class VerdictBar : public QFrame {
  Q_OBJECT
 public:
  explicit VerdictBar(QWidget* parent = nullptr);

  void show_result(const RunResult& result);
  void show_mistakes(const QString& file, const Diagnostics& mistakes);
  QString headline_text() const;

 protected:
  void changeEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  enum class Mood { Good, Bad, Unsure };
  void set_mood(Mood mood);
  void paint_mood();
  void show_lines(const QStringList& lines);
  void shorten();

  Mood mood_ = Mood::Unsure;
  QStringList lines_;
  QLabel* headline_;
  QLabel* fingerprint_;
  QLabel* details_;
  QScrollArea* scroll_;
};

}  // namespace faultline::gui
