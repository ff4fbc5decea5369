#pragma once
// The quickest chance we know of, for the hand-written limits only: xoshiro256++ (Blackman and
// Vigna 2019) and a 256-layer ziggurat for the exponential (Marsaglia and Tsang 2000). Unlike
// sim/random.hpp the draws depend on the order in which they are made. Tables are computed once.

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

#include "sim/random.hpp"

namespace faultline::bench {

// Satisfies UniformRandomBitGenerator; period 2^256 - 1.
class Xoshiro {
 public:
  using result_type = std::uint64_t;

  explicit Xoshiro(std::uint64_t seed) {
    Draws seeds(seed);
    for (auto& word : s_) word = seeds();
  }

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

  result_type operator()() {
    const std::uint64_t sum = s_[0] + s_[3];
    const std::uint64_t result = rotate_left(sum, 23) + s_[0];
    const std::uint64_t t = s_[1] << 17;
    s_[2] ^= s_[0];
    s_[3] ^= s_[1];
    s_[1] ^= s_[2];
    s_[0] ^= s_[3];
    s_[2] ^= t;
    s_[3] = rotate_left(s_[3], 45);
    return result;
  }

 private:
  static constexpr std::uint64_t rotate_left(std::uint64_t x, int k) {
    return (x << k) | (x >> (64 - k));
  }

  std::array<std::uint64_t, 4> s_;
};

// Exponential variates of mean 1. The area under exp(-x) is cut into 256 layers of equal area; the
// low 8 bits of a word choose the layer and the high 53 the place in it, so 98.9 % of the draws
// cost one word, one multiplication and one comparison of integers.
class ExponentialZiggurat {
 public:
  ExponentialZiggurat() {
    // The start of the tail and the area of a layer for 256 layers.
    constexpr double tail = 7.69711747013104972;
    constexpr double area = 3.949659822581572e-3;
    // Layer 0 is the base strip with the tail; its width is the one that gives it the same area.
    edge_[0] = area / std::exp(-tail);
    edge_[1] = tail;
    for (std::size_t i = 2; i < layers; ++i)
      edge_[i] = -std::log(std::exp(-edge_[i - 1]) + area / edge_[i - 1]);
    edge_[layers] = 0;
    for (std::size_t i = 0; i < layers; ++i) {
      fast_[i].scale = edge_[i] * 0x1.0p-53;
      fast_[i].accept = static_cast<std::int64_t>(edge_[i + 1] / edge_[i] * 0x1.0p53);
      height_[i] = std::exp(-edge_[i]);
    }
    height_[0] = 0;
    height_[layers] = 1;
  }

  template <typename Engine>
  double operator()(Engine& engine) const {
    const std::uint64_t word = engine();
    const std::size_t i = word & (layers - 1);
    const auto j = static_cast<std::int64_t>(word >> 11);
    const double x = static_cast<double>(j) * fast_[i].scale;
    if (j < fast_[i].accept) [[likely]]
      return x;
    return edge_case(engine, i, x);
  }

 private:
  static constexpr std::size_t layers = 256;
  struct Layer {
    double scale;
    std::int64_t accept;
  };

  template <typename Engine>
  [[gnu::noinline]] double edge_case(Engine& engine, std::size_t i, double x) const {
    // Behind the tail's start the exponential looks like itself again: begin anew from there.
    if (i == 0) return edge_[1] + (*this)(engine);
    const double u = static_cast<double>(engine() >> 11) * 0x1.0p-53;
    if (height_[i] + u * (height_[i + 1] - height_[i]) < std::exp(-x)) return x;
    return (*this)(engine);
  }

  std::array<Layer, layers> fast_;
  std::array<double, layers + 1> edge_;
  std::array<double, layers + 1> height_;
};

}  // namespace faultline::bench
