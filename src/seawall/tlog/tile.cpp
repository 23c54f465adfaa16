#include "seawall/tlog/tile.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

namespace seawall::tlog {
namespace {

constexpr std::size_t kPathBytesMax = 80;
constexpr std::uint64_t kTilesMax = std::uint64_t{1} << 20;

// Of one subtree at `level`, as a power of two.
constexpr unsigned height_of(unsigned level) { return 8 * level; }

std::string three_digits(std::uint64_t number) {
  std::string digits = std::to_string(number);
  return digits.insert(0, 3 - digits.size(), '0');
}

// "x001/x234/067".
std::string index_text(std::uint64_t index) {
  std::string text = three_digits(index % 1000);
  for (index /= 1000; index > 0; index /= 1000) text.insert(0, "x" + three_digits(index % 1000) + "/");
  return text;
}

std::string path_under(std::string folder, std::uint64_t index, std::uint64_t width) {
  std::string path = std::move(folder) + "/" + index_text(index);
  if (width < kTileWidth) path += ".p/" + std::to_string(width);
  return path;
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Loosely: what is taken here is written anew and compared. The digits of "x001/x234/067" with no more
// checks.
std::optional<std::uint64_t> index_in(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
               [](char c) { return c != 'x' && c != '/'; });
  return number_in(digits);
}

struct Place {
  std::string_view folder;
  std::uint64_t index, width;
};

std::optional<Place> place_in(std::string_view path) {
  if (path.size() > kPathBytesMax || !path.starts_with("tile/")) return std::nullopt;
  path.remove_prefix(5);
  const std::size_t folder_end = std::min(path.find('/'), path.size());
  const std::size_t partial = path.find(".p/");
  const auto width = partial == path.npos ? kTileWidth : number_in(path.substr(partial + 3));
  const std::string_view number = path.substr(0, partial);
  const auto index = folder_end < number.size() ? index_in(number.substr(folder_end + 1)) : std::nullopt;
  if (!index || !width || *width == 0 || *width > kTileWidth) return std::nullopt;
  return Place{path.substr(0, folder_end), *index, *width};
}

template <class Id>
bool reaches(const Id& id, std::uint64_t width) {
  return id.width >= 1 && id.width <= width;
}

}  // namespace

std::string path_of(const TileId& tile) {
  return path_under("tile/" + std::to_string(tile.level), tile.index, tile.width);
}

std::string path_of(const BundleId& bundle) { return path_under("tile/entries", bundle.index, bundle.width); }

Result<std::variant<TileId, BundleId>> parse_tile_path(std::string_view path) {
  const auto bad = [] { return fail(Code::kInvalidInput, "not the path of a tile of a log"); };
  const auto place = place_in(path);
  if (!place) return bad();
  if (place->folder == "entries") {
    const BundleId bundle{place->index, place->width};
    if (path_of(bundle) != path) return bad();
    return bundle;
  }
  const auto level = number_in(place->folder);
  if (!level || *level > 63) return bad();
  const TileId tile{static_cast<unsigned>(*level), place->index, place->width};
  if (path_of(tile) != path) return bad();
  return tile;
}

std::uint64_t tile_width(std::uint64_t size, unsigned level, std::uint64_t index) {
  if (level >= kTileLevels) return 0;
  const std::uint64_t hashes = size >> height_of(level);
  if (index > hashes / kTileWidth) return 0;
  return std::min(hashes - index * kTileWidth, kTileWidth);
}

bool is_within(const TileId& tile, std::uint64_t size) {
  return reaches(tile, tile_width(size, tile.level, tile.index));
}

bool is_within(const BundleId& bundle, std::uint64_t size) {
  return reaches(bundle, tile_width(size, 0, bundle.index));
}

Result<std::vector<TileId>> changed_tiles(std::uint64_t old_size, std::uint64_t new_size) {
  if (old_size > new_size || new_size > kSizeMax) {
    return fail(Code::kInvalidInput, "a log does not shrink and has at most 2^62 entries");
  }
  if ((new_size - old_size) / kTileWidth > kTilesMax / 2) {
    return fail(Code::kLimitExceeded, "the log grows by too much at once");
  }
  std::vector<TileId> tiles;
  for (unsigned level = 0; level < kTileLevels; ++level) {
    if (old_size >> height_of(level) == new_size >> height_of(level)) break;
    for (std::uint64_t i = (old_size >> height_of(level)) / kTileWidth; true; ++i) {
      const std::uint64_t width = tile_width(new_size, level, i);
      if (width == 0) break;
      tiles.push_back({level, i, width});
    }
  }
  return tiles;
}

Result<std::vector<Hash>> parse_tile(std::string_view bytes, std::uint64_t width) {
  if (width == 0 || width > kTileWidth || bytes.size() != width * sizeof(Hash)) {
    return fail(Code::kInvalidInput, "a tile of " + std::to_string(width) + " hashes has " +
                                         std::to_string(bytes.size()) + " bytes");
  }
  std::vector<Hash> hashes(width);
  std::memcpy(hashes.data(), bytes.data(), bytes.size());
  return hashes;
}

std::string print_tile(const std::vector<Hash>& hashes) {
  return {reinterpret_cast<const char*>(hashes.data()), hashes.size() * sizeof(Hash)};
}

}  // namespace seawall::tlog
