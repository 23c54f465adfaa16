#include "seawall/audit/log_proof.h"

#include <algorithm>
#include <cstring>

#include "seawall/base/base64.h"
#include "seawall/statement/canonical_json.h"
#include "seawall/statement/members.h"
#include "seawall/tlog/bundle.h"

namespace seawall {
namespace {

constexpr std::uint64_t kBundlesAtOnce = 8;

Result<CommitmentSalt> salt_from(std::string_view base64) {
  const auto bytes = from_base64(base64);
  CommitmentSalt salt;
  if (!bytes || bytes->size() != salt.size())
    return fail(Code::kInvalidInput, "a record's salt is 32 bytes in base64");
  std::memcpy(salt.data(), bytes->data(), salt.size());
  return salt;
}

Result<std::string> record_from(const Json& record) {
  if (!record.is_string()) return canonical_json(record);
  const auto& text = record.get_ref<const std::string&>();
  SEAWALL_CHECK(read_canonical_json(text, kRecordFileBytesMax));
  return text;
}

// The index of the first entry in a bundle that is wanted.
Result<std::optional<std::uint64_t>> find_in(std::string_view bytes, const tlog::BundleId& bundle,
                                             FunctionRef<bool(const LogEntry& entry)> wanted) {
  SEAWALL_TRY(const auto entries, tlog::parse_bundle(bytes, bundle.width));
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto entry = log_entry_from_text(entries[i]);
    if (entry && wanted(*entry)) return bundle.index * tlog::kTileWidth + i;
  }
  return std::nullopt;
}

}  // namespace

Result<RecordFile> record_file_from_text(std::string_view text) {
  SEAWALL_TRY(const Json json, read_strict_json(text, kRecordFileBytesMax));
  Members members(json);
  const std::string salt = members.text("salt", 64);
  if (!members.has("record")) members.refuse("member record is missing");
  members.take_rest("record");
  SEAWALL_CHECK(members.done("a record and its salt"));
  RecordFile file;
  SEAWALL_TRY(file.salt, salt_from(salt));
  SEAWALL_TRY(file.record, record_from(json["record"]));
  return file;
}

bool opens(const LogEntry& entry, const RecordFile& file) { return opens(entry, file.salt, file.record); }

Result<tlog::ProofFile> prove_entry(ServedLog& served, const SignedHead& head, std::uint64_t index) {
  SEAWALL_TRY(const std::string text, served.entry(index));
  SEAWALL_TRY(auto proof, tlog::prove_inclusion(index, head.tree().size, served));
  if (!tlog::verify_inclusion(tlog::hash_leaf(text), index, head.tree().size, proof, head.tree().root)) {
    return fail(Code::kCorrupt,
                "the log's tiles do not prove that entry " + std::to_string(index) + " is in it");
  }
  return tlog::ProofFile{text, index, std::move(proof), head.note};
}

Result<std::uint64_t> find_entry(ServedLog& served, FunctionRef<bool(const LogEntry& entry)> wanted,
                                 FunctionRef<bool(std::uint64_t read)> goes_on) {
  for (std::uint64_t first = 0; first * tlog::kTileWidth < served.size(); first += kBundlesAtOnce) {
    if (!goes_on(first * tlog::kTileWidth)) return fail(Code::kUnavailable, "stopped");
    std::vector<tlog::BundleId> bundles;
    for (std::uint64_t i = first; i < first + kBundlesAtOnce && i * tlog::kTileWidth < served.size(); ++i)
      bundles.push_back(served.bundle_at(i));
    SEAWALL_TRY(const auto bytes, served.bundles(bundles));
    for (std::size_t i = 0; i < bundles.size(); ++i) {
      SEAWALL_TRY(const auto found, find_in(bytes[i], bundles[i], wanted));
      if (found) return *found;
    }
  }
  return fail(Code::kNotFound, "the log holds no such entry");
}

Result<ProvedEntry> check_proof(std::string_view proof, const std::optional<std::string>& text,
                                const AuditKeys& keys) {
  SEAWALL_TRY(const tlog::ProofFile file, tlog::parse_proof_file(proof));
  if (!text && !file.extra)
    return fail(Code::kInvalidInput, "the proof does not hold its entry: give it beside");
  ProvedEntry proved{file.index, text.value_or(file.extra.value_or("")), {}};
  SEAWALL_TRY(proved.head, open_head(file.checkpoint, keys));
  const tlog::TreeHead& tree = proved.head.tree();
  const auto verified =
      tlog::verify_inclusion(tlog::hash_leaf(proved.text), file.index, tree.size, file.proof, tree.root);
  if (verified) return proved;
  return fail(Code::kCorrupt, "the proof does not verify: " + verified.error().message);
}

}  // namespace seawall
