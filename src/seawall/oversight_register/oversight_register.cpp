#include "seawall/oversight_register/oversight_register.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "seawall/base/hex.h"
#include "seawall/base/unique_fd.h"
#include "seawall/json/json.h"
#include "seawall/model/time_text.h"
#include "seawall/statement/canonical_json.h"

namespace seawall {

/// One step of one case, as it is kept and told.
struct OversightRegister::Step {
  LogKind kind = LogKind::kError;
  std::int64_t of = 0;
  std::string_view name;
  const RegisterActor& by;
  Time at{};
  std::optional<Time> due = {};
  Json more = Json::object();
};

namespace {

constexpr std::string_view kSchema = R"(
CREATE TABLE errors (
  number INTEGER PRIMARY KEY AUTOINCREMENT, reportable INTEGER NOT NULL, serious INTEGER NOT NULL,
  what TEXT NOT NULL, concerns TEXT NOT NULL, discovered INTEGER NOT NULL, due INTEGER, reported INTEGER,
  told INTEGER, untold_why TEXT NOT NULL DEFAULT '') STRICT;
CREATE TABLE recommendations (
  number INTEGER PRIMARY KEY AUTOINCREMENT, grade INTEGER NOT NULL, what TEXT NOT NULL, whom TEXT NOT NULL,
  due INTEGER NOT NULL, state INTEGER NOT NULL DEFAULT 0, answer TEXT NOT NULL DEFAULT '') STRICT;
CREATE TABLE steps (
  number INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL, of INTEGER NOT NULL, at INTEGER NOT NULL,
  due INTEGER, record TEXT NOT NULL, first INTEGER NOT NULL, log_id INTEGER) STRICT;
CREATE INDEX steps_of_case ON steps (kind, of, number);
CREATE INDEX steps_to_tell ON steps (number) WHERE log_id IS NULL;
PRAGMA user_version = 1;
)";
// Of a draw the log is told as it is, without who and why: anybody who has it is to find it there.
constexpr std::string_view kDrawsSchema = R"(
CREATE TABLE draws (
  number INTEGER PRIMARY KEY AUTOINCREMENT, frame TEXT NOT NULL UNIQUE, entered INTEGER NOT NULL,
  entered_by TEXT NOT NULL, entered_why TEXT NOT NULL, due INTEGER NOT NULL, ended INTEGER,
  ended_by TEXT NOT NULL DEFAULT '', ended_why TEXT NOT NULL DEFAULT '') STRICT;
ALTER TABLE steps ADD COLUMN salt BLOB;
PRAGMA user_version = 2;
)";
constexpr std::string_view kRosterSchema = R"(
CREATE TABLE roster (first TEXT NOT NULL) STRICT;
PRAGMA user_version = 3;
)";
constexpr std::int64_t kVersion = 3;
constexpr std::size_t kFrameBytes = 64;
constexpr std::size_t kPage = 1'000;
constexpr std::array<std::string_view, 3> kGrades{"red", "amber", "green"};
constexpr std::array<std::string_view, 4> kStates{"open", "answered", "done", "not-accepted"};

std::int64_t ms_of(Time time) { return time.time_since_epoch().count(); }
Time time_of(std::int64_t ms) { return Time(std::chrono::milliseconds(ms)); }

std::optional<Time> time_in(const Statement& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(time_of(row.integer(column)));
}

Result<void> make_private(const std::filesystem::path& folder, const std::filesystem::path& file) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return fail(Code::kUnavailable, folder.string() + ": " + std::strerror(errno));
  struct stat about {};
  if (::stat(folder.c_str(), &about) != 0)
    return fail(Code::kUnavailable, folder.string() + ": " + std::strerror(errno));
  if ((about.st_mode & 0007U) != 0)
    return fail(Code::kInvalidInput, folder.string() + " is open to everybody: chmod o-rwx");
  const UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd && errno == EEXIST) return {};
  // SQLite gives the files that it makes beside it the same rights.
  if (!fd || ::fchmod(fd.get(), 0600 | (about.st_mode & 0060U)) != 0)
    return fail(Code::kUnavailable, file.string() + ": " + std::strerror(errno));
  return {};
}

