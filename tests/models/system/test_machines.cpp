// Services that are bound by their cores, their disk or their memory, and faults that take these.

#include "tests/support/run.hpp"

using namespace faultline;

namespace {

const std::string kShared =
    "duration = \"200s\"\nwarmup = \"10s\"\n[client.c]\ncalls = \"s\"\nrate = \"70/s\"\n"
    "[service.s]\n";

}  // namespace

TEST_CASE("a core that is shared makes everybody slower, insensitive to the law", "[GS4]") {
  for (const char* law : {"10ms", "exp(10ms)", "lognormal(10ms, cv=2)"}) {
    CAPTURE(law);
    const Result r = run_text(
        kShared + "threads = \"unbounded\"\ncpu = \"1\"\nsteps = [{ cpu = \"" + law + "\" }]\n");
    CHECK(service(r).cpu_utilization == Approx(0.7).epsilon(0.05));
    CHECK(service(r).latency.mean == Approx(0.01 / 0.3).epsilon(0.12));  // M/G/1 PS: s / (1 - ρ)
    CHECK(service(r).machine.cpu_slowdown == Approx(1 / 0.3).epsilon(0.12));
  }
}

TEST_CASE("thread-bound and CPU-bound are two things", "[GS4]") {
  // Half the time waits for nothing that costs CPU: 1 thread of 20 ms: 50/s; 1 core: 100/s.
  const auto at = [](const char* threads, const char* cores) {
    return run_text(
        "duration = \"60s\"\n[client.c]\ncalls = \"s\"\nusers = 50\n[service.s]\n"
        "threads = " +
        std::string(threads) + "\ncpu = \"" + cores +
        "\"\nsteps = [{ work = \"exp(10ms)\" }, { cpu = \"exp(10ms)\" }]\n");
  };
  const Result thread_bound = at("1", "2"), cpu_bound = at("32", "1");
  CHECK(service(thread_bound).thread_utilization == Approx(1).margin(0.01));
  CHECK(service(thread_bound).cpu_utilization == Approx(0.25).margin(0.02));
  CHECK(client(thread_bound).goodput_per_s == Approx(50).epsilon(0.04));
  CHECK(service(cpu_bound).cpu_utilization == Approx(1).margin(0.01));
  CHECK(client(cpu_bound).goodput_per_s == Approx(100).epsilon(0.03));
}

TEST_CASE("a CPU limit lengthens the tail at a low average", "[GS4]") {
  const auto with = [](const char* cpu) {
    return run_text(
        "duration = \"100s\"\n[client.c]\ncalls = \"s\"\nrate = \"10/s\"\n[service.s]\n"
        "threads = 16\ncpu = " +
        std::string(cpu) + "\nsteps = [{ cpu = \"40ms\" }]\n");
  };
  const Result free = with("\"4\""), limited = with("{ cores = \"4\", limit = \"500m\" }");
  CHECK(client(free).latency.p99 < 0.05);
  CHECK(client(limited).latency.p99 > 0.15);
  CHECK(service(limited).cpu_utilization == Approx(0.8).epsilon(0.1));
  CHECK(service(limited).machine.cpu_throttled > 0.2);
}

TEST_CASE("CPU stress takes its share of the cores and gives it back", "[CE3][CE6]") {
  const Result r = run_text(
      "duration = \"60s\"\n[client.c]\ncalls = \"s\"\nrate = \"50/s\"\narrivals = \"constant\"\n"
      "[service.s]\nthreads = 64\ncpu = \"1\"\nsteps = [{ cpu = \"10ms\" }]\n"
      "[[fault]]\nat = \"20s\"\nfor = \"20s\"\nkind = \"cpu_stress\"\nservice = \"s\"\nworkers = "
      "1\n"
      "load = \"60%\"\n"
      "[[expect]]\nmetric = \"service.s.latency_s.p50\"\nwindow = [\"21s\", \"39s\"]\nabove = "
      "\"0s\"\n"
      "[[expect]]\nmetric = \"service.s.latency_s.p50\"\nwindow = [\"41s\", \"60s\"]\nabove = "
      "\"0s\"\n");
  CHECK(named(r->stretches[0].services, "s").latency.p50 == Approx(0.016).epsilon(0.02));
  CHECK(named(r->stretches[1].services, "s").latency.p50 == Approx(0.010).epsilon(0.02));
}

TEST_CASE("a disk does one thing after the other, by the scarcer of operations and bytes",
          "[GS4]") {
  const auto with = [](const char* step) {
    return run_text(
        "duration = \"60s\"\n[client.c]\ncalls = \"s\"\nusers = 10\n[service.s]\n"
        "threads = 10\ndisk = { iops = \"200/s\", bandwidth = \"10MB/s\" }\nsteps = [" +
        std::string(step) + "]\n");
  };
  CHECK(client(with("{ disk = \"4kB\" }")).goodput_per_s == Approx(200).epsilon(0.01));
  CHECK(client(with("{ disk = \"4kB\", operations = 4 }")).goodput_per_s ==
        Approx(50).epsilon(0.02));
  const Result bytes = with("{ disk = \"1MB\" }");
  CHECK(client(bytes).goodput_per_s == Approx(10).epsilon(0.02));
  CHECK(service(bytes).machine.disk_utilization == Approx(1).margin(0.01));
  CHECK(service(bytes).machine.disk_queue_length_mean == Approx(10).epsilon(0.02));
}

