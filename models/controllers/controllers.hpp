#pragma once
// The makers that the registry lists, one for each file of this shelf.

#include <memory>

#include "models/controllers/controller.hpp"

namespace faultline {

std::unique_ptr<ControllerConfig> make_hpa();
std::unique_ptr<ControllerConfig> make_all_at_once();
std::unique_ptr<ControllerConfig> make_rolling();
std::unique_ptr<ControllerConfig> make_canary();
std::unique_ptr<ControllerConfig> make_blue_green();
std::unique_ptr<ControllerConfig> make_flag();

}  // namespace faultline
