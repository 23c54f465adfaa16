#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "seawall/http/method.h"

namespace seawall {

/// One row of a table of routes.
struct Route {
  HttpMethod method;
  std::string_view path;  ///< "/v1/banks/{bank}/sources": a segment is literal, or a name in braces.
  int number;             ///< The caller's own name for the row.
};

/// What a path names.
struct RouteMatch {
  const Route* route;
  std::vector<std::string> captured;  ///< The {segments} from left to right, percent-decoded, UTF-8.
};

/// Why a path names nothing. `allow`: with 405 the methods that the path has, "GET, HEAD, POST".
struct RouteRefusal {
  int status;  ///< 400 (a segment that does not decode to printable UTF-8), 404, 405.
  std::string allow;
};

inline constexpr std::size_t kRouteSegmentsMax = 12;

/// Whether every path begins with '/', holds no empty segment and no more than kRouteSegmentsMax, and no two
/// rows answer to the same method and path. For static_assert over a constexpr table.
[[nodiscard]] constexpr bool routes_are_sound(std::span<const Route> table);

/// Finds the row for a method and a path.
/// Guarantees: bytes are compared as they were sent, so that a proxy's rule and this one mean the same: an
/// escaped letter, a doubled or trailing slash, or a dot segment is another path (404). "%2F" stays inside
/// its segment. A literal segment wins over a captured one, leftmost first; the path is chosen before the
/// method. HEAD finds GET's row unless it has its own. Threads: read-only after it is made. Lifetime: `table`
/// outlives it. Cost: linear in the table's paths of that many segments, mostly one comparison each; no
/// allocation but for what is captured.
class Router {
 public:
  /// Precondition: routes_are_sound(table).
  explicit Router(std::span<const Route> table);
  /// `path`: the target up to its '?'.
  [[nodiscard]] std::variant<RouteMatch, RouteRefusal> find(HttpMethod method, std::string_view path) const;

 private:
  struct Shape {
    std::vector<std::string_view> segments;
    std::array<const Route*, kHttpMethods.size()> by_method{};
  };
  using Segments = std::array<std::string_view, kRouteSegmentsMax>;

  [[nodiscard]] const Shape* shape_of(std::span<const std::string_view> segments) const;

  std::array<std::vector<Shape>, kRouteSegmentsMax + 1> by_count_;
};

namespace route_detail {

constexpr bool is_capture(std::string_view segment) { return segment.starts_with('{'); }

/// The segment that begins `rest` after its '/', which is taken away with it.
constexpr std::string_view take_segment(std::string_view& rest) {
  rest.remove_prefix(1);
  auto end = rest.find('/');
  if (end == std::string_view::npos) end = rest.size();
  const auto segment = rest.substr(0, end);
  rest.remove_prefix(end);
  return segment;
}

constexpr bool segment_is_sound(std::string_view segment) {
  const bool braces = segment.find_first_of("{}") != std::string_view::npos;
  if (segment.empty() || !braces) return !segment.empty();
  const auto name = segment.substr(1, segment.size() - 2);
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}' &&
         name.find_first_of("{}") == std::string_view::npos;
}

constexpr bool path_is_sound(std::string_view path) {
  if (path == "/") return true;
  std::size_t count = 0;
  while (path.starts_with('/')) {
    if (!segment_is_sound(take_segment(path)) || ++count > kRouteSegmentsMax) return false;
  }
  return path.empty() && count > 0;
}

constexpr bool same_shape(std::string_view a, std::string_view b) {
  while (a.starts_with('/') && b.starts_with('/')) {
    const auto x = take_segment(a);
    const auto y = take_segment(b);
    if (is_capture(x) != is_capture(y) || (!is_capture(x) && x != y)) return false;
  }
  return a.empty() && b.empty();
}

}  // namespace route_detail

constexpr bool routes_are_sound(std::span<const Route> table) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (!route_detail::path_is_sound(table[i].path)) return false;
    for (std::size_t j = 0; j < i; ++j) {
      if (table[i].method == table[j].method && route_detail::same_shape(table[i].path, table[j].path))
        return false;
    }
  }
  return true;
}

}  // namespace seawall
