#include "seawall/audit/served_log.h"

#include <algorithm>

#include "seawall/tlog/bundle.h"

namespace seawall {
namespace {

constexpr std::uint64_t kTileBytes = tlog::kTileWidth * sizeof(tlog::Hash);
constexpr std::uint64_t kBundleBytesMax = tlog::kTileWidth * (2 + tlog::kEntryBytesMax);

template <class Id>
Id widened(Id id) {
  id.width = tlog::kTileWidth;
  return id;
}

tl::unexpected<Error> corrupt(const std::string& path, const char* what) {
  return fail(Code::kCorrupt, path + " of the log " + what);
}

}  // namespace

/// A file that is wanted, the wider one that may stand in for it, and what came.
struct ServedLog::Piece {
  template <class Id>
  Piece(const Id& id, std::uint64_t most)
      : path(tlog::path_of(id)), full(tlog::path_of(widened(id))), width(id.width), bytes_max(most) {}

  std::string path, full;
  std::uint64_t width, bytes_max;
  std::string bytes = {};
  bool is_there = false;
};

Result<std::vector<ServedLog::Piece>> ServedLog::fetch(std::vector<Piece> pieces) {
  for (const bool full : {false, true}) {
    std::vector<Piece*> missing;
    std::vector<LogFileWish> wishes;
    for (Piece& piece : pieces) {
      if (piece.is_there || (full && piece.full == piece.path)) continue;
      missing.push_back(&piece);
      wishes.push_back({full ? piece.full : piece.path, piece.bytes_max});
    }
    if (missing.empty()) break;
    SEAWALL_TRY(auto found, files_.read(wishes));
    for (std::size_t i = 0; i < missing.size(); ++i) {
      if (!found[i]) continue;
      Piece& piece = *missing[i];
      piece.is_there = true;
      piece.bytes = *std::move(found[i]);
      if (full) piece.width = tlog::kTileWidth;
    }
  }
  for (const Piece& piece : pieces) {
    if (!piece.is_there) return corrupt(piece.path, "is missing");
  }
  return pieces;
}

Result<std::vector<std::string>> ServedLog::tiles(std::span<const tlog::TileId> wanted) {
  std::vector<Piece> pieces;
  for (const tlog::TileId& tile : wanted) pieces.emplace_back(tile, kTileBytes);
  SEAWALL_TRY(pieces, fetch(std::move(pieces)));
  std::vector<std::string> all;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].bytes.size() != pieces[i].width * sizeof(tlog::Hash))
      return corrupt(pieces[i].path, "has another size than its hashes");
    pieces[i].bytes.resize(wanted[i].width * sizeof(tlog::Hash));
    all.push_back(std::move(pieces[i].bytes));
  }
  return all;
}

Result<std::string> ServedLog::tile(const tlog::TileId& wanted) {
  // A proof asks for tiles as wide as they are in its tree, which this log may have outgrown.
  tlog::TileId there = wanted;
  there.width = std::max(wanted.width, tlog::tile_width(size_, wanted.level, wanted.index));
  SEAWALL_TRY(auto all, tiles(std::span(&there, 1)));
  all[0].resize(wanted.width * sizeof(tlog::Hash));
  return std::move(all[0]);
}

Result<std::vector<std::string>> ServedLog::bundles(std::span<const tlog::BundleId> wanted) {
  std::vector<Piece> pieces;
  for (const tlog::BundleId& bundle : wanted) pieces.emplace_back(bundle, kBundleBytesMax);
  SEAWALL_TRY(pieces, fetch(std::move(pieces)));
  std::vector<std::string> all;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    std::string& bytes = pieces[i].bytes;
    const auto entries = tlog::parse_bundle(bytes, pieces[i].width);
    if (!entries) return corrupt(pieces[i].path, "does not hold its entries: it is cut short or damaged");
    const std::string_view last = (*entries)[wanted[i].width - 1];
    bytes.resize(static_cast<std::size_t>(last.data() + last.size() - bytes.data()));
    all.push_back(std::move(bytes));
  }
  return all;
}

tlog::BundleId ServedLog::bundle_at(std::uint64_t index) const {
  return {index, tlog::tile_width(size_, 0, index)};
}

Result<std::string> ServedLog::entry(std::uint64_t index) {
  if (index >= size_)
    return fail(Code::kNotFound, "the log has " + std::to_string(size_) + " entries, counted from 0");
  const tlog::BundleId bundle = bundle_at(index / tlog::kTileWidth);
  SEAWALL_TRY(const auto bytes, bundles(std::span(&bundle, 1)));
  SEAWALL_TRY(const auto entries, tlog::parse_bundle(bytes[0], bundle.width));
  return std::string(entries[index % tlog::kTileWidth]);
}

}  // namespace seawall
