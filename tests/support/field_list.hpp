#pragma once
// A Binder that only writes down which fields there are; everything is absent.

#include <string>
#include <vector>

#include "models/vocabulary/describe.hpp"

namespace faultline {

class FieldList final : public Binder {
 public:
  struct Noted {
    std::string key, help;
    int depth;
  };
  std::vector<Noted> fields;
  std::vector<std::string> rejected;

  void span(const Field& f, std::optional<std::pair<Duration, Duration>>&) override { note(f); }
  bool bound(const Field& f, Bound&) override { return note(f); }
  void text(const Field& f, std::string&) override { note(f); }
  void reject(std::string_view key, std::string_view) override { rejected.emplace_back(key); }
  bool present(const Field& f) override { return note(f); }
  void value(const Field& f, bool&) override { note(f); }
  void value(const Field& f, std::int64_t&) override { note(f); }
  void value(const Field& f, double&) override { note(f); }
  void value(const Field& f, Share&) override { note(f); }
  void value(const Field& f, Rate&) override { note(f); }
  void value(const Field& f, Bytes&) override { note(f); }
  void value(const Field& f, ByteRate&) override { note(f); }
  void value(const Field& f, Cores&) override { note(f); }
  void value(const Field& f, Duration&) override { note(f); }
  void value(const Field& f, Distribution&) override { note(f); }
  void value(const Field& f, std::string&) override { note(f); }
  void value(const Field& f, Window&) override { note(f); }
  void value(const Field& f, Patience&) override { note(f); }
  void value(const Field& f, Portion&) override { note(f); }

 protected:
  std::size_t pick(const Field& f, std::size_t current,
                   std::span<const std::string_view>) override {
    note(f);
    return current;
  }
  std::size_t pick_kind(const Field& f, std::span<const std::string_view> names) override {
    note(f);
    return names.size();
  }
  // Tables and the elements of lists are looked into; maps are not.
  bool begin_table(const Field& f) override {
    note(f);
    ++depth_;
    return true;
  }
  void end_table() override { --depth_; }
  std::size_t begin_list(const Field& f) override {
    note(f);
    ++depth_;
    return 0;
  }
  void begin_item(std::size_t) override {}
  void end_item() override {}
  void end_list() override { --depth_; }
  std::vector<std::string> begin_map(const Field& f) override {
    note(f);
    return {};
  }
  void begin_entry(const std::string&) override {}
  void end_entry() override {}
  void end_map() override {}

 private:
  bool note(const Field& f) {
    fields.push_back({std::string(f.key), std::string(f.help), depth_});
    return false;
  }
  int depth_ = 0;
};

}  // namespace faultline
