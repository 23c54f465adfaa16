#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "seawall/base/result.h"
#include "seawall/model/bank_action.h"
#include "seawall/model/entry.h"
#include "seawall/model/list_bank.h"
#include "seawall/model/list_ids.h"

namespace seawall {

/// The settings of a bank that decide what is enforced, as they shall be.
struct WantedBank {
  BankId bank{};
  std::uint64_t version = 0;  ///< Of the bank as it was when this was asked; another: the request is stale.
  BankAction action = BankAction::kBlock;
  int radius_bits = 0;
  bool two_person = true;
  bool active = true;
  std::optional<Time> expires_at;
  friend bool operator==(const WantedBank&, const WantedBank&) = default;
};

/// What decides how one entry is enforced, as it shall be.
struct WantedEntry {
  EntryId entry{};
  std::uint64_t version = 0;  ///< As above.
  bool end_quarantine = false;
  std::optional<int> radius_bits;
  std::optional<BankAction> action;
  std::optional<Time> expires_at;
  friend bool operator==(const WantedEntry&, const WantedEntry&) = default;
};

/// An active release to be taken back.
struct WantedTakeBack {
  ReleaseId release{};
  std::uint64_t version = 0;
  friend bool operator==(const WantedTakeBack&, const WantedTakeBack&) = default;
};

using WantedChange = std::variant<WantedBank, WantedEntry, WantedTakeBack>;

/// One line: "bank 3 version 17 action block radius 31 two_person 1 active 1 expires -".
[[nodiscard]] std::string to_text(const WantedChange& change);
/// Errors: kCorrupt unless to_text() wrote it.
Result<WantedChange> wanted_change_from_text(std::string_view text);

}  // namespace seawall
