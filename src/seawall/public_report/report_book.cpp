#include "seawall/public_report/report_book.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "seawall/crypto/hmac.h"
#include "seawall/crypto/random_bytes.h"
#include "seawall/crypto/sha256.h"
#include "seawall/sqlite/bound.h"

namespace seawall {

using sqlite_bound::blob_of;
using sqlite_bound::bound;
using sqlite_bound::ms_of;
using sqlite_bound::number_of;
using sqlite_bound::run_bound;
using sqlite_bound::text_of;
using sqlite_bound::time_of;

namespace {

constexpr std::string_view kSchema = R"(
CREATE TABLE reports (
  id INTEGER PRIMARY KEY AUTOINCREMENT, same BLOB NOT NULL, url BLOB NOT NULL, category TEXT NOT NULL,
  language TEXT NOT NULL, state INTEGER NOT NULL, count INTEGER NOT NULL, first INTEGER NOT NULL,
  last INTEGER NOT NULL, claimed INTEGER, claim_by TEXT, claim_until INTEGER, decided INTEGER,
  decided_by TEXT) STRICT;
CREATE UNIQUE INDEX reports_open ON reports (same) WHERE state < 3;
CREATE INDEX reports_by_state ON reports (state, id);
CREATE TABLE receipts (code BLOB PRIMARY KEY, report INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE INDEX receipts_by_report ON receipts (report);
CREATE TABLE texts (id INTEGER PRIMARY KEY, report INTEGER NOT NULL, text BLOB NOT NULL) STRICT;
CREATE INDEX texts_by_report ON texts (report);
CREATE TABLE notes (
  id INTEGER PRIMARY KEY, report INTEGER NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL,
  text BLOB NOT NULL) STRICT;
CREATE INDEX notes_by_report ON notes (report);
PRAGMA user_version = 1;
)";
constexpr std::int64_t kVersion = 1;
constexpr std::string_view kRow =
    "SELECT id, url, category, language, state, count, first, last, claim_by, claim_until, decided, "
    "decided_by "
    "FROM reports ";
constexpr std::size_t kCodeBytes = 10;
constexpr std::string_view kDigits = "abcdefghijklmnopqrstuvwxyz234567";

Result<void> make_folder(const std::filesystem::path& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return fail(Code::kUnavailable, folder.string() + ": " + std::strerror(errno));
}

Result<void> make_tables(Database& database) {
  SEAWALL_CHECK(database.run("PRAGMA secure_delete = ON;"));
  SEAWALL_TRY(const auto version, number_of(database, "PRAGMA user_version"));
  if (version == kVersion) return {};
  if (version != 0) return fail(Code::kInvalidInput, "the reports are of another version of Seawall");
  SEAWALL_TRY(auto transaction, Transaction::begin(database));
  SEAWALL_CHECK(database.run(kSchema));
  return transaction.commit();
}

/// 16 letters and digits, in groups of four.
std::string code_text(const std::array<std::byte, kCodeBytes>& bytes) {
  std::string out;
  unsigned bits = 0, have = 0;
  for (const std::byte byte : bytes) {
    bits = bits << 8 | std::to_integer<unsigned>(byte);
    for (have += 8; have >= 5; have -= 5) {
      if (out.size() % 5 == 4) out += '-';
      out += kDigits[bits >> (have - 5) & 31];
    }
  }
  return out;
}

/// What lies in the store of a code, however it was typed.
Sha256 code_digest(std::string_view code) {
  std::string plain;
  for (const char c : code) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    if (kDigits.find(lower) != std::string_view::npos) plain += lower;
  }
  return sha256_of("seawall/report-receipt/v1\n" + plain);
}

}  // namespace

struct ReportBook::Row {
  ReportView view;
  std::string sealed_url;
};

ReportBook::ReportBook(Database database, const Sha256& key, const Clock& clock, const ReportOptions& options)
    : clock_(clock),
      options_(options),
      same_key_(hmac_sha256(key, std::string_view("seawall/report/same/v1"))),
      key_(key),
      database_(std::move(database)) {}

Result<std::unique_ptr<ReportBook>> ReportBook::open(const std::filesystem::path& folder, const Sha256& key,
                                                     const Clock& clock, const ReportOptions& options) {
  SEAWALL_CHECK(make_folder(folder));
  const std::filesystem::path file = folder / "reports.db";
  SEAWALL_TRY(Database database, Database::open(file, {.create = true}));
  if (::chmod(file.c_str(), 0600) != 0)
    return fail(Code::kUnavailable, file.string() + ": " + std::strerror(errno));
  SEAWALL_CHECK(make_tables(database));
  return std::unique_ptr<ReportBook>(new ReportBook(std::move(database), key, clock, options));
}

Result<std::string> ReportBook::sealed(std::string_view text, std::string_view what, std::int64_t id) const {
  return key_.seal(text, "seawall/report/" + std::string(what) + "/" + std::to_string(id));
}

Result<std::string> ReportBook::opened(std::string_view sealed, std::string_view what,
                                       std::int64_t id) const {
  return key_.open(sealed, "seawall/report/" + std::string(what) + "/" + std::to_string(id));
}

