#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "seawall/durable_file/byte_io.h"
#include "seawall/observation/detail/rows.h"

namespace seawall::observation_detail {

using durable::Bytes;

inline constexpr std::size_t kBlockRowsMax = std::size_t{1} << 14;
inline constexpr std::size_t kBlockAlign = 64;
inline constexpr std::size_t kBlockHeaderBytes = 128;

/// Parts of a block's body that are read, and checked, on their own.
struct Section {
  std::uint64_t checksum = 0;
  std::uint32_t size_bytes = 0;
  std::uint32_t reserved = 0;
};

/// The head of a block as it is on disk. Format: docs/formats/observations.md.
struct BlockHeader {
  std::uint32_t mark = 0;
  std::uint8_t version = 0;
  std::uint8_t reserved_0 = 0;
  std::uint8_t time_bytes = 0;   ///< Of each time, 0..6.
  std::uint8_t place_bytes = 0;  ///< Of every place; 0: each says its own.
  std::uint32_t rows = 0;
  std::uint32_t code_rows = 0;
  std::uint32_t md5_rows = 0;
  std::uint32_t sha1_rows = 0;
  std::uint32_t sha256_rows = 0;
  std::uint32_t run_count = 0;
  std::int64_t time_min_ms = 0;
  std::int64_t time_max_ms = 0;
  Section codes, digests, runs, facts;  ///< In this order after the head.
  std::uint64_t reserved = 0;
  std::uint64_t checksum = 0;  ///< Of all before.

  [[nodiscard]] std::uint64_t codes_at() const { return kBlockHeaderBytes; }
  [[nodiscard]] std::uint64_t digests_at() const { return codes_at() + codes.size_bytes; }
  [[nodiscard]] std::uint64_t runs_at() const { return digests_at() + digests.size_bytes; }
  [[nodiscard]] std::uint64_t facts_at() const { return runs_at() + runs.size_bytes; }
  /// Head, body and zeros up to the next block.
  [[nodiscard]] std::uint64_t size_bytes() const {
    return (facts_at() + facts.size_bytes + kBlockAlign - 1) / kBlockAlign * kBlockAlign;
  }
};
static_assert(sizeof(BlockHeader) == kBlockHeaderBytes);

/// Consecutive rows of one tenant.
struct Run {
  std::uint32_t tenant = 0;
  std::uint32_t rows = 0;
  std::int64_t time_min_ms = 0;
  std::int64_t time_max_ms = 0;
};
static_assert(sizeof(Run) == 24);

/// 1 to kBlockRowsMax rows, in sorted_order(). Times 0 to kTimeMsMax, places 1 to kPlaceBytesMax bytes.
[[nodiscard]] std::vector<std::byte> encode_rows(const Rows& rows);

/// The head at the front of `bytes` if it is one: its own checksum and all sizes agree.
[[nodiscard]] std::optional<BlockHeader> read_header(Bytes bytes);

/// Whether `bytes` are what `section` says.
[[nodiscard]] bool intact(const Section& section, Bytes bytes);

/// Digests of a block, from its intact digests section. None: the bytes are not what the header says.
struct Digests {
  Sparse<Md5> md5;
  Sparse<Sha1> sha1;
  Sparse<Sha256> sha256;
};
[[nodiscard]] std::optional<Digests> decode_digests(const BlockHeader& header, Bytes section);
[[nodiscard]] std::optional<std::vector<Run>> decode_runs(const BlockHeader& header, Bytes section);

/// Rows of a whole block (head and body). None: damaged. Never trusts a count.
[[nodiscard]] std::optional<Rows> decode_rows(Bytes block);

}  // namespace seawall::observation_detail
