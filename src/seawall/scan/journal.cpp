#include "seawall/scan/journal.h"

#include <fcntl.h>
#include <sys/file.h>

#include <string>
#include <system_error>
#include <utility>

#include "seawall/base/codes.h"
#include "seawall/base/unique_fd.h"
#include "seawall/json/text.h"
#include "seawall/scan/detail/record_rows.h"
#include "seawall/sqlite/database.h"

namespace seawall {
namespace {

constexpr std::int64_t kFormat = 1;
constexpr const char* kFileName = "journal.sqlite";
constexpr const char* kLockName = "lock";

Result<std::int64_t> single_integer(Database& database, std::string_view sql) {
  SEAWALL_TRY(Statement statement, database.prepare(sql));
  SEAWALL_TRY(const bool row, statement.step());
  return row ? statement.integer(0) : 0;
}

Result<void> check_format(Database& database) {
  SEAWALL_TRY(const std::int64_t format, single_integer(database, "PRAGMA user_version"));
  if (format == kFormat) return {};
  if (format > kFormat)
    return fail(Code::kUnsupported, "the scan journal was made by a newer version of seawall");
  return fail(Code::kCorrupt,
              "the state folder holds no scan journal; name another, or begin with --restart");
}

Result<UniqueFd> take_lock(const std::filesystem::path& folder) {
  UniqueFd lock(::open((folder / kLockName).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock) return fail(Code::kUnavailable, "the state folder cannot be written; name another with --state");
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(Code::kConflict,
                "another scan is using this state folder; wait for it, or name another with --state");
  }
  return lock;
}

Result<void> make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  const bool made = std::filesystem::create_directories(folder, error);
  // It will hold paths and what they match: for its owner alone.
  if (made && !error) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  if (error) return fail(Code::kUnavailable, "the state folder cannot be made; name another with --state");
  return {};
}

Result<void> forget(const std::filesystem::path& folder) {
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::error_code error;
    std::filesystem::remove(folder / (std::string(kFileName) + suffix), error);
    if (error) return fail(Code::kUnavailable, "the earlier scan's journal cannot be removed");
  }
  return {};
}

}  // namespace

class Journal::Impl {
 public:
  Impl(Database database, const Clock* clock) : database_(std::move(database)), clock_(clock) {}

  static Result<std::unique_ptr<Impl>> open(const std::filesystem::path& folder, const ScanSettings& settings,
                                            JournalStart start, const Clock& clock) {
    SEAWALL_CHECK(make_folder(folder));
    SEAWALL_TRY(UniqueFd lock, take_lock(folder));
    const auto file = folder / kFileName;
    std::error_code ignored;
    const bool exists = std::filesystem::exists(file, ignored);
    if (start == JournalStart::kContinue && !exists) {
      return fail(Code::kNotFound,
                  "the state folder holds no scan to resume; leave out --resume to begin one");
    }
    if (start == JournalStart::kRestart) SEAWALL_CHECK(forget(folder));
    SEAWALL_TRY(Database database, Database::open(file, {.create = true}));
    auto impl = std::make_unique<Impl>(std::move(database), &clock);
    impl->lock_ = std::move(lock);
    SEAWALL_CHECK(impl->begin_session(settings));
    if (impl->records_at_start_ > 0) SEAWALL_CHECK(impl->prepare_lookup(file));
    return impl;
  }

  static Result<std::unique_ptr<Impl>> open_to_read(const std::filesystem::path& folder) {
    auto database = Database::open(folder / kFileName, {.read_only = true});
    if (!database) {
      if (database.error().code != Code::kNotFound) return tl::unexpected(database.error());
      return fail(Code::kNotFound,
                  "the state folder holds no scan; name the --state of the scan, or its folder");
    }
    auto impl = std::make_unique<Impl>(*std::move(database), nullptr);
    SEAWALL_CHECK(check_format(impl->database_));
    SEAWALL_CHECK(impl->read_settings());
    return impl;
  }

