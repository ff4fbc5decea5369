// Prints a hash of what this C library's exp, log, pow and sin answer for many numbers: different
// where the library has another variant of them for another CPU.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>

int main() {
  std::uint64_t hash = 0;
  const auto add = [&](double value) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    hash = (hash ^ bits) * 0x9e3779b97f4a7c15ULL;
    hash ^= hash >> 29;
  };
  volatile double x = 0.1;  // not to be computed by the compiler
  for (int i = 0; i < 200'000; ++i) {
    x = x + 0.000731;
    add(std::exp(x / 20));
    add(std::log(x));
    add(std::pow(x, 1.37));
    add(std::sin(x * 1000));
    add(std::tan(x));
  }
  std::printf("%016llx\n", static_cast<unsigned long long>(hash));
}
