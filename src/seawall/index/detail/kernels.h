#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "seawall/model/signal.h"

namespace seawall::index_detail {

inline constexpr std::size_t kLineLanes = 32;
/// One cache line of 16-bit chunks.
struct alignas(64) Line {
  std::array<std::uint16_t, kLineLanes> lanes;
};

/// Where a bucket starts; the next entry says where it ends.
struct DirectoryEntry {
  std::uint32_t line = 0;  ///< Among all lines of the segment.
  std::uint32_t row = 0;   ///< Among the row numbers of the table.
};

/// One bucket to be filtered: its lines from begin.line up to end.line; lanes within the limit of `next`
/// survive.
struct Probe {
  DirectoryEntry begin, end;
  std::uint32_t owner = 0;  ///< The caller's own; kernels ignore it.
  std::uint16_t next = 0;
  [[nodiscard]] std::uint32_t line_count() const { return end.line - begin.line; }
  [[nodiscard]] std::uint32_t row_count() const { return end.row - begin.row; }
};

/// A line with survivors: bit i of `lanes` is lane i.
struct Survivors {
  std::uint32_t probe = 0;  ///< Index into the probes.
  std::uint32_t line = 0;   ///< Index into the lines of that probe.
  std::uint32_t lanes = 0;
};

inline constexpr std::size_t kFrontLanes = kLineLanes - 1;  ///< Of a front line (front_lines.h).
inline constexpr std::uint16_t kFrontMore =
    0x8000;  ///< In a front line's last lane: there is more than it holds.

inline constexpr std::uint16_t kFrontMarked = 0x4000;  ///< There too: marks that did not fit.

/// A query at one table's front lines; its own bucket's line, its neighbours' are that ^ a bucket difference.
struct Visitor {
  std::uint32_t line = 0;
  std::uint32_t owner = 0;  ///< The caller's own; kernels ignore it.
  std::uint16_t next = 0;
  std::uint16_t third = 0;
};

struct FlatHit {
  std::uint32_t row = 0;
  std::uint16_t query = 0;
  std::uint16_t distance_bits = 0;
};

inline constexpr int kFilterLimitMax = 7;
inline constexpr std::size_t kFlatQueries = 8;      ///< That a search asks at a time.
inline constexpr std::size_t kFlatQueriesMax = 64;  ///< That flat() takes.
inline constexpr std::size_t kFlatRows = 1024;

/// The loops that depend on the processor. Every backend gives identical answers.
struct Kernels {
  std::string_view name;
  /// Writes one Survivors for each line that has a lane at most `limit` (0..kFilterLimitMax) bits from its
  /// probe's `next`, in order; returns how many. `out` has room for the sum of all line_count() and one more.
  std::size_t (*filter)(const Line* lines, std::span<const Probe> probes, int limit, Survivors* out);
  /// The same for front lines: the line of each visitor ^ each difference. Survivors: `probe` the visitor,
  /// `line` the front line, bits 0 to 30 of `lanes` its lanes, bit 31 its kFrontMore; none set: left out.
  /// `out` has room for visitors times differences.
  std::size_t (*filter_front)(const Line* lines, std::span<const Visitor> visitors,
                              std::span<const std::uint16_t> differences, int limit, Survivors* out);
  /// Of what filter_front() found keeps, in order, the lanes whose chunks in `lines` and in `thirds` together
  /// are at most `limit` bits from their visitor's next and third, and each bit 31; lines without any are
  /// left out. Returns how many are left at the front of `found`.
  std::size_t (*filter_third)(const Line* lines, const Line* thirds, std::span<const Visitor> visitors,
                              int limit, std::span<Survivors> found);
  /// All pairs within `radius_bits[q]` (-1: none) of at most kFlatRows codes and kFlatQueriesMax queries, in
  /// any order; returns how many. `out` has room for codes.size() * queries.size().
  std::size_t (*flat)(std::span<const Fingerprint256> codes, std::span<const Fingerprint256> queries,
                      const int* radius_bits, FlatHit* out);
  /// hamming_distance() with this processor's population count.
  int (*distance)(const Fingerprint256& a, const Fingerprint256& b);
};

/// Those this processor can run, best first; the last is the portable one.
[[nodiscard]] std::vector<const Kernels*> kernels_available();
/// The best available, or a lesser one that SEAWALL_CPU names ("avx512", "avx2", "neon", "portable"); read
/// once.
[[nodiscard]] const Kernels& kernels();

}  // namespace seawall::index_detail
