#include "seawall/audit/log_audit.h"

#include <algorithm>
#include <optional>

#include "seawall/tlog/bundle.h"

namespace seawall {
namespace {

using tlog::kTileWidth;

constexpr std::uint64_t kBundlesAtOnce = 8;

std::string text_of(std::uint64_t number) { return std::to_string(number); }

tl::unexpected<Error> corrupt(std::string what) { return fail(Code::kCorrupt, std::move(what)); }

std::string forked(const tlog::TreeHead& before, const tlog::TreeHead& now) {
  return "the log has forked: its " + text_of(now.size) + " entries do not begin with the " +
         text_of(before.size) + " that it has shown before";
}

/// Who of those that saw both saw the smaller tree later, by more than their clock may be wrong.
std::optional<std::string> saw_it_shrink(const SignedHead& smaller, const SignedHead& larger,
                                         std::chrono::seconds tolerance) {
  const auto more = static_cast<std::uint64_t>(tolerance.count());
  for (const tlog::SeenBy& late : smaller.opened.seen_by)
    for (const tlog::SeenBy& early : larger.opened.seen_by)
      if (late.witness == early.witness && late.time_s > early.time_s && late.time_s - early.time_s > more)
        return late.witness;
  return std::nullopt;
}

Result<std::vector<tlog::Hash>> hashes_of(const std::vector<std::string_view>& entries,
                                          const tlog::BundleId& bundle, const std::string& tile) {
  SEAWALL_TRY(const auto served, tlog::parse_tile(tile, entries.size()));
  std::vector<tlog::Hash> hashes;
  hashes.reserve(entries.size());
  for (const std::string_view entry : entries) {
    hashes.push_back(tlog::hash_leaf(entry));
    if (hashes.back() == served[hashes.size() - 1]) continue;
    return corrupt("entry " + text_of(bundle.index * kTileWidth + hashes.size() - 1) + ", in " +
                   path_of(bundle) + ", is not the one that " +
                   path_of(tlog::TileId{0, bundle.index, bundle.width}) + " stands for");
  }
  return hashes;
}

}  // namespace

tl::unexpected<Error> LogAudit::contradict(const Contradiction& found, std::string sentence) {
  parts_.watcher.on_contradiction(found);
  return corrupt(std::move(sentence));
}

// That the log, at `head`, begins with the entries of `before`, which is no larger.
Result<void> LogAudit::continues(const SignedHead& head, const SignedHead& before) {
  const tlog::TreeHead& now = head.tree();
  const tlog::TreeHead& then = before.tree();
  if (then == now) return {};
  if (then.size < now.size) {
    tlog::Proof proof;
    if (then.size > 0) {
      SEAWALL_TRY(proof, tlog::prove_consistency(then.size, now.size, *served_));
    }
    if (tlog::verify_growth(then, now, proof)) return {};
    // Tiles that do not even make the new root prove nothing against whoever signed.
    SEAWALL_TRY(const tlog::Hash root, tlog::tree_root(now.size, *served_));
    if (root != now.root) return corrupt("the log's tiles do not make the root that its checkpoint has");
  }
  return contradict({Contradiction::Kind::kForked, before.note, head.note}, forked(then, now));
}

// What is served may reach further than its checkpoint: a mirror copies files first.
Result<LogAudit::Standing> LogAudit::is_behind(const SignedHead& head, const SignedHead& seen) {
  const tlog::TreeHead& now = head.tree();
  const tlog::TreeHead& then = seen.tree();
  if (const auto who = saw_it_shrink(head, seen, tolerance_))
    return contradict({Contradiction::Kind::kShrunk, seen.note, head.note},
                      "the log has shrunk: " + *who + " saw " + text_of(now.size) +
                          " entries after it had seen " + text_of(then.size));
  if (now.size == 0) return Standing::kBehind;
  ServedLog further(parts_.files, then.size);
  const auto proof = tlog::prove_consistency(now.size, then.size, further);
  if (proof && tlog::verify_growth(now, then, *proof)) return Standing::kBehind;
  const auto root = tlog::tree_root(then.size, further);
  if (!root || *root != then.root) return Standing::kBehindUnproved;
  return contradict({Contradiction::Kind::kForked, seen.note, head.note}, forked(now, then));
}

Result<LogAudit::Standing> LogAudit::stands(const SignedHead& head, const SignedHead& seen) {
  if (seen.tree().size > head.tree().size) return is_behind(head, seen);
  SEAWALL_CHECK(continues(head, seen));
  return Standing::kContinues;
}

// The log's own word is enough to convict it.
Result<SignedHead> LogAudit::opened_alone(const std::string& note) const {
  AuditKeys keys = parts_.keys;
  keys.quorum = 0;
  return open_head(note, keys);
}

Result<void> LogAudit::compare_with_state(const SignedHead& head, const AuditState& state) {
  const auto before = opened_alone(state.checkpoint);
  const tlog::TreeHead& read = state.checked;
  if (!before || read.size > before->tree().size ||
      (read.size == before->tree().size && read != before->tree()))
    return corrupt(
        "the state's checkpoint is not one that the log signed of what was read: the state is damaged, or of "
        "another key; take an older copy, or begin anew without");
  SEAWALL_TRY(const Standing standing, stands(head, *before));
  if (standing == Standing::kContinues) return {};
  return fail(
      Code::kUnavailable,
      "this is an older copy of the log: it shows " + text_of(head.tree().size) + " entries, and " +
          text_of(before->tree().size) + " were seen before; " +
          (standing == Standing::kBehind ? "they are the same ones"
                                         : "whether they are the same ones cannot be seen from here") +
          ": try again later, and the log itself");
}

Result<void> LogAudit::compare_with(const SignedHead& head, const AuditState& state,
                                    std::span<const std::string> others) {
  if (!state.checkpoint.empty()) SEAWALL_CHECK(compare_with_state(head, state));
  for (const std::string& note : others) {
    SEAWALL_TRY(const SignedHead other, opened_alone(note));
    SEAWALL_TRY(const Standing standing, stands(head, other));
    if (standing != Standing::kContinues)
      parts_.watcher.on_ahead(other.tree().size, standing == Standing::kBehind);
  }
  return {};
}

Result<AuditState> LogAudit::run(AuditState state, std::span<const std::string> others) {
  SEAWALL_TRY(const SignedHead head, read_head(parts_.files, parts_.keys));
  ServedLog served(parts_.files, head.tree().size);
  served_ = &served;
  SEAWALL_CHECK(compare_with(head, state, others));
  SEAWALL_CHECK(check_age(head, parts_.keys, parts_.clock.now()));
  if (state.checkpoint.empty() && state.checked.size > 0)
    return corrupt("the state says what was read and of which checkpoint not: it is damaged");
  state.origin = parts_.keys.origin;
  state.checkpoint = head.note;
  SEAWALL_CHECK(read_on(head, state));
  SEAWALL_CHECK(parts_.watcher.on_checked(state));
  return state;
}

// That the checkpoint's tree begins with what was read: nothing else is ever remembered as read.
Result<void> LogAudit::confirm(const SignedHead& head, const tlog::TreeHead& read) {
  SEAWALL_TRY(const auto proof, tlog::prove_consistency(read.size, head.tree().size, *served_));
  if (tlog::verify_growth(read, head.tree(), proof)) return {};
  return corrupt("the log's first " + text_of(read.size) +
                 " entries are not those of the root that its checkpoint has");
}

Result<void> LogAudit::read_on(const SignedHead& head, AuditState& state) {
  SEAWALL_TRY(RightEdge edge, RightEdge::load(*served_, state.checked));
  std::uint64_t saved = edge.size();
  const std::uint64_t size = head.tree().size;
  while (edge.size() < size) {
    if (!parts_.watcher.goes_on(edge.size(), size)) return fail(Code::kUnavailable, "stopped");
    SEAWALL_CHECK(read_some(*served_, edge, state));
    if (edge.size() - saved < kSaveEvery) continue;
    SEAWALL_CHECK(confirm(head, edge.head()));
    state.checked = edge.head();
    SEAWALL_CHECK(parts_.watcher.on_checked(state));
    saved = edge.size();
  }
  SEAWALL_CHECK(edge.finish([&](const tlog::TileId& tile, const std::string& bytes) {
    return compare_upper(*served_, tile, bytes);
  }));
  state.checked = edge.head();
  if (state.checked != head.tree())
    return corrupt("the log's entries do not make the root that its checkpoint has");
  return {};
}

Result<void> LogAudit::read_some(ServedLog& served, RightEdge& edge, AuditState& state) {
  std::vector<tlog::BundleId> bundles;
  std::vector<tlog::TileId> tiles;
  const std::uint64_t first = edge.size() / kTileWidth;
  for (std::uint64_t i = first; i < first + kBundlesAtOnce && i * kTileWidth < served.size(); ++i) {
    bundles.push_back(served.bundle_at(i));
    tiles.push_back({0, i, bundles.back().width});
  }
  SEAWALL_TRY(const auto bundle_bytes, served.bundles(bundles));
  SEAWALL_TRY(const auto tile_bytes, served.tiles(tiles));
  for (std::size_t i = 0; i < bundles.size(); ++i)
    SEAWALL_CHECK(take_bundle(bundles[i], bundle_bytes[i], tile_bytes[i], edge, state));
  return {};
}

Result<void> LogAudit::take_bundle(const tlog::BundleId& bundle, const std::string& bytes,
                                   const std::string& tile, RightEdge& edge, AuditState& state) {
  SEAWALL_TRY(const auto entries, tlog::parse_bundle(bytes, bundle.width));
  SEAWALL_TRY(const auto hashes, hashes_of(entries, bundle, tile));
  const auto known = edge.partial_leaves();
  const std::size_t old = known.size();
  if (!std::ranges::equal(known, std::span(hashes).first(old)))
    return corrupt(path_of(bundle) + " of the log does not begin with the entries that were read before");
  const std::uint64_t first = bundle.index * kTileWidth;
  for (std::size_t i = old; i < entries.size(); ++i) SEAWALL_CHECK(take_entry(first + i, entries[i], state));
  SEAWALL_CHECK(parts_.watcher.on_file(path_of(bundle), bytes));
  SEAWALL_CHECK(parts_.watcher.on_file(path_of(tlog::TileId{0, bundle.index, bundle.width}), tile));
  return edge.add(std::span(hashes).subspan(old), [&](const tlog::TileId& upper, const std::string& made) {
    return compare_upper(*served_, upper, made);
  });
}

Result<void> LogAudit::take_entry(std::uint64_t index, std::string_view text, AuditState& state) {
  const auto entry = log_entry_from_text(text);
  SEAWALL_TRY(const auto findings,
              state.tally.add(index, entry, {.clock_tolerance = tolerance_, .now = parts_.clock.now()}));
  for (const Finding& finding : findings) SEAWALL_CHECK(parts_.watcher.on_finding(finding));
  return parts_.watcher.on_entry(index, text, entry);
}

Result<void> LogAudit::compare_upper(ServedLog& served, const tlog::TileId& tile, const std::string& bytes) {
  SEAWALL_TRY(const std::string kept, served.tile(tile));
  if (kept != bytes) return corrupt(path_of(tile) + " of the log is not what its entries make");
  return parts_.watcher.on_file(path_of(tile), bytes);
}

}  // namespace seawall
