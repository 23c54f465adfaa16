#include "seawall/tlog/bundle.h"

#include "seawall/tlog/tile.h"

namespace seawall::tlog {

Result<void> append_entry(std::string& bundle, std::string_view entry) {
  if (entry.size() > kEntryBytesMax) return fail(Code::kLimitExceeded, "an entry has more than 65,535 bytes");
  bundle += static_cast<char>(entry.size() >> 8);
  bundle += static_cast<char>(entry.size() & 0xFF);
  bundle += entry;
  return {};
}

Result<std::vector<std::string_view>> parse_bundle(std::string_view bytes, std::uint64_t width) {
  if (width == 0 || width > kTileWidth) return fail(Code::kInvalidInput, "a bundle has 1 to 256 entries");
  std::vector<std::string_view> entries;
  entries.reserve(width);
  for (std::uint64_t i = 0; i < width; ++i) {
    if (bytes.size() < 2) return fail(Code::kInvalidInput, "a bundle ends before its last entry");
    const std::size_t size = static_cast<std::size_t>(static_cast<unsigned char>(bytes[0])) << 8 |
                             static_cast<unsigned char>(bytes[1]);
    bytes.remove_prefix(2);
    if (bytes.size() < size) return fail(Code::kInvalidInput, "a bundle ends within an entry");
    entries.push_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  if (!bytes.empty()) return fail(Code::kInvalidInput, "a bundle goes on after its last entry");
  return entries;
}

}  // namespace seawall::tlog
