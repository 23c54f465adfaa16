#include "seawall/service/bank_choice.h"

#include <algorithm>

namespace seawall {

tl::expected<std::vector<BankId>, CallProblem> chosen_banks(const ListNames& names, const Identity& who,
                                                            const std::vector<std::string>& named) {
  const auto may = [&](const std::string& name) {
    return who.banks.empty() || std::ranges::find(who.banks, name) != who.banks.end();
  };
  std::vector<BankId> banks;
  for (const std::string& name : named) {
    const auto bank = may(name) ? names.bank(who.tenant, name) : std::nullopt;
    if (!bank) {
      return refuse(ProblemKind::kNotFound,
                    "There is no bank of a name that was given; GET /v1/banks names them.");
    }
    banks.push_back(*bank);
  }
  if (!named.empty() || who.banks.empty()) return banks;
  for (const std::string& name : who.banks) {
    const auto bank = names.bank(who.tenant, name);
    // To ask the others alone would answer "allow" for what stands in the one that was renamed.
    if (!bank) {
      return refuse(
          ProblemKind::kNotFound,
          "A bank that this key is bound to is not there any more: an administrator makes a new key.");
    }
    banks.push_back(*bank);
  }
  return banks;
}

}  // namespace seawall
