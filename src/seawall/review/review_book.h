#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/base/result.h"
#include "seawall/crypto/sealing.h"
#include "seawall/log_outbox/log_outbox.h"
#include "seawall/review/review_item.h"
#include "seawall/sqlite/database.h"

namespace seawall {

/// Why a reviewer was refused.
struct ReviewRefusal {
  enum class Kind : std::uint8_t {
    kFailed,       ///< `error` says why.
    kNoSuchItem,   ///< Not there, or of another tenant.
    kNoSuchStill,  ///< There is none, or it was erased.
    kLeased,       ///< Somebody else has it.
    kNotLeased,    ///< You do not have it: claim it.
    kTooManyLeases,
    kOwnOpinion,  ///< You have spoken: another person must.
    kDecided,
    kCannotUndo,  ///< Not yours, too late, or others have spoken since.
    kBudget,      ///< Your exposure budget is used up, until `free_at`.
    kLooser,      ///< A limit larger than the one in force.
  };
  ReviewRefusal(Kind why) : kind(why) {}  // NOLINT(google-explicit-constructor): returned as it is.
  ReviewRefusal(Error what) : kind(Kind::kFailed), error(std::move(what)) {}  // NOLINT: for SEAWALL_TRY.

  Kind kind;
  Error error{Code::kConflict, ""};
  std::optional<Time> free_at = {};                      ///< Of kBudget; none: never.
  std::optional<std::chrono::seconds> retry_after = {};  ///< Until then, rounded up.
};
template <class T>
using Reviewed = tl::expected<T, ReviewRefusal>;
inline tl::unexpected<ReviewRefusal> no_review(ReviewRefusal::Kind why) {
  return tl::unexpected(ReviewRefusal(why));
}

struct ReviewOptions {
  std::int64_t items_max = 20'000;                        ///< That nobody has decided.
  std::int64_t stills_bytes_max = std::int64_t{1} << 30;  ///< Beyond it items come without stills.
  std::chrono::hours keep{24 * 30};                       ///< Of an item that nobody decides.
  std::chrono::hours keep_decided{24 * 365};              ///< Without stills: who saw and decided what.
  std::chrono::seconds undo{600};                         ///< 0..600.
  int cluster_radius_bits = kPdqRadiusDefault;
  std::int64_t second_opinion_from = 4;  ///< Severity from which two must agree; 4: only where asked for.
  std::int64_t sample_permille = 20;     ///< Of decisions, shown to another person.
};

/// Who asks.
struct Reviewer {
  std::string_view tenant;
  std::string_view who;
};

struct ReviewQuery {
  std::string state = "open";  ///< "open", "waiting", "decided".
  std::optional<ReviewSeverity> severity;
  std::string bank;   ///< Empty: of all.
  bool mine = false;  ///< Only what you have claimed.
  std::int64_t after = 0;
  std::int64_t limit = 100;
};
struct ReviewPage {
  std::vector<ReviewView> items;
  std::int64_t next = 0;  ///< 0: the end.
};

struct GradeAsk {
  ReviewGrade grade = ReviewGrade::kUnsure;
  std::optional<Classification> classification;
  std::string why;
  bool whole_cluster = true;
  bool second_opinion = false;
  bool quarantine = false;  ///< Of kNotAMatch: hold the entry back.
};
struct GradeDone {
  std::vector<std::int64_t> graded;
  std::optional<Time> undo_until;
};

/// A still's pixels for one person, and what they have left.
struct StillShown {
  StillPicture picture;
  std::int64_t reveal_ms_left = 0;
};

/// What a page says of a still that it was given.
struct ReviewViewing {
  int still = 0;
  bool rendered = false;
  std::int64_t shown_ms = 0;     ///< On the screen, blurred or not.
  std::int64_t revealed_ms = 0;  ///< Unblurred.
  static constexpr std::int64_t kMsMax = 3'600'000;
};

/// A person's own state. Nobody else is shown it.
struct MyReview {
  ExposureLimits own;  ///< What they have set for themselves; never above `in_force` of the house.
  ExposureLimits in_force;
  ExposureUse use;
  std::optional<Time> free_at;      ///< Of high severity: when one more may be given; none: never.
  std::optional<Time> free_low_at;  ///< Of low severity.
  std::int64_t leases = 0;
  std::int64_t decided_7d = 0, confirmed_7d = 0, not_a_match_7d = 0, unsure_7d = 0, undone_7d = 0;
  std::int64_t samples_agreed = 0, samples_differed = 0;
};

/// What a manager is told: no person. Counts about people's work only if five or more were at it.
struct ReviewTotals {
  static constexpr std::int64_t kPeopleLeast = 5;
  struct Row {
    ReviewSeverity severity{};
    std::int64_t open = 0, waiting = 0, decided_7d = 0;
    std::optional<Time> oldest;
  };
  std::vector<Row> by_severity;
  std::int64_t stills_bytes = 0;
  std::int64_t not_kept = 0;  ///< Since the start, for want of room.
  struct Work {
    std::int64_t people = 0, decisions_7d = 0, stills_7d = 0, reveal_s_7d = 0, undone_7d = 0;
    std::int64_t samples_agreed = 0, samples_differed = 0;
  };
  std::optional<Work> work;
};

/// What is to be done in the lists because of a decision. Done at least once; twice does no harm.
struct ReviewEffect {
  std::int64_t id = 0;
  std::string item;  ///< "v12"
  std::string tenant, entry, signal, person, why;
  bool quarantine = false;  ///< Else feedback.
  bool confirmed = false;
};

/// For whoever watches the service.
struct ReviewCounts {
  std::int64_t waiting = 0;
  std::int64_t oldest_s = 0;
  std::int64_t not_kept = 0;
};

/// Who saw what, for how long: what a report to an authority may truthfully say (`fileViewedByEsp`).
struct CustodyRow {
  int still = 0;
  std::string person;
  Time given{};
  bool rendered = false;
  std::int64_t shown_ms = 0, revealed_ms = 0;
};

/// What the log is told: the words of a record that stays here.
struct ReviewTelling {
  std::string_view what;  ///< "exposure", "decision", "undo", "sampling", "limits".
  std::vector<std::pair<std::string, std::string>> words;
  std::int64_t count = 1;
};

/// The review queue of one service, in one folder (0700): `review.db`, SQLite.
///
/// Guarantees: what a call answers is durable; a kill at any moment leaves every item whole. One lease at a
/// time; whoever graded an item is not asked for the second opinion on it; no call hands out more stills than
/// exposure_floor() allows one person. Stills lie sealed (AES-256-GCM), each item's under a key of its own
/// that is sealed with the service's; both are overwritten in the file, and its journal emptied, once the
/// decision is final (`undo` after it) or `keep` is over. The book's time never goes back, over an end by a
/// minute at most. Each still handed out and each
/// decision is an entry for the log in the same transaction.
/// Threads: any; one at a time. Blocks for the disk. Lifetime: the clock outlives it.
/// Cost: an item of two stills about 4 fsyncs. Source: docs/review.md.
class ReviewBook final : public LogSource {
 public:
  static constexpr std::chrono::minutes kLease{10};
  static constexpr std::int64_t kLeasesMax = 20;
  /// What a still counts as revealed that was given and of which no record came within a lease.
  static constexpr std::int64_t kUntoldMs = 10'000;

