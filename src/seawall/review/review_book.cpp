#include "seawall/review/review_book.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "seawall/model/time_text.h"
#include "seawall/review/detail/row.h"
#include "seawall/statement/canonical_json.h"

namespace seawall {

using review_sql::kItem;
using review_sql::row_at;
using sqlite_bound::bound;
using sqlite_bound::number_of;
using sqlite_bound::run_bound;
using sqlite_bound::time_of;

namespace {

constexpr std::string_view kSchema = R"(
CREATE TABLE book (one INTEGER PRIMARY KEY CHECK (one = 1), seen INTEGER NOT NULL, limits TEXT) STRICT;
INSERT INTO book VALUES (1, 0, NULL);
CREATE TABLE items (
  id INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, digest BLOB NOT NULL, entry TEXT NOT NULL,
  signal TEXT NOT NULL, bank TEXT NOT NULL, facts TEXT NOT NULL, video INTEGER NOT NULL, pdq BLOB,
  severity INTEGER NOT NULL, state INTEGER NOT NULL, cluster INTEGER NOT NULL, lead INTEGER NOT NULL,
  distance INTEGER NOT NULL, seen INTEGER NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,
  key BLOB, had_stills INTEGER NOT NULL, lease_by TEXT, lease_until INTEGER, grade INTEGER, scheme TEXT,
  value TEXT, how INTEGER, decided INTEGER, settled INTEGER, sample INTEGER NOT NULL DEFAULT 0,
  UNIQUE (tenant, digest, entry)) STRICT;
CREATE INDEX items_waiting ON items (tenant, id) WHERE state < 4 OR sample = 1;
CREATE INDEX items_open ON items (tenant, entry) WHERE state < 4;
CREATE INDEX items_by_cluster ON items (cluster, state);
CREATE INDEX items_leased ON items (lease_by) WHERE lease_by IS NOT NULL;
CREATE INDEX items_with_stills ON items (id) WHERE key IS NOT NULL;
CREATE TABLE stills (
  item INTEGER NOT NULL, n INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
  frame INTEGER NOT NULL, at_ms INTEGER NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (item, n)) STRICT;
CREATE TABLE sightings (origin BLOB PRIMARY KEY, at INTEGER NOT NULL) STRICT;
CREATE INDEX sightings_by_time ON sightings (at);
CREATE TABLE grades (
  id INTEGER PRIMARY KEY AUTOINCREMENT, action INTEGER NOT NULL, item INTEGER NOT NULL, person TEXT NOT NULL,
  grade INTEGER NOT NULL, why TEXT NOT NULL, at INTEGER NOT NULL, undone INTEGER, sample_of INTEGER NOT NULL,
  old_state INTEGER NOT NULL, old_grade INTEGER, old_scheme TEXT, old_value TEXT, old_how INTEGER,
  old_decided INTEGER, old_sample INTEGER NOT NULL) STRICT;
CREATE INDEX grades_by_item ON grades (item, id);
CREATE INDEX grades_by_person ON grades (person, at);
CREATE INDEX grades_by_action ON grades (action);
CREATE TABLE exposures (
  id INTEGER PRIMARY KEY AUTOINCREMENT, item INTEGER NOT NULL, n INTEGER NOT NULL, tenant TEXT NOT NULL,
  person TEXT NOT NULL, severity INTEGER NOT NULL, at INTEGER NOT NULL, told INTEGER NOT NULL,
  rendered INTEGER NOT NULL, shown_ms INTEGER NOT NULL, revealed_ms INTEGER NOT NULL) STRICT;
CREATE INDEX exposures_by_person ON exposures (person, at);
CREATE INDEX exposures_by_item ON exposures (item, n, person);
CREATE TABLE own_limits (person TEXT PRIMARY KEY, limits TEXT NOT NULL) STRICT;
CREATE TABLE seeds (day INTEGER PRIMARY KEY, seed BLOB NOT NULL) STRICT;
CREATE TABLE effects (
  id INTEGER PRIMARY KEY AUTOINCREMENT, action INTEGER NOT NULL, item INTEGER NOT NULL, tenant TEXT NOT NULL,
  entry TEXT NOT NULL, signal TEXT NOT NULL, person TEXT NOT NULL, why TEXT NOT NULL,
  quarantine INTEGER NOT NULL, confirmed INTEGER NOT NULL, not_before INTEGER NOT NULL) STRICT;
CREATE INDEX effects_by_time ON effects (not_before);
PRAGMA user_version = 1;
)";
constexpr std::int64_t kVersion = 1;
constexpr std::chrono::minutes kWriteTimeEvery{1};
constexpr std::string_view kKind = "review";

/// The log's line of an entry. Its kind joins the closed list of LogKind with the command that draws these
/// entries; until then it is written here.
std::string entry_text(const LogEntry& entry) {
  std::string text = to_text(entry);
  const std::string other = "\"k\":\"" + std::string(name_of(entry.kind)) + "\"";
  const auto at = text.find(other);
  return text.replace(at, other.size(), "\"k\":\"" + std::string(kKind) + "\"");
}

Result<void> make_folder(const std::filesystem::path& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return fail(Code::kUnavailable, folder.string() + ": " + std::strerror(errno));
}

Result<void> make_tables(Database& database) {
  SEAWALL_TRY(const auto version, number_of(database, "PRAGMA user_version"));
  if (version == kVersion) return {};
  if (version != 0) return fail(Code::kInvalidInput, "the review queue is of another version of Seawall");
  SEAWALL_TRY(auto transaction, Transaction::begin(database));
  SEAWALL_CHECK(database.run(kSchema));
  return transaction.commit();
}

template <class T>
std::optional<T> word_at(const Statement& at, int column) {
  if (at.is_null(column)) return std::nullopt;
  return static_cast<T>(at.integer(column));
}

std::optional<Classification> classification_at(const Statement& at, int column) {
  if (at.is_null(column)) return std::nullopt;
  const auto scheme = classification_scheme_from_text(at.text(column));
  if (!scheme) return std::nullopt;
  return Classification{*scheme, std::string(at.text(column + 1))};
}

}  // namespace

