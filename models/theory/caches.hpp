#pragma once
// Caches: hit ratios and what happens when a popular entry expires. Times in one unit, rates per
// that unit. Sources: King (1971) for LRU, Gelenbe (1973) for FIFO and random; Che, Tung & Wang
// (2002); Jung et al. (2003) for TTL; Vattani, Chierichetti & Lowenstein, "Optimal Probabilistic
// Cache Stampede Prevention" (2015).

#include <optional>
#include <vector>

namespace faultline::theory {

// One key with Poisson requests; the entry lives `lifetime` from its fill, or from its last use.
double ttl_hit_ratio(double request_rate, double lifetime, bool renewed_on_hit);

// Popularities of `items` keys, proportional to rank^-exponent, summing to 1.
std::vector<double> zipf(int items, double exponent);

// Hit ratio under independent requests. LRU enumerates all cache contents (up to 20 million, else
// empty); FIFO and random replacement share one product form and have no such limit.
std::optional<double> lru_hit_ratio(const std::vector<double>& popularity, int capacity);
double fifo_hit_ratio(const std::vector<double>& popularity, int capacity);
// Che's approximation of LRU, for large caches.
double lru_hit_ratio_approximate(const std::vector<double>& popularity, int capacity);

// One expiry of a key: fills started without protection (the first, and every request until it
// lands), and requests that wait when only one fill may run.
double stampede_fills(double request_rate, double fill_time);
double coalesced_requests(double request_rate, double fill_time);

// XFetch: each request refreshes early with a probability that grows towards expiry. Asymptotic for
// request_rate * beta * fill_time much above 1.
double early_refresh_fills(double beta);  // per cycle
double mean_earliness(double request_rate, double fill_time, double beta);

}  // namespace faultline::theory
