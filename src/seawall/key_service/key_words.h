#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/json/json.h"
#include "seawall/key_vault/key_vault.h"

namespace seawall {

// What is said to a key service, and what it says: JSON, docs/keys.md.

/// {"statement":{...},"evidence":{"entry":"...","salt":"<base64>","proof":"..."}}; evidence, or any of its
/// members, may be missing: the vault's own entry is meant then.
struct KeyDemand {
  SignedStatement statement;
  OrderEvidence evidence;
};
inline constexpr std::size_t kKeyDemandBytesMax = 1 << 20;
/// Errors: kInvalidInput, kLimitExceeded.
Result<KeyDemand> key_demand_from(std::string_view text);
[[nodiscard]] std::string to_text(const KeyDemand& demand);

/// {"case":"...","record":"...","tenant":"...","version":1}
Result<RecordName> record_name_from(std::string_view text);

/// {"id":7,"proof":"...","source":"vault"}, or "orders".
struct SettleWord {
  VaultSource source = VaultSource::kVault;
  std::int64_t id = 0;
  std::string proof;
};
Result<SettleWord> settle_word_from(std::string_view text);

/// {"backup":"...","statement":{...}}
struct RestoreWord {
  SignedStatement statement;
  std::string backup;
};
inline constexpr std::size_t kRestoreBytesMax = 32 << 20;
Result<RestoreWord> restore_word_from(std::string_view text);

[[nodiscard]] std::optional<VaultSource> vault_source_named(std::string_view name);

// Answers. to_json(NewRecordKey) holds a key.
[[nodiscard]] Json to_json(const NewRecordKey& made);
/// {"sealed":"<base64>"} (open_answer()) with "mark" of an export, or
/// {"refused":"order","by-order":"expired","detail":"..."}.
[[nodiscard]] Json to_json(const KeyAnswer& answer);
/// {"done":"key-destroy","records":2,"statement":"<hex>","told":{...}}, with "residue":"pending" while what
/// was erased may still be read in the vault's file, and of a freeze that ends by itself "until".
[[nodiscard]] Json to_json(const OfficeReceipt& receipt, const LogOpening& told);
[[nodiscard]] Json to_json(const VaultStatus& status);
[[nodiscard]] Json to_json(const VaultAlarm& alarm);
[[nodiscard]] Json to_json(const LogOpening& opening);
[[nodiscard]] Json to_json(const SubmittedStatement& done);

}  // namespace seawall
