#include "models/faults/fault.hpp"

namespace faultline {

void Fault::describe_service(Binder& b) {
  b.field({.key = "service",
           .help = "The service it hits.",
           .required = true,
           .refers = Refers::Service},
          service_);
  b.field({.key = "instances",
           .help = "How many of its instances: a number, or a share such as \"50%\".",
           .min = 0,
           .fallback = "all"},
          instances_);
  b.field({.key = "version", .help = "Only instances of this version."}, version_);
  b.field({.key = "zone", .help = "Only instances in this zone.", .refers = Refers::Zone}, zone_);
}

void Fault::describe_link(Binder& b) {
  b.field({.key = "link",
           .help = "The link it hits, caller->callee.",
           .required = true,
           .refers = Refers::Link},
          link_);
}

}  // namespace faultline
