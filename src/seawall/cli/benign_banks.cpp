#include "seawall/cli/benign_banks.h"

#include <utility>

#include "seawall/json/text.h"
#include "seawall/lists/guards.h"

namespace seawall::cli {
namespace {

Result<void> take(const ListedPdq& hash, std::vector<Fingerprint256>& hashes) {
  if (!is_matchable(hash)) return {};
  if (hashes.size() == BenignTemplates::kHashesMax) {
    return fail(Code::kLimitExceeded,
                "the banks of --benign hold more than 100,000 hashes: list single frames, not whole films");
  }
  hashes.push_back(hash.bits);
  return {};
}

}  // namespace

Result<std::vector<Fingerprint256>> benign_hashes(const Bank& bank) {
  SEAWALL_TRY(BankReader reader, bank.reader());
  std::vector<Fingerprint256> hashes;
  const auto take_picture = [&](EntryId, const SignalRecord& record) -> Result<bool> {
    for (const ListedPdq& hash : record.pdq) SEAWALL_CHECK(take(hash, hashes));
    return true;
  };
  const auto take_video = [&](EntryId, std::string_view, const DensePrint& print) -> Result<bool> {
    for (const HeldHash& hash : print.hashes) SEAWALL_CHECK(take({hash.bits, hash.quality}, hashes));
    return true;
  };
  SEAWALL_CHECK(reader.each(take_picture));
  SEAWALL_CHECK(reader.each_clip(take_video));
  return hashes;
}

Result<BenignTemplates> benign_templates(const Arguments& arguments, Console& console) {
  BenignTemplates all;
  for (const std::string& folder : arguments.all("--benign")) {
    SEAWALL_TRY(const auto bank, Bank::open_for_reading(folder));
    if (!bank->remark().empty()) console.note(folder + ": " + bank->remark());
    SEAWALL_TRY(const auto hashes, benign_hashes(*bank));
    SEAWALL_TRY(const BankCounts counts, bank->counts());
    for (const Fingerprint256& bits : hashes)
      SEAWALL_CHECK(take({bits, ListedPdq::kQualityUnknown}, all.hashes));
    all.banks += (all.banks.empty() ? "" : ", ") + path_to_utf8(folder) + " at change " +
                 std::to_string(counts.changes);
  }
  return all;
}

}  // namespace seawall::cli
