#pragma once
// Verdicts as JUnit XML: a suite for each file, a case for each expectation and variant.

#include <string>
#include <vector>

#include "lab/study/check_file.hpp"

namespace faultline {

std::string junit_xml(const std::vector<FileVerdict>& files);

}  // namespace faultline
