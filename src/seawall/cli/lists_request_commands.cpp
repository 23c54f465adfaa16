#include <algorithm>
#include <array>
#include <charconv>

#include "seawall/cli/lists_commands.h"
#include "seawall/cli/lists_session.h"
#include "seawall/lists/request_words.h"

namespace seawall::cli {
namespace {

constexpr std::size_t kPage = 1000;
constexpr std::size_t kNamedMax = 10'000;

std::uint64_t number_of(RequestId id) { return static_cast<std::uint64_t>(id); }

/// A request with what people need to judge it.
struct Shown {
  const ChangeRequest& request;
  RequestWords words;
  std::optional<ApprovalStand> stand;  ///< Of an open one.
};

Json request_json(const Shown& shown) {
  const auto& [request, words, stand] = shown;
  Json json;
  json["request"] = number_of(request.id);
  json["bank"] = static_cast<std::uint32_t>(request.bank);
  json["asks"] = request.body;
  add_request(json, request, words, stand);
  return json;
}

std::string said(const Authorship& by) { return by.who + " on " + time_text(by.when) + ": " + by.why; }

/// How it was closed, in words: refused by another person, or let go by whoever asked.
std::string ending(const ChangeRequest& request) {
  if (!request.closed) return "";
  if (request.state == RequestState::kDone) return "carried out by " + said(*request.closed);
  const bool own = account_key(request.closed->who) == account_key(request.proposed.who);
  return (own ? "dropped by " : "refused by ") + said(*request.closed);
}

void print_request(Console& console, const Shown& shown) {
  if (console.json()) {
    console.print(to_line(request_json(shown)) + "\n");
    return;
  }
  const auto& [request, words, stand] = shown;
  std::string line = "request " + std::to_string(number_of(request.id)) + "  " + to_text(words) + "  by " +
                     request.proposed.who + ": " + request.proposed.why;
  for (const Authorship& by : request.approvals) line += ", approved by " + by.who;
  if (stand) line += "  (needs " + std::to_string(stand->missing()) + " more)";
  if (request.closed) line += ", " + ending(request);
  console.print(shown_text(line) + "\n");
}

/// All of one request, a line each.
void print_whole(Console& console, const Shown& shown) {
  if (console.json()) {
    print_request(console, shown);
    return;
  }
  const auto& [request, words, stand] = shown;
  std::string text = "request   " + std::to_string(number_of(request.id)) + "\n";
  text += "state     " + std::string(name_of(request.state)) + "\n";
  text += shown_text("asks      " + to_text(words)) + "\n";
  text += shown_text("proposed  by " + said(request.proposed)) + "\n";
  for (const Authorship& by : request.approvals) text += shown_text("approved  by " + said(by)) + "\n";
  if (stand) text += "missing   " + std::to_string(stand->missing()) + "\n";
  if (request.closed) text += shown_text("closed    " + ending(request)) + "\n";
  console.print(text);
}

Result<Shown> shown_of(ListService& service, StoreView& view, const ChangeRequest& request) {
  SEAWALL_TRY(RequestWords words, words_of(view, request));
  std::optional<ApprovalStand> stand;
  if (request.state == RequestState::kOpen) {
    SEAWALL_TRY(stand, service.request_stand(request));
  }
  return Shown{request, std::move(words), stand};
}

bool is_about(const ChangeRequest& request, const std::optional<EntryId>& entry) {
  if (!entry) return true;
  const auto wanted = wanted_change_from_text(request.body);
  const auto* const of_entry = wanted ? std::get_if<WantedEntry>(&*wanted) : nullptr;
  return of_entry != nullptr && of_entry->entry == *entry;
}

Result<Outcome> run_requests(const Arguments& arguments, Console& console) {
  const bool closed = arguments.flag("--closed");
  const bool open = !closed && !arguments.flag("--all");
  std::optional<EntryId> entry;
  if (const auto text = arguments.text("--entry")) {
    SEAWALL_TRY(entry, entry_from(*text));
  }
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  RequestStore& requests = session->requests();
  SEAWALL_TRY(const auto view, session->store().view());
  std::uint64_t count = 0;
  RequestId after{0};
  for (;;) {
    SEAWALL_TRY(const auto page,
                open ? requests.open_requests(after, kPage) : requests.all_requests(after, kPage));
    for (const ChangeRequest& request : page) {
      if ((closed && request.state == RequestState::kOpen) || !is_about(request, entry)) continue;
      SEAWALL_TRY(const Shown shown, shown_of(session->service(), *view, request));
      print_request(console, shown);
      ++count;
    }
    if (page.size() < kPage || console.stopping()) break;
    after = page.back().id;
  }
  if (count == 0 && !console.json())
    console.note(open ? "no request waits; --all shows the past" : "no such request");
  return Outcome{};
}

Result<Outcome> run_request(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const RequestId id, request_from(arguments.positionals()[1]));
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_TRY(const auto request, session->requests().request(id));
  if (!request) return fail(Code::kNotFound, "there is no request " + arguments.positionals()[1]);
  SEAWALL_TRY(const auto view, session->store().view());
  SEAWALL_TRY(const Shown shown, shown_of(session->service(), *view, *request));
  print_whole(console, shown);
  return Outcome{};
}

/// "3", and "5-9" for all from 5 to 9.
Result<std::vector<RequestId>> named_requests(const std::vector<std::string>& texts) {
  std::vector<RequestId> ids;
  for (const std::string& text : texts) {
    const std::size_t dash = text.find('-');
    SEAWALL_TRY(const RequestId first, request_from(text.substr(0, dash)));
    RequestId last = first;
    if (dash != std::string::npos) {
      SEAWALL_TRY(last, request_from(text.substr(dash + 1)));
    }
    if (last < first || number_of(last) - number_of(first) >= kNamedMax - ids.size()) {
      return fail(Code::kInvalidInput,
                  "name up to " + std::to_string(kNamedMax) + " requests at a time, such as 3 5-9");
    }
    for (std::uint64_t id = number_of(first); id <= number_of(last); ++id) ids.push_back(RequestId{id});
  }
  return ids;
}

/// One after the other; an error of one of several is told, and the others go on.
template <class Act>
Result<Outcome> for_each_named(const Arguments& arguments, Console& console, Act act) {
  SEAWALL_TRY(const auto ids, named_requests(arguments.positionals()));
  SEAWALL_TRY(const Actor by, actor_from(arguments));
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  Outcome outcome;
  for (const RequestId id : ids) {
    if (console.stopping()) break;
    Result<void> done = act(session->service(), id, by);
    if (done) continue;
    if (ids.size() == 1) return tl::unexpected(std::move(done).error());
    console.error(std::move(done).error().within("request " + std::to_string(number_of(id))));
    ++outcome.input_errors;
  }
  return outcome;
}

Result<Outcome> run_approve(const Arguments& arguments, Console& console) {
  return for_each_named(arguments, console,
                        [&](ListService& service, RequestId id, const Actor& by) -> Result<void> {
                          SEAWALL_TRY(ChangeOutcome outcome, service.approve_request(id, by));
                          outcome.request = id;
                          print_outcome(console, outcome, "request " + std::to_string(number_of(id)));
                          return {};
                        });
}

Result<Outcome> run_drop(const Arguments& arguments, Console& console) {
  return for_each_named(arguments, console,
                        [&](ListService& service, RequestId id, const Actor& by) -> Result<void> {
                          SEAWALL_CHECK(service.drop_request(id, by));
                          if (!console.json())
                            console.note("dropped request " + std::to_string(number_of(id)));
                          return {};
                        });
}

constexpr std::array kRequests{
    PositionalSpec{.name = "REQUEST", .help = "its number, or several: 3 5-9", .repeatable = true}};
constexpr std::array kShowRequest{PositionalSpec{.name = "show", .help = "what to do", .choices = "show"},
                                  PositionalSpec{.name = "REQUEST", .help = "its number"}};
constexpr std::array kReadOptions{kStoreOption, kJsonOption};
constexpr std::array kListOptions{
    kStoreOption, OptionSpec{.name = "--all", .help = "those that were done or dropped, too"},
    OptionSpec{.name = "--closed", .help = "only those that were done or dropped"},
    OptionSpec{.name = "--entry", .value = "ENTRY", .help = "only of this entry", .kind = ValueKind::kText},
    kJsonOption};
constexpr std::array kActOptions{kStoreOption, kWhyOption, kAsOption, kJsonOption};
constexpr std::array kRequestsExamples{
    Example{"seawall lists requests", "What waits for a second person."},
    Example{"seawall lists requests --all --entry 12.345", "Who asked and who agreed, for one entry."}};
constexpr std::array kRequestExamples{
    Example{"seawall lists request show 3", "Who asked, who approved or refused, when and why."}};
constexpr std::array kApproveExamples{Example{"seawall lists approve-request 3 --why 'agreed'",
                                              "Agree; it is carried out when that was the last."}};
constexpr std::array kDropExamples{
    Example{"seawall lists drop-request 3 --why 'no longer needed'", "Let it come to nothing."}};

}  // namespace

