#include "seawall/store_sql/detail/load.h"

#include <algorithm>
#include <limits>

#include "seawall/store/canonical.h"
#include "seawall/store/content_check.h"
#include "seawall/store/list_version.h"
#include "seawall/store_sql/detail/change.h"
#include "seawall/store_sql/detail/key_hash.h"
#include "seawall/store_sql/detail/load_lock.h"
#include "seawall/store_sql/detail/load_step.h"
#include "seawall/store_sql/detail/migrations.h"
#include "seawall/store_sql/detail/video_rows.h"

namespace seawall::store_sql_detail {
namespace {

constexpr std::uint64_t kPlacesMax = std::uint64_t{1} << 32;
constexpr std::size_t kDiscardPage = 10'000;

/// What the row of a release keeps for its loader.
struct LoadState {
  std::string checkpoint;
  Sha256 digest{};
  std::uint64_t steps = 0;
  std::int64_t fence = 0;
  std::uint64_t refusals = 0;
  bool sealing = false;
};

Result<LoadState> load_state(SqlConnection& connection, ReleaseId id) {
  SEAWALL_TRY(SqlStatement * query,
              connection.statement("SELECT load_checkpoint, load_digest, load_steps, load_fence, refusals, "
                                   "load_sealing FROM releases WHERE id = $1 AND state = 1"));
  SEAWALL_TRY(const bool row, query->bind(1, db(id)).step());
  if (!row) return fail(Code::kConflict, "the release is sealed: it can no longer be loaded");
  LoadState state;
  state.checkpoint = text_of(query->blob(0));
  SEAWALL_TRY(state.digest, sha256_of_column(*query, 1));
  state.steps = static_cast<std::uint64_t>(query->integer(2));
  state.fence = query->integer(3);
  state.refusals = static_cast<std::uint64_t>(query->integer(4));
  state.sealing = query->integer(5) != 0;
  query->reset();
  return state;
}

class SqlLoad final : public ReleaseLoad {
 public:
  SqlLoad(Pool::Loan loan, LoadLock lock, Release release, LoadState state)
      : loan_(std::move(loan)),
        lock_(std::move(lock)),
        release_(std::move(release)),
        state_(std::move(state)),
        runs_(*loan_, release_.id),
        digest_(state_.digest, release_.counts.added / ReleaseDigest::kGroup * ReleaseDigest::kGroup) {}

  [[nodiscard]] const Release& release() const override { return release_; }
  [[nodiscard]] const std::string& checkpoint() const override { return state_.checkpoint; }

  Result<void> write(const Step& step) override { return write_step(step); }
  Result<Release> seal(const Authorship& by) override;
  Result<void> discard() override { return guarded(discard_all()); }

  /// Reads again what the filter and the digest need.
  Result<void> recall();

 private:
  /// After a failure in the middle nobody knows what the database has kept.
  template <class T>
  Result<T> guarded(Result<T> result) {
    broken_ = broken_ || !result;
    return result;
  }
  Result<void> require_ready() const;
  Result<void> write_step(const Step& step);
  Result<void> store_step(const Step& step, const LoadStep& ready, std::span<const KeyPlace> keys);
  Result<void> add_entries(const LoadStep& ready);
  Result<void> add_refusals(const LoadStep& ready);
  Result<void> add_pending(std::span<const PendingChange> pending);
  Result<void> replace_pending(std::span<const std::int64_t> entries);
  Result<bool> has_key(std::uint32_t place, std::string_view key);
  Result<void> save_row();

  Result<void> fold();
  Result<Sha256> final_digest();
  Result<Release> seal_folded(const Authorship& by);

  Result<void> discard_all();
  Result<bool> discard_entries();