  /// `key`: of the service, for this alone. Errors: kUnavailable, kCorrupt, kInvalidInput (another version).
  static Result<std::unique_ptr<ReviewBook>> open(const std::filesystem::path& folder, const Sha256& key,
                                                  const Clock& clock, const ReviewOptions& options);

  /// Whether keep() would make an open item of it, so that stills are worth making.
  Result<bool> would_open(const NewReviewItem& item);
  /// Errors: kLimitExceeded (items_max are open: not kept, and counted), the database's.
  Result<ReviewKept> keep(const NewReviewItem& item);

  Reviewed<ReviewPage> items(const Reviewer& who, const ReviewQuery& query);
  Reviewed<ReviewView> item(const Reviewer& who, std::int64_t id);
  /// The item, and with it what is open of its cluster; again: for longer.
  Reviewed<ReviewView> claim(const Reviewer& who, std::int64_t id);
  Reviewed<ReviewView> release(const Reviewer& who, std::int64_t id);
  Reviewed<StillShown> show(const Reviewer& who, std::int64_t id, int still);
  Reviewed<ExposureUse> viewed(const Reviewer& who, std::int64_t id, const ReviewViewing& viewing);
  Reviewed<GradeDone> grade(const Reviewer& who, std::int64_t id, const GradeAsk& ask);
  /// Of all items that were graded with it.
  Reviewed<GradeDone> undo(const Reviewer& who, std::int64_t id);

