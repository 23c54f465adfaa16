#pragma once

#include <optional>
#include <string>
#include <vector>

#include "seawall/service/list_scope.h"

namespace seawall {

/// Which of a bank's entries somebody looks for; all that is said must hold.
/// Guarantees: bounded: one answer looks at kLookedAtMax entries at most, and says where to go on; by its key
/// an entry is found at once, however many there are. Threads: one. Cost: 0.5 ms by a key; 0.9 us an entry
/// that is looked at (SQLite, 200,000 entries of one digest, a shared two-core machine).
class EntrySearch {
 public:
  static constexpr std::size_t kLookedAtMax = 100'000;
  static constexpr std::size_t kSourcesMax = 64;  ///< In which a key is looked up where no source is named.

  /// The parameters `state`, `source`, `key`, `key_prefix`, `classification`, `signal`. Errors:
  /// kInvalidInput.
  static Called<EntrySearch> from(Query& query);

  /// False: all entries are wanted.
  [[nodiscard]] bool narrows() const;
  /// The entry is found by its key; find() instead of going through the bank.
  [[nodiscard]] bool by_key() const { return key_.has_value(); }
  /// Names the source's id, once. Errors: kNotFound.
  Called<void> resolve(ListScope& scope);
  [[nodiscard]] bool takes(const Entry& entry) const;
  /// Those under the key that are not withdrawn, by id, behind `after`. Precondition: by_key(), resolved.
  Called<std::vector<Entry>> find(ListScope& scope, BankId bank, EntryId after) const;

 private:
  std::optional<EntryState> state_;
  std::optional<std::string> source_name_;
  std::optional<SourceId> source_;
  std::optional<std::string> key_, key_prefix_;
  std::optional<std::string> scheme_, classification_;  ///< "ncmec:A1" taken apart.
  std::optional<std::string> signal_;                   ///< Hex, lower case.
};

}  // namespace seawall
