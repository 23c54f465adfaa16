#include "seawall/service/event_watch.h"

#include <algorithm>

#include "seawall/json/json.h"

namespace seawall {
namespace {

constexpr std::size_t kFeedItemsMax = 1'000;
constexpr std::size_t kRequestsMax = 1'000;
constexpr std::size_t kStreamsAtOnce = 500;

}  // namespace

Result<void> EventWatch::begin() {
  SEAWALL_TRY(const auto view, parts_.store.view());
  SEAWALL_TRY(const ListVersion now, view->version());
  version_ = now.number;
  return step_requests();
}

Result<void> EventWatch::step_lists() {
  const std::uint64_t now = parts_.list_version();
  if (now <= version_) return {};
  SEAWALL_TRY(const auto view, parts_.store.view());
  SEAWALL_TRY(const auto items, view->feed(version_, kFeedItemsMax));
  for (const FeedItem& item : items) {
    if (item.version.number > now) break;
    if (item.kind == FeedItem::Kind::kRelease) SEAWALL_CHECK(tell_release(*view, item));
  }
  version_ = now;
  Json data;
  data["version"] = now;
  parts_.hub.publish({EventKind::kList, "", "", to_line(data)});
  return {};
}

Result<void> EventWatch::tell_release(StoreView& view, const FeedItem& item) {
  SEAWALL_TRY(const auto release, view.release(static_cast<ReleaseId>(item.subject)));
  if (!release) return {};
  SEAWALL_TRY(const auto bank, view.bank(release->bank));
  if (!bank) return {};
  Json data;
  data["release"] = item.subject;
  data["bank"] = bank->name;
  data["state"] = name_of(item.release_state);
  parts_.hub.publish({EventKind::kRelease, bank->tenant, bank->name, to_line(data)});
  return {};
}

void EventWatch::tell_request(RequestId id, const Request& request, std::string_view state) {
  Json data;
  data["request"] = static_cast<std::uint64_t>(id);
  data["bank"] = request.bank;
  data["state"] = state;
  data["approvals"] = request.approvals;
  parts_.hub.publish({EventKind::kRequest, request.tenant, request.bank, to_line(data)});
}

Result<EventWatch::Banks> EventWatch::banks_now() {
  SEAWALL_TRY(const auto view, parts_.store.view());
  SEAWALL_TRY(auto banks, view->banks());
  Banks by_id;
  for (ListBank& bank : banks) by_id.emplace(bank.id, std::move(bank));
  return by_id;
}

Result<void> EventWatch::step_requests() {
  SEAWALL_TRY(const auto open, parts_.requests.open_requests({}, kRequestsMax));
  std::map<RequestId, Request> now;
  SEAWALL_TRY(const auto banks, open.empty() ? Result<Banks>(Banks()) : banks_now());
  for (const ChangeRequest& one : open) {
    const auto bank = banks.find(one.bank);
    if (bank == banks.end()) continue;
    now.emplace(one.id, Request{bank->second.tenant, bank->second.name, one.approvals.size()});
  }
  if (requests_) {
    for (const auto& [id, request] : now) {
      const auto before = requests_->find(id);
      if (before == requests_->end() || before->second != request) tell_request(id, request, "open");
    }
    for (const auto& [id, request] : *requests_) {
      if (!now.contains(id)) tell_request(id, request, "closed");
    }
  }
  requests_ = std::move(now);
  return {};
}

EventWatch::Streams EventWatch::streams_of(const std::string& tenant) const {
  Streams found;
  std::string after;
  for (;;) {
    const auto some = parts_.desk->streams(tenant, after, kStreamsAtOnce);
    for (const StreamView& view : some) {
      after = view.stream->name;
      found[after] = {std::string(name_of(view.state.phase)), view.count.alerts};
    }
    if (some.size() < kStreamsAtOnce) return found;
  }
}

void EventWatch::tell_streams(const std::string& tenant, const Streams& before, const Streams& now) {
  const auto tell = [&](EventKind kind, const std::string& name, std::string_view member, const Json& value) {
    Json data;
    data["stream"] = name;
    data[std::string(member)] = value;
    parts_.hub.publish({kind, tenant, "", to_line(data)});
  };
  for (const auto& [name, stream] : now) {
    const auto known = before.find(name);
    const bool fresh = known == before.end();
    if (fresh || known->second.phase != stream.phase) tell(EventKind::kStream, name, "phase", stream.phase);
    const std::uint64_t alerts = fresh ? 0 : known->second.alerts;
    if (stream.alerts != alerts) tell(EventKind::kStreamAlert, name, "alerts", stream.alerts);
  }
  for (const auto& [name, stream] : before) {
    if (!now.contains(name)) tell(EventKind::kStream, name, "phase", "detached");
  }
}

Result<void> EventWatch::step_streams() {
  if (parts_.desk == nullptr) return {};
  std::map<std::string, Streams> now;
  for (const std::string& tenant : parts_.hub.tenants(EventHub::Steady::now())) {
    Streams& of = now[tenant] = streams_of(tenant);
    const auto before = streams_.find(tenant);
    if (before != streams_.end()) tell_streams(tenant, before->second, of);
  }
  streams_ = std::move(now);
  return {};
}

Result<void> EventWatch::step_health() {
  Json data;
  data["state"] = parts_.readiness();
  data["lists_lag"] = parts_.lists_lag();
  std::string now = to_line(data);
  if (now == health_) return {};
  const bool first = std::exchange(health_, now).empty();
  if (!first) parts_.hub.publish({EventKind::kHealth, "", "", std::move(now)});
  return {};
}

}  // namespace seawall
