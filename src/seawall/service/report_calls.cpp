#include "seawall/service/report_calls.h"

#include <charconv>

#include "seawall/api/review_asks.h"
#include "seawall/json/json.h"
#include "seawall/model/time_text.h"
#include "seawall/service/list_answers.h"

namespace seawall {
namespace {

constexpr std::size_t kJsonBytesMax = std::size_t{16} << 10;
constexpr std::size_t kPlaces = 65'536;
constexpr std::size_t kCodeBytesMax = 64;
constexpr std::string_view kForm = "application/x-www-form-urlencoded";
constexpr std::string_view kSwitchOn =
    "This service takes no reports: give its settings a [public_report] table, docs/howto/public-report.md.";

Called<ReportLanguage> language_of(const Call& call) {
  SEAWALL_TRY(Query query, Query::of(call.head.target()));
  SEAWALL_TRY(const auto lang, query.any_text("lang"));
  SEAWALL_CHECK(query.finish());
  if (lang && *lang != "en" && *lang != "de") return refuse_at("?lang", "en or de is needed");
  std::optional<std::string_view> wish;
  if (lang) wish = *lang;
  return report_language(wish, call.head.field("accept-language").value_or(""));
}

std::string name_of_report(std::int64_t id) { return "p" + std::to_string(id); }

std::optional<std::int64_t> report_named(std::string_view name) {
  if (name.size() < 2 || name.size() > 19 || name.front() != 'p' || name[1] == '0') return std::nullopt;
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), id);
  if (error != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  return id;
}

Json maybe_time(const std::optional<Time>& time) { return time ? Json(to_text(*time)) : Json(nullptr); }

Json json_of(const ReportView& view) {
  Json json;
  json["report"] = name_of_report(view.id);
  json["state"] = name_of(view.state);
  json["category"] = view.category;
  json["language"] = view.language;
  json["count"] = view.count;
  json["first"] = to_text(view.first);
  json["last"] = to_text(view.last);
  json["claimed_by"] = view.claimed_by ? Json(*view.claimed_by) : Json(nullptr);
  json["claimed_until"] = maybe_time(view.claimed_until);
  json["decided_by"] = view.decided_by ? Json(*view.decided_by) : Json(nullptr);
  json["decided"] = maybe_time(view.decided);
  json["erase_after"] = to_text(view.erase_after);
  return json;
}

Json whole_json(const ReportView& view) {
  Json json = json_of(view);
  json["url"] = view.url;
  json["texts"] = view.texts;
  json["notes"] = Json::array();
  for (const ReportView::Note& note : view.notes)
    json["notes"].push_back({{"by", note.by}, {"at", to_text(note.at)}, {"text", note.text}});
  return json;
}

std::string_view words_for(ReportRefusal why) {
  switch (why) {
    case ReportRefusal::kClaimed:
      return "Another person has claimed it.";
    case ReportRefusal::kNotClaimed:
      return "You have not claimed it, or no longer: claim it first.";
    case ReportRefusal::kDecided:
      return "It is decided.";
    default:
      return "It has as many notes as it may have.";
  }
}

CallProblem gone() {
  return {ProblemKind::kNotFound, "There is no such report; GET /v1/reports lists them."};
}

}  // namespace

Result<std::unique_ptr<ReportGate>> ReportGate::make(const Clock& clock, const ReportSettings& settings) {
  auto gate = std::unique_ptr<ReportGate>(new ReportGate(clock, settings));
  const std::scoped_lock lock(gate->mutex_);
  SEAWALL_CHECK(gate->renew());
  return gate;
}

Result<void> ReportGate::renew() {
  const std::int64_t day = std::chrono::floor<std::chrono::days>(clock_.now()).time_since_epoch().count();
  if (day == day_) return {};
  SEAWALL_TRY(Throttle networks,
              Throttle::make(clock_, {settings_.network_reports, settings_.network_per_s}, kPlaces));
  SEAWALL_TRY(Throttle all, Throttle::make(clock_, {settings_.all_reports, settings_.all_per_s}, 8));
  networks_.emplace(std::move(networks));
  all_.emplace(std::move(all));
  day_ = day;
  return {};
}

