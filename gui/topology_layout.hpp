#pragma once
// Who calls whom as boxes in layers, from left (clients) to right, each layer ordered so that few
// lines cross. Knows names only; sizes are the view's.

#include <QPointF>
#include <cstddef>
#include <string>
#include <vector>

namespace faultline::gui {

struct TopologyBox {
  std::string name;  // empty: a place where a long line passes through the layer
  bool client = false;
  std::size_t layer = 0;
  QPointF centre;  // 0 … 1 of the height; of the width, see `layer`
};

struct TopologyLine {
  std::string name;                // "caller->callee"
  std::vector<std::size_t> boxes;  // from caller to callee, and what it passes through
};

struct Topology {
  std::vector<TopologyBox> boxes;  // clients, services, then passages
  std::vector<TopologyLine> lines;
  std::size_t layers = 0;
  double fullest = 1;  // boxes in the layer with the most; a passage counts for less
};

// `edges` are "caller->callee"; what names nobody is left out.
Topology topology_of(const std::vector<std::string>& clients,
                     const std::vector<std::string>& services,
                     const std::vector<std::string>& edges);

}  // namespace faultline::gui
