#include "seawall/service/event_calls.h"

#include "seawall/http/syntax.h"
#include "seawall/service/gatekeeper.h"
#include "seawall/service/query.h"

namespace seawall {
namespace {

constexpr std::int64_t kSecondsMax = 3600;
constexpr std::size_t kEventIdBytesMax = 64;

std::optional<Sha256> session_of(const HttpHead& head) {
  const auto cookies = head.field("cookie");
  if (!cookies) return std::nullopt;
  const auto token = cookie_named(*cookies, Gatekeeper::kCookie);
  if (!token) return std::nullopt;
  return SessionService::digest_of(*token);
}

}  // namespace

void EventCalls::serve(ServedOperations& operations) {
  ServedOperation served;
  served.run = [this](Call& call) { return open(call); };
  served.begin = [this](Call& call) -> std::variant<Lane, CallResult> { return open(call); };
  operations.serve(Operation::kEvents, std::move(served));
}

CallResult EventCalls::open(const Call& call) {
  SEAWALL_TRY(Query query, Query::of(call.head.target()));
  SEAWALL_TRY(const auto seconds, query.number("seconds", 0, kSecondsMax));
  SEAWALL_CHECK(query.finish());
  EventHub::Listener listener;
  listener.who = call.who();
  if (call.who().kind == IdentityKind::kPerson) listener.session = session_of(call.head);
  const auto last = call.head.field("last-event-id").value_or("");
  if (last.size() > kEventIdBytesMax)
    return refuse_at("Last-Event-ID", "an id that was given out here is needed");
  listener.last_event_id = last;
  if (seconds) listener.life = std::chrono::seconds(*seconds);
  return hub_.open(std::move(listener), EventHub::Steady::now());
}

Result<std::optional<Identity>> EventCalls::still(const EventHub::Listener& listener) {
  if (listener.who.kind == IdentityKind::kKey) {
    SEAWALL_TRY(const auto found, keys_.identity_of(listener.who.key_id));
    return found ? std::optional<Identity>(*found) : std::nullopt;
  }
  if (!listener.session) return std::optional<Identity>();
  SEAWALL_TRY(const auto found, sessions_.look(*listener.session));
  return found ? std::optional<Identity>(*found) : std::nullopt;
}

Result<void> EventCalls::recheck() {
  Result<void> done;
  hub_.recheck([&](const EventHub::Listener& listener) -> std::optional<Identity> {
    auto now = still(listener);
    if (now) return *std::move(now);
    if (done) done = tl::unexpected(now.error());
    // As long as known keys are let in while the store does not answer, and no longer.
    return keys_.lets_in() ? std::optional(listener.who) : std::nullopt;
  });
  return done;
}

}  // namespace seawall
