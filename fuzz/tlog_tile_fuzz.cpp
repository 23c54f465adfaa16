// Property: any text is read as a tile's path, and any bytes as a bundle of entries, without a crash; what
// was read is written back byte for byte.
#include <cstdint>
#include <cstdlib>

#include "seawall/tlog/bundle.h"
#include "seawall/tlog/tile.h"

using namespace seawall::tlog;

namespace {

void check_path(std::string_view text) {
  const auto path = parse_tile_path(text);
  if (path && std::visit([](const auto& id) { return path_of(id); }, *path) != text) std::abort();
}

void check_bundle(std::string_view bytes, std::uint64_t width) {
  const auto entries = parse_bundle(bytes, width);
  if (!entries) return;
  std::string again;
  for (const std::string_view entry : *entries) {
    if (!append_entry(again, entry)) std::abort();
  }
  if (again != bytes) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_path(text);
  if (text.empty()) return 0;
  const std::uint64_t width = data[0];
  check_bundle(text.substr(1), width);
  const auto hashes = parse_tile(text.substr(1), width);
  if (hashes && print_tile(*hashes) != text.substr(1)) std::abort();
  return 0;
}
