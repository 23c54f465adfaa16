#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "seawall/video_print/dense_print.h"

namespace seawall {

/// A DensePrint as it lies in memory while it is listed: coded as in its file, in blocks that are read alone.
///
/// Not a format: read only what append() of this process wrote; bytes of others are not checked. Labels'
/// names are not kept. Threads: any. Lifetime: views its bytes. Cost: about 19 bytes a hash where hashes
/// follow each other closely, 37 where they do not, and 20 a print; reading a block 2 to 10 us.
class PackedPrint {
 public:
  /// Of one label; of several labels more, so that most hashes have one of their label before them.
  static constexpr std::uint32_t kBlockHashes = 32;

  /// Appends the packed form; `print` must be one that write_dense_print() takes, with at most 2^32 bytes.
  static void append(const DensePrint& print, std::vector<std::byte>& out);

  PackedPrint() = default;
  /// `bytes`: what one append() added.
  explicit PackedPrint(std::span<const std::byte> bytes);

  [[nodiscard]] std::uint32_t duration_ms() const { return duration_ms_; }
  [[nodiscard]] std::uint32_t hashes() const { return hashes_; }
  [[nodiscard]] std::uint32_t labels() const { return labels_; }
  [[nodiscard]] std::size_t size_bytes() const { return size_bytes_; }
  [[nodiscard]] std::uint32_t blocks() const;
  /// Hashes of each block but the last: hash i of the print lies in block i / block_hashes().
  [[nodiscard]] std::uint32_t block_hashes() const { return block_hashes_; }
  /// When the first hash of a block starts.
  [[nodiscard]] std::uint32_t start_ms(std::uint32_t block) const;
  /// Whether a hash of that label is in the block.
  [[nodiscard]] bool has(std::uint32_t block, std::uint8_t label) const;
  /// Puts the hashes of a block, in order, in the place of what is in `hashes`.
  void read(std::uint32_t block, std::vector<HeldHash>& hashes) const;
  /// The whole print, with labels without names. For tests.
  [[nodiscard]] DensePrint unpacked() const;

 private:
  [[nodiscard]] std::size_t row_bytes() const;

  std::span<const std::byte>
      rows_;  // Of each block: start, offset of its code, labels where there are several.
  std::span<const std::byte> codes_;  // Of all blocks.
  std::size_t size_bytes_ = 0;
  std::uint32_t duration_ms_ = 0;
  std::uint32_t hashes_ = 0;
  std::uint32_t labels_ = 0;
  std::uint32_t block_hashes_ = kBlockHashes;
};

}  // namespace seawall