  Reviewed<MyReview> me(const Reviewer& who);
  /// A person's own limits: within the house's at any time, back to them too.
  Reviewed<MyReview> limit_myself(const Reviewer& who, const ExposureLimits& limits);
  Reviewed<ExposureLimits> house_limits();
  /// Never looser than the floor. Told to the log.
  Reviewed<ExposureLimits> set_house_limits(const Reviewer& who, const ExposureLimits& limits,
                                            std::string_view why);
  Reviewed<ReviewTotals> totals(std::string_view tenant);
  Result<ReviewCounts> counts();
  Reviewed<std::vector<CustodyRow>> custody(std::string_view tenant, std::int64_t id);

  /// Erases what is final or too old. For a timer, and once after open().
  Result<void> tidy();
  Result<std::vector<ReviewEffect>> effects_due(std::size_t max);
  Result<void> effect_done(std::int64_t id);

  Result<std::vector<PendingLogEntry>> pending(std::size_t max) override;
  Result<void> settle(std::span<const std::int64_t> ids, std::uint64_t first_index) override;

  struct Row;  ///< review/detail/row.h

 private:
  ReviewBook(Database database, const Sha256& key, const Clock& clock, const ReviewOptions& options);
  Result<Time> advance();
  Reviewed<Row> row(std::string_view tenant, std::int64_t id);
  Reviewed<ReviewView> view(const Row& row, const Reviewer& who, Time now);
  Result<std::int64_t> opinions_of(std::int64_t item, std::string_view person);

  Result<std::optional<ReviewKept>> seen_before(const NewReviewItem& item, Time now);
  Result<void> insert(const NewReviewItem& item, Time now);
  Result<std::int64_t> cluster_for(const NewReviewItem& item, int& distance_bits);
  Result<void> seal_stills(const NewReviewItem& item, std::int64_t id);
  Result<bool> room_for(const NewReviewItem& item);

  Result<std::vector<Exposure>> exposures_of(std::string_view person, Time now);
  Result<ExposureLimits> limits_of(std::string_view person);
  Reviewed<StillPicture> opened(const Row& row, int still);
  Result<void> charge(const Row& row, const Reviewer& who, int still, Time now);
  Reviewed<void> must_hold(const Row& row, const Reviewer& who, Time now);

  Reviewed<std::vector<Row>> to_grade(const Row& row, const Reviewer& who, bool whole_cluster);
  /// Whether this grade alone decided it.
  Result<bool> grade_one(const Row& row, const Reviewer& who, const GradeAsk& ask, std::int64_t action,
                         Time now);
  Result<std::optional<ReviewHow>> weigh(const Row& row, const GradeAsk& ask);
  Result<void> decide(const Row& row, const GradeAsk& ask, ReviewHow how, Time now);
  Result<void> set_state(std::int64_t item, ReviewState state);
  struct EffectWish {
    std::int64_t action = 0;
    bool quarantine = false, confirmed = false;
    const std::string& why;
  };
  Result<void> put_feedback(const Row& row, const Reviewer& who, const GradeAsk& ask, std::int64_t action,
                            Time now);
  Result<void> put_effect(const Row& row, const Reviewer& who, const EffectWish& wish, Time not_before);
  Result<bool> sampled(std::int64_t item, Time now);
  Result<void> restore(std::int64_t grade_id, std::int64_t item);
  Result<void> new_lead(std::int64_t cluster);

  Result<MyReview> mine(const Reviewer& who, Time now);
  Result<std::vector<ReviewTotals::Row>> totals_by_severity(std::string_view tenant, Time now);
  Result<std::int64_t> erase_due(Time now);
  Result<void> expire(Time now);
  Result<void> empty_journal();
  Result<void> tell(Time now, ReviewTelling telling);

  const Clock& clock_;
  const ReviewOptions options_;
  const SealingKey key_;
  std::mutex mutex_;  // Guards what follows.
  Database database_;
  std::int64_t not_kept_ = 0;
  Time latest_{}, written_{};  ///< The book's time, and as it is on the disk.
};

}  // namespace seawall
