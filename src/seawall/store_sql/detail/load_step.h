#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "seawall/store/store.h"
#include "seawall/store_sql/detail/key_runs.h"

namespace seawall::store_sql_detail {

/// A step of a load made ready outside the transaction: checked, encoded, its keys hashed and sorted.
/// Lifetime: borrows the step.
class LoadStep {
 public:
  static constexpr std::size_t kRecordsMax = 1'000'000;

  /// Errors: kInvalidInput (names the place in the step), kLimitExceeded.
  static Result<LoadStep> prepare(const ReleaseLoad::Step& step);

  /// Marks what is there already, in the step or in `runs`, as left out: it becomes a refusal.
  /// `known`: whether the entry at a place of the release has that key.
  Result<void> drop_repeats(KeyRuns& runs, FunctionRef<Result<bool>(std::uint32_t, std::string_view)> known);
  /// Gives places from `first` on to those kept; the keys of the runs, sorted.
  std::vector<KeyPlace> keys(std::uint32_t first) const;

  struct Row {
    const NewEntry* entry;
    std::string_view content;  ///< Canonical.
  };
  /// Calls `visit` for each kept entry, in order.
  Result<void> for_each(FunctionRef<Result<void>(const Row&)> visit) const;
  [[nodiscard]] std::uint64_t kept() const { return step_->add.size() - repeats_; }
  [[nodiscard]] std::uint64_t kept_quarantined() const;
  [[nodiscard]] const std::vector<Refusal>& refusals() const { return refusals_; }

 private:
  explicit LoadStep(const ReleaseLoad::Step& step) : step_(&step) {}
  Result<void> encode();
  void drop(std::size_t place);

  const ReleaseLoad::Step* step_;
  std::string contents_;
  std::vector<std::size_t> ends_;  ///< Of each content in contents_.
  std::vector<KeyPlace> by_hash_;  ///< Of each entry, its place in the step.
  std::vector<bool> dropped_;
  std::uint64_t repeats_ = 0;
  std::vector<Refusal> refusals_;  ///< Of the step, cleaned, and the repeats.
};

}  // namespace seawall::store_sql_detail