Result<void> make_schema(Database& database) {
  SEAWALL_CHECK(LogOutbox(database).make_table());
  SEAWALL_TRY(auto transaction, Transaction::begin(database));
  SEAWALL_TRY(Statement version, database.prepare("PRAGMA user_version"));
  SEAWALL_TRY([[maybe_unused]] const bool any, version.step());
  const std::int64_t found = version.integer(0);
  version.reset();
  if (found > kVersion)
    return fail(Code::kInvalidInput, "the register is of a newer Seawall: upgrade this one");
  if (found < 1) SEAWALL_CHECK(database.run(kSchema));
  if (found < 2) SEAWALL_CHECK(database.run(kDrawsSchema));
  if (found < 3) SEAWALL_CHECK(database.run(kRosterSchema));
  return transaction.commit();
}

Result<void> check_words(std::string_view words, std::string_view what) {
  if (!words.empty() && words.size() <= OversightRegister::kWordsBytesMax) return {};
  return fail(Code::kInvalidInput, std::string(what) + ": 1 to 4,096 bytes are needed");
}

Result<void> take_salt(const Statement& row, int column, LogTelling& telling) {
  if (row.is_null(column)) return {};
  const auto bytes = row.blob(column);
  CommitmentSalt salt{};
  if (bytes.size() != salt.size()) return fail(Code::kCorrupt, "a salt of the register is damaged");
  std::ranges::copy(bytes, salt.begin());
  telling.salt = salt;
  return {};
}

Result<void> check_draw(const NewDraw& draw) {
  if (draw.frame.size() == kFrameBytes && !draw.record.empty() &&
      draw.record.size() <= OversightRegister::kWordsBytesMax)
    return {};
  return fail(Code::kInvalidInput, "this is no draw that a register can hold");
}

Result<void> check_actor(const RegisterActor& by) {
  SEAWALL_CHECK(check_words(by.who, "who"));
  return check_words(by.why, "why");
}

template <typename Row, typename Read>
Result<std::vector<Row>> rows_of(Statement each, std::int64_t after, std::size_t limit, Read read) {
  each.bind(1, after).bind(2, static_cast<std::int64_t>(std::clamp<std::size_t>(limit, 1, kPage)));
  std::vector<Row> all;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) return all;
    all.push_back(read(each));
  }
}

ErrorCase error_in(const Statement& row) {
  ErrorCase read{.number = row.integer(0), .error = {}};
  read.error.reportable = row.integer(1) != 0;
  read.error.serious = row.integer(2) != 0;
  read.error.what = row.text(3);
  read.error.concerns = row.text(4);
  read.error.discovered = time_of(row.integer(5));
  read.due = time_in(row, 6);
  read.reported = time_in(row, 7);
  read.told = time_in(row, 8);
  read.untold_why = row.text(9);
  return read;
}

Recommendation recommendation_in(const Statement& row) {
  Recommendation read{.number = row.integer(0), .made = {}};
  read.made.grade = static_cast<RecommendationGrade>(row.integer(1));
  read.made.what = row.text(2);
  read.made.to = row.text(3);
  read.made.by = time_of(row.integer(4));
  read.state = static_cast<RecommendationState>(row.integer(5));
  read.answer = row.text(6);
  return read;
}

}  // namespace

std::string_view name_of(RecommendationGrade grade) { return kGrades[static_cast<std::size_t>(grade)]; }
std::string_view name_of(RecommendationState state) { return kStates[static_cast<std::size_t>(state)]; }

std::optional<RecommendationGrade> recommendation_grade_named(std::string_view name) {
  const auto* found = std::ranges::find(kGrades, name);
  if (found == kGrades.end()) return std::nullopt;
  return static_cast<RecommendationGrade>(found - kGrades.begin());
}