  Result<std::optional<Known>> known(const std::string& path) {
    if (records_at_start_ == 0) return std::optional<Known>();
    lookup_.bind(1, std::as_bytes(std::span(path)));
    SEAWALL_TRY(const bool row, lookup_.step());
    std::optional<Known> known;
    if (row) {
      const FileStamp stamp{static_cast<std::uint64_t>(lookup_.integer(0)), lookup_.integer(1)};
      known = Known{stamp, lookup_.integer(2) != 0};
    }
    lookup_.reset();
    return known;
  }

  Result<void> write(std::span<const FileRecord> records, std::int64_t active_ms) {
    SEAWALL_TRY(Transaction transaction, Transaction::begin(database_));
    for (const FileRecord& record : records) SEAWALL_CHECK(writer_->write(record));
    SEAWALL_CHECK(touch(active_ms));
    return transaction.commit();
  }

  Result<void> finish(const WalkCounts& counts, std::int64_t active_ms) {
    SEAWALL_TRY(Transaction transaction, Transaction::begin(database_));
    SEAWALL_CHECK(touch(active_ms));
    SEAWALL_TRY(Statement update, database_.prepare("UPDATE scan SET complete = 1, links_skipped = ?, "
                                                    "special_skipped = ?, folders_repeated = ?"));
    update.bind(1, static_cast<std::int64_t>(counts.links_skipped));
    update.bind(2, static_cast<std::int64_t>(counts.special_skipped));
    update.bind(3, static_cast<std::int64_t>(counts.folders_repeated));
    SEAWALL_CHECK(update.run());
    return transaction.commit();
  }

  Result<ScanSummary> summary() {
    SEAWALL_TRY(Transaction snapshot, Transaction::begin_read(database_));
    ScanSummary summary;
    summary.root = settings_.root_typed;
    summary.banks = settings_.banks;
    summary.settings = settings_.options;
    SEAWALL_CHECK(read_session(summary));
    SEAWALL_CHECK(read_totals(summary));
    SEAWALL_CHECK(read_groups(summary));
    return summary;
  }

  Result<void> each(RecordFilter filter, FunctionRef<bool(const FileRecord&)> visit) {
    SEAWALL_TRY(Transaction snapshot, Transaction::begin_read(database_));
    SEAWALL_TRY(auto reader, scan_detail::RecordReader::prepare(database_, filter));
    return reader.each(visit);
  }

  Result<void> each_picture(FunctionRef<void(const Picture&)> visit) {
    SEAWALL_TRY(Transaction snapshot, Transaction::begin_read(database_));
    SEAWALL_TRY(auto reader, scan_detail::PictureReader::prepare(database_));
    return reader.each(visit);
  }

  Result<FileRecord> record(std::int64_t id) {
    if (!by_id_) {
      SEAWALL_TRY(auto reader, scan_detail::RecordReader::prepare_one(database_));
      by_id_.emplace(std::move(reader));
    }
    return by_id_->one(id);
  }

  [[nodiscard]] std::uint64_t records_at_start() const { return records_at_start_; }
  [[nodiscard]] const ScanSettings& settings() const { return settings_; }

 private:
  Result<void> begin_session(const ScanSettings& settings) {
    SEAWALL_TRY(const std::int64_t tables, single_integer(database_, "SELECT count(*) FROM sqlite_schema"));
    if (tables == 0) {
      SEAWALL_CHECK(create(settings));
    } else {
      SEAWALL_CHECK(check_format(database_));
      SEAWALL_CHECK(read_settings());
      if (const std::string difference = difference_between(settings_, settings); !difference.empty()) {
        return fail(Code::kConflict, "the state folder holds another scan: " + difference +
                                         "; add --restart to forget it, or name another folder with --state");
      }
      SEAWALL_CHECK(database_.run("UPDATE scan SET sessions = sessions + 1, complete = 0"));
    }
    settings_ = settings;
    SEAWALL_TRY(active_before_ms_, single_integer(database_, "SELECT active_ms FROM scan"));
    SEAWALL_TRY(const std::int64_t records, single_integer(database_, "SELECT count(*) FROM files"));
    records_at_start_ = static_cast<std::uint64_t>(records);
    SEAWALL_TRY(auto writer, scan_detail::RecordWriter::prepare(database_));
    writer_.emplace(std::move(writer));
    SEAWALL_TRY(touch_, database_.prepare("UPDATE scan SET updated_ms = ?, active_ms = ?"));
    return {};
  }

