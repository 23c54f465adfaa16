#include "seawall/list_clips/list_clips.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <span>
#include <thread>
#include <utility>

#include "seawall/base/function_ref.h"
#include "seawall/list_clips/detail/entry_videos.h"
#include "seawall/list_clips/detail/list_benign.h"
#include "seawall/store/entry_pages.h"
#include "seawall/store/shown_items.h"

namespace seawall {
namespace {

using list_clips_detail::EntryVideos;
using list_clips_detail::ListBenign;
using list_clips_detail::TmkHead;

constexpr std::size_t kPage = 1'000;
/// Added in one change, since an index takes few large changes faster.
constexpr std::size_t kHashesAtOnce = std::size_t{1} << 20;
constexpr std::chrono::milliseconds kUnseenWait{20};  // Until what is in the way may be seen.
constexpr double kLevel1Min = TmkRule{}.level1_min;

/// The entry's best by both levels; level2 is 0 when none of its prints is a match.
TmkMatch best_tmk(const Entry& entry, const TmkPrint& query) {
  TmkMatch best{entry.id, 0, 0};
  for (const CarriedSignal& one : entry.content.signals.carried) {
    if (one.type != CarriedSignal::kTmk) continue;
    const auto print = read_tmk(std::as_bytes(std::span(one.bytes)));
    if (!print) continue;
    const auto compared = tmk_compare(query, *print);
    if (!compared || !compared->is_match || compared->level2 <= best.level2) continue;
    best.level1 = compared->level1;
    best.level2 = compared->level2;
  }
  return best;
}

EntryId before(EntryId id) { return EntryId{static_cast<std::uint64_t>(id) - 1}; }

/// The first entry in (after, last] that carries a video, or did before a change that is not to be seen.
Result<std::optional<EntryId>> next_video(StoreView& view, const UnseenChanges& unseen, EntryId after,
                                          EntryId last) {
  SEAWALL_TRY(const auto videos, view.video_entries(after, last, 1));
  std::optional<EntryId> next;
  if (!videos.empty()) next = videos.front().entry;
  const auto changed = unseen.entries.upper_bound(after);
  if (changed != unseen.entries.end() && *changed <= last && (!next || *changed < *next)) next = *changed;
  return next;
}

}  // namespace

/// What is listed. Written by step() alone, under the mutex.
struct ListClips::State {
  struct Known {
    BankId bank{};
    std::vector<ClipId> clips;
    std::vector<TmkHead> tmk;
    std::uint64_t content = 0;
    std::size_t unusable = 0;
    std::size_t sampled = 0;
  };
  /// An entry that was read and is to be listed.
  struct Fresh {
    Known known;
    std::vector<std::pair<ClipId, DensePrint>> prints;
  };

  mutable std::shared_mutex mutex;  // Guards clips, entries and version.
  std::map<ClipId, std::shared_ptr<const ListClip>> clips;
  std::map<EntryId, Known> entries;
  std::uint64_t version = 0;
  ListBenign benign;

  // Of step() alone.
  bool loaded = false;
  std::uint32_t last_clip = 0;
  std::map<EntryId, Fresh> fresh;
  std::size_t fresh_hashes = 0;

