#include "seawall/audit/audit_keys.h"

#include <algorithm>
#include <set>

namespace seawall {
namespace {

Result<std::vector<tlog::VerifierKey>> keys_from(std::span<const std::string> vkeys, tlog::KeyType type,
                                                 const char* what) {
  std::vector<tlog::VerifierKey> keys;
  for (const std::string& vkey : vkeys) {
    auto key = tlog::VerifierKey::parse(vkey);
    if (!key) return tl::unexpected(std::move(key.error()).within(what));
    if (key->type() != type)
      return fail(Code::kInvalidInput, std::string("the key ") + key->name() + " is not that of " + what);
    keys.push_back(*std::move(key));
  }
  return keys;
}

std::size_t names_in(const std::vector<tlog::VerifierKey>& keys) {
  std::set<std::string_view> names;
  for (const auto& key : keys) names.insert(key.name());
  return names.size();
}

}  // namespace

Result<AuditKeys> audit_keys_from(std::span<const std::string> log, std::span<const std::string> witnesses,
                                  std::optional<std::string> origin, std::optional<std::size_t> quorum) {
  AuditKeys keys;
  SEAWALL_TRY(keys.log, keys_from(log, tlog::KeyType::kEd25519, "a log"));
  SEAWALL_TRY(keys.witnesses, keys_from(witnesses, tlog::KeyType::kCosignature, "a witness"));
  if (keys.log.empty()) return fail(Code::kInvalidInput, "the log's public key is missing");
  keys.origin = origin.value_or(keys.log.front().name());
  const std::size_t names = names_in(keys.witnesses);
  keys.quorum = quorum.value_or(names);
  if (keys.quorum > names) return fail(Code::kInvalidInput, "the quorum is of more witnesses than are named");
  return keys;
}

Result<SignedHead> open_head(std::string note, const AuditKeys& keys) {
  auto opened = tlog::open_checkpoint(note, keys.trusted());
  if (!opened) return fail(Code::kCorrupt, "the checkpoint does not verify: " + opened.error().message);
  return SignedHead{std::move(note), *std::move(opened)};
}

Result<SignedHead> read_head(LogFiles& files, const AuditKeys& keys) {
  const LogFileWish wish{"checkpoint", tlog::kNoteBytesMax};
  SEAWALL_TRY(auto found, files.read(std::span(&wish, 1)));
  if (!found[0]) return fail(Code::kNotFound, "there is no log here: it has no checkpoint");
  return open_head(*std::move(found[0]), keys);
}

Result<void> check_age(const SignedHead& head, const AuditKeys& keys, Time now) {
  if (!keys.age_max) return {};
  const std::chrono::seconds oldest =
      std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()) - *keys.age_max;
  const auto young = std::ranges::count_if(head.opened.seen_by, [&](const tlog::SeenBy& seen) {
    return seen.time_s >= static_cast<std::uint64_t>(std::max<std::int64_t>(0, oldest.count()));
  });
  if (static_cast<std::size_t>(young) >= std::max<std::size_t>(1, keys.quorum)) return {};
  return fail(Code::kCorrupt, "the checkpoint is too old: too few witnesses saw it in the last " +
                                  std::to_string(keys.age_max->count()) + " seconds");
}

}  // namespace seawall
