#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/index/live_index.h"
#include "seawall/match/signals.h"

namespace seawall {

/// Port: exact look-up of file digests. Threads: any number at once.
class DigestLookup {
 public:
  virtual ~DigestLookup() = default;
  /// Appends the entries that own exactly this digest. `type` is kMd5, kSha1 or kSha256, with 16, 20 or 32
  /// bytes. Errors: the store's.
  virtual Result<void> find(SignalType type, std::span<const std::byte> digest,
                            std::vector<EntryId>& entries) const = 0;
};

/// One listed entry that the media meets, by its nearest signal.
struct Match {
  EntryId entry{};
  SignalType type = SignalType::kPdq;
  int distance_bits = 0;  ///< 0 for digests.
  int frame_index = 0;    ///< Position of the frame in the file; 0 for digests.
  Variant variant;        ///< How the query was turned to meet the entry; "original" for digests.
  PdqHash query_hash;     ///< The hash that met it; zero for digests.
};

struct MatchOptions {
  int radius_bits = kPdqRadiusDefault;  ///< Inclusive; 31 is for single pictures. See docs/robustness.md.
};

/// Looks signals up in lists. Holds no state of its own.
/// Threads: any number at once. Lifetime: the index and the look-up must outlive it.
class Matcher {
 public:
  explicit Matcher(const LiveIndex& pdq, const DigestLookup* digests = nullptr)
      : pdq_(pdq), digests_(digests) {}

  /// Every entry within the radius, once each, with the nearest of its meetings: digests first, then nearest
  /// first, ties by entry. Flat pictures never match: hashes under kPdqQualityMin are not looked up.
  /// Errors: kInvalidInput unless 0 <= radius_bits <= 256; those of the index and the look-up.
  [[nodiscard]] Result<std::vector<Match>> match(const MediaSignals& query,
                                                 const MatchOptions& options = {}) const;
  /// As above for one frame; no digests.
  [[nodiscard]] Result<std::vector<Match>> match(const FrameSignals& query,
                                                 const MatchOptions& options = {}) const;

 private:
  const LiveIndex& pdq_;
  const DigestLookup* digests_;
};

}  // namespace seawall
