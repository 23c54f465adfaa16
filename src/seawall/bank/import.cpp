#include <algorithm>
#include <span>
#include <vector>

#include "seawall/bank/detail/bank_impl.h"
#include "seawall/bank/detail/store.h"

namespace seawall {

using bank_detail::RowCodec;
using bank_detail::StoredRow;

struct BankImport::Impl {
  Impl(Bank::Impl& to_bank, Transaction begun, const BankImportOptions& import_options)
      : bank(to_bank),
        database(*to_bank.database),
        indexes(*to_bank.indexes),
        transaction(std::move(begun)),
        options(import_options) {}

  Result<void> prepare();
  Result<bool> keep_usable(const SignalRecord& given);
  Result<void> list(const SignalRecord& given, std::span<const std::byte> given_print);
  Result<void> insert_or_replace();
  Result<void> insert_print();
  Result<void> keep_print();
  Result<void> remove_row(std::int64_t row, std::string_view id);
  Result<void> after_row(std::uint64_t hashes);
  Result<void> close_change();

  Bank::Impl& bank;
  Database& database;
  bank_detail::Indexes& indexes;
  Transaction transaction;
  BankImportOptions options;
  BankImportCounts counts;
  Statement insert;
  Statement select;
  Statement erase;
  Statement log_removal;
  Statement log_change;
  Statement insert_clip;
  Statement select_clip;
  Statement erase_clip;
  bool any_clip = false;  // Listed by this import.
  RowCodec codec;
  SignalRecord record;               // What is being added, low quality left out.
  std::span<const std::byte> print;  // Of the video that is being added; empty for anything else.
  StoredRow stored;
  std::vector<std::byte> stored_print;  // Of the entry in `stored`; empty when that is no video.
  std::int64_t next_row = 1;
  std::int64_t import_row = 1;  // The first of this import.
  std::int64_t first_row = 1;   // Of the change that is open.
  std::uint64_t position = 0;   // Of the change that is open.
  std::uint64_t hashes = 0;     // In the change that is open, as are these:
  std::uint64_t removals = 0;
};

Result<void> BankImport::Impl::prepare() {
  const std::string columns(bank_detail::kRowColumns);
  SEAWALL_TRY(insert, database.prepare("INSERT INTO entry(" + columns +
                                       ") VALUES(?,?,?,?,?,?,?) ON CONFLICT(id) DO NOTHING"));
  SEAWALL_TRY(select, database.prepare("SELECT " + columns + " FROM entry WHERE id=?"));
  SEAWALL_TRY(erase, database.prepare("DELETE FROM entry WHERE row=?"));
  SEAWALL_TRY(log_removal, database.prepare("INSERT INTO removal(position,row,id) VALUES(?,?,?)"));
  SEAWALL_TRY(log_change, database.prepare("INSERT INTO change(position,first_row,last_row) VALUES(?,?,?)"));
  SEAWALL_TRY(insert_clip, database.prepare("INSERT INTO clip(row,print) VALUES(?,?)"));
  SEAWALL_TRY(select_clip, database.prepare("SELECT print FROM clip WHERE row=?"));
  SEAWALL_TRY(erase_clip, database.prepare("DELETE FROM clip WHERE row=?"));
  SEAWALL_TRY(const std::uint64_t last, bank_detail::last_position(database));
  position = last + 1;
  SEAWALL_TRY(Statement rows, database.prepare("SELECT max(last_row) FROM change"));
  SEAWALL_TRY([[maybe_unused]] const bool any, rows.step());
  next_row = first_row = import_row = rows.integer(0) + 1;
  return {};
}

// Copies `given` into `record` without the hashes that say themselves that they mean nothing. False when no
// signal remains. A hash without a stated quality is listed whatever its bits are: whose list it is decides.
Result<bool> BankImport::Impl::keep_usable(const SignalRecord& given) {
  record = given;
  const std::size_t before = record.pdq.size();
  if (!options.allow_low_quality) {
    std::erase_if(record.pdq, [](const ListedPdq& pdq) {
      return pdq.quality != ListedPdq::kQualityUnknown && pdq.quality < kPdqQualityMin;
    });
  }
  counts.low_quality_hashes += before - record.pdq.size();
  for (std::size_t i = 1; i < record.pdq.size(); ++i) {  // The same hash twice is one signal.
    const auto same = [&](const ListedPdq& pdq) { return pdq.bits == record.pdq[i].bits; };
    const auto end = record.pdq.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::any_of(record.pdq.begin(), end, same)) {
      record.pdq.erase(end);
      --i;
    }
  }
  const auto all_zero = [](const ListedPdq& pdq) { return pdq.bits == Fingerprint256{}; };
  counts.all_zero_hashes += static_cast<std::uint64_t>(std::ranges::count_if(record.pdq, all_zero));
  if (record.has_signal()) return true;
  ++counts.low_quality_rows;
  return false;
}

Result<void> BankImport::Impl::remove_row(std::int64_t row, std::string_view id) {
  SEAWALL_CHECK(erase.bind(1, row).run());
  SEAWALL_CHECK(erase_clip.bind(1, row).run());
  SEAWALL_CHECK(log_removal.bind(1, static_cast<std::int64_t>(position)).bind(2, row).bind(3, id).run());
  ++removals;
  return {};
}

Result<void> BankImport::Impl::insert_print() {
  if (print.empty()) return {};
  any_clip = true;
  return insert_clip.bind(1, next_row).bind(2, print).run();
}