  Pool::Loan loan_;
  LoadLock lock_;
  Release release_;
  LoadState state_;
  KeyRuns runs_;
  ReleaseDigest digest_;
  bool broken_ = false;
  bool ended_ = false;
};

Result<void> SqlLoad::require_ready() const {
  if (ended_) return fail(Code::kConflict, "the load has ended");
  if (!broken_) return {};
  return fail(Code::kUnavailable,
              "the load failed in the middle of a step: resume it, and go on from its checkpoint");
}

Result<bool> SqlLoad::has_key(std::uint32_t place, std::string_view key) {
  SEAWALL_TRY(SqlStatement * query, loan_->statement("SELECT key FROM entries WHERE id = $1"));
  SEAWALL_TRY(const bool row, query->bind(1, db(entry_id(release_.id, place))).step());
  const bool same = row && query->text(0) == key;
  query->reset();
  return same;
}

Result<void> SqlLoad::write_step(const Step& step) {
  SEAWALL_CHECK(require_ready());
  if (state_.sealing && !step.add.empty()) {
    return fail(Code::kConflict, "the release was being sealed: seal or discard it");
  }
  SEAWALL_TRY(LoadStep ready, LoadStep::prepare(step));
  SEAWALL_CHECK(ready.drop_repeats(
      runs_, [&](std::uint32_t place, std::string_view key) { return has_key(place, key); }));
  if (release_.counts.added + ready.kept() > kPlacesMax) {
    return fail(Code::kLimitExceeded, "a release holds at most 2^32 new entries");
  }
  const auto keys = ready.keys(static_cast<std::uint32_t>(release_.counts.added));
  SEAWALL_CHECK(store_step(step, ready, keys));
  runs_.stored(keys);
  return {};
}

Result<void> SqlLoad::store_step(const Step& step, const LoadStep& ready, std::span<const KeyPlace> keys) {
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan_, SqlBegin::kWrite));
  const ReleaseCounts before = release_.counts;
  const LoadState state_before = state_;
  const auto undo = [&](Result<void> result) {
    if (!result) {
      release_.counts = before;
      state_ = state_before;
    }
    return result;
  };
  const auto all = [&]() -> Result<void> {
    SEAWALL_CHECK(add_pending(step.pending));
    broken_ = true;  // Unless it all succeeds: the digest has gone on.
    SEAWALL_CHECK(add_entries(ready));
    SEAWALL_CHECK(runs_.store(state_.steps, keys));
    SEAWALL_CHECK(add_refusals(ready));
    release_.counts.unchanged += step.unchanged;
    state_.checkpoint = step.checkpoint;
    ++state_.steps;
    SEAWALL_CHECK(save_row());
    SEAWALL_CHECK(transaction.commit());
    broken_ = false;
    return {};
  };
  return undo(all());
}

Result<void> SqlLoad::add_entries(const LoadStep& ready) {
  if (ready.kept() == 0) return {};
  std::vector<VideoEntry> videos;
  SEAWALL_TRY(auto bulk, loan_->bulk("entries", "id, key, content, state, reason"));
  SEAWALL_CHECK(ready.for_each([&](const LoadStep::Row& row) -> Result<void> {
    const NewEntry& entry = *row.entry;
    const EntryId id = entry_id(release_.id, static_cast<std::uint32_t>(release_.counts.added++));
    bulk->add(db(id)).add(std::string_view(entry.key)).add(bytes_of(row.content));
    if (entry.content.signals.has_video()) videos.push_back({id, row.content.size()});
    if (entry.quarantined) {
      bulk->add(static_cast<std::int64_t>(EntryState::kQuarantined))
          .add(std::string_view(entry.state_reason));
      digest_.add(entry.key, row.content, EntryState::kQuarantined, entry.state_reason);
    } else {
      bulk->add_null().add_null();
      digest_.add(entry.key, row.content, std::nullopt, "");
    }
    return bulk->end_row();
  }));
  SEAWALL_CHECK(bulk->finish());
  SEAWALL_CHECK(add_video_entries(*loan_, videos));
  const std::uint64_t quarantined = ready.kept_quarantined();
  release_.counts.quarantined += quarantined;
  if (quarantined > 0) {
    SEAWALL_CHECK(add_state_count(*loan_, release_.id, static_cast<std::int64_t>(EntryState::kQuarantined),
                                  static_cast<std::int64_t>(quarantined)));
  }
  return add_state_count(*loan_, release_.id, 0, static_cast<std::int64_t>(ready.kept() - quarantined));
}

