#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "seawall/base/digests.h"
#include "seawall/exchange/exchange_format.h"

namespace seawall {

/// What tells one copy of a list from all others: an order of its records that a secret decides. Nothing is
/// added to the copy, so it is in every format that keeps records in their order, and in every one that it is
/// converted to; each part of a copy has it. Who sorts or shuffles the records removes it. Cost: one HMAC a
/// record. Threads: const functions, any.
class CopyMark {
 public:
  /// The mark of one use of an order: the log's entry of it, and the entry's salt, which is secret, so that
  /// who has only the log can neither know nor forge a mark.
  static CopyMark of_use(std::string_view entry, std::span<const std::byte> salt);

  /// Where the record stands among its neighbours: copies are written in ascending rank, window by window. By
  /// its strongest sign: MD5, else SHA-1, SHA-256, the first PDQ hash, else its key.
  [[nodiscard]] std::uint64_t rank(const ExchangeRecord& record) const;

 private:
  friend class MarkDetector;
  explicit CopyMark(const Sha256& secret) : secret_(secret) {}
  [[nodiscard]] std::uint64_t rank_of(std::string_view sign) const;
  Sha256 secret_;
};

/// Looks whether a copy has a mark. See its records in their order. Threads: one.
class MarkDetector {
 public:
  /// From here on it is sure: of copies without the mark fewer than one in 10^8 gets there. Copies of fewer
  /// than 15 records never do.
  static constexpr double kSure = 6.0;

  explicit MarkDetector(const CopyMark& mark) : mark_(mark) {}
  void see(const ExchangeRecord& record);

  struct Found {
    std::uint64_t pairs = 0;     ///< Neighbours that were compared.
    std::uint64_t in_order = 0;  ///< Of those, in the order that the mark says; without it about half.
    double score = 0;            ///< By how many standard deviations that is more than half.
  };
  /// By the sign that speaks for the mark most: a format may have lost others.
  [[nodiscard]] Found found() const;

 private:
  static constexpr std::size_t kSigns = 6;
  struct Row {
    std::optional<std::uint64_t> before;
    std::uint64_t pairs = 0;
    std::uint64_t in_order = 0;
  };
  const CopyMark mark_;
  std::array<Row, kSigns> rows_;
};

}  // namespace seawall
