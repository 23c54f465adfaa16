#include "seawall/service/match_calls.h"

#include <algorithm>

#include "seawall/api/match_answer.h"
#include "seawall/api/padded_body.h"
#include "seawall/jobs/idempotency.h"
#include "seawall/jobs/job_text.h"
#include "seawall/media/video_sniff.h"
#include "seawall/service/bank_choice.h"
#include "seawall/service/list_scope.h"
#include "seawall/service/query.h"

namespace seawall {
namespace {

constexpr std::size_t kBodyReadHereMax = std::size_t{64} << 10;
constexpr std::size_t kHashesHereMax = 64;
constexpr std::size_t kFilesMax = 16;
constexpr std::chrono::seconds kFetchAllWithin{60};

using SteadyClock = std::chrono::steady_clock;

std::size_t hashes_of(const MatchAsk& ask) {
  std::size_t count = ask.items.size();
  for (const auto& item : ask.items) count += item.asked.signals.pdq.size();
  return count;
}

bool is_video(std::span<const std::byte> file) {
  return !sniff_video_type(file.first(std::min(file.size(), kVideoSniffBytes))).empty();
}

bool has_tmk(const MatchAsk& ask) {
  return std::ranges::any_of(ask.items, [](const auto& item) { return item.asked.signals.tmk != nullptr; });
}

bool has_urls(const MatchAsk& ask) {
  return std::ranges::any_of(ask.items, [](const auto& item) { return !item.url.empty(); });
}

}  // namespace

struct MatchCalls::State final : CallState {
  MatchAsk ask;
  bool read = false;
  bool resolved = false;  // Its banks, and what its caller may.
  bool looked_up = false;
  bool in_video_lane = false;   // Or on its way there.
  std::vector<SentFile> files;  // Into the call's body.
  std::vector<LookupAnswer> answers;
  std::chrono::nanoseconds fetching{};
  std::string origin;  // Caller and Idempotency-Key; empty: there is none.
};

void MatchCalls::serve(ServedOperations& operations) {
  ServedOperation match;
  match.lane = Lane::kMedia;
  match.json_bytes_max = std::size_t{8} << 20;
  match.media_bytes_max = std::size_t{256} << 20;
  match.media_lane = media_lane_of;
  match.begin = [this](Call& call) { return begin(call); };
  match.run = [this](Call& call) { return run(call); };
  operations.serve(Operation::kMatch, std::move(match));
  ServedOperation result_of;
  result_of.run = [this](Call& call) { return result(call); };
  operations.serve(Operation::kMatchResult, std::move(result_of));
  ServedOperation replay_of;
  replay_of.run = [this](Call& call) { return replay(call); };
  operations.serve(Operation::kMatchReplay, std::move(replay_of));
}

bool MatchCalls::may_stay(const State& state) const {
  if (parts_.lookups_block || state.ask.async || has_urls(state.ask)) return false;
  if (hashes_of(state.ask) > kHashesHereMax || has_tmk(state.ask)) return false;
  return parts_.names.known(parts_.lists.proof().number, {});
}

bool MatchCalls::knows_names(const State& state) const {
  return std::ranges::all_of(state.answers, [&](const LookupAnswer& answer) {
    return parts_.names.known(answer.list_version.number, answer.matches);
  });
}

std::variant<Lane, CallResult> MatchCalls::begin(Call& call) {
  auto owned = std::make_unique<State>();
  State& state = *owned;
  call.state = std::move(owned);
  if (call.media_type() != "application/json") return media_lane_of(call);
  if (call.body.size() > kBodyReadHereMax) {
    return call.body.text().find("\"url\"") == std::string_view::npos ? Lane::kSignals : Lane::kFetch;
  }
  if (auto read = read_ask(call, state); !read) return CallResult(tl::unexpected(std::move(read).error()));
  if (state.ask.async) return Lane::kStore;
  if (!may_stay(state)) return has_urls(state.ask) ? Lane::kFetch : Lane::kSignals;
  if (auto checked = check(call, state); !checked) {
    return CallResult(tl::unexpected(std::move(checked).error()));
  }
  if (auto done = look_up(state); !done) return CallResult(tl::unexpected(std::move(done).error()));
  if (!knows_names(state)) return Lane::kStore;
  return answer(call, state);
}

CallResult MatchCalls::run(Call& call) {
  auto& state = static_cast<State&>(*call.state);
  if (!state.looked_up) {
    if (auto read = read_ask(call, state); !read) return tl::unexpected(std::move(read).error());
    // Names that cannot be read are no reason to give no verdict, unless the caller named banks.
    if (const std::uint64_t version = parts_.lists.proof().number; !parts_.names.known(version, {})) {
      (void)parts_.names.read(version, {});
    }
    if (auto checked = check(call, state); !checked) return tl::unexpected(std::move(checked).error());
    if (state.ask.async) return take_on(call);
    // A video behind a picture's thread: on, where it holds up no pictures.
    if (has_video(state) && !std::exchange(state.in_video_lane, true) &&
        media_lane_of(call) == Lane::kMedia) {
      call.go_on = Lane::kVideos;
      return json_answer(200, "");
    }
    if (auto done = look_up(state); !done) return tl::unexpected(std::move(done).error());
  }
  read_names(state);
  return answer(call, state);
}

void MatchCalls::read_names(const State& state) {
  for (const LookupAnswer& one : state.answers) {
    if (parts_.names.known(one.list_version.number, one.matches)) continue;
    if (const auto read = parts_.names.read(one.list_version.number, one.matches); !read) {
      parts_.log.event("names", read.error());
    }
  }
}

MatchCalls::Checked<void> MatchCalls::read_ask(Call& call, State& state) {
  if (std::exchange(state.read, true)) return {};
  if (const auto field = call.head.field("idempotency-key"))
    state.origin = caller_of(call.who()) + "\n" + std::string(*field);
  if (call.media_type() != "application/json") return read_media_ask(call, state);
  auto query = Query::of(call.head.target());
  if (!query) return tl::unexpected(std::move(query).error());
  if (auto none = query->finish(); !none) {
    return refuse(ProblemKind::kInvalidInput,
                  "With JSON, options are members of the body, not of the address.");
  }
  thread_local JsonObjectReader reader;
  auto ask = match_ask_from_json(reader, PaddedBody(call.body.text()).text());
  if (!ask) return tl::unexpected(CallProblem(ask.error()));
  state.ask = *std::move(ask);
  return {};
}

namespace {

tl::expected<void, CallProblem> read_word(Query& query, std::string_view name,
                                          std::initializer_list<std::string_view> words, std::size_t& out) {
  auto text = query.any_text(name);
  if (!text) return tl::unexpected(std::move(text).error());
  if (!*text) return {};
  const auto found = std::ranges::find(words, std::string_view(**text));
  if (found == words.end()) {
    std::string known;
    for (const auto word : words) known += (known.empty() ? "" : " or ") + std::string(word);
    return refuse_at("?" + std::string(name), known + " is needed");
  }
  out = static_cast<std::size_t>(found - words.begin());
  return {};
}

tl::expected<void, CallProblem> read_flags(Query& query, MatchAsk& ask) {
  auto silent = query.flag("include_silent");
  if (!silent) return tl::unexpected(std::move(silent).error());
  ask.include_silent = silent->value_or(false);
  auto timings = query.flag("timings");
  if (!timings) return tl::unexpected(std::move(timings).error());
  ask.timings = timings->value_or(false);
  return {};
}

tl::expected<void, CallProblem> read_words(Query& query, MatchAsk& ask) {
  std::size_t profile = 1, on_error = 2, mode = 0;
  if (auto read = read_word(query, "profile", {"none", "default", "thorough"}, profile); !read) return read;
  if (auto read = read_word(query, "on_error", {"fail_closed", "fail_open"}, on_error); !read) return read;
  if (auto read = read_word(query, "mode", {"sync", "async"}, mode); !read) return read;
  ask.options.profile =
      std::array{VariantProfile::kNone, VariantProfile::kDefault, VariantProfile::kThorough}[profile];
  ask.options.on_error = std::array{OnError::kFailClosed, OnError::kFailOpen, OnError::kTell}[on_error];
  ask.async = mode == 1;
  auto webhook = query.text("webhook", MatchAsk::kUrlBytesMax);
  if (!webhook) return tl::unexpected(std::move(webhook).error());
  ask.webhook = webhook->value_or("");
  if (ask.webhook.empty()) return {};
  if (!ask.async) return refuse_at("?webhook", "it goes with mode=async");
  if (!ask.webhook.starts_with("https://")) return refuse_at("?webhook", "an https:// address is needed");
  return {};
}

tl::expected<void, CallProblem> read_options(Query& query, MatchAsk& ask, MatchAsk::Item& item) {
  auto id = query.text("id", AskedItem::kIdBytesMax);
  if (!id) return tl::unexpected(std::move(id).error());
  item.asked.id = id->value_or("");
  auto place = query.text("place", AskedItem::kIdBytesMax);
  if (!place) return tl::unexpected(std::move(place).error());
  item.asked.place = place->value_or("");
  auto banks = query.all("banks", MatchAsk::kBanksMax, ListBank::kNameBytesMax);
  if (!banks) return tl::unexpected(std::move(banks).error());
  ask.banks = *std::move(banks);
  auto radius = query.number("radius", 0, 256);
  if (!radius) return tl::unexpected(std::move(radius).error());
  if (*radius) ask.options.radius_bits = static_cast<int>(**radius);
  if (auto read = read_words(query, ask); !read) return read;
  if (auto read = read_flags(query, ask); !read) return read;
  return query.finish();
}

}  // namespace

MatchCalls::Checked<void> MatchCalls::read_media_ask(Call& call, State& state) {
  auto query = Query::of(call.head.target());
  if (!query) return tl::unexpected(std::move(query).error());
  MatchAsk::Item item;
  if (auto read = read_options(*query, state.ask, item); !read) return read;
  auto files = sent_files(call, kFilesMax);
  if (!files) return tl::unexpected(std::move(files).error());
  state.files = *std::move(files);
  const bool one = state.files.size() == 1 && state.files.front().name == "file";
  const bool many = std::ranges::all_of(state.files, [](const auto& file) { return file.name == "items"; });
  if (state.files.empty() || (!one && !many)) {
    return refuse(ProblemKind::kInvalidInput, "a form has one part `file`, or 1 to 16 parts `items`");
  }
  state.ask.batch = !one;
  if (state.ask.batch && !item.asked.id.empty()) {
    return refuse_at("?id", "in a batch the file name of each part is its id");
  }
  for (const SentFile& file : state.files) {
    MatchAsk::Item& added = state.ask.items.emplace_back(item);
    if (added.asked.id.empty()) added.asked.id = file.id;
  }
  return {};
}

MatchCalls::Checked<void> MatchCalls::check(Call& call, State& state) {
  if (std::exchange(state.resolved, true)) return {};
  const Identity& who = call.who();
  if (state.ask.include_silent && who.kind == IdentityKind::kKey && !who.scopes.has(Scope::kEntriesRead)) {
    return refuse(ProblemKind::kForbidden, "include_silent needs a key with the scope entries:read.");
  }
  state.ask.options.tenant = who.tenant;
  state.ask.options.look_into_videos = true;
  state.ask.options.caller = caller_of(who);
  auto banks = chosen_banks(parts_.names, who, state.ask.banks);
  if (!banks) return tl::unexpected(std::move(banks).error());
  state.ask.options.banks = *std::move(banks);
  return parts_.gate.take(call.caller, static_cast<std::uint32_t>(state.ask.items.size() - 1));
}

bool MatchCalls::has_video(const State& state) {
  return std::ranges::any_of(state.files, [](const SentFile& file) { return is_video(file.bytes); });
}

MatchCalls::Checked<void> MatchCalls::look_up(State& state) {
  state.looked_up = true;
  auto done = state.files.empty() ? look_up_items(state) : look_up_media(state);
  if (done) count(state);
  return done;
}

void MatchCalls::keep_for_review(const State& state, std::span<const std::byte> file,
                                 const LookupAnswer& answer, std::size_t place) {
  if (parts_.review == nullptr) return;
  const std::string origin = state.origin.empty() ? "" : state.origin + "\n" + std::to_string(place);
  parts_.review->keep({state.ask.options.tenant, origin, file, answer});
}

MatchCalls::Checked<void> MatchCalls::look_up_media(State& state) {
  for (std::size_t i = 0; i < state.files.size(); ++i) {
    auto one = parts_.lookup.look_up(state.files[i].bytes, state.ask.items[i].asked, state.ask.options);
    if (!one) return tl::unexpected(CallProblem(one.error()));
    keep_for_review(state, state.files[i].bytes, *one, i);
    state.answers.push_back(*std::move(one));
  }
  return {};
}

MatchCalls::Checked<LookupAnswer> MatchCalls::look_up_url(const MatchAsk::Item& item, State& state) {
  const auto begun = SteadyClock::now();
  auto bytes = parts_.fetch.fetch(item.url, begun + (kFetchAllWithin - state.fetching));
  state.fetching += SteadyClock::now() - begun;
  if (bytes) {
    auto one = parts_.lookup.look_up(bytes->bytes(), item.asked, state.ask.options);
    if (!one) return tl::unexpected(CallProblem(one.error()));
    keep_for_review(state, bytes->bytes(), *one, static_cast<std::size_t>(&item - state.ask.items.data()));
    return *std::move(one);
  }
  if (bytes.error().code == Code::kInvalidInput && !state.ask.batch) {
    return refuse(ProblemKind::kUrlRefused, bytes.error().message);
  }
  LookupAnswer none;
  none.id = item.asked.id;
  none.failed = std::move(bytes).error();
  none.list_version = parts_.lists.proof();
  const OnError on_error = state.ask.options.on_error;
  // An address that may not be fetched is the caller's mistake: no wish about failures covers it.
  none.decided = on_error != OnError::kTell && none.failed->code != Code::kInvalidInput;
  if (on_error == OnError::kFailClosed) none.verdict = BankAction::kBlock;
  return none;
}

MatchCalls::Checked<void> MatchCalls::look_up_items(State& state) {
  std::vector<AskedItem> asked;
  std::vector<std::size_t> places;
  state.answers.resize(state.ask.items.size());
  for (std::size_t i = 0; i < state.ask.items.size(); ++i) {
    MatchAsk::Item& item = state.ask.items[i];
    if (item.url.empty()) {
      asked.push_back(std::move(item.asked));
      places.push_back(i);
      continue;
    }
    auto one = look_up_url(item, state);
    if (!one) return tl::unexpected(std::move(one).error());
    state.answers[i] = *std::move(one);
  }
  if (asked.empty()) return {};
  auto answers = parts_.lookup.look_up(asked, state.ask.options);
  if (!answers) return tl::unexpected(CallProblem(answers.error()));
  for (std::size_t i = 0; i < places.size(); ++i) state.answers[places[i]] = std::move((*answers)[i]);
  return {};
}

void MatchCalls::count(const State& state) {
  for (const LookupAnswer& one : state.answers) {
    parts_.metrics.looked_up(one.verdict, one.decided, one.failed.has_value());
  }
}

MatchCalls::Checked<std::string> MatchCalls::written(const State& state, const Told& told) {
  AnswerStyle style;
  style.request_id = told.request_id;
  style.include_silent = state.ask.include_silent;
  style.timings = state.ask.timings;
  style.on_error = state.ask.options.on_error;
  style.queue = told.waited;
  style.fetch = state.fetching;
  style.total = SteadyClock::now() - told.begun;
  std::string body;
  body.reserve(512 * state.answers.size());
  const auto names = [&](const LookupMatch& match) { return parts_.names.names_of(match); };
  if (state.ask.batch) {
    append_batch(body, state.answers, style, names);
    return body;
  }
  const LookupAnswer& one = state.answers.front();
  if (!one.decided && one.failed) {
    CallProblem problem(*one.failed);
    const bool not_fetched = !state.ask.items.front().url.empty() && !one.media;
    if (not_fetched) problem.detail = one.failed->message;  // Fixed words of the fetch: MediaFetch.
    return tl::unexpected(std::move(problem));
  }
  append_answer(body, one, style, names);
  return body;
}

CallResult MatchCalls::answer(Call& call, State& state) {
  auto body = written(state, {call.request_id, call.begun, call.waited});
  if (!body) return tl::unexpected(std::move(body).error());
  return json_answer(200, *std::move(body));
}

/// An asynchronous look-up with the media it is of.
struct MatchCalls::Later {
  Later(OpenLookup taken_on, std::unique_ptr<CallState> asked, BodyBytes bytes, BodyBudget::Share of)
      : share(std::move(of)), open(std::move(taken_on)), state(std::move(asked)), body(std::move(bytes)) {}
  BodyBudget::Share share;  // Given back when the body is gone.
  OpenLookup open;
  std::unique_ptr<CallState> state;
  BodyBytes body;  // The state's files lie in it.
  SteadyClock::time_point begun = SteadyClock::now();
};

CallResult MatchCalls::take_on(Call& call) {
  const Identity& who = call.who();
  auto accepted = parts_.later.accept(
      {who.tenant, caller_of(who), who.key_id, static_cast<State&>(*call.state).ask.webhook});
  if (!accepted) {
    if (accepted.error().code != Code::kLimitExceeded) return tl::unexpected(CallProblem(accepted.error()));
    return refuse(ProblemKind::kRateLimited, accepted.error().message);
  }
  auto later = std::make_shared<Later>(*std::move(accepted), std::move(call.state), std::move(call.body),
                                       std::move(call.share));
  std::string body = to_json(later->open.job());
  const std::string id = later->open.id();
  const auto run_it = [this, later](std::chrono::nanoseconds waited) {
    try {
      run_later(*later, waited);
    } catch (const std::bad_alloc&) {
      fail_later(*later, {ProblemKind::kOverloaded, "No memory was left; send it again."});
    }
  };
  const auto refuse_it = [this, later] {
    fail_later(*later, {ProblemKind::kOverloaded, "It waited too long for a thread; send it again."});
  };
  const bool video = has_video(static_cast<const State&>(*later->state));
  if (!parts_.lanes.of(video ? Lane::kVideosLater : Lane::kLater)
           .submit({later->body.size(), run_it, refuse_it})) {
    refuse_it();
    return refuse(ProblemKind::kOverloaded, "Too many asynchronous look-ups wait.");
  }
  HttpAnswer answer = json_answer(202, std::move(body));
  answer.fields.emplace_back("Location", "/v1/match/" + id);
  return answer;
}

void MatchCalls::run_later(Later& later, std::chrono::nanoseconds waited) {
  auto& state = static_cast<State&>(*later.state);
  if (auto done = look_up(state); !done) return fail_later(later, done.error());
  read_names(state);
  auto body = written(state, {later.open.id(), later.begun, waited});
  if (!body) return fail_later(later, body.error());
  if (const auto kept = later.open.finish({false, *std::move(body)}); !kept) {
    parts_.log.event("later", kept.error(), later.open.id());
  }
}

void MatchCalls::fail_later(Later& later, const CallProblem& problem) {
  const ProblemMeaning& meaning = meaning_of(problem.kind);
  if (problem.cause) parts_.log.event("later", *problem.cause, later.open.id());
  const auto kept = later.open.finish(
      {true, to_json(Problem{std::string(meaning.type), std::string(meaning.title), meaning.status,
                             std::string(meaning.code), problem.detail, later.open.id(), problem.faults})});
  if (!kept) parts_.log.event("later", kept.error(), later.open.id());
}

CallResult MatchCalls::result(Call& call) {
  SEAWALL_CHECK(no_parameters(call));
  const auto job = parts_.later.result(caller_of(call.who()), call.captured.front());
  if (!job) return tl::unexpected(CallProblem(job.error()));
  return json_answer(200, to_json(*job));
}

CallResult MatchCalls::replay(Call& call) {
  const auto job = parts_.later.replay(caller_of(call.who()), call.captured.front());
  if (job) return json_answer(202, to_json(*job));
  if (job.error().code != Code::kLimitExceeded) return tl::unexpected(CallProblem(job.error()));
  return refuse(ProblemKind::kRateLimited, job.error().message);
}

}  // namespace seawall