Result<void> SqlLoad::add_refusals(const LoadStep& ready) {
  if (ready.refusals().empty()) return {};
  SEAWALL_TRY(auto bulk, loan_->bulk("refusals", "release, place, key, reason, detail, quarantined"));
  for (const Refusal& refusal : ready.refusals()) {
    bulk->add(db(release_.id)).add(static_cast<std::int64_t>(state_.refusals++));
    bulk->add(std::string_view(refusal.key)).add(std::string_view(refusal.reason));
    SEAWALL_CHECK(
        bulk->add(std::string_view(refusal.detail)).add(std::int64_t{refusal.quarantined}).end_row());
    if (!refusal.quarantined) ++release_.counts.refused;
  }
  return bulk->finish();
}

Result<void> SqlLoad::replace_pending(std::span<const std::int64_t> entries) {
  SEAWALL_TRY(SqlStatement * query,
              loan_->statement("SELECT CASE WHEN content IS NULL THEN 1 ELSE 0 END, COUNT(*) FROM pending "
                               "WHERE release = $1 AND entry {any $2} "
                               "GROUP BY CASE WHEN content IS NULL THEN 1 ELSE 0 END"));
  query->bind(1, db(release_.id)).bind(2, entries);
  for (;;) {
    SEAWALL_TRY(const bool row, query->step());
    if (!row) break;
    auto& count = query->integer(0) != 0 ? release_.counts.withdrawn : release_.counts.updated;
    count -= static_cast<std::uint64_t>(query->integer(1));
  }
  query->reset();
  SEAWALL_TRY(SqlStatement * remove,
              loan_->statement("DELETE FROM pending WHERE release = $1 AND entry {any $2}"));
  SEAWALL_CHECK(remove->bind(1, db(release_.id)).bind(2, entries).run());
  return {};
}

Result<void> SqlLoad::add_pending(std::span<const PendingChange> pending) {
  if (pending.empty()) return {};
  std::map<EntryId, const PendingChange*> last;  // Of two for one entry the later counts.
  for (const PendingChange& change : pending) last[change.entry] = &change;
  std::vector<EntryId> ids;
  std::vector<std::int64_t> numbers;
  for (const auto& [id, change] : last) {
    ids.push_back(id);
    numbers.push_back(db(id));
  }
  Reader reader(*loan_);
  SEAWALL_TRY(const auto there, reader.stored_entries(ids));
  for (const EntryId id : ids) {
    SEAWALL_TRY(const ReleaseHead* head, reader.head(release_of(id)));
    if (there.size() == ids.size() && head != nullptr && head->bank == release_.bank) continue;
    return fail(Code::kInvalidInput, "a pending change names an entry that the bank does not list");
  }
  SEAWALL_CHECK(replace_pending(numbers));
  SEAWALL_TRY(auto bulk, loan_->bulk("pending", "release, entry, content"));
  for (const auto& [id, change] : last) {
    std::string content;
    bulk->add(db(release_.id)).add(db(id));
    if (change->content) {
      append_canonical(content, *change->content);
      bulk->add(bytes_of(content));
    } else {
      bulk->add_null();
    }
    SEAWALL_CHECK(bulk->end_row());
    ++(change->content ? release_.counts.updated : release_.counts.withdrawn);
  }
  return bulk->finish();
}

