#include "seawall/service/event_hub.h"

#include <algorithm>
#include <charconv>

#include "seawall/json/json.h"

namespace seawall {
namespace {

struct KindMeaning {
  std::string_view name;
  Operation shown_by;  ///< Who may ask for that, is told.
  bool of_banks;       ///< Nothing of it is told to a key that is bound to banks, unless the event names one.
};
constexpr std::array<KindMeaning, kEventKinds> kKinds{{{"list", Operation::kBanks, false},
                                                       {"release", Operation::kReleases, true},
                                                       {"request", Operation::kRequests, true},
                                                       {"stream", Operation::kStreams, true},
                                                       {"stream-alert", Operation::kStreamAlerts, true},
                                                       {"review", Operation::kReviewSettings, true},
                                                       {"health", Operation::kServiceStatus, false}}};

constexpr std::chrono::minutes kTenantKept{10};
constexpr std::size_t kTenantsMax = 1'024;
constexpr std::string_view kRetry = "retry: 3000\n";

const KindMeaning& meaning_of(EventKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

std::array<bool, kEventKinds> kinds_of(const Identity& who) {
  std::array<bool, kEventKinds> kinds{};
  for (std::size_t i = 0; i < kEventKinds; ++i) kinds[i] = !authorise(&who, kKinds[i].shown_by);
  return kinds;
}

bool is_same(const Identity& a, const Identity& b) {
  return a.kind == b.kind && a.who == b.who && a.tenant == b.tenant && a.scopes == b.scopes &&
         a.roles == b.roles && a.key_id == b.key_id && a.banks == b.banks;
}

}  // namespace

std::string_view name_of(EventKind kind) { return meaning_of(kind).name; }

bool EventHub::sees(const Listener& listener, const Kinds& kinds, const ServiceEvent& event) {
  if (!kinds[static_cast<std::size_t>(event.kind)]) return false;
  if (!event.tenant.empty() && event.tenant != listener.who.tenant) return false;
  if (listener.who.banks.empty() || !meaning_of(event.kind).of_banks) return true;
  return std::ranges::find(listener.who.banks, event.bank) != listener.who.banks.end();
}

std::string EventHub::text_of(std::uint64_t number, std::string_view kind, std::string_view data) const {
  std::string text = "id: " + mark_ + "-" + std::to_string(number) + "\nevent: ";
  text.append(kind).append("\ndata: ").append(data).append("\n\n");
  return text;
}

void EventHub::publish(ServiceEvent event) {
  const std::scoped_lock lock(mutex_);
  const std::uint64_t number = next_++;
  const std::string text = text_of(number, meaning_of(event.kind).name, event.data);
  for (Open& open : open_) {
    if (sees(open.listener, open.kinds, event)) open.stream->write(text);
  }
  kept_.push_back({number, std::move(event)});
  if (kept_.size() > options_.kept_max) kept_.pop_front();
}

std::optional<std::uint64_t> EventHub::resumed(std::string_view id) const {
  if (!id.starts_with(mark_ + "-")) return std::nullopt;
  id.remove_prefix(mark_.size() + 1);
  std::uint64_t last = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), last);
  if (error != std::errc{} || end != id.data() + id.size() || last >= next_) return std::nullopt;
  const std::uint64_t first_kept = kept_.empty() ? next_ : kept_.front().number;
  if (last + 1 < first_kept) return std::nullopt;
  return last + 1;
}

std::string EventHub::opening(const Open& open) const {
  Json kinds = Json::array();
  for (std::size_t i = 0; i < kEventKinds; ++i) {
    if (open.kinds[i]) kinds.push_back(kKinds[i].name);
  }
  Json data;
  data["kinds"] = std::move(kinds);
  std::string text(kRetry);
  const std::string& last = open.listener.last_event_id;
  const auto from = last.empty() ? std::optional(next_) : resumed(last);
  text += text_of(from ? *from - 1 : next_ - 1, from ? "open" : "reset", to_line(data));
  for (const Kept& kept : kept_) {
    if (!from || kept.number < *from || !sees(open.listener, open.kinds, kept.event)) continue;
    text += text_of(kept.number, meaning_of(kept.event.kind).name, kept.event.data);
    // So much at once the stream would not take: who comes back so late reads all anew.
    if (text.size() > options_.waiting_bytes_max / 2) {
      return std::string(kRetry) + text_of(next_ - 1, "reset", to_line(data));
    }
  }
  return text;
}

