#include "seawall/follow/list_follower.h"

#include <array>
#include <atomic>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "seawall/follow/detail/step_work.h"
#include "seawall/follow/detail/verdict.h"
#include "seawall/store/shown_items.h"

namespace seawall {
namespace {

using follow_detail::IndexSet;
using follow_detail::ListState;
using follow_detail::ReleaseRow;
using follow_detail::StateFile;
using follow_detail::StepWork;

constexpr std::chrono::milliseconds kUnseenWait{20};  // Until what is in the way may be seen.

/// Counts by release, in a fixed number of cells: releases that share a cell are told apart by a lock of it.
class SilentCounts {
 public:
  void add(ReleaseId release) {
    Cell& cell = cell_of(release);
    const std::scoped_lock lock(cell.mutex);
    ++cell.counts[release];
  }
  [[nodiscard]] std::uint64_t of(ReleaseId release) const {
    const Cell& cell = cell_of(release);
    const std::scoped_lock lock(cell.mutex);
    const auto at = cell.counts.find(release);
    return at == cell.counts.end() ? 0 : at->second;
  }
  void forget(ReleaseId release) {
    Cell& cell = cell_of(release);
    const std::scoped_lock lock(cell.mutex);
    cell.counts.erase(release);
  }

 private:
  struct Cell {
    mutable std::mutex mutex;  // Guards counts; held for one look-up.
    std::unordered_map<ReleaseId, std::uint64_t> counts;
  };
  [[nodiscard]] Cell& cell_of(ReleaseId release) const {
    return cells_[static_cast<std::uint32_t>(release) % cells_.size()];
  }
  mutable std::array<Cell, 64> cells_;
};

class Follower final : public ListFollower {
 public:
  Follower(IndexSet indexes, StateFile file, ListState state, Feed& feed, Store& store, const Clock& clock)
      : indexes_(std::move(indexes)),
        file_(std::move(file)),
        state_(std::make_shared<const ListState>(std::move(state))),
        feed_(feed),
        store_(store),
        clock_(clock) {}

  Result<FollowStep> step(std::chrono::milliseconds deadline) override {
    const ListVersion at = state()->version;
    SEAWALL_TRY(auto items, feed_.read(at.number, kItemsMax));
    if (items.empty()) {
      SEAWALL_TRY(const std::uint64_t newest, newest_version(at));
      const FollowStep nothing{0, newest, newest == at.number, true};
      SEAWALL_TRY(const bool more, feed_.wait(at.number, deadline));
      if (!more) return nothing;
      SEAWALL_TRY(items, feed_.read(at.number, kItemsMax));
      if (items.empty()) return nothing;
    }
    SEAWALL_TRY(const FollowStep done, apply(items));
    if (done.items == 0) std::this_thread::sleep_for(std::min(kUnseenWait, deadline));
    return done;
  }

  [[nodiscard]] ListVersion proof() const override { return state()->version; }

  [[nodiscard]] Result<ListVerdict> match(const ListQuery& query) const override {
    ListVerdict verdict;
    SEAWALL_CHECK(
        match_batch(std::span(&query, 1), [&](std::size_t, ListVerdict&& one) { verdict = std::move(one); }));
    return verdict;
  }

  [[nodiscard]] Result<void> match_batch(std::span<const ListQuery> queries,
                                         FunctionRef<void(std::size_t, ListVerdict&&)> visit) const override {
    const std::shared_ptr<const ListState> now = state();
    return follow_detail::verdicts_of(queries, *now, indexes_, clock_.now(),
                                      [&](std::size_t place, ListVerdict&& verdict) {
                                        if (!queries[place].again) count_silent(verdict);
                                        visit(place, std::move(verdict));
                                      });
  }

  [[nodiscard]] std::uint64_t silent_matches(ReleaseId release) const override { return silent_.of(release); }

  [[nodiscard]] FollowSizes sizes() const override {
    const std::shared_ptr<const ListState> now = state();
    return {indexes_.pdq().size(),      indexes_.digests(0).size(), indexes_.digests(1).size(),
            indexes_.digests(2).size(), now->overrides.size(),      now->releases.size()};
  }

  [[nodiscard]] Result<void> verify() const override { return indexes_.verify(); }