ReviewBook::Row review_sql::row_at(const Statement& at) {
  ReviewBook::Row row;
  row.id = at.integer(0);
  row.tenant = at.text(1);
  row.state = static_cast<ReviewState>(at.integer(2));
  row.severity = static_cast<ReviewSeverity>(at.integer(3));
  row.cluster = at.integer(4);
  row.distance_bits = static_cast<int>(at.integer(5));
  row.video = at.integer(6) != 0;
  row.had_stills = at.integer(7) != 0;
  row.entry = at.text(8);
  row.signal = at.text(9);
  row.bank = at.text(10);
  row.facts = at.text(11);
  row.seen = at.integer(12);
  row.first_seen = time_of(at.integer(13));
  row.last_seen = time_of(at.integer(14));
  row.lease_by = at.text(15);
  row.lease_until = time_of(at.integer(16));
  row.grade = word_at<ReviewGrade>(at, 17);
  row.classification = classification_at(at, 18);
  row.how = word_at<ReviewHow>(at, 20);
  if (!at.is_null(21)) row.decided = time_of(at.integer(21));
  row.sample = static_cast<ReviewBook::Row::Sample>(at.integer(22));
  return row;
}

ReviewBook::ReviewBook(Database database, const Sha256& key, const Clock& clock, const ReviewOptions& options)
    : clock_(clock), options_(options), key_(key), database_(std::move(database)) {}

Result<std::unique_ptr<ReviewBook>> ReviewBook::open(const std::filesystem::path& folder, const Sha256& key,
                                                     const Clock& clock, const ReviewOptions& options) {
  SEAWALL_CHECK(make_folder(folder));
  const std::filesystem::path file = folder / "review.db";
  SEAWALL_TRY(Database database, Database::open(file, {.create = true}));
  if (::chmod(file.c_str(), 0600) != 0)
    return fail(Code::kUnavailable, file.string() + ": " + std::strerror(errno));
  SEAWALL_CHECK(LogOutbox(database).make_table());  // And with it secure_delete.
  SEAWALL_CHECK(make_tables(database));
  auto book = std::unique_ptr<ReviewBook>(new ReviewBook(std::move(database), key, clock, options));
  const std::scoped_lock lock(book->mutex_);
  SEAWALL_CHECK(book->empty_journal());
  return book;
}

Result<Time> ReviewBook::advance() {
  if (latest_ == Time{}) {
    SEAWALL_TRY(const auto seen, number_of(database_, "SELECT seen FROM book"));
    latest_ = time_of(seen.value_or(0));
    written_ = latest_;
  }
  latest_ = std::max(Time(clock_.now()), latest_);
  if (latest_ < written_ + kWriteTimeEvery) return latest_;
  SEAWALL_CHECK(run_bound(database_, "UPDATE book SET seen = ?1 WHERE seen < ?1", latest_));
  written_ = latest_;
  return latest_;
}

Reviewed<ReviewBook::Row> ReviewBook::row(std::string_view tenant, std::int64_t id) {
  const std::string sql = std::string(kItem) + "WHERE id = ?1 AND tenant = ?2";
  SEAWALL_TRY(Statement find, bound(database_, sql, id, tenant));
  SEAWALL_TRY(const bool any, find.step());
  if (!any) return no_review(ReviewRefusal::Kind::kNoSuchItem);
  return row_at(find);
}

Result<std::int64_t> ReviewBook::opinions_of(std::int64_t item, std::string_view person) {
  SEAWALL_TRY(
      const auto count,
      number_of(database_, "SELECT count(*) FROM grades WHERE item = ?1 AND person = ?2 AND undone IS NULL",
                item, person));
  return count.value_or(0);
}

Result<void> ReviewBook::tell(Time now, ReviewTelling telling) {
  Json record{{"at", to_text(std::chrono::floor<std::chrono::seconds>(now))}, {"what", telling.what}};
  for (const auto& [name, value] : telling.words) record[name] = value;
  SEAWALL_TRY(const std::string text, canonical_json(record));
  SEAWALL_TRY(const CommitmentSalt salt, new_commitment_salt());
  return run_bound(database_, "INSERT INTO log_records (entry, salt, record) VALUES (?1, ?2, ?3)",
                   entry_text({.at = now,
                               .commitment = commitment_of(kKind, salt, text),
                               .count = static_cast<std::uint64_t>(telling.count)}),
                   std::span<const std::byte>(salt), text);
}

Result<std::vector<PendingLogEntry>> ReviewBook::pending(std::size_t max) {
  const std::scoped_lock lock(mutex_);
  return LogOutbox(database_).pending(max);
}

Result<void> ReviewBook::settle(std::span<const std::int64_t> ids, std::uint64_t first_index) {
  const std::scoped_lock lock(mutex_);
  return LogOutbox(database_).settle(ids, first_index);
}

}  // namespace seawall