// Whether two records may be of the same bytes: one digest at least is in both, and none differs.
bool digests_agree(const SignalRecord& a, const SignalRecord& b) {
  bool any = false;
  bool all = true;
  const auto compare = [&](const auto& one, const auto& other) {
    if (!one || !other) return;
    any = true;
    all = all && *one == *other;
  };
  compare(a.md5, b.md5);
  compare(a.sha1, b.sha1);
  compare(a.sha256, b.sha256);
  return any && all;
}

// Reads the print of `stored`. A record without a print that has the digests of a listed video, as a row of
// an export, is that video still, and takes its print over.
Result<void> BankImport::Impl::keep_print() {
  select_clip.bind(1, stored.row);
  SEAWALL_TRY(const bool any, select_clip.step());
  stored_print.clear();
  if (any) {
    const std::span<const std::byte> blob = select_clip.blob(0);
    stored_print.assign(blob.begin(), blob.end());
  }
  select_clip.reset();
  if (print.empty() && digests_agree(stored.record, record)) print = stored_print;
  return {};
}

Result<void> BankImport::Impl::insert_or_replace() {
  codec.bind(insert, next_row, record);
  SEAWALL_CHECK(insert.run());
  if (database.rows_changed() > 0) {
    SEAWALL_CHECK(insert_print());
    ++counts.added;
    ++next_row;
    return {};
  }
  select.bind(1, std::string_view(record.id));
  SEAWALL_TRY(const bool found, select.step());
  if (!found) return fail(Code::kCorrupt, "the index of ids of entries.db is damaged");
  auto read = codec.read(select, stored);
  select.reset();
  SEAWALL_CHECK(std::move(read));
  SEAWALL_CHECK(keep_print());
  if (stored.record == record && std::ranges::equal(stored_print, print)) {
    ++counts.unchanged;
    return {};
  }
  if (stored.row >= import_row) ++counts.repeated_ids;
  if (options.duplicates == DuplicatePolicy::kKeep) {
    ++counts.kept;
    return {};
  }
  if (options.duplicates == DuplicatePolicy::kRefuse) {
    return fail(Code::kConflict, "the id is listed already with other signals");
  }
  SEAWALL_CHECK(remove_row(stored.row, record.id));
  codec.bind(insert, next_row, record);
  SEAWALL_CHECK(insert.run());
  SEAWALL_CHECK(insert_print());
  if (print.empty() && !stored_print.empty()) ++counts.prints_lost;
  ++counts.updated;
  ++next_row;
  return {};
}

Result<void> BankImport::Impl::close_change() {
  const auto rows = static_cast<std::uint64_t>(next_row - first_row);
  if (rows == 0 && removals == 0) return {};
  log_change.bind(1, static_cast<std::int64_t>(position)).bind(2, first_row).bind(3, next_row - 1);
  SEAWALL_CHECK(log_change.run());
  ++position;
  first_row = next_row;
  hashes = removals = 0;
  return {};
}

Result<void> BankImport::Impl::after_row(std::uint64_t row_hashes) {
  hashes += row_hashes;
  const auto rows = static_cast<std::uint64_t>(next_row - first_row);
  const bool full = rows >= bank_detail::kChangeRowsMax || removals >= bank_detail::kChangeRowsMax ||
                    hashes >= bank_detail::kChangeHashesMax;
  return full ? close_change() : Result<void>();
}

BankImport::BankImport(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
BankImport::BankImport(BankImport&&) noexcept = default;
BankImport::~BankImport() = default;

Result<void> BankImport::Impl::list(const SignalRecord& given, std::span<const std::byte> given_print) {
  SEAWALL_CHECK(check_id(given.id));
  SEAWALL_TRY(const bool usable, keep_usable(given));
  if (!usable) return {};
  print = given_print;
  auto listed = insert_or_replace();
  print = {};
  SEAWALL_CHECK(std::move(listed));
  return after_row(record.pdq.size());
}

Result<void> BankImport::add(const SignalRecord& record) { return impl_->list(record, {}); }

Result<void> BankImport::add_video(const SignalRecord& record, const DensePrint& print) {
  SEAWALL_TRY(const std::vector<std::byte> bytes, write_dense_print(print));
  return impl_->list(record, bytes);
}

Result<bool> BankImport::remove(std::string_view id) {
  impl_->select.bind(1, id);
  SEAWALL_TRY(const bool found, impl_->select.step());
  const std::int64_t row = found ? impl_->select.integer(0) : 0;
  impl_->select.reset();
  if (!found) return false;
  SEAWALL_CHECK(impl_->remove_row(row, id));
  SEAWALL_CHECK(impl_->after_row(0));
  return true;
}

Result<BankImportCounts> BankImport::commit() {
  SEAWALL_CHECK(impl_->close_change());
  BankSettings& settings = impl_->bank.settings;
  if (impl_->any_clip && settings.format_version < BankSettings::kClipsVersion) {
    // First, so that a program that knows of no videos never meets one.
    BankSettings raised = settings;
    raised.format_version = BankSettings::kClipsVersion;
    SEAWALL_CHECK(bank_detail::store_settings(impl_->bank.folder, raised));
    settings = raised;
  }
  SEAWALL_CHECK(impl_->transaction.commit());
  SEAWALL_CHECK(impl_->indexes.follow(impl_->database));
  return impl_->counts;
}

const BankImportCounts& BankImport::counts() const { return impl_->counts; }

Result<BankImport> Bank::begin_import(const BankImportOptions& options) {
  if (!impl_->writable) return fail(Code::kConflict, "the bank is open for reading only");
  SEAWALL_TRY(Transaction transaction, Transaction::begin(*impl_->database));
  auto impl = std::make_unique<BankImport::Impl>(*impl_, std::move(transaction), options);
  SEAWALL_CHECK(impl->prepare());
  return BankImport(std::move(impl));
}

}  // namespace seawall
