#pragma once
// A scenario that runs in milliseconds, with comments worth keeping.

#include <QFile>
#include <QTemporaryDir>

namespace faultline::gui {

inline constexpr const char* kSmallScenario = R"toml(faultline = 1

# a small shop
title = "A small shop"
duration = "20s"
seed = 3

[client.visitors]
calls = "web"
rate = "50/s"
policy = "calls"

[service.web]
threads = 32
steps = [{ work = "2ms" }, { call = "db", policy = "calls" }]

[service.db]
threads = 8       # connections
work = "exp(20ms)"

[policy.calls]
timeout = "500ms"
retry = { attempts = 3, backoff = "50ms" }   # what a default looks like

[[fault]]
at = "5s"
for = "5s"
kind = "slow"
service = "db"
factor = 20

[variant.calm]
title = "No retries"
set = { "policy.calls.retry" = false }

[variant.wide]
[variant.wide.set]
"service.db.threads" = 32

[[expect]]
metric = "client.visitors.success_rate"
above = "10%"
# the end
)toml";

struct SmallFile {
  SmallFile() { write(kSmallScenario); }
  QString path() const { return folder.filePath("small.toml"); }
  void write(const QString& text) const {
    QFile file(path());
    if (file.open(QIODevice::WriteOnly)) file.write(text.toUtf8());
  }
  QTemporaryDir folder;
};

}  // namespace faultline::gui
