#include <algorithm>

#include "seawall/bank/detail/bank_impl.h"
#include "seawall/bank/detail/store.h"

namespace seawall {
namespace {

constexpr std::int64_t kReaderCacheKib = 64 * 1024;
constexpr std::size_t kVerifyBatch = 16'384;

}  // namespace

struct BankReader::Impl {
  explicit Impl(Database opened) : database(std::move(opened)) {}

  Database database;
  Statement by_row;
  Statement by_replaced_row;
  Statement by_id;
  bank_detail::RowCodec codec;
  bank_detail::StoredRow stored;
};

BankReader::BankReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
BankReader::BankReader(BankReader&&) noexcept = default;
BankReader::~BankReader() = default;

Result<BankReader> Bank::reader() const {
  const DatabaseOptions options{.read_only = true, .cache_kib = kReaderCacheKib};
  SEAWALL_TRY(Database database, Database::open(impl_->folder / bank_detail::kEntriesFile, options));
  auto reader = std::make_unique<BankReader::Impl>(std::move(database));
  const std::string columns(bank_detail::kRowColumns);
  SEAWALL_TRY(reader->by_row, reader->database.prepare("SELECT id FROM entry WHERE row=?"));
  SEAWALL_TRY(reader->by_replaced_row,
              reader->database.prepare("SELECT id FROM entry WHERE id=(SELECT id FROM removal WHERE row=?)"));
  SEAWALL_TRY(reader->by_id, reader->database.prepare("SELECT " + columns + " FROM entry WHERE id=?"));
  return BankReader(std::move(reader));
}

Result<bool> BankReader::id_of(EntryId entry, std::string_view& id) {
  impl_->by_row.reset();
  impl_->by_row.bind(1, static_cast<std::int64_t>(entry));
  SEAWALL_TRY(const bool found, impl_->by_row.step());
  if (found) {
    id = impl_->by_row.text(0);
    return true;
  }
  impl_->by_replaced_row.reset();
  impl_->by_replaced_row.bind(1, static_cast<std::int64_t>(entry));
  SEAWALL_TRY(const bool replaced, impl_->by_replaced_row.step());
  if (replaced) id = impl_->by_replaced_row.text(0);
  return replaced;
}

Result<bool> BankReader::find(std::string_view id, SignalRecord& record, EntryId& entry) {
  impl_->by_id.bind(1, id);
  SEAWALL_TRY(const bool found, impl_->by_id.step());
  auto read = found ? impl_->codec.read(impl_->by_id, impl_->stored) : Result<void>();
  impl_->by_id.reset();
  SEAWALL_CHECK(std::move(read));
  if (!found) return false;
  record = impl_->stored.record;
  entry = static_cast<EntryId>(impl_->stored.row);
  return true;
}

Result<void> BankReader::each(FunctionRef<Result<bool>(EntryId, const SignalRecord&)> visit) {
  SEAWALL_TRY(Statement select, impl_->database.prepare("SELECT " + std::string(bank_detail::kRowColumns) +
                                                        " FROM entry ORDER BY row"));
  for (;;) {
    SEAWALL_TRY(const bool any, select.step());
    if (!any) return {};
    SEAWALL_CHECK(impl_->codec.read(select, impl_->stored));
    SEAWALL_TRY(const bool go_on, visit(static_cast<EntryId>(impl_->stored.row), impl_->stored.record));
    if (!go_on) return {};
  }
}

namespace {

Result<DensePrint> print_of(std::span<const std::byte> blob, std::string_view id) {
  auto print = read_dense_print(blob);
  if (print) return print;
  return fail(Code::kCorrupt, "the print of the video " + std::string(id) + ": " + print.error().message);
}

}  // namespace

Result<void> BankReader::each_clip(ClipVisit visit) {
  SEAWALL_TRY(const bool any_clips, bank_detail::has_clips(impl_->database));
  if (!any_clips) return {};
  SEAWALL_TRY(Statement select,
              impl_->database.prepare("SELECT row, id, print FROM clip JOIN entry USING(row) "
                                      "ORDER BY row"));
  for (;;) {
    SEAWALL_TRY(const bool any, select.step());
    if (!any) return {};
    SEAWALL_TRY(DensePrint print, print_of(select.blob(2), select.text(1)));
    SEAWALL_TRY(const bool go_on,
                visit(static_cast<EntryId>(select.integer(0)), select.text(1), std::move(print)));
    if (!go_on) return {};
  }
}

Result<bool> BankReader::find_clip(std::string_view id, DensePrint& print) {
  SEAWALL_TRY(const bool any_clips, bank_detail::has_clips(impl_->database));
  if (!any_clips) return false;
  SEAWALL_TRY(Statement select,
              impl_->database.prepare("SELECT print FROM clip JOIN entry USING(row) WHERE id=?"));
  select.bind(1, id);
  SEAWALL_TRY(const bool found, select.step());
  if (!found) return false;
  SEAWALL_TRY(print, print_of(select.blob(0), id));
  return true;
}

namespace bank_detail {

Result<void> verify_clips(Database& database) {
  SEAWALL_TRY(Statement select, database.prepare("SELECT print, id FROM clip LEFT JOIN entry USING(row)"));
  for (;;) {
    SEAWALL_TRY(const bool any, select.step());
    if (!any) return {};
    if (select.is_null(1)) return fail(Code::kCorrupt, "a video's print belongs to no entry");
    SEAWALL_CHECK(print_of(select.blob(0), select.text(1)));
  }
}

namespace {

tl::unexpected<Error> disagree(SignalType type) {
  return fail(Code::kCorrupt, "the " + std::string(name_of(type)) + " index does not agree with entries.db");
}

struct PdqBatch {
  std::vector<Fingerprint256> hashes;
  std::vector<EntryId> owners;
};

// Whether each hash is in the index under its owner.
Result<void> verify_batch(const LiveIndex& index, PdqBatch& batch) {
  std::size_t missing = 0;
  const auto check = [&](std::size_t i, std::span<const Neighbour> answers) {
    const Neighbour wanted{batch.owners[i], 0};
    if (std::find(answers.begin(), answers.end(), wanted) == answers.end()) ++missing;
  };
  SEAWALL_CHECK(index.within_batch(batch.hashes, {.radius_bits = 0}, check));
  batch.hashes.clear();
  batch.owners.clear();
  return missing == 0 ? Result<void>() : disagree(SignalType::kPdq);
}

Result<void> verify_digest(const Indexes& indexes, SignalType type, std::span<const std::byte> digest,
                           EntryId owner) {
  SEAWALL_TRY(const LiveDigestIndex* index, indexes.digests(type));
  SEAWALL_TRY(const std::vector<EntryId> found, index->find(digest));
  return std::find(found.begin(), found.end(), owner) != found.end() ? Result<void>() : disagree(type);
}

}  // namespace

Result<void> verify_indexes(Database& database, const Indexes& indexes) {
  SEAWALL_TRY(Statement select, database.prepare("SELECT " + std::string(kRowColumns) + " FROM entry"));
  RowCodec codec;
  StoredRow stored;
  PdqBatch batch;
  std::array<std::size_t, 4> sizes{};  // Of pdq, md5, sha1, sha256.
  const auto check_digest = [&](std::size_t place, SignalType type, const auto& digest) -> Result<void> {
    if (!digest) return {};
    ++sizes[place];
    return verify_digest(indexes, type, *digest, static_cast<EntryId>(stored.row));
  };
  for (;;) {
    SEAWALL_TRY(const bool any, select.step());
    if (!any) break;
    SEAWALL_CHECK(codec.read(select, stored));
    sizes[0] += stored.record.pdq.size();
    for (const ListedPdq& pdq : stored.record.pdq) {
      batch.hashes.push_back(pdq.bits);
      batch.owners.push_back(static_cast<EntryId>(stored.row));
    }
    SEAWALL_CHECK(check_digest(1, SignalType::kMd5, stored.record.md5));
    SEAWALL_CHECK(check_digest(2, SignalType::kSha1, stored.record.sha1));
    SEAWALL_CHECK(check_digest(3, SignalType::kSha256, stored.record.sha256));
    if (batch.hashes.size() >= kVerifyBatch) SEAWALL_CHECK(verify_batch(indexes.pdq(), batch));
  }
  SEAWALL_CHECK(verify_batch(indexes.pdq(), batch));
  // Every entry is found and the sizes are equal, so the sets are equal.
  if (indexes.pdq().size() != sizes[0]) return disagree(SignalType::kPdq);
  for (std::size_t i = 0; i < Indexes::kDigestTypes.size(); ++i) {
    SEAWALL_TRY(const LiveDigestIndex* index, indexes.digests(Indexes::kDigestTypes[i]));
    if (index->size() != sizes[i + 1]) return disagree(Indexes::kDigestTypes[i]);
    SEAWALL_CHECK(index->verify());
  }
  return {};
}

}  // namespace bank_detail
}  // namespace seawall
