#include "lab/study/parallel.hpp"

#include <algorithm>
#include <thread>
#include <vector>

namespace faultline {

void for_each_number(std::size_t n, unsigned threads, const std::function<void(std::size_t)>& act,
                     const std::atomic<bool>* stop) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < n && (stop == nullptr || !stop->load()); i = next++) act(i);
  };
  std::size_t wanted = threads > 0 ? threads : std::max(1u, std::thread::hardware_concurrency());
  wanted = std::min(wanted, n);
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < wanted; ++i) others.emplace_back(work);
  work();
}

}  // namespace faultline
