#include "seawall/http/router.h"

#include <algorithm>
#include <optional>

#include "seawall/json/text.h"
#include "seawall/net/url.h"

namespace seawall {
namespace {

using route_detail::is_capture;
using route_detail::take_segment;

/// Literals before captures, leftmost first.
bool comes_first(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b) {
  return std::ranges::lexicographical_compare(a, b, {}, is_capture, is_capture);
}

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  if (path == "/") return segments;
  while (path.starts_with('/')) segments.push_back(take_segment(path));
  return segments;
}

std::optional<std::string> decoded(std::string_view segment) {
  auto text = percent_decoded(segment);
  if (!text || !is_utf8(*text)) return std::nullopt;
  const bool printable = std::ranges::all_of(*text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte != 0x7f;
  });
  if (!printable) return std::nullopt;
  return *std::move(text);
}

}  // namespace

Router::Router(std::span<const Route> table) {
  for (const Route& route : table) {
    auto segments = segments_of(route.path);
    auto& shapes = by_count_[std::min(segments.size(), kRouteSegmentsMax)];
    auto shape = std::ranges::find_if(shapes, [&](const Shape& known) {
      return std::ranges::equal(known.segments, segments, [](std::string_view a, std::string_view b) {
        return is_capture(a) ? is_capture(b) : a == b;
      });
    });
    if (shape == shapes.end()) shape = shapes.insert(shape, Shape{std::move(segments), {}});
    shape->by_method[static_cast<std::size_t>(route.method)] = &route;
  }
  for (auto& shapes : by_count_) {
    std::ranges::stable_sort(shapes, comes_first, &Shape::segments);
  }
}

const Router::Shape* Router::shape_of(std::span<const std::string_view> segments) const {
  for (const Shape& shape : by_count_[segments.size()]) {
    const bool all =
        std::ranges::equal(shape.segments, segments, [](std::string_view known, std::string_view given) {
          return known == given || (is_capture(known) && !given.empty());
        });
    if (all) return &shape;
  }
  return nullptr;
}

std::variant<RouteMatch, RouteRefusal> Router::find(HttpMethod method, std::string_view path) const {
  Segments segments;
  std::size_t count = 0;
  if (!path.starts_with('/')) return RouteRefusal{404, {}};
  for (std::string_view rest = path == "/" ? std::string_view{} : path; !rest.empty();) {
    if (count == kRouteSegmentsMax) return RouteRefusal{404, {}};
    segments[count++] = take_segment(rest);
  }
  const Shape* shape = shape_of(std::span(segments).first(count));
  if (shape == nullptr) return RouteRefusal{404, {}};
  const Route* route = shape->by_method[static_cast<std::size_t>(method)];
  const Route* get = shape->by_method[static_cast<std::size_t>(HttpMethod::kGet)];
  if (route == nullptr && method == HttpMethod::kHead) route = get;
  if (route == nullptr) {
    RouteRefusal refusal{405, {}};
    for (std::size_t i = 0; i < kHttpMethods.size(); ++i) {
      const bool head_of_get = i == static_cast<std::size_t>(HttpMethod::kHead) && get != nullptr;
      if (shape->by_method[i] == nullptr && !head_of_get) continue;
      refusal.allow += (refusal.allow.empty() ? "" : ", ") + std::string(kHttpMethods[i]);
    }
    return refusal;
  }
  RouteMatch match{route, {}};
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_capture(shape->segments[i])) continue;
    auto text = decoded(segments[i]);
    if (!text) return RouteRefusal{400, {}};
    match.captured.push_back(*std::move(text));
  }
  return match;
}

}  // namespace seawall
