#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "seawall/api/match_answer.h"
#include "seawall/store/store.h"

namespace seawall {

/// What banks, sources and entries are called, read from the store once a list version.
///
/// Guarantees: names are those of the version asked for, or newer. Memory is bounded: at most kEntriesMax
/// entries. Threads: any. known() never blocks for the store; read() does. Lifetime: borrows the store.
class ListNames {
 public:
  static constexpr std::size_t kEntriesMax = 65'536;

  /// `store_answers`: must not block; while it says no, the store is not asked.
  ListNames(Store& store, std::function<bool()> store_answers)
      : store_(store), store_answers_(std::move(store_answers)) {}

  /// Whether `version` and all of these entries are known, so that no call here asks the store.
  [[nodiscard]] bool known(std::uint64_t version, std::span<const LookupMatch> matches) const;
  /// Reads what known() lacks. Errors: the store's.
  Result<void> read(std::uint64_t version, std::span<const LookupMatch> matches);

  /// The bank of that name in a tenant, as last read; none: there is none.
  [[nodiscard]] std::optional<BankId> bank(std::string_view tenant, std::string_view name) const;
  /// What a match's bank, source and entry are called; numbers where that was never read.
  [[nodiscard]] MatchNames names_of(const LookupMatch& match) const;
  [[nodiscard]] std::string bank_name(BankId bank) const;
  /// Whose the bank is; none: it was not read yet.
  [[nodiscard]] std::optional<std::string> tenant_of(BankId bank) const;
  [[nodiscard]] std::string source_name(SourceId source) const;
  /// The list version of the banks and sources that are known; 0: none yet.
  [[nodiscard]] std::uint64_t version() const;

 private:
  struct EntryNames {
    std::optional<Classification> classification;
    std::string series;
    std::uint64_t version = 0;
  };
  Result<void> read_banks(StoreView& view, std::uint64_t version);
  [[nodiscard]] bool has_all(std::span<const LookupMatch> matches) const;

  Store& store_;
  const std::function<bool()> store_answers_;
  mutable std::mutex mutex_;  // Guards what follows.
  std::uint64_t version_ = 0;
  std::map<std::pair<std::string, std::string>, BankId, std::less<>> banks_;
  std::unordered_map<BankId, std::string> bank_names_;
  std::unordered_map<BankId, std::string> bank_tenants_;
  std::unordered_map<SourceId, std::string> source_names_;
  std::unordered_map<EntryId, EntryNames> entries_;  // As of version_ or later.
};

}  // namespace seawall
