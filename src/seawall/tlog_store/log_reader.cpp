#include "seawall/tlog_store/log_reader.h"

#include <algorithm>

#include "seawall/tlog/bundle.h"
#include "seawall/tlog_store/detail/edge.h"
#include "seawall/tlog_store/detail/log_files.h"

namespace seawall::tlog {
namespace {

// A full bundle of the longest entries.
constexpr std::uint64_t kFileBytesMax = kTileWidth * (2 + kEntryBytesMax);
// A file that is gone has grown into another; one look more finds that, unless it has grown again.
constexpr int kLooksMax = 4;

std::uint64_t width_in(const TileId& tile, std::uint64_t size) {
  return tile_width(size, tile.level, tile.index);
}
std::uint64_t width_in(const BundleId& bundle, std::uint64_t size) {
  return tile_width(size, 0, bundle.index);
}

}  // namespace

namespace detail {

Result<std::string> read_whole(durable::FileSystem& files, const std::string& path) {
  SEAWALL_TRY(const auto file, files.open_read(path));
  if (file->size_bytes() > kFileBytesMax) return fail(Code::kCorrupt, path + " of the log is too long");
  std::string bytes(file->size_bytes(), '\0');
  SEAWALL_CHECK(file->read(0, std::as_writable_bytes(std::span(bytes))));
  return bytes;
}

Result<TreeHead> read_state(durable::FileSystem& files, const std::string& origin) {
  SEAWALL_TRY(const std::string text, read_whole(files, kStateFile));
  const auto state = parse_checkpoint(text);
  if (!state) return fail(Code::kCorrupt, "the state of the log: " + state.error().message);
  if (state->origin != origin) return fail(Code::kInvalidInput, "the folder holds a log of another origin");
  return state->head;
}

}  // namespace detail

Result<LogReader> LogReader::open(std::shared_ptr<durable::FolderTree> files, const std::string& origin) {
  SEAWALL_CHECK(detail::read_state(*files, origin));
  auto& kept = *files;
  return LogReader(std::move(files), [&kept, origin] { return detail::read_state(kept, origin); });
}

Result<std::string> LogReader::published() const {
  return detail::read_whole(*files_, detail::kCheckpointFile);
}

// The bytes of the one file that now holds `wanted`, and how wide it is.
template <class Id>
Result<std::pair<std::string, std::uint64_t>> LogReader::read_widest(const Id& wanted) const {
  for (int look = 1; true; ++look) {
    SEAWALL_TRY(const TreeHead head, head_());
    if (!is_within(wanted, head.size)) return fail(Code::kNotFound, "the log has no " + path_of(wanted));
    Id now = wanted;
    now.width = width_in(wanted, head.size);
    auto bytes = detail::read_whole(*files_, path_of(now));
    if (bytes) return std::pair(std::move(*bytes), now.width);
    if (bytes.error().code != Code::kNotFound) return tl::unexpected(std::move(bytes.error()));
    if (look == kLooksMax) return fail(Code::kCorrupt, path_of(now) + " of the log is missing");
  }
}

Result<std::string> LogReader::read_tile(const TileId& tile) const {
  SEAWALL_TRY(auto found, read_widest(tile));
  auto& [bytes, width] = found;
  if (!parse_tile(bytes, width)) return fail(Code::kCorrupt, path_of(tile) + " of the log has another size");
  bytes.resize(tile.width * sizeof(Hash));
  return std::move(bytes);
}

Result<std::string> LogReader::read_bundle(const BundleId& bundle) const {
  SEAWALL_TRY(auto found, read_widest(bundle));
  auto& [bytes, width] = found;
  const auto entries = parse_bundle(bytes, width);
  if (!entries) return fail(Code::kCorrupt, path_of(bundle) + " of the log does not hold its entries");
  const std::string_view last = (*entries)[bundle.width - 1];
  bytes.resize(static_cast<std::size_t>(last.data() + last.size() - bytes.data()));
  return std::move(bytes);
}

Result<std::vector<std::string>> LogReader::read_entries(std::uint64_t first, std::uint64_t count) const {
  if (count > kEntriesReadMax) return fail(Code::kLimitExceeded, "more than 65,536 entries are asked for");
  SEAWALL_TRY(const TreeHead head, head_());
  if (first > head.size || count > head.size - first) return fail(Code::kNotFound, "the log ends before");
  std::vector<std::string> entries;
  entries.reserve(count);
  while (entries.size() < count) {
    const std::uint64_t next = first + entries.size();
    BundleId bundle{next / kTileWidth};
    bundle.width = width_in(bundle, head.size);
    SEAWALL_TRY(const std::string bytes, read_bundle(bundle));
    SEAWALL_TRY(const auto all, parse_bundle(bytes, bundle.width));
    for (std::uint64_t i = next % kTileWidth; i < all.size() && entries.size() < count; ++i)
      entries.emplace_back(all[i]);
  }
  return entries;
}

Result<void> LogReader::compare(const std::string& path, const std::string& bytes) const {
  SEAWALL_TRY(const auto id, parse_tile_path(path));
  const auto read = [&](const auto& wanted) {
    if constexpr (requires { wanted.level; }) {
      return read_tile(wanted);
    } else {
      return read_bundle(wanted);
    }
  };
  SEAWALL_TRY(const std::string kept, std::visit(read, id));
  if (kept != bytes) return fail(Code::kCorrupt, path + " of the log is not what its entries make");
  return {};
}

Result<TreeHead> LogReader::verify() const {
  SEAWALL_TRY(const TreeHead head, head_());
  const auto compare_file = [&](const std::string& path, const std::string& bytes) {
    return compare(path, bytes);
  };
  detail::Edge edge;
  while (edge.size() < head.size) {
    const std::uint64_t count = std::min<std::uint64_t>(kTileWidth, head.size - edge.size());
    SEAWALL_TRY(const auto entries, read_entries(edge.size(), count));
    for (const std::string& entry : entries) SEAWALL_CHECK(edge.add(entry, compare_file));
  }
  SEAWALL_CHECK(edge.emit_partial(0, compare_file));
  if (edge.head() != head)
    return fail(Code::kCorrupt, "the log's entries make another root than its state has");
  return head;
}

}  // namespace seawall::tlog
