#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "seawall/bank/bank.h"
#include "seawall/base/result.h"
#include "seawall/cli/command.h"
#include "seawall/model/signal.h"

namespace seawall::cli {

/// `--benign`, as every command that compares videos takes it.
inline constexpr OptionSpec kBenignOption{
    .name = "--benign",
    .value = "DIR",
    .help = "for videos: a bank of frames that mean nothing (title cards): they never count",
    .kind = ValueKind::kDirectory,
    .repeatable = true};

/// What `--benign` names.
struct BenignTemplates {
  static constexpr std::size_t kHashesMax = 100'000;  ///< Of all banks together.

  std::vector<Fingerprint256> hashes;
  std::string banks;  ///< Which, and at what revision; empty: none. What results depend on.
};

/// The PDQ hashes of a bank's pictures and of its videos' frames, but those that are too flat to be met.
/// Errors: the bank's; kLimitExceeded over BenignTemplates::kHashesMax.
Result<std::vector<Fingerprint256>> benign_hashes(const Bank& bank);

/// Of all that `--benign` names. Errors: the banks'; kLimitExceeded over BenignTemplates::kHashesMax in all.
Result<BenignTemplates> benign_templates(const Arguments& arguments, Console& console);

}  // namespace seawall::cli
