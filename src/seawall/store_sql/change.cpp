#include "seawall/store_sql/detail/change.h"

#include "seawall/store/canonical.h"
#include "seawall/store/compact_bytes.h"
#include "seawall/store/content_check.h"
#include "seawall/store/list_version.h"
#include "seawall/store_sql/detail/migrations.h"
#include "seawall/store_sql/detail/reads.h"

namespace seawall::store_sql_detail {
namespace {

class SqlView final : public Reads<StoreView> {
  using Reads::Reads;
};

bool may_follow(ReleaseState from, ReleaseState to) {
  switch (from) {
    case ReleaseState::kProposed:
      return to == ReleaseState::kStaged || to == ReleaseState::kActive || to == ReleaseState::kRejected;
    case ReleaseState::kStaged:
      return to == ReleaseState::kActive || to == ReleaseState::kRejected;
    case ReleaseState::kActive:
      return to == ReleaseState::kRejected;
    case ReleaseState::kLoading:
    case ReleaseState::kRejected:
      break;
  }
  return false;
}

/// The next number of a counter of list_state.
Result<std::int64_t> take_id(SqlConnection& connection, std::string_view counter) {
  const std::string name(counter);
  SEAWALL_TRY(SqlStatement * take,
              connection.statement("UPDATE list_state SET " + name + " = " + name + " + 1 WHERE one = 1"));
  SEAWALL_CHECK(take->run());
  SEAWALL_TRY(SqlStatement * query,
              connection.statement("SELECT " + name + " FROM list_state WHERE one = 1"));
  SEAWALL_TRY([[maybe_unused]] const bool row, query->step());
  const std::int64_t id = query->integer(0);
  query->reset();
  if (id > 0x7FFFFFFF)
    return fail(Code::kLimitExceeded, "the store has given out all its " + name + " numbers");
  return id;
}

/// What bank_changes keeps of a bank as it was.
std::string encode_bank(const ListBank& bank) {
  std::string bytes;
  CompactWriter out(bytes);
  out.number(bank.version).text(bank.tenant).text(bank.name).text(bank.purpose).text(bank.owner);
  out.number(static_cast<std::uint64_t>(bank.kind)).number(static_cast<std::uint64_t>(bank.action));
  out.number(static_cast<std::uint64_t>(bank.radius_bits)).number(bank.two_person ? 1 : 0);
  out.number(bank.active ? 1 : 0).time(bank.expires_at);
  return bytes;
}

class SqlChange final : public Reads<StoreChange> {
 public:
  SqlChange(Pool::Loan loan, SqlTransaction transaction, FeedWriter feed)
      : Reads(std::move(loan), std::move(transaction)),
        feed_(std::move(feed)),
        entry_writer_(*loan_, reader_, feed_) {}

  Result<BankId> add_bank(const ListBank& bank, const Authorship& by) override;
  Result<void> set_bank(const ListBank& bank, const Authorship& by) override;
  Result<SourceId> add_source(const Source& source, const Authorship& by) override;
  Result<void> approve(ReleaseId release, const Authorship& by) override;
  Result<void> set_release_state(ReleaseId release, ReleaseState state, const Authorship& by) override;
  Result<void> set_entry(const Entry& entry, std::string_view what, const Authorship& by) override {
    return entry_writer_.set_entry(entry, what, by);
  }
  Result<ListVersion> commit() override;

 private:
  Result<void> require_free_name(const ListBank& bank);
  Result<void> save_bank(const ListBank& bank);