std::optional<RecommendationState> recommendation_state_named(std::string_view name) {
  const auto* found = std::ranges::find(kStates, name);
  if (found == kStates.end()) return std::nullopt;
  return static_cast<RecommendationState>(found - kStates.begin());
}

Result<std::unique_ptr<OversightRegister>> OversightRegister::open(const std::filesystem::path& folder,
                                                                   const Clock& clock) {
  const std::filesystem::path file = folder / "register.db";
  SEAWALL_CHECK(make_private(folder, file));
  SEAWALL_TRY(Database database, Database::open(file, {.create = true}));
  SEAWALL_CHECK(make_schema(database));
  return std::unique_ptr<OversightRegister>(new OversightRegister(std::move(database), clock));
}

Result<void> OversightRegister::admit(const Roster* roster, std::string_view who) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(Statement find, database_.prepare("SELECT first FROM roster"));
  SEAWALL_TRY(const bool kept, find.step());
  const std::string first(kept ? find.text(0) : std::string_view());
  find.reset();
  if (roster == nullptr || roster->empty())
    return kept ? fail(Code::kInvalidInput, "this register asks for its roster: name the order book")
                : Result<void>();
  const std::string id = to_hex(roster->statements().front().id());
  if (kept && first != id) return fail(Code::kConflict, "this register was kept under another roster");
  if (!roster->has_role(who, PersonRole::kOverseer, clock_.now()))
    return fail(Code::kInvalidInput, "the roster has no overseer of your name now: seawall roster show");
  if (kept) return {};
  SEAWALL_TRY(Statement put, database_.prepare("INSERT INTO roster (first) VALUES (?1)"));
  SEAWALL_CHECK(put.bind(1, std::string_view(id)).run());
  return transaction.commit();
}

Result<std::int64_t> OversightRegister::record_error(const NewError& error, const WorkingDays& days,
                                                     const RegisterActor& by) {
  SEAWALL_CHECK(check_actor(by));
  SEAWALL_CHECK(check_words(error.what, "what happened"));
  if (!error.concerns.empty()) SEAWALL_CHECK(check_words(error.concerns, "what it concerns"));
  const std::scoped_lock lock(mutex_);
  const Time now = clock_.now();
  if (error.discovered > now || error.discovered < Time{})
    return fail(Code::kInvalidInput, "it was discovered at a time that lies ahead, or before 1970");
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(Statement put,
              database_.prepare("INSERT INTO errors (reportable, serious, what, concerns, discovered, due) "
                                "VALUES (?1, ?2, ?3, ?4, ?5, ?6)"));
  put.bind(1, error.reportable ? 1 : 0).bind(2, error.serious ? 1 : 0).bind(3, std::string_view(error.what));
  put.bind(4, std::string_view(error.concerns)).bind(5, ms_of(error.discovered));
  Step step{.of = 0, .name = "recorded", .by = by, .at = now};
  if (error.reportable) step.due = days.end_of_day_after(error.discovered, kReportDays);
  if (step.due) put.bind(6, ms_of(*step.due));
  SEAWALL_CHECK(put.run());
  step.of = database_.last_row_id();
  step.more = {{"concerns", error.concerns},
               {"discovered", to_text(error.discovered)},
               {"reportable", error.reportable},
               {"serious", error.serious},
               {"what", error.what}};
  SEAWALL_CHECK(keep(step));
  SEAWALL_CHECK(transaction.commit());
  return step.of;
}

Result<void> OversightRegister::report_error(std::int64_t number, const RegisterActor& by) {
  SEAWALL_CHECK(check_actor(by));
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(const ErrorCase found, error(number));
  if (!found.error.reportable) return fail(Code::kConflict, "it is recordable: nothing is to be reported");
  if (found.reported) return fail(Code::kConflict, "it was reported already");
  const Time now = clock_.now();
  SEAWALL_TRY(Statement put, database_.prepare("UPDATE errors SET reported = ?2 WHERE number = ?1"));
  SEAWALL_CHECK(put.bind(1, number).bind(2, ms_of(now)).run());
  SEAWALL_CHECK(keep({.of = number, .name = "reported", .by = by, .at = now}));
  return transaction.commit();
}

