#include "seawall/audit/log_audit.h"

#include <algorithm>

#include "seawall/tlog/bundle.h"

namespace seawall {
namespace {

using tlog::kTileWidth;

constexpr std::uint64_t kBundlesAtOnce = 8;

std::string text_of(std::uint64_t number) { return std::to_string(number); }

tl::unexpected<Error> corrupt(std::string what) { return fail(Code::kCorrupt, std::move(what)); }

std::string sentence_of(const Contradiction& found, const tlog::TreeHead& before, const tlog::TreeHead& now) {
  if (found.kind == Contradiction::Kind::kShrunk) {
    return "the log shows " + text_of(now.size) + " entries, where it has shown " + text_of(before.size) +
           ": it has shrunk, or this is an old copy of it";
  }
  return "the log has forked: its " + text_of(now.size) + " entries do not begin with the " +
         text_of(before.size) + " that it has shown before";
}

Result<tlog::TreeHead> tree_of(const std::string& note) {
  SEAWALL_TRY(const auto parsed, tlog::parse_note(note));
  SEAWALL_TRY(const auto checkpoint, tlog::parse_checkpoint(parsed.text));
  return checkpoint.head;
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

// That the log, at `head`, begins with the entries of `before`, which `note` shows.
Result<void> LogAudit::continues(const SignedHead& head, const tlog::TreeHead& before,
                                 const std::string& note) {
  const tlog::TreeHead& now = head.tree();
  Contradiction found{Contradiction::Kind::kForked, note, head.note};
  if (before == now) return {};
  if (before.size > now.size) {
    found.kind = Contradiction::Kind::kShrunk;
  } else if (before.size < now.size) {
    tlog::Proof proof;
    if (before.size > 0) {
      SEAWALL_TRY(proof, tlog::prove_consistency(before.size, now.size, *served_));
    }
    if (tlog::verify_growth(before, now, proof)) return {};
    // Tiles that do not even make the new root prove nothing against whoever signed.
    SEAWALL_TRY(const tlog::Hash root, tlog::tree_root(now.size, *served_));
    if (root != now.root) return corrupt("the log's tiles do not make the root that its checkpoint has");
  }
  parts_.watcher.on_contradiction(found);
  return corrupt(sentence_of(found, before, now));
}

Result<void> LogAudit::compare_with(const SignedHead& head, const AuditState& state,
                                    std::span<const std::string> others) {
  if (!state.checkpoint.empty()) {
    SEAWALL_TRY(const auto before, tree_of(state.checkpoint));
    SEAWALL_CHECK(continues(head, before, state.checkpoint));
  }
  for (const std::string& note : others) {
    auto keys = parts_.keys;
    keys.quorum = 0;  // The log's own word is enough to convict it.
    SEAWALL_TRY(const SignedHead other, open_head(note, keys));
    SEAWALL_CHECK(continues(head, other.tree(), note));
  }
  return {};
}

Result<AuditState> LogAudit::run(AuditState state, std::span<const std::string> others) {
  SEAWALL_TRY(const SignedHead head, read_head(parts_.files, parts_.keys));
  ServedLog served(parts_.files, head.tree().size);
  served_ = &served;
  SEAWALL_CHECK(compare_with(head, state, others));
  SEAWALL_CHECK(check_age(head, parts_.keys, parts_.clock.now()));
  if (state.checked.size > head.tree().size) {
    return corrupt("the log shows " + text_of(head.tree().size) + " entries, of which " +
                   text_of(state.checked.size) + " were read before: it has shrunk, or this is an old copy");
  }
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