Result<std::int64_t> ReportBook::find_or_add(const NewReport& report, Time now) {
  const Sha256 same = hmac_sha256(same_key_, std::string_view(report.url));
  SEAWALL_TRY(const auto there,
              number_of(database_, "SELECT id FROM reports WHERE same = ?1 AND state < 3", std::span(same)));
  if (there) {
    SEAWALL_CHECK(
        run_bound(database_, "UPDATE reports SET count = count + 1, last = ?2 WHERE id = ?1", *there, now));
    return *there;
  }
  SEAWALL_TRY(const auto open, number_of(database_, "SELECT count(*) FROM reports WHERE state < 3"));
  if (open.value_or(0) >= options_.open_max)
    return fail(Code::kLimitExceeded, "as many reports wait as may: deal with some, or let it hold more");
  SEAWALL_CHECK(
      run_bound(database_,
                "INSERT INTO reports (same, url, category, language, state, count, first, last) VALUES "
                "(?1, x'', ?2, ?3, 1, 1, ?4, ?4)",
                std::span(same), report.category, report.language, now));
  const std::int64_t id = database_.last_row_id();
  SEAWALL_TRY(const std::string url, sealed(report.url, "url", id));
  SEAWALL_CHECK(run_bound(database_, "UPDATE reports SET url = ?2 WHERE id = ?1", id, blob_of(url)));
  return id;
}

Result<void> ReportBook::add_text(std::int64_t report, std::string_view text) {
  if (text.empty()) return {};
  SEAWALL_TRY(const auto texts, number_of(database_, "SELECT count(*) FROM texts WHERE report = ?1", report));
  if (texts.value_or(0) >= options_.texts_max) return {};
  SEAWALL_TRY(const std::string hidden, sealed(text, "text", report));
  return run_bound(database_, "INSERT INTO texts (report, text) VALUES (?1, ?2)", report, blob_of(hidden));
}

Result<std::string> ReportBook::new_receipt(std::int64_t report, Time now) {
  SEAWALL_TRY(const auto given,
              number_of(database_, "SELECT count(*) FROM receipts WHERE report = ?1", report));
  if (given.value_or(0) >= options_.receipts_max) return std::string();
  std::array<std::byte, kCodeBytes> random{};
  SEAWALL_CHECK(fill_with_random_bytes(random));
  std::string code = code_text(random);
  const Sha256 digest = code_digest(code);
  SEAWALL_CHECK(
      run_bound(database_, "INSERT INTO receipts VALUES (?1, ?2, ?3)", std::span(digest), report, now));
  return code;
}

Result<std::string> ReportBook::submit(const NewReport& report) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  const Time now = clock_.now();
  SEAWALL_TRY(const std::int64_t id, find_or_add(report, now));
  SEAWALL_CHECK(add_text(id, report.text));
  SEAWALL_TRY(std::string code, new_receipt(id, now));
  SEAWALL_CHECK(transaction.commit());
  return code;
}

Result<std::optional<ReportState>> ReportBook::state_of(std::string_view code) {
  const std::scoped_lock lock(mutex_);
  const Sha256 digest = code_digest(code);
  SEAWALL_TRY(Statement find,
              bound(database_,
                    "SELECT r.state, r.claimed, c.at FROM receipts c JOIN reports r ON r.id = "
                    "c.report WHERE c.code = ?1",
                    std::span(digest)));
  SEAWALL_TRY(const bool any, find.step());
  if (!any) return std::nullopt;
  const auto state = static_cast<ReportState>(find.integer(0));
  const bool unseen = find.is_null(1) || find.integer(1) <= find.integer(2);
  if (state == ReportState::kLookedAt && unseen) return ReportState::kReceived;
  return state;
}

Result<std::optional<ReportBook::Row>> ReportBook::row(std::int64_t id) {
  const std::string sql = std::string(kRow) + "WHERE id = ?1";
  SEAWALL_TRY(Statement find, bound(database_, sql, id));
  SEAWALL_TRY(const bool any, find.step());
  if (!any) return std::nullopt;
  return row_at(find);
}

ReportBook::Row ReportBook::row_at(const Statement& at) const {
  Row row;
  row.view.id = at.integer(0);
  row.sealed_url = text_of(at.blob(1));
  row.view.category = at.text(2);
  row.view.language = at.text(3);
  row.view.state = static_cast<ReportState>(at.integer(4));
  row.view.count = at.integer(5);
  row.view.first = time_of(at.integer(6));
  row.view.last = time_of(at.integer(7));
  if (!at.is_null(8) && time_of(at.integer(9)) > clock_.now()) {
    row.view.claimed_by = at.text(8);
    row.view.claimed_until = time_of(at.integer(9));
  }
  row.view.erase_after = row.view.last + options_.keep;
  if (at.is_null(10)) return row;
  row.view.decided = time_of(at.integer(10));
  row.view.decided_by = at.text(11);
  row.view.erase_after = *row.view.decided + options_.keep_decided;
  return row;
}