  Result<void> create(const ScanSettings& settings) {
    SEAWALL_TRY(Transaction transaction, Transaction::begin(database_));
    SEAWALL_CHECK(database_.run(scan_detail::kSchema));
    SEAWALL_CHECK(database_.run("PRAGMA user_version = " + std::to_string(kFormat)));
    SEAWALL_TRY(Statement insert,
                database_.prepare("INSERT INTO scan VALUES (1, ?, 1, ?, ?, 0, 0, 0, 0, 0)"));
    const std::string text = to_json_text(settings);
    const std::int64_t now_ms = clock_->now().time_since_epoch().count();
    insert.bind(1, std::string_view(text)).bind(2, now_ms).bind(3, now_ms);
    SEAWALL_CHECK(insert.run());
    return transaction.commit();
  }

  Result<void> read_settings() {
    SEAWALL_TRY(Statement select, database_.prepare("SELECT settings FROM scan"));
    SEAWALL_TRY(const bool row, select.step());
    if (!row) return fail(Code::kCorrupt, "the scan journal lacks its settings; begin anew with --restart");
    SEAWALL_TRY(settings_, scan_settings_from_json(select.text(0)));
    return {};
  }

  Result<void> prepare_lookup(const std::filesystem::path& file) {
    SEAWALL_TRY(Database database, Database::open(file, {.read_only = true}));
    lookup_database_.emplace(std::move(database));
    SEAWALL_TRY(lookup_, lookup_database_->prepare(
                             "SELECT size, mtime_ns, error_code IS NOT NULL FROM files WHERE path = ?"));
    return {};
  }

  Result<void> touch(std::int64_t active_ms) {
    touch_.bind(1, clock_->now().time_since_epoch().count()).bind(2, active_before_ms_ + active_ms);
    return touch_.run();
  }

  Result<void> read_session(ScanSummary& summary) {
    SEAWALL_TRY(
        Statement select,
        database_.prepare("SELECT sessions, started_ms, updated_ms, active_ms, complete, links_skipped, "
                          "special_skipped, folders_repeated FROM scan"));
    SEAWALL_TRY(const bool row, select.step());
    if (!row) return fail(Code::kCorrupt, "the scan journal lacks its settings; begin anew with --restart");
    summary.sessions = static_cast<int>(select.integer(0));
    summary.started_ms = select.integer(1);
    summary.updated_ms = select.integer(2);
    summary.active_ms = select.integer(3);
    summary.complete = select.integer(4) != 0;
    summary.links_skipped = static_cast<std::uint64_t>(select.integer(5));
    summary.special_skipped = static_cast<std::uint64_t>(select.integer(6));
    summary.folders_repeated = static_cast<std::uint64_t>(select.integer(7));
    return {};
  }

  Result<void> read_totals(ScanSummary& summary) {
    SEAWALL_TRY(
        Statement select,
        database_.prepare("SELECT count(*), count(pdq), total(size), count(nullif(match_count, 0)), "
                          "total(match_count), count(error_code), count(nullif(flags & 2, 0)) FROM files"));
    SEAWALL_TRY([[maybe_unused]] const bool row, select.step());
    const auto count = [&](int column) { return static_cast<std::uint64_t>(select.integer(column)); };
    summary.files = count(0);
    summary.pictures = count(1);
    summary.bytes = count(2);
    summary.matched_files = count(3);
    summary.matches = count(4);
    summary.error_files = count(5);
    summary.changed_files = count(6);
    return {};
  }

