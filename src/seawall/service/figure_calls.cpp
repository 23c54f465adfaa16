#include "seawall/service/figure_calls.h"

#include <algorithm>
#include <array>

#include "seawall/csv/csv.h"
#include "seawall/http/syntax.h"
#include "seawall/json/json.h"
#include "seawall/model/time_text.h"
#include "seawall/service/query.h"

namespace seawall {
namespace {

/// What there is: its labels, whose it is, and who may see it (who may ask for that operation).
struct FigureMeaning {
  std::string_view name, first, second;
  bool stands;      ///< A state, else a count.
  bool of_service;  ///< Of no tenant.
  bool of_bank;     ///< `first` names one.
  Operation shown_by;
};
constexpr std::array kFigures = std::to_array<FigureMeaning>({
    {"verdicts", "verdict", "", false, false, false, Operation::kBanks},
    {"matches", "bank", "action", false, false, true, Operation::kBanks},
    {"distances", "bank", "distance", false, false, true, Operation::kReleases},
    {"floods", "bank", "end", false, false, true, Operation::kReleases},
    {"entries", "bank", "state", true, false, true, Operation::kBanks},
    {"confirmed", "bank", "source", true, false, true, Operation::kReleases},
    {"refuted", "bank", "source", true, false, true, Operation::kReleases},
    {"latency", "operation", "le", false, true, false, Operation::kServiceStatus},
    {"queue_waiting", "lane", "", true, true, false, Operation::kServiceStatus},
    {"queue_wait_s", "lane", "", true, true, false, Operation::kServiceStatus},
    {"queue_refused", "lane", "", false, true, false, Operation::kServiceStatus},
    {"list_age_ms", "", "", true, true, false, Operation::kServiceStatus},
});

constexpr std::size_t kTextBytesMax = 64;
constexpr std::chrono::hours kMinutesShown{3};
constexpr std::chrono::hours kHoursShown{30 * 24};

struct Ask {
  const FigureMeaning* figure = nullptr;
  FigureStep step = FigureStep::kHour;
  FigureTime from{}, until{};
};

tl::expected<std::optional<FigureTime>, CallProblem> time_in(Query& query, std::string_view name) {
  SEAWALL_TRY(const auto text, query.text(name, kTextBytesMax));
  if (!text) return std::nullopt;
  const auto time = time_from_text(*text);
  if (!time) return refuse_at("?" + std::string(name), "a time is written 2026-11-22T12:00:00Z");
  return std::chrono::floor<std::chrono::seconds>(*time);
}

tl::expected<const FigureMeaning*, CallProblem> figure_in(Query& query) {
  SEAWALL_TRY(const auto name, query.text("figure", kTextBytesMax));
  const auto* const found = name ? std::ranges::find(kFigures, *name, &FigureMeaning::name) : kFigures.end();
  if (found != kFigures.end()) return found;
  std::string names;
  for (const FigureMeaning& one : kFigures) names += (names.empty() ? "" : ", ") + std::string(one.name);
  return refuse_at("?figure", "one of these is needed: " + names);
}

tl::expected<Ask, CallProblem> read_ask(const Call& call, Time now) {
  SEAWALL_TRY(Query query, Query::of(call.head.target()));
  Ask ask;
  SEAWALL_TRY(ask.figure, figure_in(query));
  SEAWALL_TRY(const auto step, query.text("step", kTextBytesMax));
  const std::string word = step.value_or("hour");
  if (word != "minute" && word != "hour") return refuse_at("?step", "minute or hour is needed");
  ask.step = word == "minute" ? FigureStep::kMinute : FigureStep::kHour;
  SEAWALL_TRY(const auto from, time_in(query, "from"));
  SEAWALL_TRY(const auto until, time_in(query, "until"));
  SEAWALL_CHECK(query.finish());
  ask.until = until.value_or(std::chrono::floor<std::chrono::seconds>(now) + std::chrono::seconds(1));
  ask.from = from.value_or(ask.until - (ask.step == FigureStep::kMinute ? kMinutesShown : kHoursShown));
  if (ask.from >= ask.until) return refuse_at("?from", "it must be before until");
  return ask;
}

std::string text_of(FigureTime time) { return to_text(Time(time)); }

std::vector<std::string_view> columns_of(const FigureMeaning& figure) {
  std::vector<std::string_view> columns{"at"};
  if (!figure.first.empty()) columns.push_back(figure.first);
  if (!figure.second.empty()) columns.push_back(figure.second);
  columns.push_back("value");
  return columns;
}

HttpAnswer json_of(const Ask& ask, const std::vector<FigurePoint>& points) {
  Json rows = Json::array();
  for (const FigurePoint& point : points) {
    Json row = Json::array({text_of(point.at)});
    if (!ask.figure->first.empty()) row.push_back(point.first);
    if (!ask.figure->second.empty()) row.push_back(point.second);
    row.push_back(point.value);
    rows.push_back(std::move(row));
  }
  Json json;
  json["figure"] = ask.figure->name;
  json["step"] = ask.step == FigureStep::kMinute ? "minute" : "hour";
  json["kind"] = ask.figure->stands ? "state" : "count";
  json["from"] = text_of(ask.from);
  json["until"] = text_of(ask.until);
  json["columns"] = columns_of(*ask.figure);
  json["rows"] = std::move(rows);
  return json_answer(200, to_line(json));
}

HttpAnswer csv_of(const Ask& ask, const std::vector<FigurePoint>& points) {
  std::string text;
  append_csv_row(text, columns_of(*ask.figure));
  for (const FigurePoint& point : points) {
    const std::string at = text_of(point.at), value = std::to_string(point.value);
    std::vector<std::string_view> row{at};
    if (!ask.figure->first.empty()) row.push_back(point.first);
    if (!ask.figure->second.empty()) row.push_back(point.second);
    row.push_back(value);
    append_csv_row(text, row);
  }
  return text_answer(200, "text/csv; charset=utf-8", std::move(text));
}

bool wants_csv(const HttpHead& head) {
  const auto accept = head.field("accept").value_or("");
  return http_list_has(accept, "text/csv");
}

}  // namespace

void FigureCalls::serve(ServedOperations& operations) {
  ServedOperation served;
  served.lane = Lane::kStore;
  served.run = [this](Call& call) { return figures(call); };
  operations.serve(Operation::kFigures, std::move(served));
}

CallResult FigureCalls::figures(const Call& call) {
  SEAWALL_TRY(const Ask ask, read_ask(call, clock_.now()));
  if (const auto refusal = authorise(&call.who(), ask.figure->shown_by)) {
    return tl::unexpected(CallProblem(Denial{*refusal}));
  }
  const std::string_view tenant = ask.figure->of_service ? std::string_view() : call.tenant();
  auto read = book_.read({tenant, ask.figure->name, ask.step, ask.from, ask.until});
  if (!read && read.error().code == Code::kLimitExceeded) return refuse_at("?from", read.error().message);
  SEAWALL_TRY(auto points, std::move(read));
  const auto& banks = call.who().banks;
  if (!banks.empty() && !ask.figure->of_service) {
    std::erase_if(points, [&](const FigurePoint& point) {
      return !ask.figure->of_bank || std::ranges::find(banks, point.first) == banks.end();
    });
  }
  HttpAnswer answer = wants_csv(call.head) ? csv_of(ask, points) : json_of(ask, points);
  answer.fields.emplace_back("Vary", "Accept");
  return answer;
}

}  // namespace seawall
