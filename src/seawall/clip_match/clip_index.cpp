#include "seawall/clip_match/clip_index.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <system_error>
#include <unordered_map>

#include "seawall/clip_match/detail/clip_reader.h"
#include "seawall/clip_match/detail/listed_clip.h"

namespace seawall {
namespace {

using clip_detail::ClipBatch;
using clip_detail::ClipReader;
using clip_detail::KeptBytes;
using clip_detail::ListedClip;

constexpr const char* kLookUpFolder = "look-up";

EntryId entry_of(ClipId clip, std::size_t hash) {
  return EntryId{(std::uint64_t{static_cast<std::uint32_t>(clip)} << 32) | (hash + 1)};
}
ClipId clip_of(EntryId entry) {
  return ClipId{static_cast<std::uint32_t>(static_cast<std::uint64_t>(entry) >> 32)};
}
std::uint32_t hash_of(EntryId entry) {
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(entry)) - 1;
}

/// Where there are templates, so many times the hits are asked for: some are dropped.
constexpr std::size_t kBenignHeadroom = 4;
/// Of those templates that count in every search.
constexpr EntryId kAlwaysBenign{std::uint64_t{1} << 32};

EntryId entry_of(BenignId id) { return EntryId{std::uint64_t{static_cast<std::uint32_t>(id)} + 1}; }
BenignId benign_of(EntryId entry) {
  return BenignId{static_cast<std::uint32_t>(static_cast<std::uint64_t>(entry) - 1)};
}

std::vector<IndexEntry> entries_of(EntryId id, std::span<const Fingerprint256> templates) {
  std::vector<IndexEntry> entries;
  entries.reserve(templates.size());
  for (const Fingerprint256& bits : templates) entries.push_back({bits, id});
  return entries;
}

Result<void> check(const DensePrint& print) {
  const auto order = [](const HeldHash& hash) { return std::pair(hash.start_ms, hash.label); };
  if (print.labels.empty() || print.labels.size() > DensePrint::kLabelsMax ||
      print.hashes.size() > DensePrint::kHashesMax || !std::ranges::is_sorted(print.hashes, {}, order) ||
      std::ranges::any_of(print.hashes, [&](const HeldHash& hash) {
        return hash.label >= print.labels.size() || hash.start_ms > DensePrint::kTimeMaxMs ||
               hash.hold_ms > DensePrint::kTimeMaxMs - hash.start_ms ||
               hash.quality < ListedPdq::kQualityUnknown || hash.quality > 100;
      }))
    return fail(Code::kInvalidInput, "the video fingerprint is not as it is read or pruned");
  return {};
}

bool is_good(const HeldHash& hash, const ClipRules& rules) {
  return hash.quality == ListedPdq::kQualityUnknown || hash.quality >= rules.quality_min;
}

/// Which hashes of a print are looked up: good ones that moved far enough since the last of their label.
std::vector<IndexEntry> entries_of(ClipId clip, const DensePrint& print, const ClipIndexOptions& options) {
  std::vector<IndexEntry> entries;
  std::vector<const HeldHash*> last(print.labels.size(), nullptr);
  for (std::uint32_t i = 0; i < print.hashes.size(); ++i) {
    const HeldHash& hash = print.hashes[i];
    if (!is_good(hash, options.rules)) continue;
    const HeldHash*& before = last[hash.label];
    if (before != nullptr && (hash.start_ms - before->start_ms < options.index_step_ms ||
                              hamming_distance(before->bits, hash.bits) < options.index_step_bits))
      continue;
    before = &hash;
    entries.push_back({hash.bits, entry_of(clip, i)});
  }
  return entries;
}

}  // namespace

struct ClipIndex::Clips {
  std::mutex writing;               // Held by add() and remove() throughout.
  mutable std::shared_mutex mutex;  // Guards the rest.
  std::unordered_map<ClipId, std::shared_ptr<const ListedClip>> listed;
  std::size_t hashes = 0;
  std::size_t bytes = 0;  // Of their prints.
};

ClipIndex::ClipIndex(ClipIndexOptions options)
    : options_(std::move(options)), benign_(LiveIndex::in_memory()), clips_(std::make_unique<Clips>()) {}

ClipIndex::~ClipIndex() {
  index_.reset();
  std::error_code none;
  if (!options_.folder.empty()) std::filesystem::remove_all(options_.folder / kLookUpFolder, none);
}

