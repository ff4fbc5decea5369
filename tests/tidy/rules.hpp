#pragma once
// The house rules that a machine can check, as functions from a file to what is wrong with it.
// The files are read as text: the rules know paths, includes and words, and nothing of C++ grammar
// beyond what is a comment and what is a string.

#include <string>
#include <string_view>
#include <vector>

namespace faultline::tidy {

struct File {
  std::string path;  // from the root of the project, with forward slashes
  std::string text;
};

struct Finding {
  std::string path;
  int line = 0;  // from 1; 0 = the file as a whole
  std::string what;
};

using Findings = std::vector<Finding>;

// "path:line: what", as compilers and editors write it.
std::string to_string(const Finding& finding);

// The text with comments (and, if asked, the insides of string and character literals) replaced by
// blanks; line breaks stay, so that line numbers hold.
std::string without_comments(std::string_view text, bool strings_too);

// An include that points to the right, or to a library that has no business in that room.
Findings check_includes(const File& file);
// toml++ is included by one file of lab/scenario at most (the tests may).
Findings check_toml_reader(const std::vector<File>& files);
// More than 400 lines; more than 100 columns (characters, not bytes).
Findings check_length(const File& file);
// Chance, clocks and hashed containers that would make two runs of one seed differ.
Findings check_determinism(const File& file);
// A build setting that lets the compiler change what floating-point code computes.
Findings check_build_flags(const File& file);
// Notes to self, which belong in an issue.
Findings check_notes(const File& file);
// The absolute path of somebody's machine.
Findings check_machine_paths(const File& file);

}  // namespace faultline::tidy
