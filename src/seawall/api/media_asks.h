#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "seawall/api/json_fields.h"
#include "seawall/fingerprint/pdq.h"
#include "seawall/match/variant.h"

namespace seawall {

/// What docs/openapi.yaml has as the JSON bodies of hash and compare. Each reader takes a body as PaddedBody
/// gives it. Errors: what is needed, and where. Pure.

/// The address of what is to be hashed: 1 to 2,048 bytes, otherwise untested.
JsonRead<std::string> hash_url_from_json(std::string_view body);

/// One side of a comparison: a hash, or else the address of a picture.
struct CompareSideAsk {
  std::optional<Fingerprint256> pdq;
  std::string url;
};
/// CompareRequest.
struct CompareAsk {
  CompareSideAsk a;
  CompareSideAsk b;
  int radius_bits = 0;
  VariantProfile profile = VariantProfile::kDefault;
};
JsonRead<CompareAsk> compare_from_json(std::string_view body);

}  // namespace seawall
