#include "tests/tidy/rules.hpp"

#include <algorithm>
#include <cctype>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace faultline::tidy {
namespace {

constexpr int kFileLines = 400;
constexpr int kColumns = 100;

// What stands directly to the left of each room, as in CMakeLists.txt. A room may include itself
// and everything reachable from here.
const std::map<std::string, std::vector<std::string>, std::less<>> kLeftOf = {
    {"sim", {}},
    {"models/vocabulary", {"sim"}},
    {"models/policies", {"models/vocabulary"}},
    {"models/faults", {"models/vocabulary"}},
    {"models/signals", {"models/vocabulary"}},
    {"models/controllers", {"models/signals"}},
    {"models/system", {"models/policies", "models/faults", "models/controllers"}},
    {"models/theory", {"sim"}},
    {"lab/scenario", {"models/system"}},
    {"lab/run", {"lab/scenario"}},
    {"lab/evidence", {"lab/run"}},
    {"lab/study", {"lab/evidence", "models/theory"}},
    {"lab/export", {"lab/study"}},
    {"cli", {"lab/export"}},
    {"gui", {"lab/export"}},
    {"bench", {"lab/export"}},
};

bool starts_with(std::string_view text, std::string_view start) {
  return text.starts_with(start);
}

bool is_cpp(std::string_view path) {
  return path.ends_with(".cpp") || path.ends_with(".hpp");
}

bool is_build_file(std::string_view path) {
  return path.ends_with("CMakeLists.txt") || path.ends_with(".cmake") ||
         path.ends_with("CMakePresets.json");
}

// "models/policies/retry.cpp" -> "models/policies"; "" for what is in no room of the product.
// A new folder under models/ or lab/ is a room of that name, known to the table or not.
std::string room_of(std::string_view path) {
  const auto first = path.find('/');
  if (first == std::string_view::npos) return "";
  const std::string_view top = path.substr(0, first);
  if (top == "models" || top == "lab") {
    const auto second = path.find('/', first + 1);
    return std::string(path.substr(0, second));
  }
  return kLeftOf.contains(top) ? std::string(top) : "";
}

void add_reachable(const std::string& room, std::set<std::string>& reached) {
  if (!reached.insert(room).second) return;
  if (const auto found = kLeftOf.find(room); found != kLeftOf.end()) {
    for (const std::string& left : found->second) add_reachable(left, reached);
  }
}

bool may_include(const std::string& room, const std::string& other) {
  std::set<std::string> reached;
  add_reachable(room, reached);
  return reached.contains(other);
}

bool is_eigen(std::string_view header) {
  return starts_with(header, "Eigen/");
}
bool is_toml(std::string_view header) {
  return starts_with(header, "toml++/");
}
bool is_qt(std::string_view header) {
  return starts_with(header, "Qt") ||
         (header.size() > 1 && header[0] == 'Q' && std::isupper(header[1]) != 0);
}

void for_each_line(std::string_view text, const std::function<void(int, const std::string&)>& act) {
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) act(number, line);
}

struct Include {
  int line;
  std::string header;
};

std::vector<Include> includes_of(const File& file) {
  static const std::regex pattern(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
  std::vector<Include> found;
  for_each_line(without_comments(file.text, false), [&](int number, const std::string& line) {
    std::smatch match;
    if (std::regex_search(line, match, pattern)) found.push_back({number, match[1]});
  });
  return found;
}

// Every line of `text` in which `pattern` occurs, with what was found.
Findings search(const File& file, std::string_view text, const std::regex& pattern,
                const std::string& why) {
  Findings findings;
  for_each_line(text, [&](int number, const std::string& line) {
    std::smatch match;
    if (std::regex_search(line, match, pattern)) {
      findings.push_back({file.path, number, "'" + match[match.size() - 1].str() + "' " + why});
    }
  });
  return findings;
}

}  // namespace

std::string to_string(const Finding& finding) {
  return finding.path + ":" + std::to_string(finding.line) + ": " + finding.what;
}

std::string without_comments(std::string_view text, bool strings_too) {
  std::string out(text);
  const auto blank = [&](std::size_t from, std::size_t to) {
    for (std::size_t k = from; k < std::min(to, out.size()); ++k) {
      if (out[k] != '\n') out[k] = ' ';
    }
  };
  const auto end_after = [&](std::string_view mark, std::size_t from) {
    const auto at = text.find(mark, from);
    return at == std::string_view::npos ? text.size() : at + mark.size();
  };
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };

  for (std::size_t i = 0; i < text.size();) {
    const std::string_view rest = text.substr(i);
    std::size_t end = i + 1;
    if (rest.starts_with("//") || rest.starts_with("/*")) {
      end = rest[1] == '*' ? end_after("*/", i + 2) : std::min(text.find('\n', i), text.size());
      blank(i, end);
    } else if (rest.starts_with("R\"")) {
      const auto open = std::min(text.find('(', i), text.size());
      const std::string close = ")" + std::string(text.substr(i + 2, open - i - 2)) + "\"";
      end = end_after(close, open);
      if (strings_too) blank(open + 1, end - 1);
    } else if (rest[0] == '"' || (rest[0] == '\'' && (i == 0 || !is_word(text[i - 1])))) {
      while (end < text.size() && text[end] != rest[0] && text[end] != '\n') {
        end += text[end] == '\\' ? 2 : 1;
      }
      if (strings_too) blank(i + 1, end);
      ++end;
    }
    i = end;
  }
  return out;
}

