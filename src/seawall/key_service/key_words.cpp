#include "seawall/key_service/key_words.h"

#include "seawall/base/base64.h"
#include "seawall/statement/canonical_json.h"
#include "seawall/statement/members.h"

namespace seawall {
namespace {

constexpr std::size_t kProofBytesMax = 256 * 1024;
constexpr std::size_t kSmallBytesMax = 4096;
constexpr std::size_t kSaltBytesMax = 64;

std::string text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<SignedStatement> statement_from(const Json& json) {
  SEAWALL_TRY(const std::string text, canonical_json(json));
  return SignedStatement::from_text(text);
}

Result<OrderEvidence> evidence_from(const Json& json) {
  Members members(json);
  OrderEvidence evidence;
  evidence.entry = members.optional_text("entry", kLogEntryBytesMax).value_or("");
  evidence.proof = members.optional_text("proof", kProofBytesMax).value_or("");
  const auto salt = from_base64(members.optional_text("salt", kSaltBytesMax).value_or(""));
  if (!salt) members.refuse("member salt is no base64");
  SEAWALL_CHECK(members.done("evidence"));
  const auto bytes = std::as_bytes(std::span(*salt));
  evidence.salt.assign(bytes.begin(), bytes.end());
  return evidence;
}

}  // namespace

Result<KeyDemand> key_demand_from(std::string_view text) {
  SEAWALL_TRY(const Json json, read_strict_json(text, kKeyDemandBytesMax));
  Members members(json);
  const Json& said = members.object("statement");
  const bool shown = members.has("evidence");
  const Json& evidence = shown ? members.object("evidence") : said;
  SEAWALL_CHECK(members.done("a demand"));
  SEAWALL_TRY(SignedStatement statement, statement_from(said));
  KeyDemand demand{.statement = std::move(statement), .evidence = {}};
  if (shown) {
    SEAWALL_TRY(demand.evidence, evidence_from(evidence));
  }
  return demand;
}

std::string to_text(const KeyDemand& demand) {
  Json evidence = Json::object();
  if (!demand.evidence.entry.empty()) evidence["entry"] = demand.evidence.entry;
  if (!demand.evidence.salt.empty()) evidence["salt"] = to_base64(text_of(demand.evidence.salt));
  if (!demand.evidence.proof.empty()) evidence["proof"] = demand.evidence.proof;
  const Json statement = Json::parse(demand.statement.to_text());
  return to_line({{"evidence", std::move(evidence)}, {"statement", statement}});
}

Result<RecordName> record_name_from(std::string_view text) {
  SEAWALL_TRY(const Json json, read_strict_json(text, kSmallBytesMax));
  Members members(json);
  RecordName name;
  name.tenant = members.text("tenant", kKeyNameBytesMax);
  name.case_id = members.text("case", kKeyNameBytesMax);
  name.record = members.text("record", kKeyNameBytesMax);
  name.version = members.number("version", 1, static_cast<std::uint64_t>(kCanonicalIntegerMax));
  SEAWALL_CHECK(members.done("a record's name"));
  SEAWALL_CHECK(check_record_name(name));
  return name;
}

Result<SettleWord> settle_word_from(std::string_view text) {
  SEAWALL_TRY(const Json json, read_strict_json(text, kKeyDemandBytesMax));
  Members members(json);
  const auto source = vault_source_named(members.text("source", 16));
  if (!source) members.refuse("member source is neither vault nor orders");
  SettleWord word;
  word.id =
      static_cast<std::int64_t>(members.number("id", 1, static_cast<std::uint64_t>(kCanonicalIntegerMax)));
  word.proof = members.text("proof", kProofBytesMax);
  SEAWALL_CHECK(members.done("what the log holds"));
  word.source = *source;
  return word;
}

Result<RestoreWord> restore_word_from(std::string_view text) {
  SEAWALL_TRY(const Json json, read_strict_json(text, kRestoreBytesMax));
  Members members(json);
  const Json& said = members.object("statement");
  std::string backup = members.text("backup", kRestoreBytesMax);
  SEAWALL_CHECK(members.done("a backup to restore"));
  SEAWALL_TRY(SignedStatement statement, statement_from(said));
  return RestoreWord{.statement = std::move(statement), .backup = std::move(backup)};
}

std::optional<VaultSource> vault_source_named(std::string_view name) {
  if (name == "vault") return VaultSource::kVault;
  return name == "orders" ? std::optional(VaultSource::kOrders) : std::nullopt;
}

Json to_json(const NewRecordKey& made) {
  return {{"key", to_base64(made.key.text())}, {"wrapped", to_base64(made.wrapped)}};
}

Json to_json(const KeyAnswer& answer) {
  Json json;
  if (answer.refusal) {
    json["refused"] = name_of(*answer.refusal);
    json["detail"] = answer.by_order ? advice_on(*answer.by_order) : advice_on(*answer.refusal);
    if (answer.by_order) json["by-order"] = name_of(*answer.by_order);
    return json;
  }
  json["sealed"] = to_base64(answer.sealed);
  if (!answer.mark.empty()) json["mark"] = answer.mark;
  return json;
}

Json to_json(const LogOpening& opening) {
  Json json = {
      {"entry", opening.entry}, {"record", opening.record}, {"salt", to_base64(text_of(opening.salt))}};
  json["leaf"] = opening.leaf ? Json(*opening.leaf) : Json();
  return json;
}

Json to_json(const OfficeReceipt& receipt, const LogOpening& told) {
  Json json = {{"done", receipt.kind},
               {"records", receipt.records},
               {"statement", receipt.statement},
               {"told", to_json(told)}};
  if (receipt.residue) json["residue"] = "pending";
  if (receipt.until) json["until"] = second_text(*receipt.until);
  return json;
}

Json to_json(const VaultStatus& status) {
  Json until = Json::object();
  for (const auto& [person, end] : status.frozen_until) until[person] = second_text(end);
  return {{"at", second_text(status.now)},
          {"bytes-pending", status.bytes_pending},
          {"canaries", status.canaries},
          {"cases", status.cases},
          {"destroyed", status.destroyed},
          {"frozen", status.frozen},
          {"frozen-until", std::move(until)},
          {"given-hour", status.given_hour},
          {"limits", to_json(status.limits)},
          {"next-root", status.next_root},
          {"root", status.root},
          {"tenants", status.tenants},
          {"unsettled", status.unsettled},
          {"unsettled-age-s", status.unsettled_age_s}};
}

Json to_json(const VaultAlarm& alarm) {
  Json json = {{"at", second_text(alarm.at)},
               {"kind", name_of(alarm.kind)},
               {"person", alarm.person},
               {"times", alarm.times},
               {"told", alarm.told}};
  // What a canary guards would tell whoever touched it where not to tread.
  if (alarm.kind != VaultAlarm::Kind::kCanary) json["detail"] = alarm.detail;
  return json;
}

Json to_json(const SubmittedStatement& done) {
  Json missing = Json::array();
  for (const StatementSigner& one : done.missing)
    missing.push_back({{"by", one.by}, {"role", name_of(one.role)}});
  return {{"accepted", done.accepted},
          {"missing", std::move(missing)},
          {"order", done.order},
          {"statement", done.id}};
}

}  // namespace seawall
