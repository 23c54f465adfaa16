#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "seawall/base/result.h"
#include "seawall/index/digest_index.h"
#include "seawall/index/live_index.h"
#include "seawall/sqlite/database.h"

namespace seawall::bank_detail {

/// The four indexes of a bank, which follow entries.db change by change. Threads: queries from any number.
class Indexes {
 public:
  static constexpr std::array kDigestTypes{SignalType::kMd5, SignalType::kSha1, SignalType::kSha256};

  /// Errors: LiveIndex::open's.
  static Result<Indexes> open(const std::filesystem::path& folder, bool read_only);

  /// Applies every change that an index has not seen. Errors: the store's and the indexes'.
  Result<void> follow(Database& database);
  /// The lowest and the highest position of the four: equal unless a crash came between.
  [[nodiscard]] std::uint64_t position_min() const;
  [[nodiscard]] std::uint64_t position_max() const;

  [[nodiscard]] const LiveIndex& pdq() const { return *pdq_; }
  /// Errors: kInvalidInput for a type without an index.
  Result<const LiveDigestIndex*> digests(SignalType type) const;
  Result<void> merge();

 private:
  struct Change;
  static Result<void> load(Database& database, std::int64_t first_row, std::int64_t last_row, Change& change);
  Result<void> apply(const Change& change);

  std::unique_ptr<LiveIndex> pdq_;
  std::array<std::unique_ptr<LiveDigestIndex>, kDigestTypes.size()> digests_;
};

}  // namespace seawall::bank_detail