const CommandSpec& lists_requests_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists requests",
      .summary = "show changes of banks and entries that wait for a second person",
      .description =
          "Each with who asked, who approved, and how it ended. Releases wait apart from these: "
          "seawall lists releases.",
      .positionals = {},
      .options = kListOptions,
      .examples = kRequestsExamples,
      .run = run_requests};
  return kCommand;
}

const CommandSpec& lists_request_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists request",
      .summary = "show one request: who asked, approved or refused it",
      .description =
          "Open or closed, with every approver, when and why. A request that somebody else than "
          "whoever asked has dropped is refused.",
      .positionals = kShowRequest,
      .options = kReadOptions,
      .examples = kRequestExamples,
      .run = run_request};
  return kCommand;
}

const CommandSpec& lists_approve_request_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists approve-request",
      .summary = "agree to requests as another person",
      .description = "Whoever asked cannot approve. If what it is about has changed since, ask anew.",
      .positionals = kRequests,
      .options = kActOptions,
      .examples = kApproveExamples,
      .run = run_approve};
  return kCommand;
}

const CommandSpec& lists_drop_request_command() {
  static constexpr CommandSpec kCommand{.name = "lists drop-request",
                                        .summary = "let requests come to nothing",
                                        .description =
                                            "Nothing of them is carried out. Dropped by another "
                                            "person than asked, they are refused.",
                                        .positionals = kRequests,
                                        .options = kActOptions,
                                        .examples = kDropExamples,
                                        .run = run_drop};
  return kCommand;
}

}  // namespace seawall::cli