Result<void> SqlLoad::save_row() {
  SEAWALL_TRY(
      SqlStatement * save,
      loan_->statement("UPDATE releases SET added = $3, updated = $4, withdrawn = $5, unchanged = $6, "
                       "quarantined = $7, refused = $8, refusals = $9, load_checkpoint = $10, "
                       "load_digest = $11, load_steps = $12, load_sealing = $13 "
                       "WHERE id = $1 AND load_fence = $2 AND state = 1"));
  const ReleaseCounts& counts = release_.counts;
  const auto number = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  state_.digest = digest_.state();
  save->bind(1, db(release_.id)).bind(2, state_.fence).bind(3, number(counts.added));
  save->bind(4, number(counts.updated)).bind(5, number(counts.withdrawn)).bind(6, number(counts.unchanged));
  save->bind(7, number(counts.quarantined)).bind(8, number(counts.refused)).bind(9, number(state_.refusals));
  save->bind(10, bytes_of(state_.checkpoint)).bind(11, std::span<const std::byte>(state_.digest));
  save->bind(12, number(state_.steps)).bind(13, std::int64_t{state_.sealing});
  SEAWALL_TRY(const std::int64_t rows, save->run());
  if (rows == 1) return {};
  return fail(Code::kConflict, "another process has taken over the load, or ended it");
}

Result<void> SqlLoad::recall() {
  SEAWALL_CHECK(runs_.recall());
  SEAWALL_TRY(SqlStatement * query,
              loan_->statement("SELECT key, content, state, reason FROM entries WHERE id >= $1 AND id <= $2 "
                               "ORDER BY id"));
  const auto first = static_cast<std::uint32_t>(digest_.entries());
  query->bind(1, db(entry_id(release_.id, first))).bind(2, db(last_entry(release_.id)));
  for (;;) {
    SEAWALL_TRY(const bool row, query->step());
    if (!row) break;
    const auto own =
        query->is_null(2) ? std::nullopt : std::optional(static_cast<EntryState>(query->integer(2)));
    digest_.add(query->text(0), text_of(query->blob(1)), own, query->text(3));
  }
  query->reset();
  if (digest_.entries() == release_.counts.added) return {};
  return fail(Code::kCorrupt, "the release has not the entries that its load has counted");
}

Result<void> SqlLoad::fold() {
  for (bool more = true; more;) {
    SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan_, SqlBegin::kWrite));
    state_.sealing = true;
    SEAWALL_CHECK(save_row());
    SEAWALL_TRY(more, runs_.fold_some(scope_of(release_.bank, release_.source)));
    SEAWALL_CHECK(transaction.commit());
  }
  return {};
}

Result<Sha256> SqlLoad::final_digest() {
  SEAWALL_TRY(SqlStatement * query,
              loan_->statement("SELECT entry, content FROM pending WHERE release = $1 AND entry > $2 "
                               "ORDER BY entry LIMIT 10000"));
  for (std::int64_t after = 0;;) {
    query->bind(1, db(release_.id)).bind(2, after);
    std::size_t rows = 0;
    for (;; ++rows) {
      SEAWALL_TRY(const bool row, query->step());
      if (!row) break;
      after = query->integer(0);
      const auto content = query->is_null(1) ? std::nullopt : std::optional(text_of(query->blob(1)));
      digest_.add_pending(EntryId{static_cast<std::uint64_t>(after)}, content);
    }
    query->reset();
    if (rows < 10'000) break;
  }
  return digest_.finish();
}

Result<Release> SqlLoad::seal(const Authorship& by) {
  SEAWALL_CHECK(check_authorship(by));
  SEAWALL_CHECK(require_ready());
  SEAWALL_CHECK(guarded(fold()));
  auto sealed = guarded(seal_folded(by));
  ended_ = sealed.has_value();
  return sealed;
}

Result<Release> SqlLoad::seal_folded(const Authorship& by) {
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan_, SqlBegin::kWrite));
  SEAWALL_CHECK(take_list_lock(*loan_));
  SEAWALL_CHECK(save_row());
  Reader reader(*loan_);
  SEAWALL_TRY(auto feed, FeedWriter::begin(*loan_, reader));
  Release sealed = release_;
  SEAWALL_TRY(sealed.digest, final_digest());
  SEAWALL_TRY(sealed.bank_entries_before, reader.count(sealed.bank, EntryState::kActive));
  sealed.state = ReleaseState::kProposed;
  sealed.version = feed.add(FeedItem::Kind::kRelease, static_cast<std::uint64_t>(db(sealed.id)),
                            sealed.digest, by, ReleaseState::kProposed);
  SEAWALL_TRY(
      SqlStatement * save,
      loan_->statement("UPDATE releases SET state = 2, state_version = $2, version = $2, digest = $3, "
                       "bank_entries_before = $4 WHERE id = $1"));
  save->bind(1, db(sealed.id)).bind(2, static_cast<std::int64_t>(sealed.version));
  save->bind(3, std::span<const std::byte>(sealed.digest));
  SEAWALL_CHECK(save->bind(4, static_cast<std::int64_t>(sealed.bank_entries_before)).run());
  SEAWALL_CHECK(feed.flush());
  SEAWALL_CHECK(notify_change(*loan_));
  SEAWALL_CHECK(transaction.commit());
  return sealed;
}

