#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/base/result.h"
#include "seawall/net/reach.h"
#include "seawall/stream_watch/stream_hub.h"

namespace seawall {

struct StreamFamiliesOptions {
  Reach reach{.public_only = true};
  std::string ca_file = {};  ///< Authorities that are trusted besides the system's own (PEM); empty: none.
};

/// What streams may begin with and how they are watched, for help and refusals: "https:// or http:// (HLS,
/// DASH), ...". The one text of it.
[[nodiscard]] std::string_view stream_schemes_text();

/// Every family of live sources that this build follows: the one list of them, for whatever has a StreamHub.
/// Threads: made by one; what rows() opens is used by one thread each. Lifetime: borrows the clock; outlives
/// the hub that took its rows.
class StreamFamilies {
 public:
  /// Errors: those of the HTTP client (a file of authorities that cannot be read).
  static Result<std::unique_ptr<StreamFamilies>> open(const Clock& clock, StreamFamiliesOptions options);
  StreamFamilies(const StreamFamilies&) = delete;
  StreamFamilies& operator=(const StreamFamilies&) = delete;
  ~StreamFamilies();

  /// For StreamHub::open().
  [[nodiscard]] std::vector<StreamFamily> rows();

 private:
  struct Parts;
  explicit StreamFamilies(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace seawall
