#include "seawall/service/observation_calls.h"

#include <algorithm>
#include <charconv>
#include <tuple>

#include "seawall/api/list_asks.h"
#include "seawall/json/text.h"
#include "seawall/model/time_text.h"
#include "seawall/order_pass/order_mark.h"
#include "seawall/service/list_answers.h"
#include "seawall/sightings/selected_entries.h"

namespace seawall {
namespace {

constexpr std::size_t kFoundMax = 100'000;  // Sightings of one question.
constexpr std::size_t kEntriesAtOnce = 4'096;
constexpr std::chrono::seconds kSearchMax{20};
constexpr std::size_t kNameBytesMax = 64;
constexpr std::int64_t kRadiusMax = 64;
constexpr std::int64_t kDaysMax = 3'650;

/// A sighting that outlives the visit.
struct Found {
  Time time{};
  EntryId entry{};
  SignalType type{};
  std::size_t fingerprint = 0;
  std::string place;
  BankId bank{};
  SourceId source{};
  EntryState state{};
  std::uint64_t list_version = 0;
  int distance_bits = 0;
  int radius_bits = 0;

  [[nodiscard]] auto key() const { return std::tie(time, entry, type, fingerprint, place); }
  friend bool operator<(const Found& a, const Found& b) { return a.key() < b.key(); }
};

Found found_from(const Sighting& one) {
  return {one.time,   one.entry, one.type,         one.fingerprint,   std::string(one.place), one.bank,
          one.source, one.state, one.list_version, one.distance_bits, one.radius_bits};
}

CallProblem too_many() {
  return {ProblemKind::kLimitExceeded,
          "More than 100,000 observations: ask for one entry, or under an order of a shorter time."};
}

bool is_within(const OrderScope& reach, Time time) {
  return (!reach.from || time >= *reach.from) && (!reach.until || time < *reach.until);
}

/// What is asked of the observations besides the entries.
struct Wanted {
  std::string tenant;
  OrderScope reach;
  Time since{};               ///< Not before this.
  std::optional<int> radius;  ///< In place of the entries' own.
};

void set_radius(std::vector<SoughtEntry>& entries, int radius_bits) {
  for (SoughtEntry& entry : entries) {
    for (RetroEntry::Pdq& pdq : entry.query.pdq) pdq.radius_bits = radius_bits;
  }
}

/// Of one tenant, within the time that the order reaches, by time.
Called<std::vector<Found>> search(ObservationLog& log, SelectedEntries entries, const Wanted& wanted) {
  std::vector<Found> all;
  bool full = false;
  const auto visit = [&](const Sighting& one) {
    if (one.tenant != wanted.tenant || one.time < wanted.since || !is_within(wanted.reach, one.time)) return;
    full = full || all.size() == kFoundMax;
    if (!full) all.push_back(found_from(one));
  };
  RetroOptions options;
  options.threads = 1;
  options.deadline = std::chrono::steady_clock::now() + kSearchMax;
  for (bool last = false; !last;) {
    SEAWALL_TRY(auto page, entries.next(kEntriesAtOnce));
    last = page.last;
    if (page.entries.empty()) continue;
    if (wanted.radius) set_radius(page.entries, *wanted.radius);
    SEAWALL_TRY(const RetroReport report,
                find_sightings(log, page.entries, options, visit, [](auto, auto) {}));
    if (full) return tl::unexpected(too_many());
    if (report.end != RetroReport::End::kComplete) {
      return refuse(ProblemKind::kUnavailable, "The search took too long: ask for fewer entries.");
    }
  }
  std::ranges::sort(all, {}, &Found::key);
  return all;
}

Called<void> refused_for(std::optional<OrderRefusal> refusal) {
  if (!refusal) return {};
  return refuse(ProblemKind::kOrderRequired, std::string(advice_on(*refusal)));
}

Called<Json> json_of(ListScope& scope, const Found& one) {
  Json json;
  json["entry"] = to_text(one.entry);
  SEAWALL_TRY(json["bank"], scope.bank_name(one.bank));
  SEAWALL_TRY(json["source"], scope.source_name(one.source));
  json["state"] = name_of(one.state);
  json["list_version"] = one.list_version;
  json["signal"] = name_of(one.type);
  json["distance"] = one.distance_bits;
  json["radius"] = one.radius_bits;
  json["place"] = path_to_utf8(one.place);
  json["time"] = to_text(one.time);
  return json;
}

}  // namespace

/// Which observations, and which page of them.
struct ObservationCalls::Ask {
  std::string order;
  Selection selection;
  std::string record;         ///< The entry, as orders name it; empty:
  std::string selector;       ///< the release, likewise.
  std::optional<int> radius;  ///< What would have been met with it.
  std::chrono::days days{0};  ///< Of the last so many; 0: all.
  std::size_t first = 0;
  std::size_t limit = 0;
};

Result<std::unique_ptr<OrderPass>> open_service_orders(const std::optional<OrdersSettings>& settings,
                                                       const Clock& clock, JsonLog& events) {
  if (!settings) return nullptr;
  OrderPassOptions options;
  options.book = {.roster = settings->roster, .counts_ahead = true};
  options.by = OrderRefusals::kService;
  options.refused = [&events](OrderRefusal why) { events.note("order-refused", name_of(why)); };
  return OrderPass::open(settings->book, settings->log, settings->trust, clock, std::move(options));
}

Result<std::unique_ptr<ObservationLog>> open_service_observations(const std::filesystem::path& folder,
                                                                  const Clock& clock, OrderPass* orders,
                                                                  LogRecordStore& records) {
  SEAWALL_TRY(const auto published, records.published("lists"));
  OrderMark mark;
  if (orders != nullptr) {
    SEAWALL_TRY(mark.roster, orders->roster_id());
  }
  if (orders != nullptr || published) {
    SEAWALL_CHECK(mark_under_orders(folder, mark));
  }
  return ObservationLog::open(folder, clock);
}

void write_order_refusals(OrderPass* orders, MetricsText& out) {
  out.family("seawall_order_refusals_total", "counter",
             "Refusals of the gate of orders, by who asked and why.");
  auto counts = orders != nullptr ? orders->refusals() : OrderRefusals::Counts{};
  for (const std::string_view by : {OrderRefusals::kService, OrderRefusals::kCommand}) {
    for (auto why = OrderRefusal::kNoneNamed; why <= OrderRefusal::kRepeated;
         why = static_cast<OrderRefusal>(static_cast<int>(why) + 1)) {
      out.sample({{"by", by}, {"reason", name_of(why)}},
                 counts[{std::string(by), std::string(name_of(why))}]);
    }
  }
}

void ObservationCalls::serve(ServedOperations& operations) {
  ServedOperation how;
  how.lane = Lane::kLater;
  how.run = [this](Call& call) { return observations(call); };
  operations.serve(Operation::kObservations, std::move(how));
}

Called<ObservationCalls::Ask> ObservationCalls::read_ask(const Call& call) const {
  SEAWALL_TRY(Query query, Query::of(call.head.target()));
  SEAWALL_TRY(const auto entry, query.text("entry", kNameBytesMax));
  SEAWALL_TRY(const auto release, query.number("release", 1, 0xFFFFFFFF));
  SEAWALL_TRY(const auto radius, query.number("radius", 0, kRadiusMax));
  SEAWALL_TRY(const auto days, query.number("days", 1, kDaysMax));
  SEAWALL_TRY(const PageAsk page, page_from(query));
  if (entry.has_value() == release.has_value()) {
    return refuse_at("?entry", "Name exactly one of entry and release.");
  }
  Ask ask;
  ask.order = call.head.field("seawall-order").value_or("");
  ask.limit = page.limit;
  if (entry) {
    const auto id = entry_from_name(*entry);
    if (!id) return refuse_at("?entry", "An entry is named as 12.345.");
    ask.selection.entries = {*id};
    ask.record = to_text(*id);
  } else {
    if (radius) return refuse_at("?radius", "It goes with entry.");
    ask.selection.release = ReleaseId{static_cast<std::uint32_t>(*release)};
    ask.selector = "release:" + std::to_string(*release);
  }
  if (radius) {
    // A wider radius reaches what nobody listed: an order must say so, in these words.
    ask.radius = static_cast<int>(*radius);
    ask.selector = "what-if:" + std::exchange(ask.record, {}) + ":" + std::to_string(*radius);
  }
  ask.days = std::chrono::days(days.value_or(0));
  const char* end = page.after.data() + page.after.size();
  const auto read = std::from_chars(page.after.data(), end, ask.first);
  if (!page.after.empty() && (read.ec != std::errc{} || read.ptr != end)) return wrong_after();
  return ask;
}

OrderUse ObservationCalls::use_of(const Call& call, const Ask& ask, const OrderScope& reach,
                                  std::size_t count) const {
  OrderUse wanted{.order = ask.order, .person = call.who().who, .tenant = call.tenant()};
  if (!ask.record.empty()) wanted.records = {ask.record};
  wanted.selector = ask.selector;
  wanted.count = std::max<std::uint64_t>(1, count);
  wanted.from = reach.from;
  wanted.until = reach.until;
  return wanted;
}

Called<void> ObservationCalls::refused_unasked(std::optional<OrderRefusal> refusal) const {
  if (refusal) orders_->tell(*refusal);
  return refused_for(refusal);
}

Called<OrderScope> ObservationCalls::reach_of(const Call& call, const Ask& ask) const {
  if (call.who().kind != IdentityKind::kPerson) {
    orders_->tell(OrderRefusal::kPerson);
    return refuse(
        ProblemKind::kOrderRequired,
        "An order names people, and a program's key is nobody: sign in as the person whom it names.");
  }
  SEAWALL_CHECK(refused_unasked(ask.order.empty() ? std::optional(OrderRefusal::kNoneNamed) : std::nullopt));
  auto reach = orders_->scope(ask.order);
  if (reach) return *std::move(reach);
  if (reach.error().code != Code::kNotFound) return tl::unexpected(CallProblem(reach.error()));
  SEAWALL_CHECK(refused_unasked(OrderRefusal::kUnknown));
  return tl::unexpected(CallProblem(reach.error()));
}

CallResult ObservationCalls::observations(const Call& call) {
  if (orders_ == nullptr) {
    return refuse(ProblemKind::kOrderRequired,
                  "Observations are looked up under an order only, and this service keeps no orders.");
  }
  SEAWALL_TRY(const Ask ask, read_ask(call));
  SEAWALL_TRY(const OrderScope reach, reach_of(call, ask));
  if (observations_ == nullptr) return refuse(ProblemKind::kNotFound, "This service keeps no observations.");
  SEAWALL_TRY(ListScope scope, ListScope::open(parts_.store, call.who()));
  if (ask.selection.release) {
    SEAWALL_CHECK(scope.release(*ask.selection.release));
  } else {
    SEAWALL_CHECK(scope.entry(ask.selection.entries.front()));
  }
  SEAWALL_TRY(const auto refusal, orders_->check(use_of(call, ask, reach, 1)));
  SEAWALL_CHECK(refused_for(refusal));
  SEAWALL_TRY(auto entries, SelectedEntries::make(parts_.store, parts_.clock, ask.selection));
  Wanted wanted{call.tenant(), reach, Time{}, ask.radius};
  if (ask.days.count() != 0) wanted.since = parts_.clock.now() - ask.days;
  SEAWALL_TRY(const auto found, search(*observations_, std::move(entries), wanted));
  const std::size_t first = std::min(ask.first, found.size());
  const std::size_t count = std::min(ask.limit, found.size() - first);
  SEAWALL_TRY(const OrderUseAnswer answer, orders_->pass(use_of(call, ask, reach, count)));
  SEAWALL_CHECK(refused_for(answer.refusal));
  Json rows = Json::array();
  for (std::size_t i = first; i < first + count; ++i) {
    SEAWALL_TRY(Json row, json_of(scope, found[i]));
    rows.push_back(std::move(row));
  }
  Json json;
  json["order"] = ask.order;
  json["observations"] = std::move(rows);
  json["next"] = first + count < found.size() ? Json(std::to_string(first + count)) : Json(nullptr);
  return json_result(200, json);
}

}  // namespace seawall