Findings check_includes(const File& file) {
  Findings findings;
  const std::string room = room_of(file.path);
  if (!is_cpp(file.path) || room.empty()) return findings;
  const auto complain = [&](int line, const std::string& what) {
    findings.push_back({file.path, line, what});
  };
  if (!kLeftOf.contains(room)) {
    complain(0, room + " is not a room of the house; see the table in tests/tidy/rules.cpp");
    return findings;
  }
  for (const auto& [line, header] : includes_of(file)) {
    if (header.find("..") != std::string::npos) {
      complain(line, "write the path of " + header + " from the root of the project");
    }
    const std::string other = room_of(header);
    if (!other.empty() && !may_include(room, other)) {
      complain(line, room + " must not include " + header + " (only what stands to its left)");
    }
    if (is_qt(header) && room != "gui") complain(line, header + ": Qt stays in gui/");
    if (is_eigen(header) && room != "models/theory" && room != "lab/study") {
      complain(line, header + ": Eigen stays in models/theory and lab/study");
    }
    if (is_toml(header) && (room != "lab/scenario" || !file.path.ends_with(".cpp"))) {
      complain(line, header + ": toml++ stays in one .cpp of lab/scenario");
    }
  }
  return findings;
}

Findings check_toml_reader(const std::vector<File>& files) {
  Findings readers;
  for (const File& file : files) {
    if (room_of(file.path) != "lab/scenario") continue;
    for (const auto& [line, header] : includes_of(file)) {
      if (!is_toml(header)) continue;
      readers.push_back({file.path, line, "a second file that reads toml++"});
      break;  // the one file may include several of its headers
    }
  }
  if (!readers.empty()) readers.erase(readers.begin());
  return readers;
}

Findings check_length(const File& file) {
  Findings findings;
  if (!is_cpp(file.path)) return findings;
  int lines = 0;
  for_each_line(file.text, [&](int number, const std::string& line) {
    lines = number;
    // Every byte of UTF-8 that does not continue a character begins one.
    const auto columns = std::count_if(line.begin(), line.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    });
    if (columns > kColumns) {
      findings.push_back({file.path, number, std::to_string(columns) + " columns, at most 100"});
    }
  });
  const std::string room = room_of(file.path);
  if (lines > kFileLines && !room.empty() && room != "bench") {
    findings.push_back({file.path, lines, std::to_string(lines) + " lines: split it by idea"});
  }
  return findings;
}

Findings check_determinism(const File& file) {
  if (!is_cpp(file.path)) return {};
  if (!starts_with(file.path, "sim/") && !starts_with(file.path, "models/")) return {};
  static const std::regex words(
      R"re(\b(random_device|mt19937(?:_64)?|default_random_engine|gettimeofday|clock_gettime)re"
      R"re(|(?:system|steady|high_resolution)_clock|unordered_(?:multi)?(?:map|set))re"
      R"re(|s?rand(?=\s*\()|time(?=\s*\(\s*(?:0|NULL|nullptr)\s*\)))(?!\w))re");
  static const std::regex header(R"(#\s*include\s*(<random>))");
  const std::string code = without_comments(file.text, true);
  Findings findings = search(file, code, words, "would make two runs of one seed differ");
  for (Finding& one : search(file, code, header, "differs between libraries: sim/random.hpp")) {
    findings.push_back(std::move(one));
  }
  return findings;
}

Findings check_build_flags(const File& file) {
  static const std::regex flags(
      R"((-ffast-math|-Ofast|-funsafe-math\S*|-ffp-contract=(?:fast|on)|-march=native))");
  static const std::regex pragma(R"re(#\s*pragma.*(fast-math|unsafe-math))re");
  const std::string why = "changes what floating-point code computes";
  if (is_build_file(file.path)) return search(file, file.text, flags, why);
  if (is_cpp(file.path)) return search(file, without_comments(file.text, false), pragma, why);
  return {};
}

Findings check_notes(const File& file) {
  // Written in halves so that this line doesn't find itself.
  static const std::regex note(std::string("\\b(TO") + "DO|FIX" + "ME|XX" + "X)\\b");
  return search(file, file.text, note, "belongs in an issue");
}

Findings check_machine_paths(const File& file) {
  // Folders at the root in which people and machines keep their own things.
  static const std::regex path(
      R"re((?:^|[^\w.~$}>/-]))re"
      R"re((/(?:home|root|Users|work|workspaces?|builds|farm|mnt|media)/[\w.-]))re");
  return search(file, file.text, path, "is a path of one machine");
}

}  // namespace faultline::tidy
