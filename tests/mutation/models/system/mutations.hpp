#pragma once
// The same mistakes as in models/system/mutations.hpp, to be switched on.

namespace faultline::mutation {

inline bool loses_answers = false;
inline bool leaves_threads_idle = false;
inline bool keeps_timers = false;
inline bool one_place_too_many = false;

}  // namespace faultline::mutation
