#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/api/json_fields.h"
#include "seawall/lists/decision.h"
#include "seawall/lists/list_service.h"
#include "seawall/store/requests.h"

namespace seawall {

// What people ask of the lists, read from JSON: docs/openapi.yaml. Each `body` is followed in memory by
// JsonObjectReader::kPaddingBytes of anything. Whatever is read keeps the limits of `model`. Faults name the
// member and what it may be, never what was sent. Pure.

/// Of the operations that take a reason and nothing else.
JsonRead<std::string> why_from_json(std::string_view body);

struct NewBankAsk {
  ListBank bank;  ///< Tenant, id and version are not set.
  std::string why;
};
JsonRead<NewBankAsk> new_bank_from_json(std::string_view body);

/// What of a bank is to change; what is not set stays.
struct BankChangesAsk {
  std::uint64_t version = 0;  ///< As it was read.
  std::optional<std::string> name;
  std::optional<std::string> purpose;
  std::optional<std::string> owner;
  std::optional<BankAction> action;
  std::optional<std::int64_t> radius_bits;
  std::optional<bool> two_person;
  std::optional<bool> active;
  std::optional<std::optional<Time>> expires_at;
  std::string why;

  void apply(ListBank& bank) const;
};
JsonRead<BankChangesAsk> bank_changes_from_json(std::string_view body);

struct EntryChangesAsk {
  EntryChanges changes;
  std::string why;
};
JsonRead<EntryChangesAsk> entry_changes_from_json(std::string_view body);

struct NewEntryAsk {
  std::string key;  ///< Made from the signals where none was given.
  EntryContent content;
  std::string why;
};
JsonRead<NewEntryAsk> new_entry_from_json(std::string_view body);
/// The key of an entry that was given none: its best digest, or its first hash. Precondition: it has one.
[[nodiscard]] std::string entry_key_of(const EntrySignals& signals);

struct WithdrawalAsk {
  static constexpr std::size_t kEntriesMax = 10'000;
  std::vector<EntryId> entries;  ///< Ascending, each once.
  std::string why;
};
JsonRead<WithdrawalAsk> withdrawal_from_json(std::string_view body);

struct FindingAsk {
  Decision decision;
  std::string why;
};
JsonRead<FindingAsk> finding_from_json(std::string_view body);

/// "12.345", exactly as to_text() writes it; none: no entry's name.
std::optional<EntryId> entry_from_name(std::string_view text);
/// A number from 1, without zeros before it.
std::optional<ReleaseId> release_from_name(std::string_view text);
std::optional<RequestId> request_from_name(std::string_view text);

}  // namespace seawall
