#pragma once
// Mistakes that the world does not make. Each marks the place of a mistake that would be easy to
// make; here all are false, and the compiler leaves nothing of them. The tests compile these
// sources again with tests/mutation/models/system/mutations.hpp in place of this file, switch one
// mistake on, and see whether `faultline verify` notices.

namespace faultline::mutation {

inline constexpr bool loses_answers = false;        // now and then a reply goes nowhere
inline constexpr bool leaves_threads_idle = false;  // a free thread, and one waiting
inline constexpr bool keeps_timers = false;         // a timer goes on after its attempt has ended
inline constexpr bool one_place_too_many = false;   // in a bounded queue

}  // namespace faultline::mutation