TEST_CASE("a disk's queue may be full, its operations late or broken", "[CE3][GS4]") {
  const std::string base =
      "duration = \"20s\"\n[client.c]\ncalls = \"s\"\nrate = \"100/s\"\narrivals = \"constant\"\n"
      "[service.s]\nthreads = 64\ndisk = { iops = \"50/s\", queue = 4 }\n"
      "steps = [{ disk = \"4KiB\" }]\n";
  const Result full = run_text(base);
  CHECK(errors(client(full), Error::ServerError) == Approx(1000).epsilon(0.03));
  const std::string slack =
      "duration = \"20s\"\n[client.c]\ncalls = \"s\"\nrate = \"20/s\"\n[service.s]\nthreads = 64\n"
      "disk = { iops = \"5000/s\", latency = \"1ms\" }\nsteps = [{ disk = \"4KiB\" }]\n"
      "[[fault]]\nat = \"0s\"\nservice = \"s\"\n";
  const Result late = run_text(slack + "kind = \"disk_latency\"\nadd = \"50ms\"\n");
  CHECK(client(late).latency.p50 == Approx(0.0512).epsilon(0.01));
  const Result broken = run_text(slack + "kind = \"disk_errors\"\nshare = \"25%\"\n");
  CHECK(client(broken).success_rate == Approx(0.75).margin(0.06));
}

TEST_CASE("out of memory: the instance is killed with all that is in it, and restarts", "[GS4]") {
  const std::string base =
      "duration = \"10s\"\n" + once("c", "s", 11) + once_at("later", "s", 2500) +
      "[service.s]\nthreads = 20\nwork = \"1s\"\n"
      "memory = { limit = \"100MiB\", idle = \"50MiB\", per_request = \"5MiB\"";
  const Result killed = run_text(base + ", restart = \"2s\" }\n");
  CHECK(errors(client(killed), Error::Crash) == 11);
  CHECK(client(killed, "later").ok == 1);
  CHECK(service(killed).machine.oom_kills == 1);
  CHECK(moments(killed, "crash", "out of memory").size() == 1);
  CHECK(moments(killed, "ready", "up again") == std::vector<double>{2.0});
  const Result refused = run_text(base + ", when_full = \"refuse\" }\n");
  CHECK(client(refused).ok == 10);
  CHECK(errors(client(refused), Error::Refused) == 1);
}

TEST_CASE("memory stress leaves less for requests", "[CE3][CE6]") {
  const Result r = run_text(
      "duration = \"30s\"\n[client.c]\ncalls = \"s\"\nrate = \"40/s\"\narrivals = \"constant\"\n"
      "[service.s]\nthreads = 64\nwork = \"100ms\"\n"
      "memory = { limit = \"100MiB\", per_request = \"10MiB\", restart = \"5s\" }\n"
      "[[fault]]\nat = \"10s\"\nfor = \"3s\"\nkind = \"memory_stress\"\nservice = \"s\"\n"
      "size = \"80MiB\"\n");
  CHECK(moments(r, "crash", "out of memory").size() == 1);
  CHECK(moments(r, "crash", "out of memory")[0] == Approx(10.0).margin(0.2));
  CHECK(errors(client(r), Error::Unavailable) == Approx(200).epsilon(0.05));
}

TEST_CASE("what is not there cannot be used, stressed or limited", "[GS4]") {
  const std::string c = "[client.c]\ncalls = \"s\"\nrate = \"1/s\"\n[service.s]\nthreads = 1\n";
  CHECK(refusal(c + "steps = [{ cpu = \"1ms\" }]\n").find("needs `cpu`") != std::string::npos);
  CHECK(refusal(c + "steps = [{ disk = \"1KiB\" }]\n").find("needs `disk`") != std::string::npos);
  CHECK(refusal(c + "work = \"1ms\"\ncpu = { cores = \"1\", limit = \"500m\" }\n")
            .find("no step of cpu") != std::string::npos);
  CHECK(refusal(c + "work = \"1ms\"\ndisk = { iops = \"5/s\", bandwidth = \"5MB\" }\n")
            .find("5MB/s") != std::string::npos);
  for (const char* fault : {"cpu_stress\"\nworkers = 1", "memory_stress\"\nsize = \"1MiB\"",
                            "disk_latency\"\nadd = \"1ms\"", "disk_errors\"\nshare = \"1%\""}) {
    CHECK(refusal(c + "work = \"1ms\"\n[[fault]]\nat = \"1s\"\nservice = \"s\"\nkind = \"" + fault +
                  "\n")
              .find("would do nothing") != std::string::npos);
  }
}

TEST_CASE("adding cores changes no draw", "[US6]") {
  // A step of cpu with plenty of cores takes as long as the same step of work.
  const std::string head = "duration = \"20s\"\n[client.c]\ncalls = \"s\"\nrate = \"50/s\"\n";
  const Result work =
      run_text(head + "[service.s]\nthreads = 64\nsteps = [{ work = \"exp(10ms)\" }]\n");
  const Result cpu = run_text(
      head + "[service.s]\nthreads = 64\ncpu = \"64\"\nsteps = [{ cpu = \"exp(10ms)\" }]\n");
  CHECK(client(work).latency.mean == Approx(client(cpu).latency.mean).epsilon(1e-6));
  CHECK(client(work).latency.max == Approx(client(cpu).latency.max).epsilon(1e-6));
}
