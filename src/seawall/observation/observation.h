#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "seawall/base/digests.h"
#include "seawall/model/list_ids.h"
#include "seawall/model/signal.h"

namespace seawall {

/// That content with these signals was seen at this place and time. No media, and nothing of a person: the
/// place is the caller's own opaque reference.
/// Lifetime: the texts are borrowed; an observation that the log hands out lives as long as the call that
/// gets it.
struct Observation {
  static constexpr std::size_t kTenantBytesMax = 64;
  static constexpr std::size_t kPlaceBytesMax = 128;
  static constexpr std::int64_t kTimeMsMax = (std::int64_t{1} << 47) - 1;  ///< In the year 6429.

  std::string_view tenant;  ///< Whose it is; 1 to kTenantBytesMax bytes.
  /// Such as the id of a post: 1 to kPlaceBytesMax bytes, kept and given back as they are, never logged. Each
  /// byte costs a byte.
  std::string_view place;
  Time time{};  ///< When it was seen; 0 to kTimeMsMax.
  std::optional<PdqHash> pdq;
  std::optional<Md5> md5;
  std::optional<Sha1> sha1;
  std::optional<Sha256> sha256;  ///< At least one of the four.
  friend bool operator==(const Observation&, const Observation&) = default;
};

}  // namespace seawall
