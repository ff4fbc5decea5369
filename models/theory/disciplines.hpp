#pragma once
// One queue, other orders than first come first served: newest first, random, shortest first, and
// priority classes. Rates per time unit, times in the same unit; infinity where a class is starved.
// Sources: Conway, Maxwell & Miller, "Theory of Scheduling" (1967), ch. 8; Cobham (1954); Schrage &
// Miller (1966); Kleinrock, "Queueing Systems II" (1976), ch. 3; Jaiswal, "Priority Queues" (1968).

#include <vector>

#include "models/theory/multi_server.hpp"

namespace faultline::theory {

// M/M/1. The mean wait is that of FCFS for every order blind to service times; the spread is not.
double first_come_wait_second_moment(const Station&);
double last_come_wait_second_moment(const Station&);  // without preemption
double random_order_wait_second_moment(const Station&);

// M/M/1 that knows each service time: shortest remaining first (preemptive), shortest first (not).
double shortest_remaining_mean_sojourn(double arrival_rate, double service_rate);
double shortest_job_mean_wait(double arrival_rate, double service_rate);

// Classes in falling priority; class numbers count from 1.
struct PriorityClass {
  double arrival_rate, mean_service, second_moment;
};
double priority_mean_wait(const std::vector<PriorityClass>&, int class_number);  // no preemption
double preemptive_mean_sojourn(const std::vector<PriorityClass>&, int class_number);  // resumes
// M/M/c with one service rate for all classes, no preemption.
double pooled_priority_mean_wait(const std::vector<double>& arrival_rates, double service_rate,
                                 int servers, int class_number);

}  // namespace faultline::theory
