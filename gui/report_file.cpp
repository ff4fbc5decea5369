#include "gui/report_file.hpp"

#include <QSaveFile>
#include <algorithm>

#include "gui/budget_page.hpp"
#include "gui/svg_device.hpp"
#include "gui/theme.hpp"
#include "gui/time_axis.hpp"
#include "gui/time_chart.hpp"
#include "gui/words.hpp"
#include "lab/evidence/causal_order.hpp"

namespace faultline::gui {
namespace {

constexpr int kWide = 860, kHigh = 150;  // pixels of a chart
constexpr std::size_t kMostClients = 4, kMostMoments = 300;

const char* const kStyle = R"(
body { font: 15px/1.5 sans-serif; color: #1f2328 }
body { max-width: 900px; margin: 2em auto; padding: 0 1em }
h1 { margin-bottom: 0 } h2 { margin-top: 2em; border-bottom: 1px solid #e4e7eb }
table { border-collapse: collapse; margin: .6em 0 } td, th { padding: 3px 10px; text-align: left }
th { border-bottom: 1px solid #59636e } td.n, th.n { text-align: right }
tr:nth-child(even) td { background: #f4f5f7 } img { display: block; width: 100%; height: auto }
pre { background: #f4f5f7; padding: 10px; overflow-x: auto; font-size: 13px }
.good { color: #00704f } .bad { color: #b34700 } .faint { color: #59636e }
)";

QString html(const std::string& text) {
  return QString::fromStdString(text).toHtmlEscaped();
}

QString heading(const QString& text) {
  return "<h2>" + text.toHtmlEscaped() + "</h2>\n";
}

// The first column is a name, the others are numbers.
QString row(const QStringList& cells, const char* tag = "td") {
  QString text = "<tr>";
  for (qsizetype i = 0; i < cells.size(); ++i) {
    text += QString("<%1%2>%3</%1>").arg(tag, i > 0 ? " class='n'" : "", cells[i]);
  }
  return text + "</tr>\n";
}

QString picture(const RunResult& result, ChartContent content) {
  TimeAxis time;
  time.show_run(result);
  TimeChart chart(time);
  chart.setPalette(light_palette());
  chart.resize(kWide, kHigh);
  chart.reserve_right_axis(true);
  chart.set_content(std::move(content));
  const TimeChart::Sharp sharp;
  SvgDevice svg(chart.size(), chart.accessibleName());
  QPainter painter(&svg);
  chart.render(&painter);
  painter.end();
  return QString("<img alt=\"%1\" src=\"data:image/svg+xml;base64,%2\">\n")
      .arg((chart.accessibleName() + ": " + chart.accessibleDescription()).toHtmlEscaped(),
           QString::fromLatin1(svg.text().toUtf8().toBase64()));
}

QString verdict(const RunResult& result) {
  QString text = "<p><b>" + html(headline(result)) + "</b></p>\n<ul>\n";
  for (const Judgement& one : result.expectations) {
    const bool pass = one.verdict == Verdict::Pass;
    text += QString("<li class='%1'>%2 %3%4</li>\n")
                .arg(pass ? "good" : "bad",
                     pass                           ? "✓"
                     : one.verdict == Verdict::Fail ? "✗"
                                                    : "?",
                     html(sentence(one)), one.why.empty() ? "" : " — " + html(one.why));
  }
  text += "</ul>\n";
  for (const auto& slo : result.slos)
    text += "<p>" + html(slo.name + ": " + budget_sentence(slo.value)) + "</p>\n";
  return text;
}

QString figures(const RunResult& result) {
  const auto time = [](double seconds) { return html(value_text(seconds, Unit::Seconds)); };
  const auto share = [](double value) { return html(value_text(value, Unit::Share)); };
  QString text = "<table>" + row({"Client", "offered", "answered", "failed", "success", "p50",
                                  "p95", "p99", "worst"},
                                 "th");
  for (const auto& [name, f] : result.clients) {
    text += row({html(name), html(grouped(f.offered)), html(grouped(f.ok)), html(grouped(f.failed)),
                 share(f.success_rate), time(f.latency.p50), time(f.latency.p95),
                 time(f.latency.p99), time(f.latency.max)});
  }
  text += "</table>\n<table>" + row({"Service", "arrivals", "success", "threads busy",
                                     "queue (mean)", "p50", "p99", "instances (mean)"},
                                    "th");
  for (const auto& [name, f] : result.services) {
    text += row({html(name), html(grouped(f.arrivals)), share(f.success_rate),
                 share(f.thread_utilization), html(value_text(f.queue_length_mean, Unit::Count)),
                 time(f.latency.p50), time(f.latency.p99),
                 html(value_text(f.instances_mean, Unit::Count))});
  }
  text += "</table>\n<table>" +
          row({"Caller → callee", "calls", "attempts", "attempts a call", "failed"}, "th");
  for (const auto& [name, f] : result.edges) {
    QString arrow = html(name);
    text += row({arrow.replace("-&gt;", " → "), html(grouped(f.calls)), html(grouped(f.attempts)),
                 html(value_text(f.amplification, Unit::Factor)), html(grouped(f.failed))});
  }
  return text + "</table>\n";
}

QString moments(const std::vector<Moment>& all) {
  QString text = "<table>";
  for (std::size_t i = 0; i < std::min(all.size(), kMostMoments); ++i) {
    text += QString("<tr><td>%1</td><td class='faint'>%2</td><td>%3</td></tr>\n")
                .arg(html(clock_text(all[i].t_s)), html(spaced(all[i].kind)),
                     html(all[i].what).replace('\n', ' '));
  }
  text += "</table>\n";
  if (all.size() > kMostMoments)
    text += QString("<p class='faint'>… and %1 more</p>").arg(all.size() - kMostMoments);
  return text;
}

QString charts(const RunResult& result) {
  QString text;
  for (std::size_t i = 0; i < std::min(result.clients.size(), kMostClients); ++i) {
    const Subject subject{Subject::Kind::Client, result.clients[i].name};
    text += "<h3>" + QObject::tr("Client %1").arg(html(subject.name)) + "</h3>\n";
    for (const auto signal : {latency_of, traffic_of, errors_of}) {
      text += picture(result, signal(result, subject));
    }
    if (i == 0) text += picture(result, saturation_of(result, subject));
  }
  for (const auto& slo : result.slos) {
    text += "<h3>" + QObject::tr("Error budget %1").arg(html(slo.name)) + "</h3>\n";
    text += picture(result, burn_down_of(result, slo.value));
    text += picture(result, burn_rates_of(result, slo.value));
  }
  return text;
}

}  // namespace

QString command_of(const RunRequest& request, std::int64_t seed) {
  const auto word = [](const std::string& text) {
    QString quoted = QString::fromStdString(text);
    const bool plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
      return std::isalnum(c) != 0 ||
             std::string_view("/._-=%+:,@").find(char(c)) != std::string::npos;
    });
    return plain && !text.empty() ? quoted : "'" + quoted.replace("'", "'\\''") + "'";
  };
  QString text = "faultline run " + word(request.file);
  if (request.variant != "base") text += " --variant " + word(request.variant);
  text += QString(" --seed %1").arg(seed);
  for (const auto& [key, value] : request.settings) text += " --set " + word(key + "=" + value);
  return text;
}

QString report_of(const RunOutcome& outcome) {
  const RunResult& result = *outcome.result;
  const QString title = result.scenario.empty() ? html(result.file) : html(result.scenario);
  QString text = "<!doctype html>\n<html><head><meta charset=\"utf-8\">\n<title>" + title +
                 "</title>\n<style>" + kStyle + "</style></head><body>\n<h1>" + title + "</h1>\n";
  text +=
      QString("<p class='faint'>variant %1 · seed %2 · %3 of simulated time · fingerprint %4</p>\n")
          .arg(html(result.variant))
          .arg(result.seed)
          .arg(html(clock_text(result.reached_s)), html(fingerprint_text(result.fingerprint)));
  if (outcome.scenario && !outcome.scenario->story.empty())
    text += "<p>" + html(outcome.scenario->story).replace("\n\n", "</p><p>") + "</p>\n";
  text += verdict(result);
  text += heading(QObject::tr("Signals")) + charts(result);
  text += heading(QObject::tr("Figures"));
  text += "<p class='faint'>" + QObject::tr("After the warm-up.") + "</p>\n" + figures(result);
  std::vector<Moment> breaks;
  for (const Break& one : causal_order(result))
    breaks.push_back({one.t_s, one.who, one.who, one.what});
  if (!breaks.empty()) text += heading(QObject::tr("What broke, in order")) + moments(breaks);
  if (!result.timeline.empty())
    text += heading(QObject::tr("What happened")) + moments(result.timeline);
  text += heading(QObject::tr("Again"));
  text += "<pre>" + command_of(outcome.request, result.seed).toHtmlEscaped() + "</pre>\n";
  if (!outcome.text.empty())
    text += heading(QObject::tr("The scenario")) + "<pre>" + html(outcome.text) + "</pre>\n";
  return text + "</body></html>\n";
}

bool write_report(const RunOutcome& outcome, const QString& file) {
  const QByteArray bytes = report_of(outcome).toUtf8();
  QSaveFile out(file);
  return out.open(QIODevice::WriteOnly) && out.write(bytes) == bytes.size() && out.commit();
}

}  // namespace faultline::gui
