#pragma once
// Writes settings into a scenario's text as its author would: values are replaced where they stand,
// new keys go to the end of their section, and everything else – comments, order, spaces – stays.

#include <string>
#include <tl/expected.hpp>

#include "lab/scenario/override.hpp"

namespace faultline::gui {

// With a variant other than base, the settings become part of that variant's `set`. The result says
// the same as the settings on top of the text (this is checked), or there is a reason why not.
tl::expected<std::string, std::string> text_with(const std::string& text,
                                                 const std::string& variant,
                                                 const Settings& settings);

}  // namespace faultline::gui