Result<void> OversightRegister::tell_concerned(std::int64_t number, bool told, const RegisterActor& by) {
  SEAWALL_CHECK(check_actor(by));
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(const ErrorCase found, error(number));
  if (!found.error.serious) return fail(Code::kConflict, "it is not serious: nobody is to be told");
  if (found.told) return fail(Code::kConflict, "those concerned were told already");
  const Time now = clock_.now();
  SEAWALL_TRY(Statement put,
              database_.prepare("UPDATE errors SET told = ?2, untold_why = ?3 WHERE number = ?1"));
  put.bind(1, number).bind(3, told ? std::string_view() : std::string_view(by.why));
  if (told) put.bind(2, ms_of(now));
  SEAWALL_CHECK(put.run());
  Step step{.of = number, .name = told ? "concerned-told" : "concerned-not-told", .by = by, .at = now};
  if (!found.reported) step.due = found.due;
  SEAWALL_CHECK(keep(step));
  return transaction.commit();
}

Result<ErrorCase> OversightRegister::error(std::int64_t number) {
  SEAWALL_TRY(Statement find, database_.prepare("SELECT * FROM errors WHERE number = ?1"));
  SEAWALL_TRY(const bool any, find.bind(1, number).step());
  if (!any) return fail(Code::kNotFound, "no error of that number is in the register");
  return error_in(find);
}

Result<std::vector<ErrorCase>> OversightRegister::errors(std::int64_t after, std::size_t limit) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(Statement each,
              database_.prepare("SELECT * FROM errors WHERE number > ?1 ORDER BY number LIMIT ?2"));
  return rows_of<ErrorCase>(std::move(each), after, limit, error_in);
}

Result<std::int64_t> OversightRegister::recommend(const NewRecommendation& made, const RegisterActor& by) {
  SEAWALL_CHECK(check_actor(by));
  SEAWALL_CHECK(check_words(made.what, "what is recommended"));
  SEAWALL_CHECK(check_words(made.to, "to whom"));
  const std::scoped_lock lock(mutex_);
  const Time now = clock_.now();
  if (made.by <= now || made.by > kTimeMax)
    return fail(Code::kInvalidInput, "the day by which it is to be done must lie ahead");
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(
      Statement put,
      database_.prepare("INSERT INTO recommendations (grade, what, whom, due) VALUES (?1, ?2, ?3, ?4)"));
  put.bind(1, static_cast<std::int64_t>(made.grade)).bind(2, std::string_view(made.what));
  SEAWALL_CHECK(put.bind(3, std::string_view(made.to)).bind(4, ms_of(made.by)).run());
  const std::int64_t number = database_.last_row_id();
  Step step{LogKind::kRecommendation, number, "made", by, now, made.by};
  step.more = {{"grade", name_of(made.grade)}, {"to", made.to}, {"what", made.what}};
  SEAWALL_CHECK(keep(step));
  SEAWALL_CHECK(transaction.commit());
  return number;
}

Result<void> OversightRegister::answer(std::int64_t number, RecommendationState state,
                                       const RegisterActor& by) {
  SEAWALL_CHECK(check_actor(by));
  if (state == RecommendationState::kOpen) return fail(Code::kInvalidInput, "open is no answer");
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(const Recommendation found, open_recommendation(number));
  SEAWALL_TRY(Statement put,
              database_.prepare("UPDATE recommendations SET state = ?2, answer = ?3 WHERE number = ?1"));
  put.bind(1, number).bind(2, static_cast<std::int64_t>(state)).bind(3, std::string_view(by.why));
  SEAWALL_CHECK(put.run());
  Step step{LogKind::kRecommendation, number, name_of(state), by, clock_.now()};
  if (state == RecommendationState::kAnswered) step.due = found.made.by;
  SEAWALL_CHECK(keep(step));
  return transaction.commit();
}

