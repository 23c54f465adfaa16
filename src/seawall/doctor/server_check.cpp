#include "seawall/doctor/server_check.h"

#include "seawall/json/json.h"

namespace seawall {
namespace {

constexpr std::chrono::seconds kDeadline{10};
constexpr std::uint64_t kAnswerBytesMax = 64 * 1024;
constexpr std::int64_t kAgeOfOneBehindMs = 10'000;
constexpr std::string_view kReach = "see that it runs, that the address is right, and (with TLS) --server-ca";

struct Answer {
  int status = 0;
  std::string text;
};

Result<Answer> ask(const RunningServer& server, std::string_view path, bool with_key, Fetcher& fetcher) {
  FetchRequest request;
  request.url = server.url;
  while (request.url.ends_with('/')) request.url.pop_back();
  request.url += path;
  if (with_key) request.secret_headers.emplace_back("Authorization", server.authorization);
  request.deadline = kDeadline;
  request.connect_deadline = kDeadline;
  request.response_bytes_max = kAnswerBytesMax;
  SEAWALL_TRY(const FetchResponse response, fetcher.fetch(request, {}));
  SEAWALL_TRY(std::string text, response.body->text(kAnswerBytesMax));
  return Answer{response.status, std::move(text)};
}

/// What /healthz/ready says in its one word, and what to do about it.
std::string todo_of(std::string_view word) {
  if (word == "loading") return "wait: it reads the lists for the first time; see its log if that lasts";
  if (word == "stale" || word == "store")
    return "see whether its store answers: seawall doctor on its machine";
  if (word == "no-decoder") return "see its log for `decoder`: media_worker does not start";
  if (word == "draining") return "it is ending; start it again if nobody meant that";
  return "see its log";
}

Finding readiness(const Answer& answer) {
  if (answer.status == 200 && answer.text == "ready, without the store\n") {
    return warn("server-ready",
                "its store does not answer; look-ups with keys that it knows go on for a minute",
                "see the database, its network and its load: seawall doctor on its machine");
  }
  std::string word = answer.text.substr(0, answer.text.find('\n'));
  if (word.size() > 32 || word.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") != std::string::npos)
    word.clear();
  if (answer.status == 200 && word == "ready") return good("server-ready", "it is ready");
  const std::string text =
      "it is not ready: " + (word.empty() ? "status " + std::to_string(answer.status) : word);
  return bad("server-ready", {Code::kUnavailable, text}, todo_of(word));
}

Finding lists_of(const Json& status, const RunningServer& server) {
  constexpr std::string_view kCheck = "server-lists";
  const auto age_ms = status.at("list_age_ms").get<std::int64_t>();
  const auto number = status.at("list_version").at("number").get<std::uint64_t>();
  const std::string text =
      "its lists are of version " + std::to_string(number) + ", " + std::to_string(age_ms) + " ms old";
  if (age_ms > server.stale_after.count()) {
    return bad(kCheck, {Code::kUnavailable, text + ", older than stale_after_ms"},
               "see whether its store answers; look-ups fail until then");
  }
  const std::uint64_t there = server.store.version.number;
  if (server.store.readable && number < there && age_ms > kAgeOfOneBehindMs) {
    return warn(kCheck, text + "; the store is at " + std::to_string(there), "see its log for `lists`");
  }
  if (server.store.readable && number > there) {
    return warn(kCheck, text + "; the store is only at " + std::to_string(there),
                "it serves another store, or this one was put back from a backup: remove its folder `index`");
  }
  return good(kCheck, text);
}

Result<Findings> state_of(const std::string& text, const RunningServer& server) {
  SEAWALL_TRY(const Json status, parse_json(text, kAnswerBytesMax));
  Findings out;
  try {
    const auto version = status.at("version").get<std::string>();
    if (version == server.version) {
      out.push_back(good("server-version", "it is seawall " + server.version));
    } else {
      out.push_back(warn("server-version", "it is another seawall than this one, " + server.version,
                         "after an upgrade, start it anew"));
    }
    out.push_back(lists_of(status, server));
    const auto crashes = status.at("decoders").at("crashes").get<std::uint64_t>();
    out.push_back(
        good("server-decoders", std::to_string(status.at("decoders").at("running").get<std::int64_t>()) +
                                    " decoder processes, " + std::to_string(crashes) +
                                    " files that one did not outlive"));
  } catch (const Json::exception&) {
    return fail(Code::kInvalidInput, "what it answers is not a state of seawall");
  }
  return out;
}

}  // namespace

Findings check_server(const RunningServer& server, Fetcher& fetcher) {
  const auto ready = ask(server, "/healthz/ready", false, fetcher);
  if (!ready) return {bad("server-ready", ready.error(), std::string(kReach))};
  Findings out{readiness(*ready)};
  if (server.authorization == nullptr) {
    out.push_back(good("server-state", "not asked for: give a key of scope `status` with --key-file"));
    return out;
  }
  const auto status = ask(server, "/v1/status", true, fetcher);
  if (!status) {
    out.push_back(bad("server-state", status.error(), std::string(kReach)));
  } else if (status->status != 200) {
    out.push_back(bad("server-state", {Code::kInvalidInput, "it answers " + std::to_string(status->status)},
                      "take a key of this service with the scope `status`: seawall keys create"));
  } else if (auto found = state_of(status->text, server)) {
    out.insert(out.end(), found->begin(), found->end());
  } else {
    out.push_back(bad("server-state", found.error(), "see that the address is that of seawall serve"));
  }
  return out;
}

}  // namespace seawall
