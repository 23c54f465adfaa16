#include "seawall/service/session_calls.h"

#include "seawall/api/access_asks.h"
#include "seawall/http/syntax.h"
#include "seawall/json/json.h"
#include "seawall/model/time_text.h"
#include "seawall/service/list_scope.h"

namespace seawall {
namespace {

constexpr std::size_t kBodyBytesMax = std::size_t{8} << 10;
// "__Host-": a browser takes it over https only, without Domain and with Path=/ (RFC 6265bis
// section 4.1.3.2).
constexpr std::string_view kAttributes = "; Path=/; Secure; HttpOnly; SameSite=Strict";

/// What the cookie holds; empty: there is none. The gate has read it before.
std::string_view token_of(const HttpHead& head) {
  const auto cookies = head.field("cookie");
  if (!cookies) return {};
  const auto token = cookie_named(*cookies, Gatekeeper::kCookie);
  return token ? *token : std::string_view();
}

void set_cookie(HttpAnswer& answer, std::string_view token, std::string_view more) {
  std::string value(Gatekeeper::kCookie);
  value.append("=").append(token).append(kAttributes).append(more);
  answer.fields.emplace_back("Set-Cookie", std::move(value));
}

HttpAnswer session_answer(const OpenSession& session) {
  Json json;
  json["account"] = session.identity.who;
  json["tenant"] = session.identity.tenant;
  json["roles"] = Json::array();
  for (const Role role : all_roles()) {
    if (session.identity.roles.has(role)) json["roles"].push_back(name_of(role));
  }
  json["csrf_token"] = session.csrf_token.reveal();
  json["expires"] = to_text(Time(std::chrono::floor<std::chrono::seconds>(session.expires)));
  return json_answer(200, to_line(json));
}

}  // namespace

void SessionCalls::serve(ServedOperations& operations) {
  ServedOperation in;
  in.lane = Lane::kSignIn;
  in.json_bytes_max = kBodyBytesMax;
  in.secret_json = true;
  in.begin = [this](Call&) -> std::variant<Lane, CallResult> {
    if (parts_.gate.store_answers()) return Lane::kSignIn;
    return CallResult(tl::unexpected(silent_store()));
  };
  in.run = [this](Call& call) { return sign_in(call); };
  operations.serve(Operation::kSignIn, std::move(in));
  ServedOperation shown;
  shown.run = [this](Call& call) { return show(call); };
  operations.serve(Operation::kSession, std::move(shown));
  ServedOperation out;
  out.run = [this](Call& call) { return sign_out(call); };
  operations.serve(Operation::kSignOut, std::move(out));
}

CallResult SessionCalls::sign_in(const Call& call) {
  SEAWALL_TRY(const SignInAsk ask, body_as(call, &sign_in_from_json));
  SEAWALL_TRY(const auto verified,
              parts_.sign_in.sign_in({ask.account, ask.password, ask.code, call.caller.peer}));
  if (!verified) return tl::unexpected(CallProblem(verified.error()));
  const auto begun = parts_.sessions.begin(*verified, ask.tenant);
  if (!begun && begun.error().code == Code::kConflict) {
    return refuse(ProblemKind::kUnavailable, "The account changed at this moment; sign in again.");
  }
  if (!begun) return tl::unexpected(CallProblem(begun.error()));
  if (!*begun) return tl::unexpected(CallProblem(begun->error()));
  SEAWALL_CHECK(parts_.sessions.sign_out(token_of(call.head)));
  parts_.session_gate.learn((*begun)->token.reveal());
  HttpAnswer answer = session_answer((*begun)->session);
  set_cookie(answer, (*begun)->token.reveal(), "");
  return answer;
}

CallResult SessionCalls::show(const Call& call) {
  SEAWALL_CHECK(no_parameters(call));
  SEAWALL_TRY(const auto session, parts_.sessions.identify(token_of(call.head)));
  if (!session) return tl::unexpected(CallProblem(session.error()));
  return session_answer(*session);
}

CallResult SessionCalls::sign_out(const Call& call) {
  SEAWALL_CHECK(no_parameters(call));
  SEAWALL_CHECK(parts_.sessions.sign_out(token_of(call.head)));
  HttpAnswer answer;
  answer.status = 204;
  set_cookie(answer, "", "; Max-Age=0");
  return answer;
}

}  // namespace seawall
