#include <array>

#include "seawall/cli/lists_commands.h"
#include "seawall/cli/lists_session.h"

namespace seawall::cli {
namespace {

constexpr std::size_t kPage = 1000;

void print_request(Console& console, const OpenRequest& open) {
  const auto id = static_cast<std::uint64_t>(open.request.id);
  if (console.json()) {
    Json json;
    json["request"] = id;
    json["bank"] = static_cast<std::uint32_t>(open.request.bank);
    json["asks"] = open.request.body;
    json["proposed"] = authorship_json(open.request.proposed);
    json["approvals_missing"] = open.stand.missing();
    console.print(to_line(json) + "\n");
    return;
  }
  console.print(shown_text("request " + std::to_string(id) + "  " + open.request.body + "  by " +
                           open.request.proposed.who + ": " + open.request.proposed.why + "  (needs " +
                           std::to_string(open.stand.missing()) + " more)") +
                "\n");
}

Result<Outcome> run_requests(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  RequestId after{0};
  for (;;) {
    SEAWALL_TRY(const auto page, session->service().open_requests(after, kPage));
    for (const OpenRequest& open : page) print_request(console, open);
    if (page.empty() && after == RequestId{0} && !console.json()) console.note("no request waits");
    if (page.size() < kPage || console.stopping()) return Outcome{};
    after = page.back().request.id;
  }
}

Result<Outcome> run_approve(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const RequestId id, request_from(arguments.positionals()[0]));
  SEAWALL_TRY(const Actor by, actor_from(arguments));
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_TRY(const ChangeOutcome outcome, session->service().approve_request(id, by));
  print_outcome(console, outcome, "request " + arguments.positionals()[0]);
  return Outcome{};
}

Result<Outcome> run_drop(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const RequestId id, request_from(arguments.positionals()[0]));
  SEAWALL_TRY(const Actor by, actor_from(arguments));
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_CHECK(session->service().drop_request(id, by));
  if (!console.json()) console.note("dropped request " + arguments.positionals()[0]);
  return Outcome{};
}

constexpr std::array kRequest{PositionalSpec{.name = "REQUEST", .help = "its number"}};
constexpr std::array kReadOptions{kStoreOption, kJsonOption};
constexpr std::array kActOptions{kStoreOption, kWhyOption, kAsOption, kJsonOption};
constexpr std::array kRequestsExamples{Example{"seawall lists requests", "What waits for a second person."}};
constexpr std::array kApproveExamples{Example{"seawall lists approve-request 3 --why 'agreed'",
                                              "Agree; it is carried out when that was the last."}};
constexpr std::array kDropExamples{
    Example{"seawall lists drop-request 3 --why 'no longer needed'", "Let it come to nothing."}};

}  // namespace

const CommandSpec& lists_requests_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists requests",
      .summary = "show changes of banks and entries that wait for a second person",
      .description = "Releases wait apart from these: seawall lists releases.",
      .positionals = {},
      .options = kReadOptions,
      .examples = kRequestsExamples,
      .run = run_requests};
  return kCommand;
}

const CommandSpec& lists_approve_request_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists approve-request",
      .summary = "agree to a request as another person",
      .description = "Whoever asked cannot approve. If what it is about has changed since, ask anew.",
      .positionals = kRequest,
      .options = kActOptions,
      .examples = kApproveExamples,
      .run = run_approve};
  return kCommand;
}

const CommandSpec& lists_drop_request_command() {
  static constexpr CommandSpec kCommand{.name = "lists drop-request",
                                        .summary = "let a request come to nothing",
                                        .description = "Nothing of it is carried out.",
                                        .positionals = kRequest,
                                        .options = kActOptions,
                                        .examples = kDropExamples,
                                        .run = run_drop};
  return kCommand;
}

}  // namespace seawall::cli
