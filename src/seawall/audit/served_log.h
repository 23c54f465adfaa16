#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "seawall/audit/log_files.h"
#include "seawall/tlog/proofs.h"

namespace seawall {

/// Tiles and bundles of a log of a known size, as they are served: of the right form, but not verified. A
/// partial file that is gone is taken from the beginning of the full one (C2SP tlog-tiles, "Partial Tiles").
/// Lifetime: borrows the files. Threads: one.
class ServedLog {
 public:
  ServedLog(LogFiles& files, std::uint64_t size) : files_(files), size_(size) {}

  /// Each tile's bytes, 32 * width. Errors: kCorrupt (missing, or of another size); those of the files.
  Result<std::vector<std::string>> tiles(std::span<const tlog::TileId> wanted);
  Result<std::string> tile(const tlog::TileId& wanted);
  /// For the proofs of tlog/proofs.h.
  Result<std::string> operator()(const tlog::TileId& wanted) { return tile(wanted); }

  /// The bytes of bundles: exactly width entries each. Errors: as above.
  Result<std::vector<std::string>> bundles(std::span<const tlog::BundleId> wanted);
  /// The entry of that index. Errors: kNotFound if the log ends before; as above.
  Result<std::string> entry(std::uint64_t index);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Bundle `index` of this log, as wide as it is. index * 256 < size.
  [[nodiscard]] tlog::BundleId bundle_at(std::uint64_t index) const;

 private:
  struct Piece;
  Result<std::vector<Piece>> fetch(std::vector<Piece> pieces);

  LogFiles& files_;
  std::uint64_t size_;
};

}  // namespace seawall
