// Property: any body about keys, sessions, hashes and comparisons is read without a crash; every reader keeps
// to its limits, and a fault is short and never repeats a value.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "seawall/api/access_asks.h"
#include "seawall/api/media_asks.h"
#include "seawall/api/padded_body.h"

namespace {

template <class T>
const T* checked(const seawall::JsonRead<T>& ask) {
  if (ask) return &*ask;
  if (ask.error().at.size() > 60 || ask.error().detail.size() > 300) std::abort();
  return nullptr;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const seawall::PaddedBody body({reinterpret_cast<const char*>(data), size});
  const auto key = seawall::new_key_from_json(body.text());
  if (const auto* ask = checked(key)) {
    if (ask->key.name.empty() || ask->key.name.size() > 200 || ask->why.empty()) std::abort();
    if (ask->key.rate && (ask->key.rate->items == 0 || ask->key.rate->per_s == 0)) std::abort();
  }
  const auto rotation = seawall::rotate_key_from_json(body.text());
  if (const auto* ask = checked(rotation)) {
    if (ask->overlap.count() < 0 || ask->overlap.count() > 2'592'000) std::abort();
  }
  const auto person = seawall::sign_in_from_json(body.text());
  if (const auto* ask = checked(person)) {
    if (ask->password.empty() || ask->password.reveal().size() > 1'024) std::abort();
  }
  const auto compared = seawall::compare_from_json(body.text());
  if (const auto* ask = checked(compared)) {
    if (ask->radius_bits < 0 || ask->radius_bits > 256) std::abort();
    if (ask->a.pdq.has_value() != ask->a.url.empty()) std::abort();
  }
  (void)checked(seawall::hash_url_from_json(body.text()));
  return 0;
}
