#include "seawall/key_vault/log_proof.h"

#include <set>

#include "seawall/tlog/proof_file.h"

namespace seawall {

Result<void> check_trusted_log(const TrustedLog& log) {
  if (log.keys.empty()) return fail(Code::kInvalidInput, "name the log that is believed, by its public key");
  std::set<std::string> names;
  for (const tlog::VerifierKey& one : log.witnesses) names.insert(one.name());
  if (log.quorum > names.size())
    return fail(Code::kInvalidInput, "more witnesses are asked for than are named");
  return {};
}

std::optional<std::uint64_t> place_in_log(const TrustedLog& log, std::string_view entry,
                                          std::string_view proof) {
  const auto file = tlog::parse_proof_file(proof);
  if (!file) return std::nullopt;
  const tlog::TrustedKeys trusted{
      .origin = log.origin, .log = log.keys, .witnesses = log.witnesses, .cosignatures_min = log.quorum};
  if (!tlog::verify_proof_file(*file, tlog::hash_leaf(entry), trusted)) return std::nullopt;
  return file->index;
}

}  // namespace seawall