  Result<void> read_groups(ScanSummary& summary) {
    const auto count_of = [](const Statement& row) { return static_cast<std::uint64_t>(row.integer(1)); };
    SEAWALL_CHECK(each_row("SELECT distance, count(*) FROM matches WHERE signal = 1 GROUP BY distance",
                           [&](const Statement& row) {
                             summary.pdq_distances[static_cast<int>(row.integer(0))] = count_of(row);
                           }));
    SEAWALL_CHECK(each_row("SELECT 0, count(*) FROM matches WHERE signal <> 1",
                           [&](const Statement& row) { summary.digest_matches = count_of(row); }));
    SEAWALL_CHECK(each_row("SELECT verdict, count(*) FROM files WHERE match_count > 0 GROUP BY verdict",
                           [&](const Statement& row) {
                             const auto verdict = row.integer(0);
                             if (verdict < 0 || verdict > 2) return;
                             summary.verdicts[std::string(name_of(static_cast<Verdict>(verdict)))] =
                                 count_of(row);
                           }));
    SEAWALL_CHECK(
        each_row("SELECT type, count(*) FROM files WHERE type <> '' GROUP BY type",
                 [&](const Statement& row) { summary.types[std::string(row.text(0))] = count_of(row); }));
    SEAWALL_CHECK(each_row("SELECT error_code, count(*) FROM files WHERE error_code IS NOT NULL GROUP BY 1",
                           [&](const Statement& row) {
                             for (const CodeMeaning& meaning : kCodeMeanings) {
                               if (meaning.name == row.text(0)) summary.errors[meaning.code] = count_of(row);
                             }
                           }));
    return each_row("SELECT bank, count(DISTINCT file) FROM matches GROUP BY bank",
                    [&](const Statement& row) {
                      for (SummaryBank& bank : summary.banks) {
                        if (bank.name == row.text(0)) bank.matched_files = count_of(row);
                        // Its lists have names of their own, and no other bank is beside it.
                        if (is_service(bank)) bank.matched_files = summary.matched_files;
                      }
                    });
  }

  Result<void> each_row(std::string_view sql, FunctionRef<void(const Statement&)> visit) {
    SEAWALL_TRY(Statement select, database_.prepare(sql));
    while (true) {
      SEAWALL_TRY(const bool row, select.step());
      if (!row) return {};
      visit(select);
    }
  }

  // Statements end before their databases.
  Database database_;
  std::optional<Database> lookup_database_;
  std::optional<scan_detail::RecordWriter> writer_;
  std::optional<scan_detail::RecordReader> by_id_;
  Statement touch_;
  Statement lookup_;
  UniqueFd lock_;
  const Clock* clock_;
  ScanSettings settings_;
  std::uint64_t records_at_start_ = 0;
  std::int64_t active_before_ms_ = 0;
};

Journal::Journal(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Journal::~Journal() = default;

Result<std::unique_ptr<Journal>> Journal::open(const std::filesystem::path& folder,
                                               const ScanSettings& settings, JournalStart start,
                                               const Clock& clock) {
  SEAWALL_TRY(auto impl, Impl::open(folder, settings, start, clock));
  return std::unique_ptr<Journal>(new Journal(std::move(impl)));
}

Result<std::unique_ptr<Journal>> Journal::open_to_read(const std::filesystem::path& folder) {
  SEAWALL_TRY(auto impl, Impl::open_to_read(folder));
  return std::unique_ptr<Journal>(new Journal(std::move(impl)));
}

std::uint64_t Journal::records_at_start() const { return impl_->records_at_start(); }
Result<std::optional<Journal::Known>> Journal::known(const std::string& path) { return impl_->known(path); }
Result<void> Journal::write(std::span<const FileRecord> records, std::int64_t active_ms) {
  return impl_->write(records, active_ms);
}
Result<void> Journal::finish(const WalkCounts& counts, std::int64_t active_ms) {
  return impl_->finish(counts, active_ms);
}
const ScanSettings& Journal::settings() const { return impl_->settings(); }
Result<ScanSummary> Journal::summary() const { return impl_->summary(); }
Result<void> Journal::each(RecordFilter filter, FunctionRef<bool(const FileRecord&)> visit) const {
  return impl_->each(filter, visit);
}

Result<void> Journal::each_picture(FunctionRef<void(const Picture&)> visit) const {
  return impl_->each_picture(visit);
}
Result<FileRecord> Journal::record(std::int64_t id) const { return impl_->record(id); }

}  // namespace seawall
