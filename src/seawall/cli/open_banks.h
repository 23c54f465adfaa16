#pragma once

#include <memory>
#include <string>
#include <vector>

#include "seawall/bank/bank.h"
#include "seawall/cli/command.h"
#include "seawall/model/signal.h"

namespace seawall::cli {

/// `--bank` and `--radius`, as every command that matches takes them.
inline constexpr OptionSpec kBankOption{.name = "--bank",
                                        .value = "DIR",
                                        .help = "the bank to match against",
                                        .kind = ValueKind::kDirectory,
                                        .repeatable = true};
inline constexpr OptionSpec kRadiusOption{
    .name = "--radius",
    .value = "N",
    .help = "bits that pictures' hashes may differ in, inclusive (default: the bank's own, 31)",
    .kind = ValueKind::kInteger,
    .minimum = 0,
    .maximum = 256};

/// One bank that a command matches against.
struct OpenBank {
  std::unique_ptr<Bank> bank;
  std::string name;  ///< Shown beside matches when there are several banks: the bank's, else its folder.
  int radius_bits = 0;
};

/// Opens what `--bank` names; remarks go to the console. Errors: the banks', kInvalidInput without any.
Result<std::vector<OpenBank>> open_banks(const Arguments& arguments, Console& console);

/// One meeting of a query with an entry.
struct BankHit {
  EntryId entry{};
  int distance_bits = 0;
  SignalType type = SignalType::kPdq;
};

/// The nearest meeting of each entry, once each, in the order given: put digests first, then nearest first.
void keep_nearest(std::vector<BankHit>& hits);

/// The strictest of two actions: block before review before allow.
[[nodiscard]] BankAction stricter(BankAction a, BankAction b);

}  // namespace seawall::cli
