#pragma once
// The same thing for each of n numbers, on several threads. Who does which is not determined; so
// each writes only what is its own.

#include <atomic>
#include <cstddef>
#include <functional>

namespace faultline {

// `threads` 0: as many as there are cores. Numbers are handed out in order, and no more once `stop`
// is set.
void for_each_number(std::size_t n, unsigned threads, const std::function<void(std::size_t)>& act,
                     const std::atomic<bool>* stop = nullptr);

}  // namespace faultline