Result<void> OversightRegister::regrade(std::int64_t number, RecommendationGrade grade,
                                        const RegisterActor& by) {
  SEAWALL_CHECK(check_actor(by));
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(const Recommendation found, open_recommendation(number));
  if (found.made.grade == grade) return fail(Code::kConflict, "it has that grade already");
  SEAWALL_TRY(Statement put, database_.prepare("UPDATE recommendations SET grade = ?2 WHERE number = ?1"));
  SEAWALL_CHECK(put.bind(1, number).bind(2, static_cast<std::int64_t>(grade)).run());
  Step step{LogKind::kRecommendation, number, "regraded", by, clock_.now(), found.made.by};
  step.more = {{"grade", name_of(grade)}};
  SEAWALL_CHECK(keep(step));
  return transaction.commit();
}

Result<Recommendation> OversightRegister::open_recommendation(std::int64_t number) {
  SEAWALL_TRY(Statement find, database_.prepare("SELECT * FROM recommendations WHERE number = ?1"));
  SEAWALL_TRY(const bool any, find.bind(1, number).step());
  if (!any) return fail(Code::kNotFound, "no recommendation of that number is in the register");
  Recommendation found = recommendation_in(find);
  if (found.is_closed()) return fail(Code::kConflict, "it is closed: make a new one");
  return found;
}

Result<std::vector<Recommendation>> OversightRegister::recommendations(std::int64_t after,
                                                                       std::size_t limit) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(Statement each,
              database_.prepare("SELECT * FROM recommendations WHERE number > ?1 ORDER BY number LIMIT ?2"));
  return rows_of<Recommendation>(std::move(each), after, limit, recommendation_in);
}

Result<std::int64_t> OversightRegister::enter_draw(const NewDraw& draw, const RegisterActor& by) {
  SEAWALL_CHECK(check_actor(by));
  SEAWALL_CHECK(check_draw(draw));
  const std::scoped_lock lock(mutex_);
  const Time now = clock_.now();
  if (draw.due <= now || draw.due > kTimeMax)
    return fail(Code::kInvalidInput, "the day by which it is to be drawn must lie ahead");
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(Statement put, database_.prepare("INSERT OR IGNORE INTO draws (frame, entered, entered_by, "
                                               "entered_why, due) VALUES (?1, ?2, ?3, ?4, ?5)"));
  put.bind(1, std::string_view(draw.frame)).bind(2, ms_of(now)).bind(3, std::string_view(by.who));
  SEAWALL_CHECK(put.bind(4, std::string_view(by.why)).bind(5, ms_of(draw.due)).run());
  if (database_.rows_changed() == 0) return fail(Code::kConflict, "this frame was entered before");
  const std::int64_t number = database_.last_row_id();
  const Step step{LogKind::kDraw, number, "entered", by, now, draw.due};
  SEAWALL_CHECK(write(step, draw.record, &draw.salt));
  SEAWALL_CHECK(transaction.commit());
  return number;
}

Result<std::int64_t> OversightRegister::end_draw(const NewDraw& drawn, const RegisterActor& by) {
  SEAWALL_CHECK(check_actor(by));
  SEAWALL_CHECK(check_draw(drawn));
  const std::scoped_lock lock(mutex_);
  const Time now = clock_.now();
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(Statement find, database_.prepare("SELECT number, ended FROM draws WHERE frame = ?1"));
  SEAWALL_TRY(const bool any, find.bind(1, std::string_view(drawn.frame)).step());
  if (!any) return fail(Code::kNotFound, "the frame of this draw was never entered");
  if (!find.is_null(1)) return fail(Code::kConflict, "what was drawn of this frame was entered before");
  const std::int64_t number = find.integer(0);
  find.reset();
  SEAWALL_TRY(
      Statement put,
      database_.prepare("UPDATE draws SET ended = ?2, ended_by = ?3, ended_why = ?4 WHERE number = ?1"));
  put.bind(1, number).bind(2, ms_of(now)).bind(3, std::string_view(by.who));
  SEAWALL_CHECK(put.bind(4, std::string_view(by.why)).run());
  SEAWALL_CHECK(write({LogKind::kDraw, number, "drawn", by, now}, drawn.record, &drawn.salt));
  SEAWALL_CHECK(transaction.commit());
  return number;
}

