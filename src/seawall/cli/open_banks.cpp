#include "seawall/cli/open_banks.h"

#include <algorithm>
#include <unordered_set>

namespace seawall::cli {

Result<std::vector<OpenBank>> open_banks(const Arguments& arguments, Console& console) {
  const std::vector<std::string> folders = arguments.all("--bank");
  if (folders.empty()) {
    return fail(Code::kInvalidInput, "name a bank with --bank DIR; make one with: seawall bank create DIR");
  }
  std::vector<OpenBank> banks;
  for (const std::string& folder : folders) {
    SEAWALL_TRY(auto bank, Bank::open_for_reading(folder));
    if (!bank->remark().empty()) console.note(folder + ": " + bank->remark());
    const int radius = static_cast<int>(arguments.integer("--radius").value_or(bank->settings().radius_bits));
    std::string name = bank->settings().name;
    const auto taken = [&](const OpenBank& other) { return other.name == name; };
    if (std::ranges::any_of(banks, taken)) name = folder;
    banks.push_back({std::move(bank), std::move(name), radius});
  }
  return banks;
}

void keep_nearest(std::vector<BankHit>& hits) {
  if (hits.size() < 2) return;
  std::unordered_set<std::uint64_t> seen;
  seen.reserve(hits.size());
  std::erase_if(
      hits, [&](const BankHit& hit) { return !seen.insert(static_cast<std::uint64_t>(hit.entry)).second; });
}

BankAction stricter(BankAction a, BankAction b) { return std::min(a, b); }

}  // namespace seawall::cli
