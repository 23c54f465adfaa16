#include "seawall/service/list_answers.h"

#include "seawall/api/list_json.h"

namespace seawall {
namespace {

/// Of a release of one entry, that one.
Called<std::optional<EntryId>> only_entry(StoreView& view, const Release& release) {
  const ReleaseCounts& counts = release.counts;
  if (counts.added + counts.updated + counts.withdrawn != 1) return std::nullopt;
  if (counts.added == 1) {
    SEAWALL_TRY(const auto added, view.entries_of_release(release.id, EntryId{}, 1));
    return added.empty() ? std::nullopt : std::optional(added.front().id);
  }
  SEAWALL_TRY(const auto pending, view.pending(release.id, EntryId{}, 1));
  return pending.empty() ? std::nullopt : std::optional(pending.front().entry);
}

}  // namespace

Called<Json> json_of(ListScope& scope, const Entry& entry) {
  SEAWALL_TRY(const std::string bank, scope.bank_name(entry.bank));
  SEAWALL_TRY(const std::string source, scope.source_name(entry.source));
  return entry_json(entry, bank, source);
}

Called<Json> json_of(ListScope& scope, const Release& release, bool whole) {
  SEAWALL_TRY(const ListBank* bank, scope.seen(release.bank));
  if (bank == nullptr) return refuse(ProblemKind::kNotFound, "There is no such release.");
  SEAWALL_TRY(const std::string source, scope.source_name(release.source));
  std::optional<EntryId> entry;
  if (whole) {
    SEAWALL_TRY(entry, only_entry(scope.view(), release));
  }
  const ReleaseApprovals approvals = approvals_of(release, ListService::stand(release, *bank));
  return release_json(release, bank->name, source, approvals, entry);
}

Called<Json> json_of(ListScope& scope, const ChangeRequest& request) {
  SEAWALL_TRY(const RequestWords words, words_of(scope.view(), request));
  std::optional<ApprovalStand> stand;
  if (request.state == RequestState::kOpen) {
    SEAWALL_TRY(stand, ListService::request_stand(scope.view(), request));
  }
  Json json;
  json["request"] = static_cast<std::uint64_t>(request.id);
  SEAWALL_TRY(json["bank"], scope.bank_name(request.bank));
  add_request(json, request, words, stand);
  return json;
}

CallResult json_result(int status, const Json& json) { return json_answer(status, to_line(json)); }

CallResult outcome_result(const ChangeOutcome& outcome) {
  HttpAnswer answer = json_answer(outcome.done ? 200 : 202, to_line(outcome_json(outcome)));
  if (!outcome.done && outcome.request) {
    answer.fields.emplace_back(
        "Location", "/v1/requests/" + std::to_string(static_cast<std::uint64_t>(*outcome.request)));
  }
  return answer;
}

CallResult release_result(const ListParts& parts, const Call& call, ReleaseId id, int status) {
  SEAWALL_TRY(ListScope scope, ListScope::open(parts.store, call.who()));
  SEAWALL_TRY(const Release release, scope.release(id));
  SEAWALL_TRY(const Json json, json_of(scope, release, true));
  HttpAnswer answer = json_answer(status, to_line(json));
  if (status == 201) {
    answer.fields.emplace_back("Location",
                               "/v1/releases/" + std::to_string(static_cast<std::uint32_t>(release.id)));
  }
  return answer;
}

void PageWriter::add(const Json& row) {
  if (rows_++ != 0) text_ += ',';
  text_ += to_line(row);
}

CallResult PageWriter::finish(const std::string& next) {
  text_ += "],\"next\":" + (next.empty() ? std::string("null") : "\"" + next + "\"") + "}";
  return json_answer(200, std::move(text_));
}

}  // namespace seawall