  Result<void> load(ClipIndex& index, StoreView& view, const UnseenChanges& unseen);
  Result<void> load_shown(ClipIndex& index, StoreView& view, const UnseenChanges& unseen, ReleaseId id);
  Result<void> apply(ClipIndex& index, StoreView& view, std::span<const FeedItem> items,
                     const UnseenChanges& unseen);
  Result<void> apply_release(ClipIndex& index, StoreView& view, ReleaseId id);
  Result<void> take_range(ClipIndex& index, StoreView& view, EntryId after, EntryId last,
                          FunctionRef<bool(EntryId)> wanted);
  Result<void> take_entries(ClipIndex& index, StoreView& view, std::span<const EntryId> ids);
  Result<void> take_or_drop(ClipIndex& index, std::span<const Entry> found);
  void take(const Entry& entry);
  void forget_fresh(EntryId id);
  Result<void> flush(ClipIndex& index);
  Result<void> add(ClipIndex& index, EntryId id, Fresh& one);
  Result<void> remove(ClipIndex& index, EntryId id);
  Result<void> remove_all(ClipIndex& index);
  void set_version(std::uint64_t to) {
    const std::unique_lock lock(mutex);
    version = to;
  }
};

ListClips::ListClips(Feed& feed, Store& store, const Clock& clock, std::unique_ptr<ClipIndex> index)
    : feed_(feed),
      store_(store),
      clock_(clock),
      index_(std::move(index)),
      state_(std::make_unique<State>()) {}

ListClips::~ListClips() = default;

Result<std::unique_ptr<ListClips>> ListClips::make(Feed& feed, Store& store, const Clock& clock,
                                                   const ClipIndexOptions& options) {
  SEAWALL_TRY(auto index, ClipIndex::make(options));
  return std::unique_ptr<ListClips>(new ListClips(feed, store, clock, std::move(index)));
}

// ------------------------------------------------------------------------------------------------ taking

/// Reads the videos of an entry and keeps them until flush(); nothing when they are listed as they are.
void ListClips::State::take(const Entry& entry) {
  const EntrySignals& signals = entry.content.signals;
  const auto known = entries.find(entry.id);
  if (known != entries.end() && known->second.content == list_clips_detail::content_of(signals)) return;
  forget_fresh(entry.id);
  EntryVideos videos = list_clips_detail::videos_of(signals);
  Fresh one;
  one.known.bank = entry.bank;
  one.known.content = videos.content;
  one.known.tmk = std::move(videos.tmk);
  one.known.unusable = videos.unusable;
  for (EntryVideos::Print& print : videos.prints) {
    const ClipId clip{++last_clip};
    fresh_hashes += print.print.hashes.size();
    auto named = std::make_shared<ListClip>();
    *named = {entry.id,           entry.bank,   entry.source, entry.key, print.print.duration_ms,
              print.print.labels, print.sampled};
    one.prints.emplace_back(clip, std::move(print.print));
    one.known.clips.push_back(clip);
    if (print.sampled) ++one.known.sampled;
    const std::unique_lock lock(mutex);
    clips.emplace(clip, std::move(named));
  }
  fresh.insert_or_assign(entry.id, std::move(one));
}

void ListClips::State::forget_fresh(EntryId id) {
  const auto one = fresh.find(id);
  if (one == fresh.end()) return;
  const std::unique_lock lock(mutex);
  for (const auto& [clip, print] : one->second.prints) clips.erase(clip);
  fresh.erase(one);
}

/// What was read, into the index: all at once, or one by one where one of them cannot be.
Result<void> ListClips::State::flush(ClipIndex& index) {
  std::vector<std::pair<ClipId, DensePrint>> prints;
  for (const auto& [id, one] : fresh) prints.insert(prints.end(), one.prints.begin(), one.prints.end());
  const bool at_once = !prints.empty() && index.add(std::move(prints)).has_value();
  for (auto& [id, one] : fresh) {
    if (!at_once) SEAWALL_CHECK(add(index, id, one));
    SEAWALL_CHECK(remove(index, id));
    const std::unique_lock lock(mutex);
    entries.insert_or_assign(id, std::move(one.known));
  }
  fresh.clear();
  fresh_hashes = 0;
  return {};
}

Result<void> ListClips::State::add(ClipIndex& index, EntryId, Fresh& one) {
  for (auto& [clip, print] : one.prints) {
    auto added = index.add(clip, std::move(print));
    if (added) continue;
    // A video of which no frame is good enough cannot be found by them.
    if (added.error().code != Code::kLimitExceeded && added.error().code != Code::kInvalidInput) return added;
    ++one.known.unusable;
    std::erase(one.known.clips, clip);
    const std::unique_lock lock(mutex);
    if (clips.at(clip)->sampled) --one.known.sampled;
    clips.erase(clip);
  }
  return {};
}

Result<void> ListClips::State::remove(ClipIndex& index, EntryId id) {
  const auto known = entries.find(id);
  if (known == entries.end()) return {};
  for (const ClipId clip : known->second.clips) {
    if (index.find(clip)) SEAWALL_CHECK(index.remove(clip));
  }
  const std::unique_lock lock(mutex);
  for (const ClipId clip : known->second.clips) clips.erase(clip);
  entries.erase(known);
  return {};
}

Result<void> ListClips::State::remove_all(ClipIndex& index) {
  while (!entries.empty()) SEAWALL_CHECK(remove(index, entries.begin()->first));
  loaded = false;
  set_version(0);
  return {};
}

// ---------------------------------------------------------------------------------------------- following

Result<void> ListClips::State::take_entries(ClipIndex& index, StoreView& view, std::span<const EntryId> ids) {
  const auto take_found = [&](std::span<const EntryId>, std::span<Entry> found) {
    return take_or_drop(index, found);
  };
  return visit_entries(view, ids, kPage, take_found);
}

Result<void> ListClips::State::take_or_drop(ClipIndex& index, std::span<const Entry> found) {
  for (const Entry& entry : found) {
    const bool listed = entry.state != EntryState::kWithdrawn && entry.content.signals.has_video();
    if (listed) {
      take(entry);
    } else {
      forget_fresh(entry.id);
      SEAWALL_CHECK(remove(index, entry.id));
    }
  }
  return fresh_hashes < kHashesAtOnce ? Result<void>() : flush(index);
}

/// Entries with id in (after, last], where they are `wanted`.
Result<void> ListClips::State::take_range(ClipIndex& index, StoreView& view, EntryId after, EntryId last,
                                          FunctionRef<bool(EntryId)> wanted) {
  for (;;) {
    SEAWALL_TRY(const auto page, view.video_entries(after, last, kPage));
    if (page.empty()) return flush(index);
    after = page.back().entry;
    std::vector<EntryId> ids;
    for (const VideoEntry& one : page) {
      if (wanted(one.entry)) ids.push_back(one.entry);
    }
    SEAWALL_CHECK(take_entries(index, view, ids));
  }
}

Result<void> ListClips::State::load(ClipIndex& index, StoreView& view, const UnseenChanges& unseen) {
  if (unseen.too_many) {
    return fail(Code::kUnavailable, "the log is too far behind the lists for their videos to be read");
  }
  SEAWALL_TRY(const ListVersion stands, view.version());
  SEAWALL_CHECK(benign.load(index, view, unseen));
  SEAWALL_CHECK(take_range(index, view, EntryId{}, EntryId{~std::uint64_t{0}},
                           [&](EntryId id) { return !unseen.releases.contains(release_of(id)); }));
  for (const ReleaseId id : unseen.releases) SEAWALL_CHECK(load_shown(index, view, unseen, id));
  loaded = true;
  set_version(unseen.shown.value_or(stands.number));
  return {};
}

/// A release of which the view has more than may be seen: as it was then.
Result<void> ListClips::State::load_shown(ClipIndex& index, StoreView& view, const UnseenChanges& unseen,
                                          ReleaseId id) {
  SEAWALL_TRY(const auto release, view.release(id));
  if (!release) return {};
  const EntryId last = entry_id(id, 0xFFFFFFFFU);
  for (EntryId after = before(entry_id(id, 0));;) {
    SEAWALL_TRY(const auto next, next_video(view, unseen, after, last));
    if (!next) return flush(index);
    SEAWALL_TRY(auto page, view.entries_at(release->bank, *unseen.shown, before(*next), kPage));
    std::erase_if(page, [&](const Entry& entry) { return release_of(entry.id) != id; });
    if (page.empty()) return flush(index);
    after = page.back().id;
    SEAWALL_CHECK(take_or_drop(index, page));
  }
}

Result<void> ListClips::State::apply_release(ClipIndex& index, StoreView& view, ReleaseId id) {
  SEAWALL_TRY(const auto release, view.release(id));
  const EntryId first = entry_id(id, 0), last = entry_id(id, 0xFFFFFFFFU);
  if (release && release->state != ReleaseState::kRejected) {
    return take_range(index, view, before(first), last,
                      [this](EntryId one) { return !entries.contains(one); });
  }
  for (auto known = entries.lower_bound(first); known != entries.end() && known->first <= last;
       known = entries.lower_bound(first)) {
    SEAWALL_CHECK(remove(index, known->first));
  }
  return {};
}

Result<void> ListClips::State::apply(ClipIndex& index, StoreView& view, std::span<const FeedItem> items,
                                     const UnseenChanges& unseen) {
  SEAWALL_CHECK(benign.apply(index, view, items, unseen));
  std::set<ReleaseId> releases;
  std::set<EntryId> changed;
  for (const FeedItem& item : items) {
    if (item.kind == FeedItem::Kind::kRelease) {
      releases.insert(ReleaseId{static_cast<std::uint32_t>(item.subject)});
    } else if (item.kind == FeedItem::Kind::kEntry) {
      changed.insert(EntryId{item.subject});
    }
  }
  for (const ReleaseId id : releases) SEAWALL_CHECK(apply_release(index, view, id));
  std::vector<EntryId> ids;
  for (const EntryId id : changed) {
    if (!entries.contains(id)) {
      SEAWALL_TRY(const auto videos, view.video_entries(before(id), id, 1));
      if (videos.empty()) continue;
    }
    ids.push_back(id);
  }
  SEAWALL_CHECK(take_entries(index, view, ids));
  return flush(index);
}

Result<ListClipsStep> ListClips::step(std::chrono::milliseconds deadline) {
  if (!state_->loaded) return load();
  SEAWALL_TRY(auto items, feed_.read(state_->version, kItemsMax));
  if (items.empty()) {
    SEAWALL_TRY(const ListClipsStep nothing, nothing_new());
    if (!state_->loaded) return nothing;
    SEAWALL_TRY(const bool more, feed_.wait(state_->version, deadline));
    if (!more) return nothing;
    SEAWALL_TRY(items, feed_.read(state_->version, kItemsMax));
    if (items.empty()) return nothing;
  }
  SEAWALL_TRY(const ListClipsStep done, apply(items));
  if (done.items == 0) std::this_thread::sleep_for(std::min(kUnseenWait, deadline));
  return done;
}

Result<ListClipsStep> ListClips::load() {
  SEAWALL_TRY(const auto shown, feed_.shown());
  SEAWALL_TRY(const auto view, store_.view());
  SEAWALL_TRY(const ListVersion stands, view->version());
  SEAWALL_TRY(const UnseenChanges unseen, UnseenChanges::read(*view, shown));
  SEAWALL_CHECK(state_->load(*index_, *view, unseen));
  return ListClipsStep{0, stands.number, false, false};
}

/// A store that was put back from a backup stands before what is listed here: then all is read anew.
Result<ListClipsStep> ListClips::nothing_new() {
  SEAWALL_TRY(const auto view, store_.view());
  SEAWALL_TRY(const ListVersion stands, view->version());
  if (stands.number >= state_->version) {
    return ListClipsStep{0, stands.number, stands.number == state_->version, true};
  }
  SEAWALL_CHECK(state_->remove_all(*index_));
  return ListClipsStep{0, stands.number, false, false};
}

/// Takes those before the first of which the store holds more than may be seen.
Result<ListClipsStep> ListClips::apply(std::span<const FeedItem> items) {
  SEAWALL_TRY(const auto shown, feed_.shown());
  SEAWALL_TRY(const auto view, store_.view());
  SEAWALL_TRY(const ListVersion stands, view->version());
  if (stands.number < items.back().version.number) {
    return fail(Code::kUnavailable, "the store's readers are behind its feed; trying again helps");
  }
  SEAWALL_TRY(const UnseenChanges unseen, UnseenChanges::read(*view, shown));
  const auto taken = items.first(unseen.leave(items));
  if (!taken.empty()) {
    SEAWALL_CHECK(state_->apply(*index_, *view, taken, unseen));
    state_->set_version(taken.back().version.number);
  }
  const bool whole = taken.size() < items.size() || items.size() < kItemsMax;
  return ListClipsStep{taken.size(), stands.number, state_->version == stands.number, whole};
}

// ------------------------------------------------------------------------------------------------- asking

std::uint64_t ListClips::version() const {
  const std::shared_lock lock(state_->mutex);
  return state_->version;
}

ClipScope ListClips::scope(ListClipsAsker asker) const {
  const auto whose = std::make_shared<const ListClipsAsker>(std::move(asker));
  const auto clip = [this, whose](ClipId id) {
    const auto listed = find(id);
    return listed && state_->benign.is_for(listed->bank, whose->tenant, whose->banks);
  };
  const auto benign = [this, whose](BenignId id) {
    return state_->benign.is_for(id, whose->tenant, clock_.now());
  };
  return {clip, benign};
}

std::shared_ptr<const ListClip> ListClips::find(ClipId clip) const {
  const std::shared_lock lock(state_->mutex);
  const auto found = state_->clips.find(clip);
  return found == state_->clips.end() ? nullptr : found->second;
}

ListClipsSizes ListClips::sizes() const {
  const std::shared_lock lock(state_->mutex);
  ListClipsSizes sizes;
  for (const auto& [id, known] : state_->entries) {
    sizes.entries += static_cast<std::size_t>(!known.clips.empty() || !known.tmk.empty());
    sizes.clips += known.clips.size();
    sizes.sampled += known.sampled;
    sizes.tmk += known.tmk.size();
    sizes.unusable += known.unusable;
  }
  sizes.hashes = index_->hashes();
  sizes.templates = index_->benign_templates();
  sizes.templates_left_out = state_->benign.left_out();
  return sizes;
}

Result<std::vector<TmkMatch>> ListClips::tmk_matches(const TmkPrint& query,
                                                     const ListClipsAsker& asker) const {
  const TmkHead head = list_clips_detail::head_of(query);
  std::vector<EntryId> near;
  {
    const std::shared_lock lock(state_->mutex);
    for (const auto& [id, known] : state_->entries) {
      const bool passes = !known.tmk.empty() &&
                          state_->benign.is_for(known.bank, asker.tenant, asker.banks) &&
                          std::ranges::any_of(known.tmk, [&](const TmkHead& one) {
                            return list_clips_detail::level1(head, one) >= kLevel1Min;
                          });
      if (passes) near.push_back(id);
    }
  }
  if (near.size() > kTmkReadMax) {
    return fail(Code::kLimitExceeded, "too many listed videos are like it by TMK's first level");
  }
  std::vector<TmkMatch> matches;
  if (near.empty()) return matches;
  SEAWALL_TRY(const auto view, store_.view());
  const auto compare = [&](std::span<const EntryId>, std::span<Entry> found) -> Result<void> {
    for (const Entry& entry : found) {
      const TmkMatch best = best_tmk(entry, query);
      if (best.level2 > 0) matches.push_back(best);
    }
    return {};
  };
  SEAWALL_CHECK(visit_entries(*view, near, kPage, compare));
  std::ranges::stable_sort(matches, std::greater<>(), &TmkMatch::level2);
  return matches;
}

}  // namespace seawall
