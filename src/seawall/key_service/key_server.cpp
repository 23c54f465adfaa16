#include "seawall/key_service/key_server.h"

#include <array>
#include <utility>

#include "seawall/base/codes.h"
#include "seawall/http/router.h"

namespace seawall {
namespace {

enum Row : int {
  kRecordKeys,
  kKeys,
  kStatements,
  kRestore,
  kSettled,
  kPending,
  kGrant,
  kStatus,
  kAlarms,
  kMetrics,
  kHealth
};

constexpr std::array<Route, 11> kRoutes{{{HttpMethod::kPost, "/record-keys", kRecordKeys},
                                         {HttpMethod::kPost, "/keys", kKeys},
                                         {HttpMethod::kPost, "/statements", kStatements},
                                         {HttpMethod::kPost, "/restore", kRestore},
                                         {HttpMethod::kPost, "/settled", kSettled},
                                         {HttpMethod::kGet, "/pending/{source}", kPending},
                                         {HttpMethod::kGet, "/grants/{order}", kGrant},
                                         {HttpMethod::kGet, "/status", kStatus},
                                         {HttpMethod::kGet, "/alarms", kAlarms},
                                         {HttpMethod::kGet, "/metrics", kMetrics},
                                         {HttpMethod::kGet, "/health", kHealth}}};
static_assert(routes_are_sound(kRoutes));

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::size_t kPendingAtOnce = 1000;
constexpr std::size_t kAlarmsAtOnce = 200;

const Router& router() {
  static const Router kRouter(kRoutes);
  return kRouter;
}

struct Context final : HttpContext {
  int row = 0;
  std::string captured;
  KeyServer::Seat seat{nullptr, nullptr};
};

HttpAnswer busy() {
  HttpAnswer answer = text_answer(503, kText, "too many requests wait: try again\n");
  answer.fields.emplace_back("Retry-After", "1");
  return answer;
}

std::size_t body_max(int row) {
  switch (row) {
    case kRecordKeys:
      return 4096;
    case kKeys:
    case kSettled:
      return kKeyDemandBytesMax;
    case kStatements:
      return kStatementBytesMax + 1;
    case kRestore:
      return kRestoreBytesMax;
    default:
      return 0;
  }
}

HttpAnswer json_answer(int status, const Json& json) {
  return text_answer(status, "application/json", to_line(json) + "\n");
}

HttpAnswer problem(const Error& error) {
  const CodeMeaning& meaning = meaning_of(error.code);
  return json_answer(meaning.http_status, {{"error", {{"code", meaning.name}, {"message", error.message}}}});
}

HttpAnswer answer_of(const KeyAnswer& answer) {
  return json_answer(answer.refusal ? 403 : 200, to_json(answer));
}

}  // namespace

KeyServer::KeyServer(KeyVault& vault) : vault_(vault), thread_([this] { run(); }) {}

KeyServer::~KeyServer() {
  letters_.close();
  thread_.join();
}

void KeyServer::run() {
  while (auto letter = letters_.pop()) {
    auto answer = answer_to(*letter);
    std::move(letter->responder).send(answer ? *std::move(answer) : problem(answer.error()));
  }
}

HttpHandler::Decision KeyServer::admit(const HttpHead& head) {
  auto found = router().find(head.method(), head.path());
  if (const auto* refusal = std::get_if<RouteRefusal>(&found)) {
    HttpAnswer answer = text_answer(refusal->status, kText, "there is no such path here\n");
    if (!refusal->allow.empty()) answer.fields.emplace_back("Allow", refusal->allow);
    return answer;
  }
  auto& match = std::get<RouteMatch>(found);
  auto context = std::make_unique<Context>();
  context->row = match.route->number;
  if (!take_seat(context->row, context->seat)) return busy();
  if (!match.captured.empty()) context->captured = std::move(match.captured.front());
  return HttpAdmission{
      .body_bytes_max = body_max(context->row), .secret_body = true, .context = std::move(context)};
}

void KeyServer::handle(HttpRequest request, HttpResponder responder) {
  auto& context = static_cast<Context&>(*request.context);
  if (context.row == kHealth) return std::move(responder).send(text_answer(200, kText, "ok\n"));
  Letter letter{context.row, std::move(context.captured), std::move(request.body), std::move(responder),
                std::move(context.seat)};
  if (!letters_.try_push(letter)) std::move(letter.responder).send(busy());
}

bool KeyServer::take_seat(int row, Seat& seat) {
  if (row != kRecordKeys && row != kRestore) return true;
  std::atomic<std::size_t>& taken = row == kRestore ? restores_ : makers_;
  const std::size_t max = row == kRestore ? kRestoresMax : kMakersMax;
  if (taken.fetch_add(1) >= max) {
    taken.fetch_sub(1);
    return false;
  }
  seat = Seat(&taken, [](std::atomic<std::size_t>* of) { of->fetch_sub(1); });
  return true;
}

Result<HttpAnswer> KeyServer::answer_to(const Letter& letter) {
  const std::string_view body = letter.body.text();
  switch (letter.row) {
    case kRecordKeys: {
      SEAWALL_TRY(const RecordName name, record_name_from(body));
      SEAWALL_TRY(const NewRecordKey made, vault_.new_record_key(name));
      return json_answer(200, to_json(made));
    }
    case kKeys: {
      SEAWALL_TRY(const KeyDemand demand, key_demand_from(body));
      SEAWALL_TRY(const KeyAnswer answer, vault_.use(demand.statement, demand.evidence));
      return answer_of(answer);
    }
    case kStatements:
      return take_statement(body);
    case kRestore: {
      SEAWALL_TRY(const RestoreWord word, restore_word_from(body));
      return take_office(word.statement, word.backup);
    }
    case kSettled: {
      SEAWALL_TRY(const SettleWord word, settle_word_from(body));
      SEAWALL_TRY(const bool held, vault_.settle(word.source, word.id, word.proof));
      return json_answer(held ? 200 : 422, {{"settled", held}});
    }
    case kPending:
      return pending(letter.captured);
    case kGrant: {
      SEAWALL_TRY(const LogOpening opening, vault_.book().grant_opening(letter.captured));
      Json shown = to_json(opening);
      shown.erase("record");
      return json_answer(200, shown);
    }
    case kStatus: {
      SEAWALL_TRY(const VaultStatus status, vault_.status());
      return json_answer(200, to_json(status));
    }
    case kAlarms: {
      SEAWALL_TRY(const auto alarms, vault_.alarms(kAlarmsAtOnce));
      Json all = Json::array();
      for (const VaultAlarm& one : alarms) all.push_back(to_json(one));
      return json_answer(200, {{"alarms", std::move(all)}});
    }
    default: {
      SEAWALL_TRY(std::string text, key_metrics(vault_));
      return text_answer(200, "text/plain; version=0.0.4; charset=utf-8", std::move(text));
    }
  }
}

Result<HttpAnswer> KeyServer::take_statement(std::string_view text) {
  SEAWALL_TRY(const SignedStatement statement, SignedStatement::from_text(text));
  if (key_office_named(statement.kind())) return take_office(statement, {});
  SEAWALL_TRY(const SubmittedStatement done, vault_.book().submit(statement));
  return json_answer(200, to_json(done));
}

Result<HttpAnswer> KeyServer::take_office(const SignedStatement& statement, std::string_view backup) {
  SEAWALL_TRY(OfficeReceipt receipt, vault_.carry_out(statement, backup));
  if (receipt.kind == name_of(KeyOffice::What::kBackup))
    return text_answer(200, "application/x-ndjson", std::move(receipt.backup));
  SEAWALL_TRY(const LogOpening told, vault_.opening(receipt.entry));
  return json_answer(200, to_json(receipt, told));
}

Result<HttpAnswer> KeyServer::pending(std::string_view source) {
  const auto which = vault_source_named(source);
  if (!which) return fail(Code::kNotFound, "there are two sources: vault and orders");
  SEAWALL_TRY(const auto waiting, vault_.pending(*which, kPendingAtOnce));
  Json entries = Json::array();
  for (const PendingLogEntry& one : waiting) entries.push_back({{"entry", one.entry}, {"id", one.id}});
  return json_answer(200, {{"entries", std::move(entries)}});
}

}  // namespace seawall
