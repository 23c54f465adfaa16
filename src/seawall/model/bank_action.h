#pragma once

#include <cstdint>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall {

/// What a caller does with media that meets a bank.
enum class BankAction : std::uint8_t { kBlock, kReview, kAllow };
/// "block", "review", "allow".
[[nodiscard]] std::string_view name_of(BankAction action);
/// Errors: kInvalidInput.
Result<BankAction> bank_action_from_text(std::string_view text);

}  // namespace seawall
