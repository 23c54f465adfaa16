#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/model/bank_action.h"
#include "seawall/model/signal.h"

namespace seawall {

/// What bank.json holds (docs/formats/bank.md).
struct BankSettings {
  static constexpr int kFormatVersion = 2;  ///< The highest that this program reads.
  static constexpr int kClipsVersion = 2;   ///< From this on a bank may list videos.
  static constexpr std::size_t kNameBytesMax = 200;

  int format_version = 1;               ///< Raised when the first video is listed.
  std::string name;                     ///< 1 to 200 bytes of UTF-8.
  int radius_bits = kPdqRadiusDefault;  ///< 0..256, inclusive; what match uses unless told.
  BankAction action = BankAction::kBlock;
  friend bool operator==(const BankSettings&, const BankSettings&) = default;
};

/// The text of bank.json. Errors: kInvalidInput (name or radius out of range).
Result<std::string> bank_settings_to_text(const BankSettings& settings);
/// Reads bank.json. Errors: kCorrupt (not what bank_settings_to_text writes), kUnsupported (a newer format).
Result<BankSettings> bank_settings_from_text(std::string_view text);

}  // namespace seawall
