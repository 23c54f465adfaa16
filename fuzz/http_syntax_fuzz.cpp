// Property: any bytes pass through the readers of headers, cookies and paths without a crash; what they give
// lies within the input, and a captured segment, encoded again, is found again.
#include <array>
#include <cstdint>
#include <cstdlib>

#include "seawall/http/router.h"
#include "seawall/http/syntax.h"
#include "seawall/net/url.h"

namespace {

using seawall::HttpMethod;
constexpr std::array kTable{
    seawall::Route{HttpMethod::kGet, "/a/{b}", 1}, seawall::Route{HttpMethod::kPost, "/a/c", 2},
    seawall::Route{HttpMethod::kPut, "/{a}/{b}/c", 3}, seawall::Route{HttpMethod::kGet, "/", 4}};
static_assert(seawall::routes_are_sound(kTable));

void within(std::string_view outer, std::string_view inner) {
  if (inner.empty()) return;
  if (inner.data() < outer.data() || inner.data() + inner.size() > outer.data() + outer.size()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const seawall::Router router(kTable);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  seawall::HttpParameters parameters(text);
  within(text, parameters.value());
  while (!parameters.at_end()) {
    const auto parameter = parameters.next();
    if (!parameter) break;
    within(text, parameter->name);
    within(text, parameter->value);
  }
  if (const auto cookie = seawall::cookie_named(text, "session")) within(text, *cookie);
  if (const auto key = seawall::idempotency_key(text)) within(text, *key);
  static_cast<void>(seawall::http_list_has(text, "close"));
  const auto found = router.find(HttpMethod::kGet, text);
  if (const auto* match = std::get_if<seawall::RouteMatch>(&found);
      match != nullptr && match->route->number == 1) {
    const auto again = router.find(HttpMethod::kGet, "/a/" + seawall::percent_encoded(match->captured.at(0)));
    const auto* same = std::get_if<seawall::RouteMatch>(&again);
    // "c" is a path of its own, which "%63" is not.
    if (match->captured[0] != "c" && (same == nullptr || same->captured != match->captured)) std::abort();
  }
  return 0;
}