/// Some of the entries, with what the index of keys may hold of them. False: none were left.
Result<bool> SqlLoad::discard_entries() {
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan_, SqlBegin::kWrite));
  SEAWALL_CHECK(save_row());
  SEAWALL_TRY(SqlStatement * query,
              loan_->statement("SELECT id, key FROM entries WHERE id >= $1 AND id <= $2 "
                               "ORDER BY id LIMIT $3"));
  query->bind(1, db(first_entry(release_.id))).bind(2, db(last_entry(release_.id)));
  query->bind(3, static_cast<std::int64_t>(kDiscardPage));
  std::vector<std::int64_t> ids;
  std::vector<std::int64_t> hashes;
  for (;;) {
    SEAWALL_TRY(const bool row, query->step());
    if (!row) break;
    ids.push_back(query->integer(0));
    hashes.push_back(static_cast<std::int64_t>(key_hash(query->text(1))));
  }
  query->reset();
  if (ids.empty()) return false;
  SEAWALL_TRY(
      SqlStatement * keys,
      loan_->statement("DELETE FROM entry_keys WHERE scope = $1 AND hash {any $2} "
                       "AND entry >= $3 AND entry <= $4"));  // A range: of two lists SQLite tries all pairs.
  keys->bind(1, scope_of(release_.bank, release_.source)).bind(2, std::span<const std::int64_t>(hashes));
  SEAWALL_CHECK(keys->bind(3, ids.front()).bind(4, ids.back()).run());
  SEAWALL_TRY(SqlStatement * rows, loan_->statement("DELETE FROM entries WHERE id {any $1}"));
  SEAWALL_CHECK(rows->bind(1, std::span<const std::int64_t>(ids)).run());
  SEAWALL_CHECK(remove_video_entries(*loan_, ids));
  SEAWALL_CHECK(transaction.commit());
  return true;
}

Result<void> SqlLoad::discard_all() {
  SEAWALL_CHECK(require_ready());
  for (bool more = true; more;) {
    broken_ = true;  // Half discarded, it cannot be written to.
    SEAWALL_TRY(more, discard_entries());
  }
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan_, SqlBegin::kWrite));
  SEAWALL_CHECK(save_row());
  for (const std::string_view table : {"load_keys", "pending", "refusals", "state_counts"}) {
    SEAWALL_TRY(SqlStatement * remove,
                loan_->statement("DELETE FROM " + std::string(table) + " WHERE release = $1"));
    SEAWALL_CHECK(remove->bind(1, db(release_.id)).run());
  }
  SEAWALL_TRY(SqlStatement * remove, loan_->statement("DELETE FROM releases WHERE id = $1"));
  SEAWALL_CHECK(remove->bind(1, db(release_.id)).run());
  SEAWALL_CHECK(transaction.commit());
  ended_ = true;
  return {};
}