Result<void> OversightRegister::keep(const Step& step) {
  Json record = step.more;
  record["at"] = to_text(step.at);
  record["number"] = step.of;
  record["step"] = step.name;
  record["who"] = step.by.who;
  record["why"] = step.by.why;
  if (step.due) record["due"] = to_text(*step.due);
  SEAWALL_TRY(const std::string text, canonical_json(record));
  return write(step, text, nullptr);
}

Result<void> OversightRegister::write(const Step& step, std::string_view text, const CommitmentSalt* salt) {
  SEAWALL_TRY(Statement put, database_.prepare(R"(INSERT INTO steps (kind, of, at, due, record, first, salt)
    VALUES (?1, ?2, ?3, ?4, ?5, NOT EXISTS (SELECT 1 FROM steps WHERE kind = ?1 AND of = ?2), ?6))"));
  put.bind(1, static_cast<std::int64_t>(step.kind)).bind(2, step.of).bind(3, ms_of(step.at));
  if (step.due) put.bind(4, ms_of(*step.due));
  if (salt != nullptr) put.bind(6, std::span<const std::byte>(*salt));
  SEAWALL_CHECK(put.bind(5, text).run());
  return tell_waiting();
}

/// A later step is told once its first one has a place in the log, to which it refers.
Result<void> OversightRegister::tell_waiting() {
  SEAWALL_TRY(Statement each, database_.prepare(R"(
    SELECT s.number, s.kind, s.at, s.due, s.record, l.leaf, s.salt FROM steps s
    LEFT JOIN steps f ON f.kind = s.kind AND f.of = s.of AND f.first = 1
    LEFT JOIN log_records l ON l.id = f.log_id
    WHERE s.log_id IS NULL AND (s.first = 1 OR l.leaf IS NOT NULL) ORDER BY s.number LIMIT 1000)"));
  std::vector<std::pair<std::int64_t, LogTelling>> all;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) break;
    LogTelling telling{.kind = static_cast<LogKind>(each.integer(1)),
                       .at = time_of(each.integer(2)),
                       .record = std::string(each.text(4))};
    telling.due = time_in(each, 3);
    SEAWALL_CHECK(take_salt(each, 6, telling));
    if (!each.is_null(5)) telling.ref = static_cast<std::uint64_t>(each.integer(5));
    all.emplace_back(each.integer(0), std::move(telling));
  }
  each.reset();
  SEAWALL_TRY(Statement done, database_.prepare("UPDATE steps SET log_id = ?2 WHERE number = ?1"));
  for (const auto& [number, telling] : all) {
    SEAWALL_TRY(const std::int64_t told, LogOutbox(database_).add(telling));
    SEAWALL_CHECK(done.bind(1, number).bind(2, told).run());
  }
  return {};
}

Result<std::vector<PendingLogEntry>> OversightRegister::pending(std::size_t max) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_CHECK(tell_waiting());
  SEAWALL_TRY(auto entries, LogOutbox(database_).pending(max));
  SEAWALL_CHECK(transaction.commit());
  return entries;
}

Result<void> OversightRegister::settle(std::span<const std::int64_t> ids, std::uint64_t first_index) {
  const std::scoped_lock lock(mutex_);
  return LogOutbox(database_).settle(ids, first_index);
}

}  // namespace seawall
