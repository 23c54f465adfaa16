#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/model/signal.h"
#include "seawall/video_print/timed_hash.h"

namespace seawall {

/// A hash and how long it stood for the picture.
struct HeldHash {
  Fingerprint256 bits;
  std::uint32_t start_ms = 0;
  std::uint32_t hold_ms = 0;  ///< Frames up to start_ms + hold_ms, inclusive, were near it (PruneOptions).
  std::int8_t quality = 0;    ///< 0..100, or ListedPdq::kQualityUnknown.
  std::uint8_t label = 0;     ///< Index into DensePrint::labels.

  [[nodiscard]] std::uint32_t end_ms() const { return start_ms + hold_ms; }
  friend bool operator==(const HeldHash&, const HeldHash&) = default;
};

/// Seawall's own signal of a listed video: the hashes of all its frames (or of several a second), without
/// those that are near the one kept before. Whatever frame of the video a query shows, at whatever phase it
/// was sampled, some hash of this is near it.
struct DensePrint {
  static constexpr std::size_t kLabelsMax = 64;
  static constexpr std::size_t kLabelBytesMax = 200;
  static constexpr std::size_t kHashesMax = std::size_t{1} << 22;
  static constexpr std::size_t kBytesMax = std::size_t{1} << 28;
  static constexpr std::uint32_t kTimeMaxMs = 0x7fffffff;  ///< 24 days.

  std::vector<std::string> labels{"original"};
  std::uint32_t duration_ms = 0;  ///< Time of the last frame that was looked at, near or not.
  std::vector<HeldHash> hashes;   ///< By start, then by label.
  friend bool operator==(const DensePrint&, const DensePrint&) = default;
};

struct PruneOptions {
  int move_bits_min = 16;  ///< A hash is kept when it differs in so many bits from the one kept before.
  int quality_min = kPdqQualityMin;
  /// A hash is held over at most so long a silence (frames missing or under the quality) ...
  std::uint32_t silence_ms_max = 2000;
  /// ... and a further one of the same label is kept no sooner than this: 0 is dense; 1000 is for lists of
  /// which only a sample must be stored, and then queries must be dense.
  std::uint32_t step_ms_min = 0;
};

/// Makes a DensePrint from hashes as they come. Each label is pruned by itself.
/// Threads: one. Cost: one distance a hash; memory: what is kept.
class DensePruner {
 public:
  explicit DensePruner(std::vector<std::string> labels = {"original"}, const PruneOptions& options = {});

  /// Takes the next hash. Times must not fall within a label; one that does is dropped and counted.
  /// Errors: kInvalidInput (a label that is none, a time before 0), kLimitExceeded (DensePrint's limits).
  Result<void> add(const TimedHash& hash);
  [[nodiscard]] std::size_t dropped_out_of_order() const { return dropped_out_of_order_; }
  /// What was kept so far; the pruner is then empty.
  [[nodiscard]] DensePrint take();

 private:
  struct Last {
    std::size_t kept = 0;  // Index into print_.hashes, when any.
    bool any = false;
    bool away = false;  // A frame since then was not near it.
    std::uint32_t seen_ms = 0;
  };
  void keep(const TimedHash& hash, std::uint32_t time_ms, Last& last);

  PruneOptions options_;
  DensePrint print_;
  std::vector<Last> last_;
  std::size_t dropped_out_of_order_ = 0;
};

/// A whole track at once. Errors: as DensePruner::add.
Result<DensePrint> prune(const HashTrack& track, const PruneOptions& options = {});

/// A sampled signal of somebody else's (vPDQ) as a print: each hash stands for its own moment only. Hashes
/// under `quality_min` are left out. Errors: as DensePruner::add.
Result<DensePrint> print_of_samples(const HashTrack& track, int quality_min = kPdqQualityMin);

/// The durable binary form, version 1 (docs/formats/video-print.md): each hash as the bits that differ from
/// the one before. `print` must be as DensePruner makes it; one that is not is refused. Errors:
/// kInvalidInput, kLimitExceeded.
Result<std::vector<std::byte>> write_dense_print(const DensePrint& print);
/// Errors: kInvalidInput (not such a file), kUnsupported (a later version), kCorrupt (checksum or content),
/// kLimitExceeded.
Result<DensePrint> read_dense_print(std::span<const std::byte> file);

}  // namespace seawall