/// An empty index. The folder's lock is the index's own, so it is opened before what lies there goes.
Result<void> ClipIndex::open_index() {
  if (options_.folder.empty()) {
    index_ = LiveIndex::in_memory();
    return {};
  }
  const std::filesystem::path folder = options_.folder / kLookUpFolder;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail(Code::kUnavailable, "cannot make the folder for listed videos: " + error.message());
  SEAWALL_TRY(index_,
              LiveIndex::open(
                  folder, {.durable = false, .background_merge = options_.background_merge, .mapped = true}));
  if (index_->size() == 0) return {};
  index_.reset();
  std::filesystem::remove_all(folder, error);
  std::filesystem::create_directories(folder, error);
  SEAWALL_TRY(index_,
              LiveIndex::open(
                  folder, {.durable = false, .background_merge = options_.background_merge, .mapped = true}));
  return {};
}

Result<std::unique_ptr<ClipIndex>> ClipIndex::make(ClipIndexOptions options) {
  std::unique_ptr<ClipIndex> made(new ClipIndex(std::move(options)));
  SEAWALL_CHECK(made->open_index());
  const auto benign = entries_of(kAlwaysBenign, made->options_.benign);
  if (!benign.empty()) {
    SEAWALL_CHECK(made->benign_->apply({.add = benign, .remove = {}}));
  }
  return made;
}

Result<void> ClipIndex::set_benign(BenignId id, std::span<const Fingerprint256> templates) {
  const std::scoped_lock writing(clips_->writing);
  if (templates.size() > kBenignMax || benign_->size() > kBenignMax - templates.size()) {
    return fail(Code::kLimitExceeded, "more than " + std::to_string(kBenignMax) + " benign templates");
  }
  const EntryId entry = entry_of(id);
  const auto added = entries_of(entry, templates);
  return benign_->apply({.add = added, .remove = std::span(&entry, 1)});
}

std::size_t ClipIndex::benign_templates() const { return benign_->size(); }

Result<void> ClipIndex::add(ClipId clip, DensePrint print) {
  std::vector<std::pair<ClipId, DensePrint>> one;
  one.emplace_back(clip, std::move(print));
  return add(std::move(one));
}

Result<void> ClipIndex::add(std::vector<std::pair<ClipId, DensePrint>> clips) {
  const std::scoped_lock writing(clips_->writing);
  std::vector<IndexEntry> entries;
  std::vector<std::byte> packed;
  std::vector<std::size_t> ends;
  std::set<ClipId> fresh;
  for (const auto& [clip, print] : clips) {
    if (find(clip) || !fresh.insert(clip).second)
      return fail(Code::kConflict, "a clip with this number is listed already");
    SEAWALL_CHECK(check(print));
    const auto own = entries_of(clip, print, options_);
    if (own.empty()) return fail(Code::kLimitExceeded, "no frame of the clip is good enough to be found");
    entries.insert(entries.end(), own.begin(), own.end());
    PackedPrint::append(print, packed);
    ends.push_back(packed.size());
  }
  return list(clips, std::move(packed), ends, entries);
}

Result<void> ClipIndex::list(std::span<const std::pair<ClipId, DensePrint>> clips,
                             std::vector<std::byte> packed, std::span<const std::size_t> ends,
                             std::span<const IndexEntry> entries) {
  const auto batch = std::make_shared<ClipBatch>();
  SEAWALL_TRY(batch->bytes, KeptBytes::keep(std::move(packed), options_.folder));
  const auto bytes = batch->bytes.bytes();
  std::size_t hashes = 0;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const std::size_t begin = i == 0 ? 0 : ends[i - 1];
    batch->clips.push_back({PackedPrint(bytes.subspan(begin, ends[i] - begin))});
    hashes += clips[i].second.hashes.size();
  }
  // First so that every hit finds its clip.
  {
    const std::unique_lock lock(clips_->mutex);
    clips_->hashes += hashes;
    clips_->bytes += bytes.size();
    for (std::size_t i = 0; i < ends.size(); ++i)
      clips_->listed[clips[i].first] = std::shared_ptr<const ListedClip>(batch, &batch->clips[i]);
  }
  auto applied = index_->apply({.add = entries, .remove = {}});
  if (!applied) {
    const std::unique_lock lock(clips_->mutex);
    clips_->hashes -= hashes;
    clips_->bytes -= bytes.size();
    for (const auto& [clip, print] : clips) clips_->listed.erase(clip);
  }
  return applied;
}

Result<void> ClipIndex::remove(ClipId clip) {
  const std::scoped_lock writing(clips_->writing);
  const auto listed = find(clip);
  if (!listed) return fail(Code::kNotFound, "no clip with this number is listed");
  std::vector<EntryId> entries;
  for (const IndexEntry& entry : entries_of(clip, listed->print.unpacked(), options_))
    entries.push_back(entry.id);
  SEAWALL_CHECK(index_->apply({.add = {}, .remove = entries}));
  const std::unique_lock lock(clips_->mutex);
  clips_->hashes -= listed->print.hashes();
  clips_->bytes -= listed->print.size_bytes();
  clips_->listed.erase(clip);
  return {};
}