  FeedWriter feed_;
  EntryWriter entry_writer_;
};

Result<void> SqlChange::require_free_name(const ListBank& bank) {
  SEAWALL_TRY(const auto same, reader_.bank_named(bank.tenant, bank.name));
  if (!same || same->id == bank.id) return {};
  return fail(Code::kConflict, "the tenant has a bank of that name already");
}

Result<void> SqlChange::save_bank(const ListBank& bank) {
  SEAWALL_TRY(
      SqlStatement * save,
      loan_->statement("INSERT INTO banks (" + std::string(kBankColumns) +
                       ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
                       "ON CONFLICT (id) DO UPDATE SET tenant = excluded.tenant, name = excluded.name, "
                       "purpose = excluded.purpose, owner = excluded.owner, kind = excluded.kind, "
                       "action = excluded.action, radius = excluded.radius, "
                       "two_person = excluded.two_person, active = excluded.active, "
                       "expires_at = excluded.expires_at, version = excluded.version"));
  bind_bank(*save, bank);
  SEAWALL_CHECK(save->run());
  return {};
}

Result<BankId> SqlChange::add_bank(const ListBank& bank, const Authorship& by) {
  SEAWALL_CHECK(check_bank(bank));
  SEAWALL_CHECK(check_authorship(by));
  ListBank added = bank;
  added.id = BankId{};
  SEAWALL_CHECK(require_free_name(added));
  SEAWALL_TRY(const std::int64_t id, take_id(*loan_, "last_bank"));
  added.id = BankId{static_cast<std::uint32_t>(id)};
  added.version = feed_.add(FeedItem::Kind::kBank, static_cast<std::uint64_t>(id), digest_of(added), by);
  SEAWALL_CHECK(save_bank(added));
  SEAWALL_CHECK(feed_.flush());
  return added.id;
}

Result<void> SqlChange::set_bank(const ListBank& bank, const Authorship& by) {
  SEAWALL_CHECK(check_bank(bank));
  SEAWALL_CHECK(check_authorship(by));
  SEAWALL_TRY(const auto before, reader_.bank(bank.id));
  if (!before) return fail(Code::kNotFound, "there is no bank " + std::to_string(db(bank.id)));
  if (before->version != bank.version) {
    return fail(Code::kConflict, "the bank has changed since it was read: read it again");
  }
  SEAWALL_CHECK(require_free_name(bank));
  ListBank after = bank;
  after.version =
      feed_.add(FeedItem::Kind::kBank, static_cast<std::uint64_t>(db(bank.id)), digest_of(bank), by);
  SEAWALL_CHECK(save_bank(after));
  SEAWALL_TRY(SqlStatement * past,
              loan_->statement("INSERT INTO bank_changes (bank, version, previous) VALUES ($1, $2, $3)"));
  const std::string bytes = encode_bank(*before);
  past->bind(1, db(bank.id)).bind(2, static_cast<std::int64_t>(after.version)).bind(3, bytes_of(bytes));
  SEAWALL_CHECK(past->run());
  return feed_.flush();
}

Result<SourceId> SqlChange::add_source(const Source& source, const Authorship& by) {
  SEAWALL_CHECK(check_source(source));
  SEAWALL_CHECK(check_authorship(by));
  SEAWALL_TRY(const auto same, reader_.source_named(source.name));
  if (same) return fail(Code::kConflict, "there is a source of that name already");
  SEAWALL_TRY(const std::int64_t id, take_id(*loan_, "last_source"));
  Source added = source;
  added.id = SourceId{static_cast<std::uint32_t>(id)};
  SEAWALL_TRY(SqlStatement * save,
              loan_->statement("INSERT INTO sources (id, name, kind) VALUES ($1, $2, $3)"));
  save->bind(1, id).bind(2, std::string_view(added.name)).bind(3, std::string_view(added.kind));
  SEAWALL_CHECK(save->run());
  feed_.add(FeedItem::Kind::kSource, static_cast<std::uint64_t>(id), digest_of(added), by);
  SEAWALL_CHECK(feed_.flush());
  return added.id;
}

Result<void> SqlChange::approve(ReleaseId id, const Authorship& by) {
  SEAWALL_CHECK(check_authorship(by));
  SEAWALL_TRY(const ReleaseRow row, reader_.release_row(id));
  const Release& release = row.release;
  if (release.state != ReleaseState::kProposed && release.state != ReleaseState::kStaged) {
    return fail(Code::kConflict, "a release that is " + std::string(name_of(release.state)) +
                                     " takes no approvals; only one that is proposed or staged does");
  }
  if (release.proposed.who == by.who) return fail(Code::kConflict, "its proposer cannot approve a release");
  for (const Authorship& approval : release.approvals) {
    if (approval.who == by.who) return fail(Code::kConflict, "they have approved the release already");
  }
  const auto version = static_cast<std::int64_t>(feed_.add(
      FeedItem::Kind::kRelease, static_cast<std::uint64_t>(db(id)), release.digest, by, release.state));
  SEAWALL_TRY(SqlStatement * save, loan_->statement("INSERT INTO approvals (release, who, why, at, version) "
                                                    "VALUES ($1, $2, $3, $4, $5)"));
  save->bind(1, db(id)).bind(2, std::string_view(by.who)).bind(3, std::string_view(by.why));
  SEAWALL_CHECK(save->bind(4, ms_of(by.when)).bind(5, version).run());
  SEAWALL_TRY(SqlStatement * mark, loan_->statement("UPDATE releases SET version = $2 WHERE id = $1"));
  SEAWALL_CHECK(mark->bind(1, db(id)).bind(2, version).run());
  return feed_.flush();
}

Result<void> SqlChange::set_release_state(ReleaseId id, ReleaseState state, const Authorship& by) {
  SEAWALL_CHECK(check_authorship(by));
  SEAWALL_TRY(const ReleaseRow row, reader_.release_row(id));
  const Release& release = row.release;
  if (!may_follow(release.state, state)) {
    return fail(Code::kConflict, "a release that is " + std::string(name_of(release.state)) +
                                     " cannot become " + std::string(name_of(state)));
  }
  const auto version = static_cast<std::int64_t>(
      feed_.add(FeedItem::Kind::kRelease, static_cast<std::uint64_t>(db(id)), release.digest, by, state));
  SEAWALL_TRY(SqlStatement * save, loan_->statement("UPDATE releases SET state = $2, state_version = $3, "
                                                    "version = $3 WHERE id = $1"));
  SEAWALL_CHECK(save->bind(1, db(id)).bind(2, static_cast<std::int64_t>(state)).bind(3, version).run());
  reader_.forget_head(id);
  SEAWALL_CHECK(feed_.flush());
  if (state == ReleaseState::kActive) SEAWALL_CHECK(entry_writer_.apply_pending(id, by));
  return {};
}

Result<ListVersion> SqlChange::commit() {
  SEAWALL_CHECK(notify_change(*loan_));
  SEAWALL_CHECK(transaction_.commit());
  return feed_.version();
}

}  // namespace

Result<void> notify_change(SqlConnection& connection) {
  if (connection.dialect() == SqlDialect::kSqlite) return {};
  return connection.run("NOTIFY seawall_lists");
}

Result<std::int64_t> take_release_id(SqlConnection& connection) {
  return take_id(connection, "last_release");
}

Result<std::unique_ptr<StoreView>> begin_view(Pool& pool) {
  SEAWALL_TRY(auto loan, pool.take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  return std::make_unique<SqlView>(std::move(loan), std::move(transaction));
}

Result<std::unique_ptr<StoreChange>> begin_change(Pool& pool) {
  SEAWALL_TRY(auto loan, pool.take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_list_lock(*loan));
  Reader reader(*loan);
  SEAWALL_TRY(auto feed, FeedWriter::begin(*loan, reader));
  return std::make_unique<SqlChange>(std::move(loan), std::move(transaction), std::move(feed));
}

}  // namespace seawall::store_sql_detail
