#include "seawall/service/key_calls.h"

#include <algorithm>

#include "seawall/api/key_json.h"
#include "seawall/base/hex.h"
#include "seawall/json/json.h"
#include "seawall/service/body_fields.h"

namespace seawall {
namespace {

constexpr std::size_t kBodyBytesMax = std::size_t{64} << 10;
constexpr std::size_t kNameBytesMax = 200;
constexpr std::size_t kWhyBytesMax = 2'000;
constexpr std::size_t kNetworkBytesMax = 64;
constexpr std::int64_t kOverlapDefaultS = 86'400;
constexpr std::string_view kPrefix = "k_";

KeyJsonStyle style_of(const std::optional<KeyRate>& default_rate) {
  return {kPrefix, false, default_rate, std::chrono::hours(1)};
}

using Checked = tl::expected<void, CallProblem>;

Checked read_scopes(BodyFields& body, NewKey& wanted) {
  SEAWALL_TRY(const auto names, body.texts("scopes", all_scopes().size(), kNetworkBytesMax));
  if (!names) return body.wrong("scopes", "this member is needed");
  for (const std::string& name : *names) {
    const auto scope = scope_named(name);
    if (!scope) {
      return body.wrong("scopes",
                        "the scopes are: match, feedback, entries:read, banks:read, lists:write, "
                        "observations:read, status, metrics");
    }
    wanted.scopes.add(*scope);
  }
  return {};
}

Checked read_rate(BodyFields& body, NewKey& wanted) {
  SEAWALL_TRY(auto rate, body.object("rate"));
  if (!rate) return {};
  SEAWALL_TRY(const auto items, rate->number("items", 1, 10'000'000));
  SEAWALL_TRY(const auto per_s, rate->number("per_s", 1, 86'400));
  if (!items || !per_s) return body.wrong("rate", "items and per_s are needed");
  SEAWALL_CHECK(rate->finish());
  wanted.rate = KeyRate{static_cast<std::uint32_t>(*items), static_cast<std::uint32_t>(*per_s)};
  return {};
}

Checked read_where(BodyFields& body, NewKey& wanted) {
  SEAWALL_TRY(auto banks, body.texts("banks", AccessKey::kBanksMax, kNameBytesMax));
  if (banks) wanted.banks = *std::move(banks);
  SEAWALL_TRY(auto networks, body.texts("networks", AccessKey::kNetworksMax, kNetworkBytesMax));
  if (networks) wanted.networks = *std::move(networks);
  SEAWALL_TRY(const auto certificate, body.text("certificate_sha256", 64, 64));
  Sha256 digest{};
  if (certificate && !from_hex(*certificate, digest)) {
    return body.wrong("certificate_sha256", "64 hex digits are needed");
  }
  if (certificate) wanted.certificate = digest;
  return {};
}

tl::expected<NewKey, CallProblem> new_key_from(BodyFields& body) {
  NewKey wanted;
  SEAWALL_TRY(wanted.name, body.required_text("name", 1, kNameBytesMax));
  SEAWALL_CHECK(read_scopes(body, wanted));
  SEAWALL_TRY(const auto expires, body.time("expires"));
  if (!expires) return body.wrong("expires", "this member is needed");
  wanted.expires = *expires;
  SEAWALL_CHECK(read_rate(body, wanted));
  SEAWALL_CHECK(read_where(body, wanted));
  return wanted;
}

tl::expected<Actor, CallProblem> actor_of(const Call& call, BodyFields& body) {
  SEAWALL_TRY(std::string why, body.required_text("why", 1, kWhyBytesMax));
  return Actor{call.who().who, std::move(why)};
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
  SEAWALL_TRY(BodyFields body, BodyFields::of(call.body.text(), kBodyBytesMax));
  SEAWALL_TRY(NewKey wanted, new_key_from(body));
  SEAWALL_TRY(const Actor actor, actor_of(call, body));
  SEAWALL_CHECK(body.finish());
  wanted.tenant = call.tenant();
  SEAWALL_CHECK(check_banks(wanted));
  const auto made = parts_.keys.create(wanted, actor);
  if (!made) return tl::unexpected(problem_of(made.error()));
  return answer(201, *made);
}

CallResult KeyCalls::rotate(const Call& call) {
  SEAWALL_TRY(const std::string id, key_id_of(call.captured.front()));
  SEAWALL_TRY(BodyFields body, BodyFields::of(call.body.text(), kBodyBytesMax));
  SEAWALL_TRY(const auto overlap, body.number("overlap_s", 0, KeyService::kOverlapMax.count()));
  SEAWALL_TRY(const auto expires, body.time("expires"));
  SEAWALL_TRY(const Actor actor, actor_of(call, body));
  SEAWALL_CHECK(body.finish());
  const std::chrono::seconds lasts(overlap.value_or(kOverlapDefaultS));
  const auto made = parts_.keys.rotate(call.tenant(), id, lasts, expires, actor);
  if (!made) return tl::unexpected(problem_of(made.error()));
  return answer(200, *made);
}

CallResult KeyCalls::revoke(const Call& call) {
  SEAWALL_TRY(const std::string id, key_id_of(call.captured.front()));
  SEAWALL_TRY(BodyFields body, BodyFields::of(call.body.text(), kBodyBytesMax));
  SEAWALL_TRY(const Actor actor, actor_of(call, body));
  SEAWALL_CHECK(body.finish());
  SEAWALL_TRY(const AccessKey key, parts_.keys.revoke(call.tenant(), id, actor));
  return json_answer(200, to_line(key_json(key, parts_.clock.now(), style_of(parts_.default_rate))));
}

}  // namespace seawall
