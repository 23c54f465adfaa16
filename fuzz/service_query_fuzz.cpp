// Property: any address's parameters are read without a crash; every reader keeps to its limits; and a name
// that was read is not refused by finish().
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "seawall/json/text.h"
#include "seawall/service/query.h"

namespace {

using seawall::Query;

bool is_kept_text(const std::string& text, std::size_t most) {
  return text.size() <= most && text.find('\0') == std::string::npos && seawall::is_utf8(text);
}

void read_all(Query& query) {
  if (const auto id = query.text("id", 8); id && *id) {
    if ((*id)->empty() || !is_kept_text(**id, 8)) std::abort();
  }
  if (const auto any = query.any_text("profile"); any && *any) {
    if (!is_kept_text(**any, Query::kValueBytesMax)) std::abort();
  }
  if (const auto radius = query.number("radius", -1, 256); radius && *radius) {
    if (**radius < -1 || **radius > 256) std::abort();
  }
  (void)query.flag("timings").has_value();
  if (const auto banks = query.all("banks", 2, 4)) {
    if (banks->size() > 2) std::abort();
    for (const std::string& bank : *banks) {
      if (bank.empty() || !is_kept_text(bank, 4)) std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view target(reinterpret_cast<const char*>(data), size);
  auto query = Query::of(target);
  if (!query) return 0;
  read_all(*query);
  const auto left = query->finish();
  if (left) return 0;
  for (const auto& fault : left.error().faults) {
    for (const std::string_view known : {"?id", "?profile", "?radius", "?timings", "?banks"}) {
      if (fault.at == known) std::abort();
    }
  }
  return 0;
}