Result<std::optional<std::uint32_t>> ReportGate::take(const PeerAddress& peer) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_CHECK(renew());
  if (const auto wait = networks_->take(Network::around(peer, 24, 48).to_text())) return wait;
  return all_->take("all");
}

Result<std::unique_ptr<ReportCalls>> ReportCalls::make(Parts parts) {
  SEAWALL_TRY(HelpLines lines, help_lines());
  ReportPages pages(parts.house, std::move(lines));
  return std::unique_ptr<ReportCalls>(new ReportCalls(std::move(parts), std::move(pages)));
}

void ReportCalls::serve(ServedOperations& operations) {
  using Run = CallResult (ReportCalls::*)(const Call&);
  const auto add = [&](Operation operation, Run run, std::size_t json_bytes, std::size_t form_bytes = 0) {
    ServedOperation served;
    served.lane = Lane::kStore;
    served.json_bytes_max = json_bytes;
    served.media_bytes_max = form_bytes;
    served.run = [this, run](Call& call) -> CallResult {
      if (parts_.book == nullptr) return refuse(ProblemKind::kNotServed, std::string(kSwitchOn));
      return (this->*run)(call);
    };
    operations.serve(operation, std::move(served));
  };
  add(Operation::kReportPage, &ReportCalls::page, 0);
  add(Operation::kSendReport, &ReportCalls::send, 0, kFormBytesMax);
  add(Operation::kReportState, &ReportCalls::state, 0);
  add(Operation::kReports, &ReportCalls::list, 0);
  add(Operation::kReport, &ReportCalls::show, 0);
  add(Operation::kClaimReport, &ReportCalls::claim, 0);
  add(Operation::kDecideReport, &ReportCalls::decide, kJsonBytesMax);
  add(Operation::kNoteReport, &ReportCalls::note, kJsonBytesMax);
}

CallResult ReportCalls::html(int status, std::string text) const {
  HttpAnswer answer = text_answer(status, "text/html; charset=utf-8", std::move(text));
  answer.fields.insert(answer.fields.end(), {{"Content-Security-Policy", pages_.policy()},
                                             {"X-Content-Type-Options", "nosniff"},
                                             {"Referrer-Policy", "no-referrer"},
                                             {"Cross-Origin-Opener-Policy", "same-origin"},
                                             {"Cross-Origin-Resource-Policy", "same-origin"},
                                             {"Permissions-Policy",
                                              "camera=(), geolocation=(), microphone=(), browsing-topics=()"},
                                             {"Cache-Control", "no-store"}});
  return answer;
}

CallResult ReportCalls::page(const Call& call) {
  SEAWALL_TRY(const ReportLanguage language, language_of(call));
  return html(200, pages_.form(language, {}, {}));
}