std::size_t ClipIndex::clips() const {
  const std::shared_lock lock(clips_->mutex);
  return clips_->listed.size();
}

std::size_t ClipIndex::hashes() const {
  const std::shared_lock lock(clips_->mutex);
  return clips_->hashes;
}

std::size_t ClipIndex::print_bytes() const {
  const std::shared_lock lock(clips_->mutex);
  return clips_->bytes;
}

std::size_t ClipIndex::indexed_hashes() const { return index_->size(); }

std::shared_ptr<const ListedClip> ClipIndex::find(ClipId clip) const {
  const std::shared_lock lock(clips_->mutex);
  const auto found = clips_->listed.find(clip);
  return found == clips_->listed.end() ? nullptr : found->second;
}

bool ClipIndex::is_exhaustive() const { return index_->size() <= options_.exhaustive_hashes_max; }

Result<std::vector<ClipHit>> ClipIndex::hits(std::span<const TimedHash> hashes,
                                             std::span<const std::uint32_t> which,
                                             const ClipScope& scope) const {
  std::vector<Fingerprint256> queries;
  std::vector<int> radius;
  const bool all = is_exhaustive();
  for (const std::uint32_t i : which) {
    queries.push_back(hashes[i].hash.bits);
    const int seed = hashes[i].label == 0 ? options_.seed_bits : options_.turned_seed_bits;
    radius.push_back(all ? options_.rules.three_bits : std::min(seed, options_.rules.three_bits));
  }
  const auto concerns = [&](EntryId id) { return scope.clip(clip_of(id)); };
  const FunctionRef<bool(EntryId)> accept(concerns);
  QueryOptions how{.nearest_max = options_.hits_a_hash_max};
  if (scope.clip) how.accept = &accept;
  if (benign_->size() > 0) how.nearest_max *= kBenignHeadroom;
  std::vector<ClipHit> found;
  SEAWALL_CHECK(
      index_->within_batch_each(queries, radius, how, [&](std::size_t i, std::span<const Neighbour> near) {
        for (const Neighbour& hit : near)
          found.push_back({clip_of(hit.id), hash_of(hit.id), which[i], hit.distance_bits});
      }));
  SEAWALL_CHECK(drop_benign(found, scope));
  return found;
}

/// Leaves of each query hash the nearest of those hits that are not near a benign template. `hits` as they
/// come from the index: by query hash.
Result<void> ClipIndex::drop_benign(std::vector<ClipHit>& hits, const ClipScope& scope) const {
  if (benign_->size() == 0 || hits.empty()) return {};
  std::vector<std::pair<ClipId, std::uint32_t>> places;
  for (const ClipHit& hit : hits) places.emplace_back(hit.clip, hit.reference_hash);
  std::ranges::sort(places);
  places.erase(std::ranges::unique(places).begin(), places.end());
  std::vector<Fingerprint256> bits(places.size());
  std::optional<ClipReader> clip;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (i == 0 || places[i].first != places[i - 1].first) {
      clip.reset();
      if (auto listed = find(places[i].first)) clip.emplace(std::move(listed), *this, scope);
    }
    if (clip) bits[i] = clip->hash(places[i].second).bits;
  }
  SEAWALL_TRY(const std::vector<bool> is_benign, benign(bits, scope));
  std::size_t kept = 0;
  std::size_t of_hash = 0;
  for (const ClipHit& hit : hits) {
    const auto place = std::ranges::lower_bound(places, std::pair(hit.clip, hit.reference_hash));
    if (is_benign[static_cast<std::size_t>(place - places.begin())]) continue;
    of_hash = kept > 0 && hits[kept - 1].query_hash == hit.query_hash ? of_hash + 1 : 0;
    if (of_hash < options_.hits_a_hash_max) hits[kept++] = hit;
  }
  hits.resize(kept);
  return {};
}

Result<std::vector<bool>> ClipIndex::benign(std::span<const Fingerprint256> hashes,
                                            const ClipScope& scope) const {
  std::vector<bool> answers(hashes.size(), false);
  if (benign_->size() == 0 || hashes.empty()) return answers;
  const auto concerns = [&](EntryId id) { return id == kAlwaysBenign || scope.benign(benign_of(id)); };
  const FunctionRef<bool(EntryId)> accept(concerns);
  QueryOptions how{.radius_bits = options_.rules.benign_bits, .any_hit = true};
  if (scope.benign) how.accept = &accept;
  SEAWALL_CHECK(benign_->within_batch(
      hashes, how, [&](std::size_t i, std::span<const Neighbour> near) { answers[i] = !near.empty(); }));
  return answers;
}

Result<void> ClipIndex::merge() { return index_->merge(); }

}  // namespace seawall
