#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/log_outbox/log_outbox.h"
#include "seawall/oversight_register/working_days.h"
#include "seawall/sqlite/database.h"
#include "seawall/statement/roster.h"

namespace seawall {

/// Who takes a step, and why in their words: 1..kWordsBytesMax bytes each.
struct RegisterActor {
  std::string who;
  std::string why;
};

/// An error as it was discovered. Texts: UTF-8, 1..OversightRegister::kWordsBytesMax bytes.
struct NewError {
  bool reportable = false;  ///< It came to light after data was acquired; else before: recordable.
  bool serious = false;     ///< Those concerned are to be told.
  std::string what;         ///< What happened; needs no names.
  std::string
      concerns;  ///< An order, or an entry of the log: "o-0123456789abcdef", "leaf 790". May be empty.
  Time discovered{};
};

struct ErrorCase {
  std::int64_t number = 0;
  NewError error;
  std::optional<Time> due = {};  ///< Of the report: reportable ones only.
  std::optional<Time> reported = {};
  std::optional<Time> told = {};  ///< Those concerned.
  std::string untold_why = {};    ///< Why they are not told yet, as was said last.
  [[nodiscard]] bool is_overdue(Time now) const { return due && !reported && *due < now; }
};

enum class RecommendationGrade : std::uint8_t { kRed, kAmber, kGreen };
[[nodiscard]] std::string_view name_of(RecommendationGrade grade);  ///< "red"
[[nodiscard]] std::optional<RecommendationGrade> recommendation_grade_named(std::string_view name);

/// kDone and kNotAccepted close a recommendation.
enum class RecommendationState : std::uint8_t { kOpen, kAnswered, kDone, kNotAccepted };
[[nodiscard]] std::string_view name_of(RecommendationState state);  ///< "not-accepted"
[[nodiscard]] std::optional<RecommendationState> recommendation_state_named(std::string_view name);

struct NewRecommendation {
  RecommendationGrade grade = RecommendationGrade::kGreen;
  std::string what;  ///< 1..kWordsBytesMax bytes, as `to`.
  std::string to;    ///< Whom: an office, not a person.
  Time by{};
};

struct Recommendation {
  std::int64_t number = 0;
  NewRecommendation made;  ///< With the grade that it has now.
  RecommendationState state = RecommendationState::kOpen;
  std::string answer = {};  ///< What was said last to it.
  [[nodiscard]] bool is_closed() const { return state >= RecommendationState::kDone; }
  [[nodiscard]] bool is_overdue(Time now) const { return !is_closed() && made.by < now; }
};

/// The frame of a random draw, as the log is to be told of it.
struct NewDraw {
  std::string frame;      ///< Its number in hex.
  std::string record;     ///< Canonical JSON; needs no names.
  CommitmentSalt salt{};  ///< With which the log's entry commits to it.
  Time due{};             ///< When what was drawn must be told.
};

/// The errors that came to light, what overseers recommended and what they drew, in a folder of this
/// installation
/// ("register.db", SQLite).
///
/// Guarantees: each step is one durable transaction together with what the log is to be told of it; every
/// later entry refers to its first one, and waits until the log holds that; `due` stands in each entry until
/// the one that keeps it, so whoever audits the log sees what is overdue. Threads: any; one at a time inside.
/// Several processes may have it open. Errors everywhere: those of Database; of steps kInvalidInput (a text
/// or time that cannot be), kNotFound, kConflict (not in this state).
class OversightRegister final : public LogSource {
 public:
  static constexpr unsigned kReportDays = 10;  ///< Working days after the day of discovery.
  static constexpr std::size_t kWordsBytesMax = 4'096;

  /// Makes the folder (its owner's alone) where it is not there. A folder that several accounts share belongs
  /// to their group; what is made in it is open to the group as the folder is, and what is there stays as it
  /// is. `clock` outlives the register. Errors: also kInvalidInput (a folder that is open to everybody).
  static Result<std::unique_ptr<OversightRegister>> open(const std::filesystem::path& folder,
                                                         const Clock& clock);

  /// Whether `who` may write: once a roster was brought, only who is an overseer in that one, now. The first
  /// that is brought is kept. Null: none is brought. Errors: kInvalidInput (none is brought and one is asked
  /// for; or they are no overseer), kConflict (another roster).
  Result<void> admit(const Roster* roster, std::string_view who);

  /// Gives its number.
  Result<std::int64_t> record_error(const NewError& error, const WorkingDays& days, const RegisterActor& by);
  /// It was reported to the overseers. Once; only reportable ones.
  Result<void> report_error(std::int64_t number, const RegisterActor& by);
  /// Those concerned by a serious one were told; or are not yet, and `by.why` says why.
  Result<void> tell_concerned(std::int64_t number, bool told, const RegisterActor& by);
  /// Ascending, behind `after`; `limit` 1..1000.
  Result<std::vector<ErrorCase>> errors(std::int64_t after, std::size_t limit);

  /// Gives its number.
  Result<std::int64_t> recommend(const NewRecommendation& made, const RegisterActor& by);
  /// `state`: anything but kOpen; `by.why`: what is answered, or on which grounds it is not accepted.
  Result<void> answer(std::int64_t number, RecommendationState state, const RegisterActor& by);
  Result<void> regrade(std::int64_t number, RecommendationGrade grade, const RegisterActor& by);
  /// Ascending, behind `after`; `limit` 1..1000.
  Result<std::vector<Recommendation>> recommendations(std::int64_t after, std::size_t limit);

  /// A frame goes into the log; gives its number. Errors: also kConflict (it was entered before).
  Result<std::int64_t> enter_draw(const NewDraw& draw, const RegisterActor& by);
  /// What was drawn of the frame goes into the log, once; `drawn.due` is not looked at. Gives the frame's
  /// number.
  Result<std::int64_t> end_draw(const NewDraw& drawn, const RegisterActor& by);

  static constexpr std::size_t kDestroyMax = 1'000;  ///< Of each kind, at once.
  /// Destroys the words of what is closed and whose every step is older than `before` and in the log: errors
  /// (reported and told of, as far as they must be), recommendations, draws; and the records and salts that
  /// the log's entries of them stand for. Numbers, grades and times stay. One transaction with the entry of
  /// kind destruction that tells of it. Gives how many; 0: no more.
  Result<std::uint64_t> destroy_before(Time before);

  Result<std::vector<PendingLogEntry>> pending(std::size_t max) override;
  Result<void> settle(std::span<const std::int64_t> ids, std::uint64_t first_index) override;

 private:
  struct Step;
  OversightRegister(Database database, const Clock& clock) : database_(std::move(database)), clock_(clock) {}
  Result<ErrorCase> error(std::int64_t number);
  Result<Recommendation> open_recommendation(std::int64_t number);
  Result<void> keep(const Step& step);
  Result<void> write(const Step& step, std::string_view text, const CommitmentSalt* salt);
  Result<void> tell_waiting();

  std::mutex mutex_;  // Guards everything below.
  Database database_;
  const Clock& clock_;
};

}  // namespace seawall
