#pragma once
// Verdicts as a Markdown summary, for the comment on a pull request.

#include <string>
#include <vector>

#include "lab/study/check_file.hpp"

namespace faultline {

std::string verdicts_markdown(const std::vector<FileVerdict>& files);

}  // namespace faultline
