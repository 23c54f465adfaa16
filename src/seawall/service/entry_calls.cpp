#include "seawall/service/entry_calls.h"

#include "seawall/api/list_asks.h"
#include "seawall/api/list_json.h"
#include "seawall/service/list_answers.h"

namespace seawall {

void EntryCalls::serve(ServedOperations& operations) {
  serve_list(operations, Operation::kEntry, false, [this](Call& call) { return entry(call); });
  serve_list(operations, Operation::kAlterEntry, true, [this](Call& call) { return alter(call); });
  serve_list(operations, Operation::kEntryHistory, false, [this](Call& call) { return history(call); });
  serve_list(operations, Operation::kQuarantineEntry, true, [this](Call& call) { return quarantine(call); });
  serve_list(operations, Operation::kEndQuarantine, true,
             [this](Call& call) { return end_quarantine(call); });
}

Called<EntryId> EntryCalls::seen_entry(const Call& call) {
  SEAWALL_TRY(const EntryId id, entry_in(call));
  SEAWALL_TRY(ListScope scope, ListScope::open(parts_.store, call.who()));
  SEAWALL_CHECK(scope.entry(id));
  return id;
}

CallResult EntryCalls::entry(const Call& call) {
  SEAWALL_CHECK(no_parameters(call));
  SEAWALL_TRY(const EntryId id, entry_in(call));
  SEAWALL_TRY(ListScope scope, ListScope::open(parts_.store, call.who()));
  SEAWALL_TRY(const Entry entry, scope.entry(id));
  SEAWALL_TRY(const Json json, json_of(scope, entry));
  return json_result(200, json);
}

CallResult EntryCalls::alter(const Call& call) {
  SEAWALL_TRY(EntryChangesAsk ask, body_as(call, &entry_changes_from_json));
  SEAWALL_TRY(const EntryId id, seen_entry(call));
  SEAWALL_TRY(const ChangeOutcome outcome,
              parts_.lists.alter_entry(id, ask.changes, actor_of(call, std::move(ask.why))));
  return outcome_result(outcome);
}

CallResult EntryCalls::history(const Call& call) {
  SEAWALL_CHECK(no_parameters(call));
  SEAWALL_TRY(const EntryId id, entry_in(call));
  SEAWALL_TRY(ListScope scope, ListScope::open(parts_.store, call.who()));
  SEAWALL_TRY(const Entry entry, scope.entry(id));
  SEAWALL_TRY(const auto changes, scope.view().history(id));
  Json json;
  json["entry"] = to_text(id);
  json["changes"] = Json::array();
  std::vector<Json> states;  // As it was before each change, and as it is now.
  for (const EntryChange& change : changes) {
    Json before;
    if (change.previous) {
      SEAWALL_TRY(before, json_of(scope, *change.previous));
    }
    states.push_back(std::move(before));
  }
  SEAWALL_TRY(Json now, json_of(scope, entry));
  states.push_back(std::move(now));
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Json row;
    row["version"] = changes[i].version;
    row["what"] = changes[i].what;
    row["by"] = authorship_json(changes[i].by);
    const bool both = states[i].is_object() && states[i + 1].is_object();
    row["changed"] = both ? entry_difference(states[i], states[i + 1]) : Json::object();
    row["previous"] = states[i];
    json["changes"].push_back(std::move(row));
  }
  return json_result(200, json);
}

CallResult EntryCalls::quarantine(const Call& call) {
  SEAWALL_TRY(std::string why, body_as(call, &why_from_json));
  SEAWALL_TRY(const EntryId id, seen_entry(call));
  SEAWALL_TRY(const Entry held, parts_.lists.quarantine(id, actor_of(call, std::move(why))));
  SEAWALL_TRY(ListScope scope, ListScope::open(parts_.store, call.who()));
  SEAWALL_TRY(const Json json, json_of(scope, held));
  return json_result(200, json);
}

CallResult EntryCalls::end_quarantine(const Call& call) {
  SEAWALL_TRY(std::string why, body_as(call, &why_from_json));
  SEAWALL_TRY(const EntryId id, seen_entry(call));
  SEAWALL_TRY(const ChangeOutcome outcome, parts_.lists.end_quarantine(id, actor_of(call, std::move(why))));
  return outcome_result(outcome);
}

}  // namespace seawall