Result<void> insert_release(SqlConnection& connection, const Release& release) {
  SEAWALL_TRY(
      SqlStatement * insert,
      connection.statement("INSERT INTO releases (id, bank, source, state, state_version, version, who, why, "
                           "at, added, updated, withdrawn, unchanged, quarantined, refused, refusals, "
                           "bank_entries_before, digest, load_checkpoint, load_digest, load_steps, "
                           "load_fence, load_sealing) VALUES ($1, $2, $3, 1, 0, 0, $4, $5, $6, 0, 0, 0, 0, "
                           "0, 0, 0, 0, $7, $8, $7, 0, 1, 0)"));
  const Sha256 none{};
  insert->bind(1, db(release.id)).bind(2, db(release.bank)).bind(3, db(release.source));
  insert->bind(4, std::string_view(release.proposed.who)).bind(5, std::string_view(release.proposed.why));
  insert->bind(6, ms_of(release.proposed.when)).bind(7, std::span<const std::byte>(none));
  SEAWALL_CHECK(insert->bind(8, std::span<const std::byte>()).run());
  return {};
}

}  // namespace

Result<std::unique_ptr<ReleaseLoad>> begin_load(Pool& pool, const std::filesystem::path& database,
                                                const Release& wanted) {
  SEAWALL_CHECK(check_authorship(wanted.proposed));
  SEAWALL_TRY(auto loan, pool.take());
  std::optional<LoadLock> lock;  // Let go after a failed transaction has been rolled back.
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_list_lock(*loan));
  Reader reader(*loan);
  SEAWALL_TRY(const auto bank, reader.bank(wanted.bank));
  if (!bank) return fail(Code::kNotFound, "there is no bank " + std::to_string(db(wanted.bank)));
  SEAWALL_TRY(const auto source, reader.source(wanted.source));
  if (!source) return fail(Code::kNotFound, "there is no source " + std::to_string(db(wanted.source)));
  Release release = wanted;
  SEAWALL_TRY(const std::int64_t id, take_release_id(*loan));
  release.id = ReleaseId{static_cast<std::uint32_t>(id)};
  SEAWALL_CHECK(insert_release(*loan, release));
  SEAWALL_TRY(auto taken, LoadLock::take(*loan, database, release.id));
  lock.emplace(std::move(taken));
  SEAWALL_TRY(auto state, load_state(*loan, release.id));
  SEAWALL_CHECK(transaction.commit());
  return std::make_unique<SqlLoad>(std::move(loan), *std::move(lock), std::move(release), std::move(state));
}

Result<std::unique_ptr<ReleaseLoad>> resume_load(Pool& pool, const std::filesystem::path& database,
                                                 ReleaseId id) {
  SEAWALL_TRY(auto loan, pool.take());
  Reader reader(*loan);
  SEAWALL_TRY(ReleaseRow row, reader.release_row(id));
  if (row.release.state != ReleaseState::kLoading) {
    return fail(Code::kConflict, "the release is sealed: it can no longer be loaded");
  }
  SEAWALL_TRY(auto lock, LoadLock::take(*loan, database, id));
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  // Whoever had it before and still lives writes no more: the fence has moved on.
  SEAWALL_TRY(SqlStatement * fence,
              loan->statement("UPDATE releases SET load_fence = load_fence + 1 WHERE id = $1 AND state = 1"));
  SEAWALL_CHECK(fence->bind(1, db(id)).run());
  SEAWALL_TRY(row, reader.release_row(id));
  SEAWALL_TRY(auto state, load_state(*loan, id));
  SEAWALL_CHECK(transaction.commit());
  auto load =
      std::make_unique<SqlLoad>(std::move(loan), std::move(lock), std::move(row.release), std::move(state));
  SEAWALL_CHECK(load->recall());
  return load;
}

}  // namespace seawall::store_sql_detail
