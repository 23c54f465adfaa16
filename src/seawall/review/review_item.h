#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/digests.h"
#include "seawall/base/result.h"
#include "seawall/model/classification.h"
#include "seawall/model/list_ids.h"
#include "seawall/model/signal.h"
#include "seawall/review/exposure.h"
#include "seawall/review/still.h"

namespace seawall {

/// What a person found.
enum class ReviewGrade : std::uint8_t { kConfirmed = 1, kNotAMatch = 2, kUnsure = 3 };
[[nodiscard]] std::string_view name_of(ReviewGrade grade);  ///< "confirmed", "not-a-match", "unsure".
Result<ReviewGrade> review_grade_from_text(std::string_view text);

/// How far an item is.
enum class ReviewState : std::uint8_t {
  kOpen = 1,      ///< Nobody has graded it.
  kSecond = 2,    ///< One person has, and another must.
  kDisputed = 3,  ///< Two differ: the third decides.
  kDecided = 4,
};

/// What decided it.
enum class ReviewHow : std::uint8_t {
  kPerson = 1,
  kKnown = 2,   ///< Its digest is the entry's: nobody need look.
  kAgreed = 3,  ///< Two people, blind to each other.
  kThird = 4,
  kExpired = 5,  ///< Nobody did, in all the time that it was kept: it has no grade.
};
[[nodiscard]] std::string_view name_of(ReviewHow how);  ///< "person", "known", "agreed", "third", "expired".

/// "v12".
[[nodiscard]] std::string review_item_name(std::int64_t id);
[[nodiscard]] std::optional<std::int64_t> review_item_named(std::string_view name);

/// How hard it may be to look at what a body classified so: high for NCMEC's first tier, the UK's A, both
/// baselines, and for whatever this build cannot place.
[[nodiscard]] ReviewSeverity severity_of(const std::optional<Classification>& classification);

/// A still, and which frame of the upload it is of.
struct NewStill {
  StillPicture picture;
  int frame = 0;
  std::int64_t at_ms = 0;
};

/// An upload with the verdict `review`, on its way into the queue.
struct NewReviewItem {
  std::string tenant;
  Sha256 origin{};  ///< Of the request and the place in it: what has one that was kept is not kept again.
  Sha256 digest{};  ///< Of the file.
  std::optional<Fingerprint256> pdq;  ///< Of the first frame, if it passes the quality gate.
  bool video = false;
  bool known = false;  ///< The entry was met by the file's digest.
  ReviewSeverity severity = ReviewSeverity::kHigh;
  std::string entry;   ///< The strongest match: "12.345",
  std::string signal;  ///< how it was met: "pdq",
  std::string bank;    ///< and the name of its bank.
  std::string facts;   ///< JSON: all that a reviewer is told of it. At most kFactsBytesMax.
  std::vector<NewStill> stills;

  static constexpr std::size_t kFactsBytesMax = 64 * 1024;
  static constexpr std::size_t kStillsMax = 8;
};

enum class ReviewKept : std::uint8_t { kNew = 1, kSeenAgain, kKnown, kToldBefore };

/// A still as the queue shows it: never its pixels.
struct ReviewStillView {
  int n = 0;
  int width_px = 0;
  int height_px = 0;
  int frame = 0;
  std::int64_t at_ms = 0;
};

/// One item as one person may see it. What others said of it is not there before it is decided.
struct ReviewView {
  std::int64_t id = 0;
  std::string shown_state;  ///< "open", "waiting" (for another person's opinion), "decided".
  ReviewSeverity severity = ReviewSeverity::kHigh;
  bool video = false;
  std::string entry, bank, facts;
  std::int64_t cluster = 0;
  std::int64_t cluster_open = 0;  ///< Items of the cluster that nobody has decided, this one too.
  int cluster_distance_bits = 0;  ///< To the cluster's first.
  std::int64_t seen = 1;          ///< How often the same file came.
  Time first_seen{}, last_seen{};
  std::vector<ReviewStillView> stills;
  bool stills_erased = false;  ///< It had some.
  std::optional<Time> lease_until;
  bool lease_mine = false;
  std::optional<ReviewGrade> grade;  ///< The decision; while others must speak, your own.
  std::optional<Classification> classification;
  std::optional<ReviewHow> how;
  std::optional<Time> decided;
  std::optional<Time> undo_until;  ///< It was you, and you may.
};

}  // namespace seawall
