#include "seawall/service/key_calls.h"

#include "seawall/api/access_asks.h"
#include "seawall/api/key_json.h"
#include "seawall/api/list_asks.h"
#include "seawall/json/json.h"
#include "seawall/service/list_scope.h"

namespace seawall {
namespace {

constexpr std::size_t kBodyBytesMax = std::size_t{64} << 10;
constexpr std::string_view kPrefix = "k_";

KeyJsonStyle style_of(const std::optional<KeyRate>& default_rate) {
  return {kPrefix, false, default_rate, std::chrono::hours(1)};
}

/// That a tenant has all the keys it may have is no fault of the body's size.
CallProblem problem_of(const Error& error) {
  CallProblem problem(error);
  if (error.code == Code::kLimitExceeded) problem.kind = ProblemKind::kConflict;
  return problem;
}

void serve_with_body(ServedOperations& operations, Operation operation,
                     std::function<CallResult(Call&)> run) {
  ServedOperation served;
  served.lane = Lane::kStore;
  served.json_bytes_max = kBodyBytesMax;
  served.run = std::move(run);
  operations.serve(operation, std::move(served));
}

}  // namespace

tl::expected<std::string, CallProblem> key_id_of(std::string_view segment) {
  const bool fits = segment.starts_with(kPrefix) && segment.size() == kPrefix.size() + KeyText::kIdChars;
  if (fits) return std::string(segment.substr(kPrefix.size()));
  return refuse(ProblemKind::kNotFound, "There is no such key; see GET /v1/keys.");
}

void KeyCalls::serve(ServedOperations& operations) {
  ServedOperation listed;
  listed.lane = Lane::kStore;
  listed.run = [this](Call& call) { return list(call); };
  operations.serve(Operation::kKeys, std::move(listed));
  serve_with_body(operations, Operation::kCreateKey, [this](Call& call) { return create(call); });
  serve_with_body(operations, Operation::kRotateKey, [this](Call& call) { return rotate(call); });
  serve_with_body(operations, Operation::kRevokeKey, [this](Call& call) { return revoke(call); });
}

CallResult KeyCalls::list(const Call& call) {
  SEAWALL_CHECK(no_parameters(call));
  SEAWALL_TRY(const auto keys, parts_.keys.list(call.tenant()));
  const Time now = parts_.clock.now();
  Json json;
  json["keys"] = Json::array();
  for (const AccessKey& key : keys) json["keys"].push_back(key_json(key, now, style_of(parts_.default_rate)));
  return json_answer(200, to_line(json));
}

CallResult KeyCalls::answer(int status, const KeyWithSecrets& made) const {
  Json json = key_json(made.key, parts_.clock.now(), style_of(parts_.default_rate));
  json["secret"] = made.secret.reveal();
  json["webhook_secret"] = made.webhook_secret.reveal();
  return json_answer(status, to_line(json));
}

/// A misspelt bank would be a silent gap: the key would match nothing.
tl::expected<void, CallProblem> KeyCalls::check_banks(const NewKey& wanted) {
  if (wanted.banks.empty()) return {};
  SEAWALL_TRY(const auto view, parts_.lists.view());
  for (std::size_t i = 0; i < wanted.banks.size(); ++i) {
    SEAWALL_TRY(const auto bank, view->bank_named(wanted.tenant, wanted.banks[i]));
    if (bank) continue;
    return refuse(ProblemKind::kNotFound, "/banks/" + std::to_string(i) + ": there is no such bank");
  }
  return {};
}

CallResult KeyCalls::create(const Call& call) {
  SEAWALL_TRY(NewKeyAsk ask, body_as(call, &new_key_from_json));
  ask.key.tenant = call.tenant();
  SEAWALL_CHECK(check_banks(ask.key));
  const auto made = parts_.keys.create(ask.key, actor_of(call, std::move(ask.why)));
  if (!made) return tl::unexpected(problem_of(made.error()));
  return answer(201, *made);
}

CallResult KeyCalls::rotate(const Call& call) {
  SEAWALL_TRY(const std::string id, key_id_of(call.captured.front()));
  SEAWALL_TRY(RotateKeyAsk ask, body_as(call, &rotate_key_from_json));
  const Actor actor = actor_of(call, std::move(ask.why));
  const auto made = parts_.keys.rotate(call.tenant(), id, ask.overlap, ask.expires, actor);
  if (!made) return tl::unexpected(problem_of(made.error()));
  return answer(200, *made);
}

CallResult KeyCalls::revoke(const Call& call) {
  SEAWALL_TRY(const std::string id, key_id_of(call.captured.front()));
  SEAWALL_TRY(std::string why, body_as(call, &why_from_json));
  SEAWALL_TRY(const AccessKey key, parts_.keys.revoke(call.tenant(), id, actor_of(call, std::move(why))));
  return json_answer(200, to_line(key_json(key, parts_.clock.now(), style_of(parts_.default_rate))));
}

}  // namespace seawall
