#include "seawall/service/stream_calls.h"

#include <algorithm>

#include "seawall/jobs/idempotency.h"
#include "seawall/net/url.h"
#include "seawall/service/bank_choice.h"
#include "seawall/service/list_scope.h"
#include "seawall/service/stream_json.h"
#include "seawall/stream_hooks/watch_metrics.h"
#include "seawall/streams/stream_address.h"

namespace seawall {
namespace {

constexpr std::size_t kBodyBytesMax = std::size_t{64} << 10;
constexpr std::uint32_t kComeBackS = 60;
constexpr std::size_t kPageMost = 1'000;
constexpr std::size_t kAlertIdBytesMax = 128;
constexpr std::size_t kWebhookBytesMax = 2'048;

constexpr std::string_view kSwitchOn =
    "This service follows no streams: give its settings a [streams] table, docs/howto/watch-streams.md.";

CallProblem gone() {
  return {ProblemKind::kNotFound, "There is no such stream; GET /v1/streams lists them."};
}

CallProblem busy(std::string detail) {
  CallProblem problem(ProblemKind::kOverloaded, std::move(detail));
  problem.retry_after_s = kComeBackS;
  return problem;
}

/// What a wish that was not fulfilled is answered with.
CallProblem problem_of(AttachEnd end) {
  switch (end) {
    case AttachEnd::kOtherOfThatName:
      return {
          ProblemKind::kConflict,
          "A stream of that name is attached with other settings: detach it first, or take another name."};
    case AttachEnd::kTooManyOfTenant:
      return {ProblemKind::kConflict, "You have all the streams that you may have: detach one first."};
    case AttachEnd::kFull:
      return busy("This server follows all the streams that it may.");
    default:
      return busy("So little of each stream is looked at now that one more would not be watched.");
  }
}

struct PageOf {
  std::string after;
  std::size_t limit = 100;
};
tl::expected<PageOf, CallProblem> page_of(Query& query, std::size_t after_bytes_max) {
  PageOf page;
  SEAWALL_TRY(auto after, query.text("after", after_bytes_max));
  SEAWALL_TRY(const auto limit, query.number("limit", 1, kPageMost));
  page.after = std::move(after).value_or("");
  if (limit) page.limit = static_cast<std::size_t>(*limit);
  return page;
}

Result<StreamHook> hook_of(std::string_view server, std::string_view body) {
  if (server == "nginx-rtmp") return hook_of_nginx_rtmp(body);
  if (server == "srs") return hook_of_srs(body);
  if (server == "mediamtx") return hook_of_mediamtx(body);
  return fail(Code::kNotFound, "There is no such media server here: nginx-rtmp, srs or mediamtx.");
}

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

}  // namespace

void StreamCalls::serve(ServedOperations& operations) {
  using Run = CallResult (StreamCalls::*)(const Call&);
  const auto add = [&](Operation operation, Run run, std::size_t json_bytes, std::size_t other_bytes = 0) {
    ServedOperation served;
    served.lane = Lane::kStore;
    served.json_bytes_max = json_bytes;
    served.media_bytes_max = other_bytes;
    served.run = [this, run](Call& call) -> CallResult {
      if (parts_.desk == nullptr) return refuse(ProblemKind::kNotServed, std::string(kSwitchOn));
      return (this->*run)(call);
    };
    operations.serve(operation, std::move(served));
  };
  add(Operation::kStreams, &StreamCalls::list, 0);
  add(Operation::kAttachStream, &StreamCalls::attach, kBodyBytesMax);
  add(Operation::kStream, &StreamCalls::show, 0);
  add(Operation::kDetachStream, &StreamCalls::detach, 0);
  add(Operation::kStreamAlerts, &StreamCalls::alerts, 0);
  add(Operation::kStreamHook, &StreamCalls::hook, kHookBytesMax, kHookBytesMax);
}

std::vector<BankId> StreamCalls::bound_banks(const Identity& who) const {
  std::vector<BankId> banks;
  for (const std::string& name : who.banks) {
    // One that is not there any more has no alerts that this key may see.
    banks.push_back(parts_.names.bank(who.tenant, name).value_or(BankId{0}));
  }
  return banks;
}

std::string StreamCalls::text_of(const StreamView& view) const {
  std::vector<std::string> banks;
  for (const BankId bank : view.stream->banks) banks.push_back(parts_.names.bank_name(bank));
  return stream_json(view, banks);
}

CallResult StreamCalls::list(const Call& call) {
  SEAWALL_TRY(Query query, Query::of(call.head.target()));
  SEAWALL_TRY(const PageOf page, page_of(query, kHookPathBytesMax));
  SEAWALL_CHECK(query.finish());
  const auto views = parts_.desk->streams(call.tenant(), page.after, page.limit + 1, bound_banks(call.who()));
  std::string text = R"({"streams":[)";
  const std::size_t many = std::min(views.size(), page.limit);
  for (std::size_t i = 0; i < many; ++i) {
    text.append(i == 0 ? "" : ",").append(text_of(views[i]));
  }
  text.append(R"(],"load":)").append(load_json(parts_.desk->load(call.tenant())));
  text.append(R"(,"next":)").append(views.size() > many ? quoted(views[many - 1].stream->name) : "null");
  return json_answer(200, text + "}");
}

StreamCalls::Checked<void> StreamCalls::check_address(const AttachedStream& stream) const {
  const auto can_be = check_stream_address(stream.url, parts_.reach);
  if (!can_be) return refuse(ProblemKind::kUrlRefused, "/url: " + can_be.error().message);
  return {};
}

/// A stream as the caller asks for it.
StreamCalls::Checked<AttachedStream> StreamCalls::wish(const Call& call, NewStreamAsk ask) const {
  AttachedStream stream;
  const Identity& who = call.who();
  SEAWALL_TRY(stream.banks, chosen_banks(parts_.names, who, ask.banks));
  if (ask.cut_off) {
    if (who.kind != IdentityKind::kKey)
      return refuse_at("/cut_off", "a webhook is signed with a key's secret: attach with a key");
    const auto can_be = parts_.notices.check_address(ask.cut_off->webhook);
    if (!can_be) return refuse_at("/cut_off/webhook", can_be.error().message);
    stream.cut_off = StreamCutOff{std::move(ask.cut_off->webhook), ask.cut_off->tier, ask.cut_off->action};
  }
  stream.labels = std::move(ask.labels);
  stream.tenant = who.tenant;
  stream.name = std::move(ask.name);
  stream.url = std::move(ask.url);
  stream.who = who.who;
  stream.caller = caller_of(who);
  stream.key_id = who.key_id;
  return stream;
}

CallResult StreamCalls::attach(const Call& call) {
  SEAWALL_TRY(NewStreamAsk ask, body_as(call, &new_stream_from_json));
  if (!is_stream_path(ask.name)) {
    return refuse_at("/name", "1 to 200 of letters, digits and . _ ~ - / are needed, no part of it empty");
  }
  SEAWALL_TRY(AttachedStream stream, wish(call, std::move(ask)));
  SEAWALL_CHECK(check_address(stream));
  auto done = parts_.desk->attach(std::move(stream));
  if (!done) {
    if (done.error().code == Code::kInvalidInput)
      return refuse(ProblemKind::kUrlRefused, "/url: " + done.error().message);
    return tl::unexpected(CallProblem(done.error()));
  }
  const bool made = done->end == AttachEnd::kAttached;
  if (!made && done->end != AttachEnd::kThereAlready) return tl::unexpected(problem_of(done->end));
  HttpAnswer answer = json_answer(made ? 201 : 200, text_of(done->view));
  if (made) answer.fields.emplace_back("Location", "/v1/streams/" + percent_encoded(done->view.stream->name));
  return answer;
}

StreamCalls::Checked<StreamView> StreamCalls::view_in(const Call& call) const {
  SEAWALL_CHECK(no_parameters(call));
  auto view = parts_.desk->stream(call.tenant(), call.captured.front());
  if (!view || !view->stream->is_within(bound_banks(call.who()))) return tl::unexpected(gone());
  return *std::move(view);
}

CallResult StreamCalls::show(const Call& call) {
  SEAWALL_TRY(const StreamView view, view_in(call));
  return json_answer(200, text_of(view));
}

CallResult StreamCalls::detach(const Call& call) {
  SEAWALL_CHECK(view_in(call));
  SEAWALL_TRY(const bool was_there, parts_.desk->detach(call.tenant(), call.captured.front()));
  if (!was_there) return tl::unexpected(gone());
  HttpAnswer answer;
  answer.status = 204;
  return answer;
}

CallResult StreamCalls::alerts(const Call& call) {
  SEAWALL_TRY(Query query, Query::of(call.head.target()));
  SEAWALL_TRY(const PageOf page, page_of(query, kAlertIdBytesMax));
  SEAWALL_TRY(const auto stream, query.text("stream", kHookPathBytesMax));
  SEAWALL_TRY(const auto silent, query.flag("include_silent"));
  SEAWALL_TRY(const auto newest, query.flag("newest"));
  SEAWALL_CHECK(query.finish());
  const std::vector<BankId> banks = bound_banks(call.who());
  StreamAlertAsk ask{.tenant = call.tenant(), .banks = banks, .after = page.after, .limit = page.limit};
  if (stream) ask.stream = *stream;
  ask.with_silent = silent.value_or(false);
  ask.newest_first = newest.value_or(false);
  const auto found = parts_.desk->alerts(ask);
  if (!found && found.error().code == Code::kInvalidInput) {
    return refuse_at("?after", "an alert's id is needed: a_ and 32 hex digits");
  }
  if (!found) return tl::unexpected(CallProblem(found.error()));
  std::string text = R"({"alerts":[)";
  for (std::size_t i = 0; i < found->bodies.size(); ++i) {
    text.append(i == 0 ? "" : ",").append(found->bodies[i]);
  }
  text.append(R"(],"next":)").append(found->next.empty() ? "null" : quoted(found->next));
  return json_answer(200, text + "}");
}

void StreamCalls::obey(const StreamHook& said, const Identity& who, AttachedStream stream) {
  const auto before = parts_.desk->stream(stream.tenant, said.path);
  if (before && !before->stream->by_hook) return;  // Somebody attached it, and alone detaches it.
  const bool begins = said.kind == StreamHook::Kind::kBegins;
  ++(begins ? hooks_begun_ : hooks_ended_);
  if (before && !before->stream->is_within(bound_banks(who))) {
    return fail_hook("its name is one of another key's streams");
  }
  // A server that begins a stream anew may not have said that it ended.
  if (before && (!begins || before->state.phase != WatchPhase::kLive)) {
    (void)parts_.desk->detach(stream.tenant, said.path, WatchEnd::kLookedAt);
  }
  if (!begins) return;
  if (const auto checked = check_address(stream); !checked) return fail_hook(checked.error().detail);
  const auto done = parts_.desk->attach(std::move(stream));
  if (!done) return fail_hook(done.error().message);
  if (done->end != AttachEnd::kAttached && done->end != AttachEnd::kThereAlready)
    fail_hook(problem_of(done->end).detail);
}

void StreamCalls::fail_hook(const std::string& why) {
  ++hooks_failed_;
  parts_.event("a stream that a media server told of was not attached or detached: " + why);
}

CallResult StreamCalls::hook(const Call& call) {
  SEAWALL_TRY(Query query, Query::of(call.head.target()));
  SEAWALL_TRY([[maybe_unused]] const auto token, query.any_text("token"));  // The gate has read it.
  SEAWALL_TRY(const auto tap, query.text("tap", NewStreamAsk::kUrlBytesMax));
  SEAWALL_TRY(const auto webhook, query.text("webhook", kWebhookBytesMax));
  NewStreamAsk ask;
  SEAWALL_TRY(ask.banks, query.all("banks", NewStreamAsk::kBanksMax, NewStreamAsk::kNameBytesMax));
  SEAWALL_CHECK(query.finish());
  const auto said = hook_of(call.captured.front(), call.body.text());
  if (!said && said.error().code == Code::kNotFound)
    return refuse(ProblemKind::kNotFound, said.error().message);
  const bool named =
      tap && (tap->find("{name}") != std::string::npos || tap->find("{path}") != std::string::npos);
  if (!named)
    return refuse_at("?tap", "where a stream is played is needed: rtmp://127.0.0.1/{app}/{name}, or {path}");
  if (!said) return tl::unexpected(CallProblem(said.error()));
  if (webhook) ask.cut_off = NewStreamAsk::CutOff{.webhook = *webhook};
  SEAWALL_TRY(AttachedStream stream, wish(call, std::move(ask)));
  if (said->kind != StreamHook::Kind::kOther) {
    stream.name = said->path;
    stream.url = tap_address(*tap, said->path);
    stream.by_hook = true;
    obey(*said, call.who(), std::move(stream));
  }
  // SRS wants a 0 for "go on"; the others look at the status alone.
  return text_answer(200, "text/plain; charset=utf-8", "0");
}

void StreamCalls::write_metrics(MetricsText& out) const {
  if (parts_.desk == nullptr) return;
  const StreamDeskCounts counts = parts_.desk->counts();
  const StreamLoad load = parts_.desk->load();
  write_watch_metrics(out, counts.states, counts.watch);
  out.family("seawall_streams_attached", "gauge", "Streams that are attached.");
  out.sample({}, static_cast<std::uint64_t>(load.streams));
  out.family("seawall_streams_admitted", "gauge", "1: one more stream would be taken.");
  out.sample({}, std::uint64_t{load.admits});
  out.family("seawall_streams_refused_total", "counter", "Streams that were not attached, by why.");
  out.sample({{"why", "full"}}, counts.refused_full);
  out.sample({{"why", "overloaded"}}, counts.refused_overloaded);
  out.family("seawall_streams_alerts_total", "counter", "Alerts that were written down, silent ones too.");
  out.sample({}, counts.alerts_kept);
  out.family("seawall_streams_alerts_lost_total", "counter", "Alerts that could not be written down.");
  out.sample({}, counts.alerts_lost);
  out.family("seawall_streams_showings_waiting", "gauge",
             "Showings of entries that are not in force, judged again when the lists change.");
  out.sample({}, static_cast<std::uint64_t>(counts.showings_waiting));
  out.family("seawall_streams_showings_forgotten_total", "counter", "Of those, forgotten for want of room.");
  out.sample({}, counts.showings_forgotten);
  out.family("seawall_streams_webhooks_total", "counter", "Alerts' webhooks, by what became of them here.");
  out.sample({{"end", "handed"}}, counts.webhooks_handed);
  out.sample({{"end", "refused"}}, counts.webhooks_refused);
  out.sample({{"end", "dropped"}}, counts.webhooks_dropped);
  out.family("seawall_streams_hooks_total", "counter", "Calls of media servers, by what was said or done.");
  out.sample({{"what", "begun"}}, hooks_begun_.load());
  out.sample({{"what", "ended"}}, hooks_ended_.load());
  out.sample({{"what", "failed"}}, hooks_failed_.load());
  out.sample({{"what", "silent"}}, counts.hooked_ended);
}

}  // namespace seawall
