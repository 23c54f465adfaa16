// Property: any body is read member by member without a crash; every reader keeps to its limits, and a fault
// never repeats a value.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "seawall/service/body_fields.h"

namespace {

using seawall::BodyFields;

void read_all(BodyFields& body) {
  if (const auto name = body.text("name", 1, 8); name && *name) {
    if ((*name)->empty() || (*name)->size() > 8) std::abort();
  }
  if (const auto secret = body.required_secret("password", 16)) {
    if (secret->empty() || secret->reveal().size() > 16) std::abort();
  }
  if (const auto number = body.number("overlap_s", 0, 100); number && *number) {
    if (**number < 0 || **number > 100) std::abort();
  }
  (void)body.time("expires").has_value();
  if (const auto scopes = body.texts("scopes", 3, 8); scopes && *scopes) {
    if ((*scopes)->empty() || (*scopes)->size() > 3) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto body = BodyFields::of({reinterpret_cast<const char*>(data), size}, 4'096);
  if (!body) return 0;
  read_all(*body);
  if (auto rate = body->object("rate"); rate && *rate) {
    read_all(**rate);
    (void)(*rate)->finish().has_value();
  }
  const auto left = body->finish();
  if (!left && left.error().detail.size() > 200) std::abort();
  return 0;
}
