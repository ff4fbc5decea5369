#pragma once
// The Binder behind reader.hpp. It walks the tree with a frame for each table, list and map that is
// open. reading_binder.cpp holds the structure, reading_values.cpp the values.

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "lab/scenario/quantity.hpp"
#include "lab/scenario/reader.hpp"

namespace faultline {

class ReadingBinder final : public Binder {
 public:
  ReadingBinder(const Document& document, const std::filesystem::path& directory, Reading& out)
      : document_(document), directory_(directory), out_(out) {}

  void read(Scenario& scenario);

  void shorthand(std::string_view key) override;
  void positional() override;
  void reject(std::string_view key, std::string_view why) override;
  bool given(std::string_view key) override;
  int line() const override;

  bool present(const Field& f) override;
  bool off(const Field& f) override;
  void span(const Field& f, std::optional<std::pair<Duration, Duration>>& target) override;
  bool bound(const Field& f, Bound& target) override;
  bool amount(const Bound& bound, bool time, double& out) override;
  void text(const Field& f, std::string& target) override;
  void settings(const Field& f, std::vector<std::pair<std::string, std::string>>& target) override;
  void value(const Field& f, bool& target) override;
  void value(const Field& f, std::int64_t& target) override;
  void value(const Field& f, double& target) override;
  void value(const Field& f, Share& target) override;
  void value(const Field& f, Rate& target) override;
  void value(const Field& f, Bytes& target) override;
  void value(const Field& f, ByteRate& target) override;
  void value(const Field& f, Cores& target) override;
  void value(const Field& f, Duration& target) override;
  void value(const Field& f, Distribution& target) override;
  void value(const Field& f, std::string& target) override;
  void value(const Field& f, Window& target) override;
  void value(const Field& f, Patience& target) override;
  void value(const Field& f, Portion& target) override;

 protected:
  std::size_t pick(const Field& f, std::size_t current,
                   std::span<const std::string_view> names) override;
  std::size_t pick_kind(const Field& f, std::span<const std::string_view> names) override;
  bool begin_table(const Field& f) override;
  void end_table() override { leave(); }
  std::size_t begin_list(const Field& f) override;
  void begin_item(std::size_t i) override;
  void end_item() override { leave(); }
  void end_list() override { leave(); }
  std::vector<std::string> begin_map(const Field& f) override;
  void begin_entry(const std::string& name) override;
  void end_entry() override { leave(); }
  void end_map() override { leave(); }

 private:
  struct Rejection {
    std::string key, why;
  };
  struct Frame {
    const Node* node = nullptr;  // null: absent
    Position where;              // of its name, for what concerns the whole
    std::string path;
    std::string key;          // within the frame outside it
    bool keyed = true;        // its keys are described: others are unknown
    std::string shorthand;    // the key that a plain value stands for
    bool positional = false;  // a list gives the values of the keys in order
    bool complained = false;  // about the wrong type of the whole
    std::size_t next = 0;     // of a map: the entry to be opened
    bool any_key = false;     // its kind is unknown, so any key might be right
    std::vector<std::string> known, bad, missing;
    std::vector<Rejection> rejections;
  };

  void enter(const Node* node, Position where, std::string path, std::string key, bool keyed);
  void leave();
  void report_unknown(Frame& frame, std::vector<std::string>& mistyped);
  void report_positional(Frame& frame);

  const Node* look(const Field& f);
  const Node* look_in_plain(Frame& frame, std::string_view key);
  // The value to read; null if there is none, which is noted if there must be.
  const Node* due(const Field& f);
  std::string path_of(const Field& f) const;
  Position where_of(const Field& f, const Node& node) const;

  void fail(const Field& f, const Position& where, std::string code, std::string message,
            std::string hint = {});
  void wrong_type(const Field& f, const Node& node, std::string_view due, std::string hint = {});
  void malformed(const Field& f, const Node& node, const QuantityError& error);
  // The text of a quantity; null after a complaint. A bare number is complained about in the words
  // of `parse`, which knows the unit.
  template <class Parse>
  const std::string* quantity_text(const Field& f, const Node& node, std::string_view due,
                                   Parse parse);
  // `shown` writes a limit in the unit of the field.
  template <class Show>
  bool in_range(const Field& f, const Node& node, double value, Show shown);

  const Document& document_;
  const std::filesystem::path& directory_;
  Reading& out_;
  std::vector<Frame> frames_;
};

}  // namespace faultline