Result<ReportPage> ReportBook::reports(bool open, std::int64_t after, std::int64_t limit) {
  const std::scoped_lock lock(mutex_);
  const std::string sql =
      std::string(kRow) + (open ? "WHERE state < 3 AND id > ?1 ORDER BY id LIMIT ?2"
                                : "WHERE state >= 3 AND (?1 = 0 OR id < ?1) ORDER BY id DESC LIMIT ?2");
  SEAWALL_TRY(Statement each, bound(database_, sql, after, limit + 1));
  ReportPage page;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) return page;
    if (static_cast<std::int64_t>(page.reports.size()) == limit) {
      page.next = page.reports.back().id;
      return page;
    }
    page.reports.push_back(row_at(each).view);
  }
}

Result<std::optional<ReportView>> ReportBook::open_report(std::int64_t id) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(auto found, row(id));
  if (!found) return std::nullopt;
  ReportView& view = found->view;
  SEAWALL_TRY(view.url, opened(found->sealed_url, "url", id));
  SEAWALL_TRY(Statement texts, bound(database_, "SELECT text FROM texts WHERE report = ?1 ORDER BY id", id));
  for (;;) {
    SEAWALL_TRY(const bool any, texts.step());
    if (!any) break;
    SEAWALL_TRY(std::string text, opened(text_of(texts.blob(0)), "text", id));
    view.texts.push_back(std::move(text));
  }
  SEAWALL_TRY(Statement notes,
              bound(database_, "SELECT by, at, text FROM notes WHERE report = ?1 ORDER BY id", id));
  for (;;) {
    SEAWALL_TRY(const bool any, notes.step());
    if (!any) return std::move(view);
    SEAWALL_TRY(std::string text, opened(text_of(notes.blob(2)), "note", id));
    view.notes.push_back({std::string(notes.text(0)), std::move(text), time_of(notes.integer(1))});
  }
}

Result<void> ReportBook::claim(std::int64_t id, std::string_view who, ReportRefusal& why) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(const auto found, row(id));
  why = !found                                                     ? ReportRefusal::kNoSuchReport
        : found->view.decided                                      ? ReportRefusal::kDecided
        : found->view.claimed_by && *found->view.claimed_by != who ? ReportRefusal::kClaimed
                                                                   : ReportRefusal::kNone;
  if (why != ReportRefusal::kNone) return {};
  const Time now = clock_.now();
  SEAWALL_CHECK(run_bound(
      database_, "UPDATE reports SET state = 2, claimed = ?2, claim_by = ?3, claim_until = ?4 WHERE id = ?1",
      id, now, who, Time(now + kClaim)));
  return transaction.commit();
}

Result<void> ReportBook::decide(std::int64_t id, std::string_view who, ReportState outcome,
                                ReportRefusal& why) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(const auto found, row(id));
  why = !found                          ? ReportRefusal::kNoSuchReport
        : found->view.decided           ? ReportRefusal::kDecided
        : found->view.claimed_by != who ? ReportRefusal::kNotClaimed
                                        : ReportRefusal::kNone;
  if (why != ReportRefusal::kNone) return {};
  SEAWALL_CHECK(
      run_bound(database_,
                "UPDATE reports SET state = ?2, decided = ?3, decided_by = ?4, claim_by = NULL, claim_until "
                "= NULL WHERE id = ?1",
                id, static_cast<std::int64_t>(outcome), Time(clock_.now()), who));
  return transaction.commit();
}

Result<void> ReportBook::note(std::int64_t id, std::string_view who, std::string_view text,
                              ReportRefusal& why) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(const auto found, row(id));
  SEAWALL_TRY(const auto notes, number_of(database_, "SELECT count(*) FROM notes WHERE report = ?1", id));
  why = !found                           ? ReportRefusal::kNoSuchReport
        : notes.value_or(0) >= kNotesMax ? ReportRefusal::kFull
                                         : ReportRefusal::kNone;
  if (why != ReportRefusal::kNone) return {};
  SEAWALL_TRY(const std::string hidden, sealed(text, "note", id));
  SEAWALL_CHECK(run_bound(database_, "INSERT INTO notes (report, by, at, text) VALUES (?1, ?2, ?3, ?4)", id,
                          who, Time(clock_.now()), blob_of(hidden)));
  return transaction.commit();
}

Result<void> ReportBook::tidy() {
  const std::scoped_lock lock(mutex_);
  const Time now = clock_.now();
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_CHECK(run_bound(
      database_, "DELETE FROM reports WHERE (state < 3 AND last <= ?1) OR (state >= 3 AND decided <= ?2)",
      Time(now - options_.keep), Time(now - options_.keep_decided)));
  if (database_.rows_changed() == 0) return {};
  for (const std::string_view table : {"receipts", "texts", "notes"}) {
    SEAWALL_CHECK(run_bound(
        database_, "DELETE FROM " + std::string(table) + " WHERE report NOT IN (SELECT id FROM reports)"));
  }
  SEAWALL_CHECK(transaction.commit());
  return database_.run("PRAGMA wal_checkpoint(TRUNCATE);");
}

Result<std::int64_t> ReportBook::open_count() {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(const auto open, number_of(database_, "SELECT count(*) FROM reports WHERE state < 3"));
  return open.value_or(0);
}

}  // namespace seawall
