#include "seawall/service/hma_info_calls.h"

#include <algorithm>
#include <set>

#include "seawall/json/json.h"
#include "seawall/service/query.h"
#include "seawall/service/routes.h"
#include "seawall/subscription/folder.h"

namespace seawall {
namespace {

constexpr std::size_t kRefusedBodyBytesMax = std::size_t{64} << 10;
constexpr std::string_view kSubscriptionsAreTheOperators =
    "Subscriptions are set by the operator in subscriptions.toml; see docs/howto/subscriptions.md.";
constexpr std::string_view kMatchingIsTheOperators =
    "Which signal types are matched is set by the operator of this server.";

void serve_here(ServedOperations& operations, Operation operation, std::function<CallResult(Call&)> run) {
  ServedOperation served;
  served.run = run;
  served.begin = [run](Call& call) -> std::variant<Lane, CallResult> { return run(call); };
  operations.serve(operation, std::move(served));
}

void serve_from_store(ServedOperations& operations, Operation operation,
                      std::function<CallResult(Call&)> run) {
  ServedOperation served;
  served.lane = Lane::kStore;
  served.run = std::move(run);
  operations.serve(operation, std::move(served));
}

void serve_refusal(ServedOperations& operations, Operation operation, std::string_view words) {
  ServedOperation served;
  served.json_bytes_max = served.media_bytes_max = kRefusedBodyBytesMax;
  served.run = [words](Call&) -> CallResult { return refuse(ProblemKind::kForbidden, std::string(words)); };
  served.begin = [run = served.run](Call& call) -> std::variant<Lane, CallResult> { return run(call); };
  operations.serve(operation, std::move(served));
}

/// A route as HMA's framework writes it.
std::string pattern_of(std::string_view path) {
  std::string out;
  for (const char c : path) out += c == '{' ? '<' : (c == '}' ? '>' : c);
  for (const std::string_view typed : {"<int:content_id>", "<string:exchange_name>", "<string:api_name>"}) {
    const std::string plain = "<" + std::string(typed.substr(typed.find(':') + 1));
    if (const auto at = out.find(plain); at != std::string::npos) out.replace(at, plain.size(), typed);
  }
  return out;
}

std::string site_map(const ServedOperations& operations) {
  std::set<std::string> paths{"/site-map"};
  for (const Route& route : service_routes()) {
    const auto operation = static_cast<Operation>(route.number);
    if (!is_hma(operation) || operations.find(operation) == nullptr) continue;
    paths.insert(pattern_of(route.path));
  }
  Json json = Json::array();
  for (const std::string& path : paths) json.push_back(path);
  return to_line(json);
}

std::int64_t seconds(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

Json seconds_or_null(const std::optional<Time>& time) { return time ? Json(seconds(*time)) : Json(); }

bool has_credentials(const SubscriptionSettings& settings) {
  return !settings.credentials_file.empty() || !settings.credentials_env.empty();
}

}  // namespace

void HmaInfoCalls::serve(ServedOperations& operations) {
  serve_here(operations, Operation::kHmaSignalTypes, [](Call&) -> CallResult {
    return json_answer(200,
                       R"([{"name":"pdq","enabled_ratio":1.0},{"name":"video_md5","enabled_ratio":1.0}])");
  });
  serve_here(operations, Operation::kHmaContentTypes, [](Call&) -> CallResult {
    return json_answer(200, R"([{"name":"photo","enabled":true},{"name":"video","enabled":true}])");
  });
  serve_from_store(operations, Operation::kHmaIndexStatus,
                   [this](Call& call) { return index_status(call, false); });
  serve_from_store(operations, Operation::kHmaSignalTypeIndex,
                   [this](Call& call) { return index_status(call, true); });
  serve_refusal(operations, Operation::kHmaAlterSignalType, kMatchingIsTheOperators);
  serve_exchanges(operations);
  serve_here(operations, Operation::kHmaSiteMap,
             [body = site_map(operations)](Call&) -> CallResult { return json_answer(200, body); });
}

void HmaInfoCalls::serve_exchanges(ServedOperations& operations) {
  serve_here(operations, Operation::kHmaExchangeKinds,
             [](Call&) -> CallResult { return json_answer(200, hma_exchange_kinds()); });
  serve_here(operations, Operation::kHmaExchangeKindSchema, [](Call& call) -> CallResult {
    auto schema = hma_exchange_schema(call.captured.front());
    if (schema) return json_answer(200, *std::move(schema));
    return refuse(ProblemKind::kNotFound, "Exchange API '" + call.captured.front() + "' not found");
  });
  serve_from_store(operations, Operation::kHmaExchangeKind,
                   [this](Call& call) { return exchange_kind(call); });
  serve_from_store(operations, Operation::kHmaExchanges, [this](Call& call) { return exchange_names(call); });
  serve_from_store(operations, Operation::kHmaExchange, [this](Call& call) { return exchange(call); });
  serve_from_store(operations, Operation::kHmaExchangeStatus,
                   [this](Call& call) { return exchange_status(call); });
  for (const Operation refused : {Operation::kHmaSetCredentials, Operation::kHmaCreateExchange,
                                  Operation::kHmaAlterExchange, Operation::kHmaDeleteExchange}) {
    serve_refusal(operations, refused, kSubscriptionsAreTheOperators);
  }
}

Result<std::int64_t> HmaInfoCalls::time_of(StoreView& view, std::uint64_t version) {
  if (version == 0) return -1;
  SEAWALL_TRY(const auto items, view.feed(version - 1, 1));
  if (items.empty() || items.front().version.number != version) return -1;
  return seconds(items.front().by.when);
}

CallResult HmaInfoCalls::index_status(Call& call, bool of_curator) {
  auto query = Query::of(call.head.target());
  if (!query) return tl::unexpected(std::move(query).error());
  auto wanted = query->any_text("signal_type");
  if (!wanted) return tl::unexpected(std::move(wanted).error());
  if (*wanted && !hma_type_named(**wanted)) {
    return refuse(ProblemKind::kInvalidInput, "No such signal type '" + (*wanted)->substr(0, 64) + "'");
  }
  const std::uint64_t reached = parts_.lists.proof().number;
  const FollowSizes sizes = parts_.lists.sizes();
  const auto times = [&]() -> Result<std::array<std::int64_t, 3>> {
    SEAWALL_TRY(const auto view, parts_.store.view());
    SEAWALL_TRY(const ListVersion stored, view->version());
    SEAWALL_TRY(const std::int64_t built, time_of(*view, reached));
    SEAWALL_TRY(const std::int64_t newest, time_of(*view, stored.number));
    return std::array{built, newest, static_cast<std::int64_t>(stored.number)};
  }();
  if (!times) return tl::unexpected(CallProblem(times.error()));
  Json json = Json::object();
  for (const HmaType type : kHmaTypes) {
    if (*wanted && **wanted != name_of(type)) continue;
    const std::uint64_t size = type == HmaType::kPdq ? sizes.pdq : sizes.md5;
    const std::int64_t built = size == 0 ? -1 : (*times)[0];
    Json& one = json[std::string(name_of(type))];
    if (!of_curator) {
      one = {{"built_to", built}, {"present", reached != 0}, {"size", size}};
      continue;
    }
    one = {{"db_size", size},
           {"index_size", size},
           {"index_out_of_date", (*times)[2] > static_cast<std::int64_t>(reached)},
           {"newest_db_item", size == 0 ? -1 : (*times)[1]},
           {"index_built_to", built}};
  }
  return json_answer(200, to_line(json));
}

HmaRead<SubscriptionsFile> HmaInfoCalls::subscriptions(const Call& call) {
  if (parts_.subscriptions_file.empty()) return SubscriptionsFile{};
  auto file = subscriptions_from_file(parts_.subscriptions_file);
  if (!file) {
    CallProblem problem(ProblemKind::kUnavailable, "The operator's subscriptions cannot be read.");
    problem.cause = file.error();
    return tl::unexpected(std::move(problem));
  }
  const Identity& who = call.who();
  std::erase_if(file->subscriptions, [&](const SubscriptionSettings& one) {
    return one.tenant != who.tenant ||
           (!who.banks.empty() && std::ranges::find(who.banks, one.bank) == who.banks.end());
  });
  return *std::move(file);
}

HmaRead<SubscriptionSettings> HmaInfoCalls::subscription(const Call& call, std::filesystem::path& folder) {
  auto file = subscriptions(call);
  if (!file) return tl::unexpected(std::move(file).error());
  folder = file->folder;
  const auto found =
      std::ranges::find(file->subscriptions, call.captured.front(), &SubscriptionSettings::name);
  if (found != file->subscriptions.end()) return std::move(*found);
  return refuse(ProblemKind::kNotFound, "Exchange '" + call.captured.front() + "' not found");
}

CallResult HmaInfoCalls::exchange_names(Call& call) {
  auto file = subscriptions(call);
  if (!file) return tl::unexpected(std::move(file).error());
  Json names = Json::array();
  for (const SubscriptionSettings& one : file->subscriptions) names.push_back(one.name);
  return json_answer(200, to_line(names));
}

CallResult HmaInfoCalls::exchange(Call& call) {
  std::filesystem::path folder;
  auto found = subscription(call, folder);
  if (!found) return tl::unexpected(std::move(found).error());
  return json_answer(200,
                     to_line(Json{{"name", found->name}, {"api", found->kind}, {"enabled", found->enabled}}));
}

CallResult HmaInfoCalls::exchange_kind(Call& call) {
  const std::string& kind = call.captured.front();
  if (!hma_exchange_schema(kind)) {
    return refuse(ProblemKind::kInvalidInput, "no such Exchange API '" + kind.substr(0, 64) + "'");
  }
  auto file = subscriptions(call);
  if (!file) return tl::unexpected(std::move(file).error());
  const bool set = std::ranges::any_of(file->subscriptions, [&](const SubscriptionSettings& one) {
    return one.kind == kind && has_credentials(one);
  });
  return json_answer(200,
                     to_line(Json{{"supports_authentification", true}, {"has_set_authentification", set}}));
}

CallResult HmaInfoCalls::exchange_status(Call& call) {
  std::filesystem::path folder;
  auto found = subscription(call, folder);
  if (!found) return tl::unexpected(std::move(found).error());
  const auto state = read_subscription_folder(folder / found->name);
  if (!state) {
    CallProblem problem(ProblemKind::kUnavailable, "The subscription's folder cannot be read.");
    problem.cause = state.error();
    return tl::unexpected(std::move(problem));
  }
  const SubscriptionHealth health = *state ? (*state)->health : SubscriptionHealth{};
  Json json;
  json["checkpoint_ts"] = seconds_or_null(health.newest ? health.newest : health.moved_at);
  json["running_fetch_start_ts"] = Json();
  json["last_fetch_complete_ts"] = seconds_or_null(health.last_success);
  json["last_fetch_succeeded"] = health.last_attempt ? Json(health.last_error.empty()) : Json();
  json["up_to_date"] = grade_of(health, found->interval, parts_.clock.now()) == FeedGrade::kOk;
  json["fetched_items"] = health.records;
  return json_answer(200, to_line(json));
}

}  // namespace seawall