std::size_t EventHub::open_of(const Listener& listener) const {
  return static_cast<std::size_t>(std::ranges::count_if(open_, [&](const Open& open) {
    const Identity& known = open.listener.who;
    return known.kind == listener.who.kind && known.who == listener.who.who &&
           known.key_id == listener.who.key_id;
  }));
}

void EventHub::forget_gone() {
  std::erase_if(open_, [](const Open& open) { return open.stream->is_over(); });
}

CallResult EventHub::open(Listener listener, Steady::time_point now) {
  const std::scoped_lock lock(mutex_);
  forget_gone();
  if (closed_ || open_.size() >= options_.streams_max) {
    return refuse(ProblemKind::kOverloaded, "Too many listen already; try again.");
  }
  if (open_of(listener) >= options_.streams_per_caller_max) {
    return refuse(ProblemKind::kRateLimited, "You listen " + std::to_string(options_.streams_per_caller_max) +
                                                 " times already; end one of these.");
  }
  Open open;
  open.kinds = kinds_of(listener.who);
  open.listener = std::move(listener);
  open.stream = std::make_shared<HttpBodyStream>(options_.waiting_bytes_max);
  open.begun = open.sent = now;
  open.stream->write(opening(open));
  HttpAnswer answer = text_answer(200, "text/event-stream", "");
  answer.fields.emplace_back("X-Accel-Buffering", "no");  // nginx would keep it back.
  answer.stream = reading_end_of(open.stream);
  if (open.listener.life == std::chrono::seconds(0)) {
    open.stream->end();
    return answer;
  }
  open_.push_back(std::move(open));
  return answer;
}

void EventHub::beat(Steady::time_point now) {
  const std::scoped_lock lock(mutex_);
  for (Open& open : open_) {
    const auto& life = open.listener.life;
    if (life && now - open.begun >= *life) open.stream->end();
    if (now - open.sent < options_.heartbeat) continue;
    open.stream->write(":\n\n");
    open.sent = now;
  }
  forget_gone();
}

void EventHub::recheck(const Still& still) {
  std::vector<std::pair<Listener, std::weak_ptr<HttpBodyStream>>> known;
  {
    const std::scoped_lock lock(mutex_);
    forget_gone();
    for (const Open& open : open_) known.emplace_back(open.listener, open.stream);
  }
  for (const auto& [listener, stream] : known) {
    const auto now = still(listener);
    if (now && is_same(*now, listener.who)) continue;
    if (const auto there = stream.lock()) there->end();
  }
}

std::vector<std::string> EventHub::tenants(Steady::time_point now) {
  const std::scoped_lock lock(mutex_);
  for (const Open& open : open_) {
    const auto known =
        std::ranges::find(tenants_, open.listener.who.tenant, [](const auto& t) { return t.first; });
    if (known != tenants_.end()) {
      known->second = now;
    } else if (tenants_.size() < kTenantsMax) {
      tenants_.emplace_back(open.listener.who.tenant, now);
    }
  }
  std::erase_if(tenants_, [&](const auto& tenant) { return now - tenant.second > kTenantKept; });
  std::vector<std::string> names;
  for (const auto& tenant : tenants_) names.push_back(tenant.first);
  return names;
}

std::size_t EventHub::listeners() const {
  const std::scoped_lock lock(mutex_);
  return open_.size();
}

void EventHub::close() {
  const std::scoped_lock lock(mutex_);
  closed_ = true;
  for (const Open& open : open_) open.stream->end();
  open_.clear();
}

}  // namespace seawall
