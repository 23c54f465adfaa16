#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"
#include "seawall/clip_match/clip_match.h"
#include "seawall/clip_match/clip_scope.h"
#include "seawall/index/live_index.h"
#include "seawall/video_print/dense_print.h"
#include "seawall/video_print/timed_hash.h"

namespace seawall {

namespace clip_detail {
struct ListedClip;
}  // namespace clip_detail

struct ClipIndexOptions {
  ClipRules rules{};
  /// Hashes of pictures that mean nothing: black frames, test patterns, title cards of well-known programmes.
  /// These count in every search; for those that come and go see ClipIndex::set_benign().
  std::vector<Fingerprint256> benign{};
  /// Up to so many listed hashes, every hash within three_bits is looked up; beyond, those within seed_bits,
  /// and the rest of a clip is found along the line that they give.
  std::size_t exhaustive_hashes_max = 300'000;
  int seed_bits = 47;         ///< Of label 0, the frame as it is: a look-up so far costs some 15 at 31.
  int turned_seed_bits = 31;  ///< Of all other labels, which are many.
  /// Only hashes that differ in so many bits from the last one indexed of their label are looked up; all of
  /// them are compared along a line. 0: each is indexed.
  int index_step_bits = 0;
  /// Further, at most one hash of a label in this time is looked up; 0: no limit. For the largest lists: then
  /// queries must be as dense as that of their frames some are near one that is.
  std::uint32_t index_step_ms = 0;
  /// Where large lists lie instead of in memory: prints and the look-up in files, mapped, of which the system
  /// keeps in memory what is read. One index a folder; what an earlier one left is removed, and all at the
  /// end. Empty: in memory.
  std::filesystem::path folder{};
  /// Off: look-ups in `folder` are merged by merge() alone. Merging as a list grows writes it nine times or
  /// so.
  bool background_merge = true;
  std::size_t hits_a_hash_max = 256;  ///< Of one query hash, the nearest.
  /// A query hash nearer than this to the last one looked up of its label, at most a second before, is not
  /// looked up itself; along a line it is compared like any other. 0: each is.
  int query_step_bits = 8;
};

/// One listed hash near one query hash.
struct ClipHit {
  ClipId clip{};
  std::uint32_t reference_hash = 0;  ///< Index into the print's hashes.
  std::uint32_t query_hash = 0;      ///< Index into the query's hashes.
  int distance_bits = 0;
  friend bool operator==(const ClipHit&, const ClipHit&) = default;
  friend auto operator<=>(const ClipHit&, const ClipHit&) = default;
};

/// Listed videos, found by any of their hashes. Nothing of it outlives the process; the durable form of a
/// clip is its dense print, and here it is packed (PackedPrint).
///
/// Guarantees: a clip is there whole or not at all. Threads: look-ups from any number of threads while one
/// adds and removes; add() and remove() are serialised. Cost: docs/video-matching.md.
class ClipIndex {
 public:
  static constexpr std::size_t kBenignMax = 1'000'000;  ///< Templates, about 300 bytes each.

  /// Errors: those of the index, and with ClipIndexOptions::folder kUnavailable and kConflict (another
  /// process has it).
  static Result<std::unique_ptr<ClipIndex>> make(ClipIndexOptions options = {});
  ~ClipIndex();

  /// Errors: kConflict (the id is listed), kInvalidInput (a print that cannot be), kLimitExceeded (no hash of
  /// it is good enough to be found), those of the index.
  Result<void> add(ClipId clip, DensePrint print);
  /// Many at once: faster to build, and one change. Errors: as add(); then none of them is listed.
  Result<void> add(std::vector<std::pair<ClipId, DensePrint>> clips);
  /// Errors: kNotFound.
  Result<void> remove(ClipId clip);
  /// Puts `templates` in the place of those that stand under `id`; empty: takes them off. Counts for the next
  /// search, for clips that are listed already as for others. Errors: kLimitExceeded (more than kBenignMax in
  /// all), those of the index; then the old ones stay.
  Result<void> set_benign(BenignId id, std::span<const Fingerprint256> templates);

  [[nodiscard]] std::size_t clips() const;
  [[nodiscard]] std::size_t hashes() const;          ///< Of all prints.
  [[nodiscard]] std::size_t indexed_hashes() const;  ///< Of those, in the look-up.
  [[nodiscard]] std::size_t print_bytes() const;     ///< Of all prints, packed.
  [[nodiscard]] std::size_t benign_templates() const;
  [[nodiscard]] const ClipIndexOptions& options() const { return options_; }
  /// Null when it is not listed. Valid also after it is removed.
  [[nodiscard]] std::shared_ptr<const clip_detail::ListedClip> find(ClipId clip) const;

  /// The listed hashes near `hashes[i]`, for the i in `which`, nearest first within a query hash; without
  /// those that are near a benign template. Errors: those of the index.
  Result<std::vector<ClipHit>> hits(std::span<const TimedHash> hashes, std::span<const std::uint32_t> which,
                                    const ClipScope& scope = {}) const;
  /// Whether each of `hashes` is near a benign template. Errors: as hits().
  Result<std::vector<bool>> benign(std::span<const Fingerprint256> hashes, const ClipScope& scope = {}) const;
  /// Whether hits() gives all within three_bits now.
  [[nodiscard]] bool is_exhaustive() const;
  /// One segment of all that is listed: quicker look-ups after many changes. Blocks.
  Result<void> merge();

 private:
  struct Clips;
  explicit ClipIndex(ClipIndexOptions options);
  Result<void> open_index();
  Result<void> list(std::span<const std::pair<ClipId, DensePrint>> clips, std::vector<std::byte> packed,
                    std::span<const std::size_t> ends, std::span<const IndexEntry> entries);
  Result<void> drop_benign(std::vector<ClipHit>& hits, const ClipScope& scope) const;

  ClipIndexOptions options_;
  std::unique_ptr<LiveIndex> index_;
  std::unique_ptr<LiveIndex> benign_;
  std::unique_ptr<Clips> clips_;
};

}  // namespace seawall