CallResult ReportCalls::send(const Call& call) {
  SEAWALL_TRY(const ReportLanguage language, language_of(call));
  if (call.media_type() != kForm) {
    return refuse(ProblemKind::kUnsupported, "Send the form of GET /report; it takes no files.");
  }
  const auto fields = report_fields_from(call.body.text());
  if (!fields) return tl::unexpected(CallProblem(fields.error()));
  ReportFaults faults;
  auto report = report_from(*fields, faults);
  if (!report) {
    ++wrong_;
    return html(422, pages_.form(language, *fields, faults));
  }
  SEAWALL_TRY(const auto wait, parts_.gate->take(call.caller.peer));
  if (wait) {
    ++refused_;
    CallResult answer = html(429, pages_.busy(language));
    answer->fields.emplace_back("Retry-After", std::to_string(std::min<std::uint32_t>(*wait, 3'600)));
    return answer;
  }
  report->language = words_of(language).code;
  const auto code = parts_.book->submit(*report);
  if (!code && code.error().code == Code::kLimitExceeded) {
    ++full_;
    CallResult answer = html(503, pages_.busy(language));
    answer->fields.emplace_back("Retry-After", "3600");
    return answer;
  }
  if (!code) return tl::unexpected(CallProblem(code.error()));
  ++taken_;
  return html(201, pages_.thanks(language, *code));
}

CallResult ReportCalls::state(const Call& call) {
  SEAWALL_TRY(const ReportLanguage language, language_of(call));
  const std::string& code = call.captured.front();
  if (code.size() > kCodeBytesMax) return html(404, pages_.state(language, std::nullopt));
  SEAWALL_TRY(const auto state, parts_.book->state_of(code));
  return html(state ? 200 : 404, pages_.state(language, state));
}

Called<std::int64_t> ReportCalls::report_in(const Call& call) const {
  SEAWALL_CHECK(no_parameters(call));
  const auto id = report_named(call.captured.front());
  if (!id) return refuse(ProblemKind::kInvalidInput, "A report is named by a p and its number, such as p12.");
  if (call.tenant() != parts_.tenant) return tl::unexpected(gone());
  return *id;
}

CallResult ReportCalls::list(const Call& call) {
  SEAWALL_TRY(Query query, Query::of(call.head.target()));
  SEAWALL_TRY(const auto state, query.any_text("state"));
  SEAWALL_TRY(const PageAsk asked, page_from(query));
  SEAWALL_CHECK(query.finish());
  if (state && *state != "open" && *state != "decided")
    return refuse_at("?state", "open or decided is needed");
  const auto after = asked.after.empty() ? std::optional<std::int64_t>(0) : report_named(asked.after);
  if (!after) return wrong_after();
  ReportPage page;
  if (call.tenant() == parts_.tenant) {
    SEAWALL_TRY(page, parts_.book->reports(state.value_or("open") == "open", *after,
                                           static_cast<std::int64_t>(asked.limit)));
  }
  Json json;
  json["reports"] = Json::array();
  for (const ReportView& one : page.reports) json["reports"].push_back(json_of(one));
  json["next"] = page.next == 0 ? Json(nullptr) : Json(name_of_report(page.next));
  return json_result(200, json);
}

CallResult ReportCalls::show(const Call& call) {
  SEAWALL_TRY(const std::int64_t id, report_in(call));
  SEAWALL_TRY(const auto view, parts_.book->open_report(id));
  if (!view) return tl::unexpected(gone());
  return json_result(200, whole_json(*view));
}

CallResult ReportCalls::after(const Call& call, Result<void> done, ReportRefusal why) {
  if (!done) return tl::unexpected(CallProblem(done.error()));
  if (why == ReportRefusal::kNoSuchReport) return tl::unexpected(gone());
  if (why != ReportRefusal::kNone) return refuse(ProblemKind::kConflict, std::string(words_for(why)));
  return show(call);
}

CallResult ReportCalls::claim(const Call& call) {
  SEAWALL_TRY(const std::int64_t id, report_in(call));
  ReportRefusal why{};
  auto done = parts_.book->claim(id, call.who().who, why);
  return after(call, std::move(done), why);
}

CallResult ReportCalls::decide(const Call& call) {
  SEAWALL_TRY(const ReportState outcome, body_as(call, &outcome_from_json));
  SEAWALL_TRY(const std::int64_t id, report_in(call));
  ReportRefusal why{};
  auto done = parts_.book->decide(id, call.who().who, outcome, why);
  return after(call, std::move(done), why);
}

CallResult ReportCalls::note(const Call& call) {
  SEAWALL_TRY(const std::string text, body_as(call, &note_from_json));
  SEAWALL_TRY(const std::int64_t id, report_in(call));
  ReportRefusal why{};
  auto done = parts_.book->note(id, call.who().who, text, why);
  return after(call, std::move(done), why);
}

void ReportCalls::write_metrics(MetricsText& out) const {
  if (parts_.book == nullptr) return;
  out.family("seawall_reports_total", "counter", "Reports of the public, by what became of them.");
  out.sample({{"end", "taken"}}, taken_.load());
  out.sample({{"end", "too_many"}}, refused_.load());
  out.sample({{"end", "incomplete"}}, wrong_.load());
  out.sample({{"end", "full"}}, full_.load());
  const auto open = parts_.book->open_count();
  if (!open) return;
  out.family("seawall_reports_open", "gauge", "Reports that nobody has decided.");
  out.sample({}, static_cast<std::uint64_t>(*open));
}

}  // namespace seawall
