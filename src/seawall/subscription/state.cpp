#include "seawall/subscription/state.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>

#include "seawall/net/url.h"

namespace seawall {
namespace {

constexpr std::string_view kEdition = "seawall-subscription-1";
constexpr std::int64_t kTimeMsMax = 253'402'300'799'999;

tl::unexpected<Error> damaged() {
  return fail(Code::kCorrupt, "the state of this subscription is damaged; remove its folder to begin anew");
}

/// Fields by name, each taken once.
class Fields {
 public:
  explicit Fields(QueryPairs pairs) {
    for (auto& [name, value] : pairs)
      good_ = fields_.emplace(std::move(name), std::move(value)).second && good_;
  }

  void take(const std::string& name, std::string& out) {
    const auto at = fields_.find(name);
    good_ = at != fields_.end() && good_;
    if (at == fields_.end()) return;
    out = std::move(at->second);
    fields_.erase(at);
  }
  template <class T>
  void take(const std::string& name, T& out, T most = std::numeric_limits<T>::max()) {
    std::string text;
    take(name, text);
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, out);
    good_ = error == std::errc{} && at == end && out <= most && good_;
  }
  void take(const std::string& name, bool& out) {
    std::uint32_t value = 0;
    take(name, value, 1U);
    out = value == 1;
  }
  void take(const std::string& name, std::optional<Time>& out) {
    std::int64_t ms = -1;
    take(name, ms, kTimeMsMax);
    good_ = ms >= -1 && good_;
    if (ms >= 0) out = Time(std::chrono::milliseconds(ms));
  }
  [[nodiscard]] bool good() const { return good_ && fields_.empty(); }

 private:
  std::map<std::string, std::string> fields_;
  bool good_ = true;
};

std::string ms_of(const std::optional<Time>& time) {
  return std::to_string(time ? time->time_since_epoch().count() : -1);
}

QueryPairs health_fields(const SubscriptionHealth& health) {
  return {{"last_attempt", ms_of(health.last_attempt)},
          {"last_success", ms_of(health.last_success)},
          {"newest", ms_of(health.newest)},
          {"next_at", ms_of(health.next_at)},
          {"last_error", health.last_error},
          {"failures", std::to_string(health.consecutive_failures)},
          {"needs_person", health.needs_person ? "1" : "0"},
          {"moved_at", ms_of(health.moved_at)},
          {"pages", std::to_string(health.pages)},
          {"records", std::to_string(health.records)},
          {"left_aside", std::to_string(health.left_aside)},
          {"releases", std::to_string(health.releases)},
          {"added", std::to_string(health.added)},
          {"updated", std::to_string(health.updated)},
          {"withdrawn", std::to_string(health.withdrawn)},
          {"quarantined", std::to_string(health.quarantined)},
          {"refused", std::to_string(health.refused)},
          {"conflicts", std::to_string(health.conflicts)}};
}

void take_health(Fields& fields, SubscriptionHealth& health) {
  fields.take("last_attempt", health.last_attempt);
  fields.take("last_success", health.last_success);
  fields.take("newest", health.newest);
  std::optional<Time> next_at;
  fields.take("next_at", next_at);
  health.next_at = next_at.value_or(Time{});
  fields.take("last_error", health.last_error);
  fields.take("failures", health.consecutive_failures);
  fields.take("needs_person", health.needs_person);
  fields.take("moved_at", health.moved_at);
  fields.take("pages", health.pages);
  fields.take("records", health.records);
  fields.take("left_aside", health.left_aside);
  fields.take("releases", health.releases);
  fields.take("added", health.added);
  fields.take("updated", health.updated);
  fields.take("withdrawn", health.withdrawn);
  fields.take("quarantined", health.quarantined);
  fields.take("refused", health.refused);
  fields.take("conflicts", health.conflicts);
}

constexpr std::uint32_t kFailuresInARow = 3;
constexpr std::uint32_t kFailuresMax = 1'000'000;
constexpr std::chrono::hours kClockSetBack{1};

/// Whether waiting may mend it: the remote's silence, another process in the way.
bool may_pass(Code code) { return code == Code::kUnavailable || code == Code::kConflict; }

}  // namespace

std::string_view name_of(FeedGrade grade) {
  switch (grade) {
    case FeedGrade::kNew:
      return "new";
    case FeedGrade::kOk:
      return "ok";
    case FeedGrade::kLate:
      return "late";
    case FeedGrade::kFailing:
      return "failing";
  }
  return "";
}

FeedGrade grade_of(const SubscriptionHealth& health, std::chrono::milliseconds interval, Time now) {
  if (health.needs_person || health.consecutive_failures >= kFailuresInARow) return FeedGrade::kFailing;
  if (!health.last_attempt) return FeedGrade::kNew;
  const auto lag = health.lag(now);
  const bool on_time = lag && *lag <= 2 * interval;
  return health.consecutive_failures == 0 && on_time ? FeedGrade::kOk : FeedGrade::kLate;
}

void note_failure(SubscriptionHealth& health, const Error& error, Time now, Time next_at) {
  health.last_attempt = now;
  health.consecutive_failures = std::min(health.consecutive_failures + 1, kFailuresMax);
  health.last_error = error.message.substr(0, kErrorBytesMax);
  health.needs_person = !may_pass(error.code);
  health.next_at = next_at;
}

Time due_at(const SubscriptionHealth& health, Time now) {
  const bool set_back = health.last_attempt && *health.last_attempt > now + kClockSetBack;
  return set_back ? now : health.next_at;
}

std::string to_text(const SubscriptionState& state) {
  QueryPairs pairs = {{"feed", state.feed},
                      {"checkpoint", state.checkpoint},
                      {"next", state.next},
                      {"first_page", std::to_string(state.first_page)},
                      {"page_count", std::to_string(state.page_count)},
                      {"page_bytes", std::to_string(state.page_bytes)},
                      {"page_records", std::to_string(state.page_records)},
                      {"snapshot", state.snapshot ? "1" : "0"},
                      {"importing", state.importing ? "1" : "0"},
                      {"release", std::to_string(state.release)},
                      {"mark", state.mark}};
  const QueryPairs health = health_fields(state.health);
  pairs.insert(pairs.end(), health.begin(), health.end());
  return std::string(kEdition) + "?" + to_query(pairs) + "\n";
}

Result<SubscriptionState> state_from_text(std::string_view text) {
  const bool ours = text.size() <= SubscriptionState::kTextBytesMax && text.starts_with(kEdition) &&
                    text.ends_with('\n') && text.substr(kEdition.size()).starts_with('?');
  if (!ours) return damaged();
  text.remove_suffix(1);
  auto pairs = query_of(text);
  if (!pairs) return damaged();
  Fields fields(*std::move(pairs));
  SubscriptionState state;
  fields.take("feed", state.feed);
  fields.take("checkpoint", state.checkpoint);
  fields.take("next", state.next);
  fields.take("first_page", state.first_page);
  fields.take("page_count", state.page_count);
  fields.take("page_bytes", state.page_bytes);
  fields.take("page_records", state.page_records);
  fields.take("snapshot", state.snapshot);
  fields.take("importing", state.importing);
  fields.take("release", state.release);
  fields.take("mark", state.mark);
  take_health(fields, state.health);
  if (!fields.good()) return damaged();
  return state;
}

}  // namespace seawall
