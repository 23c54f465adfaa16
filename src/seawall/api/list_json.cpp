#include "seawall/api/list_json.h"

#include <chrono>

#include "seawall/base/hex.h"
#include "seawall/model/time_text.h"

namespace seawall {
namespace {

Json signals_json(const EntrySignals& signals) {
  Json json = Json::object();
  for (const ListedPdq& pdq : signals.pdq) {
    Json one;
    one["pdq"] = to_text(pdq.bits);
    if (pdq.quality != ListedPdq::kQualityUnknown) one["quality"] = pdq.quality;
    json["pdq"].push_back(std::move(one));
  }
  if (signals.md5) json["md5"] = to_hex(*signals.md5);
  if (signals.sha1) json["sha1"] = to_hex(*signals.sha1);
  if (signals.sha256) json["sha256"] = to_hex(*signals.sha256);
  for (const CarriedSignal& carried : signals.carried) json["carried"].push_back(carried.type);
  return json;
}

Json approvals_json(const std::vector<Authorship>& approvals) {
  Json json = Json::array();
  for (const Authorship& by : approvals) json.push_back(authorship_json(by));
  return json;
}

}  // namespace

std::string list_time_text(Time time) {
  return to_text(Time(std::chrono::floor<std::chrono::seconds>(time)));
}

Json authorship_json(const Authorship& by) {
  Json json;
  json["who"] = by.who;
  json["why"] = by.why;
  json["when"] = list_time_text(by.when);
  return json;
}

Json bank_json(const ListBank& bank, std::string_view name) {
  Json json;
  json["bank"] = name;
  json["id"] = static_cast<std::uint32_t>(bank.id);
  json["kind"] = bank.kind == BankKind::kHarmless ? "harmless" : "listed";
  json["purpose"] = bank.purpose;
  json["owner"] = bank.owner;
  json["action"] = name_of(bank.action);
  json["radius"] = bank.radius_bits;
  json["two_person"] = bank.two_person;
  json["active"] = bank.active;
  if (bank.expires_at) json["expires"] = list_time_text(*bank.expires_at);
  json["version"] = bank.version;
  return json;
}

void add_counts(Json& json, const ReleaseCounts& counts) {
  json["added"] = counts.added;
  json["updated"] = counts.updated;
  json["withdrawn"] = counts.withdrawn;
  json["unchanged"] = counts.unchanged;
  json["quarantined"] = counts.quarantined;
  json["refused"] = counts.refused;
}

Json entry_json(const Entry& entry, Json bank, Json source) {
  Json json;
  json["entry"] = to_text(entry.id);
  json["bank"] = std::move(bank);
  json["source"] = std::move(source);
  json["key"] = entry.key;
  json["state"] = name_of(entry.state);
  if (!entry.state_reason.empty()) json["state_reason"] = entry.state_reason;
  json["signals"] = signals_json(entry.content.signals);
  if (entry.content.classification) {
    json["classification"]["scheme"] = name_of(entry.content.classification->scheme);
    json["classification"]["value"] = entry.content.classification->value;
  }
  if (!entry.content.series.empty()) json["series"] = entry.content.series;
  if (!entry.content.tags.empty()) json["tags"] = entry.content.tags;
  if (entry.radius_bits) json["radius"] = *entry.radius_bits;
  if (entry.action) json["action"] = name_of(*entry.action);
  if (entry.review_at) json["review"] = list_time_text(*entry.review_at);
  if (entry.expires_at) json["expires"] = list_time_text(*entry.expires_at);
  json["version"] = entry.version;
  return json;
}

Json entry_difference(const Json& before, const Json& after) {
  Json changed = Json::object();
  const auto note = [&](const std::string& name) {
    const Json from = before.value(name, Json());
    const Json to = after.value(name, Json());
    if (name != "version" && from != to) changed[name] = {{"from", from}, {"to", to}};
  };
  for (const auto& member : before.items()) note(member.key());
  for (const auto& member : after.items()) note(member.key());
  return changed;
}

Json outcome_json(const ChangeOutcome& outcome) {
  Json json;
  json["done"] = outcome.done;
  if (outcome.request) json["request"] = static_cast<std::uint64_t>(*outcome.request);
  json["approvals_missing"] = outcome.approvals_missing;
  if (outcome.done) json["version"] = outcome.version.number;
  return json;
}

std::string_view verdict_word(const MatchDecision& decision) {
  return decision.confirmed ? "confirmed" : "false-match";
}

ReleaseApprovals approvals_of(const Release& release, const ApprovalStand& stand) {
  const bool waits = release.state == ReleaseState::kLoading || release.state == ReleaseState::kProposed ||
                     release.state == ReleaseState::kStaged;
  return {stand.needed, waits ? stand.missing() : 0};
}

Json release_json(const Release& release, std::string_view bank, std::string_view source,
                  const ReleaseApprovals& approvals, std::optional<EntryId> entry) {
  Json json;
  json["release"] = static_cast<std::uint32_t>(release.id);
  json["bank"] = bank;
  json["source"] = source;
  json["state"] = name_of(release.state);
  json["proposed"] = authorship_json(release.proposed);
  json["approvals"] = approvals_json(release.approvals);
  json["approvals_needed"] = approvals.needed;
  json["approvals_missing"] = approvals.missing;
  add_counts(json["counts"], release.counts);
  if (entry) json["entries"] = {to_text(*entry)};
  json["digest"] = to_hex(release.digest);
  json["version"] = release.version;
  return json;
}

void add_request(Json& json, const ChangeRequest& request, const RequestWords& words,
                 const std::optional<ApprovalStand>& stand) {
  json["about"] = words.about;
  json["changes"] = Json::array();
  for (const RequestWords::Change& change : words.changes) {
    Json row;
    row["what"] = change.what;
    if (!change.from.empty()) row["from"] = change.from;
    row["to"] = change.to;
    json["changes"].push_back(std::move(row));
  }
  if (words.stale) json["stale"] = true;
  json["state"] = name_of(request.state);
  json["proposed"] = authorship_json(request.proposed);
  json["approvals"] = approvals_json(request.approvals);
  if (stand) json["approvals_missing"] = stand->missing();
  if (request.closed) json["closed"] = authorship_json(*request.closed);
}

Json finding_json(const DecisionOutcome& outcome) {
  const MatchDecision& decision = outcome.decision;
  Json json;
  json["entry"] = to_text(decision.entry);
  json["match"] = to_text(decision.entry) +
                  (decision.match == Decision::kEntryItself ? std::string() : "@" + decision.match);
  json["verdict"] = verdict_word(decision);
  json["signal"] = decision.signal;
  if (!decision.reason.empty()) json["reason"] = decision.reason;
  json["by"] = authorship_json(decision.by);
  json["source"] = outcome.source.name;
  json["waits"] = outcome.waits;
  return json;
}

}  // namespace seawall