 private:
  void count_silent(const ListVerdict& verdict) const {
    for (const ListMatch& match : verdict.matches) {
      const bool silent = match.standing == Standing::kStaged || match.standing == Standing::kQuarantined;
      if (silent) silent_.add(release_of(match.entry));
    }
  }
  /// Takes those before the first of which the store holds more than may be seen.
  Result<FollowStep> apply(std::span<const FeedItem> all) {
    SEAWALL_TRY(const auto shown, feed_.shown());
    SEAWALL_TRY(const auto view, store_.view());
    SEAWALL_TRY(const ListVersion stands, view->version());
    if (stands.number < all.back().version.number) {
      return fail(Code::kUnavailable, "the store's readers are behind its feed; trying again helps");
    }
    SEAWALL_TRY(const UnseenChanges unseen, UnseenChanges::read(*view, shown));
    const auto taken = all.first(unseen.leave(all));
    if (!taken.empty()) {
      SEAWALL_CHECK(apply_from(*view, taken));
    }
    const bool whole = taken.size() < all.size() || all.size() < kItemsMax;
    return FollowStep{taken.size(), stands.number, state()->version == stands, whole};
  }

  Result<void> apply_from(StoreView& view, std::span<const FeedItem> items) {
    const std::shared_ptr<const ListState> before = state();
    ListState next = *before;
    StepWork work(view, indexes_, next);
    SEAWALL_CHECK(work.apply(items));
    publish(std::make_shared<const ListState>(next));
    auto kept = work.take_out_rejected();
    if (kept) kept = file_.write(work.change());
    if (!kept) {
      // What the file does not hold must come again, or a restart would miss it.
      publish(before);
      return kept;
    }
    for (const ReleaseRow& row : work.change().releases) {
      if (row.empty()) silent_.forget(ReleaseId{static_cast<std::uint32_t>(row.id)});
    }
    publish(std::make_shared<const ListState>(std::move(next)));
    return {};
  }

  /// A store that was put back from a backup stands before this folder.
  Result<std::uint64_t> newest_version(const ListVersion& at) {
    SEAWALL_TRY(const auto view, store_.view());
    SEAWALL_TRY(const ListVersion stands, view->version());
    if (stands.number < at.number || (stands.number == at.number && stands != at)) {
      return fail(Code::kCorrupt,
                  "the store stands at list version " + std::to_string(stands.number) +
                      ", before this folder or elsewhere: remove the folder to follow it anew");
    }
    return stands.number;
  }

  [[nodiscard]] std::shared_ptr<const ListState> state() const {
    const std::scoped_lock lock(mutex_);
    return state_;
  }
  void publish(std::shared_ptr<const ListState> next) {
    const std::scoped_lock lock(mutex_);
    state_.swap(next);
  }

  IndexSet indexes_;
  StateFile file_;
  mutable std::mutex mutex_;  // Guards state_, the pointer; held to copy it and for nothing else.
  std::shared_ptr<const ListState> state_;
  mutable SilentCounts silent_;
  Feed& feed_;
  Store& store_;
  const Clock& clock_;
};

}  // namespace

std::string_view name_of(MetBy by) { return by == MetBy::kVideo ? "video" : "tmk"; }

std::string_view name_of(Standing standing) {
  switch (standing) {
    case Standing::kEnforced:
      return "enforced";
    case Standing::kOverruled:
      return "overruled";
    case Standing::kStaged:
      return "staged";
    case Standing::kQuarantined:
      return "quarantined";
    case Standing::kExpired:
      return "expired";
    case Standing::kBankOff:
      return "bank_off";
  }
  return "enforced";
}

Result<std::unique_ptr<ListFollower>> ListFollower::open(const std::filesystem::path& folder, Feed& feed,
                                                         Store& store, const Clock& clock,
                                                         const FollowOptions& options) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail(Code::kUnavailable, "cannot make the follower's folder: " + error.message());
  LiveIndexOptions index_options;
  index_options.durable = options.durable;
  index_options.background_merge = options.background_merge;
  SEAWALL_TRY(IndexSet indexes, IndexSet::open(folder, index_options));
  SEAWALL_TRY(StateFile file, StateFile::open(folder / "state.db"));
  SEAWALL_TRY(ListState state, file.read());
  return std::unique_ptr<ListFollower>(
      std::make_unique<Follower>(std::move(indexes), std::move(file), std::move(state), feed, store, clock));
}

}  // namespace seawall
