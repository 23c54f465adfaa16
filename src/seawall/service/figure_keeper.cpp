#include "seawall/service/figure_keeper.h"

#include <algorithm>

namespace seawall {
namespace {

constexpr std::string_view kService;  // The tenant of what is of no tenant.
constexpr std::size_t kUnnamedMax = 10'000;
constexpr std::size_t kFloodsMax = 10'000;
constexpr std::size_t kBanksOfItemMax = 16;
constexpr std::array<std::string_view, 4> kVerdicts{"block", "review", "allow", "none"};
constexpr std::array kAllLanes{Lane::kSignals, Lane::kMedia,   Lane::kFetch,  Lane::kStore,      Lane::kLater,
                               Lane::kSignIn,  Lane::kCallers, Lane::kVideos, Lane::kVideosLater};
constexpr std::array kActions{BankAction::kBlock, BankAction::kReview, BankAction::kAllow};

/// Banks that were counted for one item.
class Once {
 public:
  bool add(BankId bank) {
    const auto known = std::span(banks_).first(size_);
    if (std::ranges::find(known, bank) != known.end() || size_ == banks_.size()) return false;
    banks_[size_++] = bank;
    return true;
  }

 private:
  std::array<BankId, kBanksOfItemMax> banks_{};
  std::size_t size_ = 0;
};

std::uint16_t place_of(BankAction action) {
  return static_cast<std::uint16_t>(std::ranges::find(kActions, action) - kActions.begin());
}

std::string second_of(const CountedCell& cell) {
  switch (cell.counted) {
    case Counted::kVerdicts:
    case Counted::kMatches:
      return std::string(kVerdicts[std::min<std::size_t>(cell.value, kVerdicts.size() - 1)]);
    case Counted::kDistances:
      return std::to_string(cell.value);
  }
  return "";
}

std::string_view figure_of(Counted counted) {
  switch (counted) {
    case Counted::kVerdicts:
      return "verdicts";
    case Counted::kMatches:
      return "matches";
    case Counted::kDistances:
      return "distances";
  }
  return "";
}

std::uint64_t refused_of(const WorkQueue::Stats& stats) { return stats.refused_full + stats.refused_slow; }

}  // namespace

void FigureKeeper::looked_up(std::string_view tenant, const LookupAnswer& answer) {
  const std::uint16_t verdict = answer.decided ? place_of(answer.verdict) : 3;
  board_.add({Counted::kVerdicts, board_.tenant(tenant), verdict});
  Once matched, measured;
  for (const LookupMatch& one : answer.matches) {  // The nearest first.
    const ListMatch& match = one.match;
    if (match.harmless || match.standing != Standing::kEnforced) continue;
    const auto bank = static_cast<std::uint32_t>(match.bank);
    if (matched.add(match.bank)) board_.add({Counted::kMatches, bank, place_of(match.action)});
    const bool has_distance = match.type == SignalType::kPdq && !match.met_by;
    if (!has_distance || !measured.add(match.bank)) continue;
    board_.add({Counted::kDistances, bank, static_cast<std::uint16_t>(match.distance_bits)});
  }
}

void FigureKeeper::flooded(EntryId entry, bool held_back) {
  const std::scoped_lock lock(mutex_);
  if (floods_.size() < kFloodsMax) floods_.emplace_back(entry, held_back);
}

Result<void> FigureKeeper::add_floods(Rows& rows, StoreView& view) {
  std::vector<std::pair<EntryId, bool>> floods;
  {
    const std::scoped_lock lock(mutex_);
    floods.swap(floods_);
  }
  for (const auto& [id, held_back] : floods) {
    SEAWALL_TRY(const auto entries, view.entries(std::span(&id, 1)));
    if (entries.empty()) continue;
    SEAWALL_TRY(const auto bank, view.bank(entries.front().bank));
    if (!bank) continue;
    rows.push_back({bank->tenant, "floods", bank->name, held_back ? "held_back" : "told", 1});
  }
  return {};
}

void FigureKeeper::add_counted(Rows& rows) {
  auto counted = std::exchange(unnamed_, {});
  board_.take([&](const CountedCell& cell, std::uint64_t count) { counted.emplace_back(cell, count); });
  for (const auto& [cell, count] : counted) {
    FigureRow row{.tenant = {}, .figure = std::string(figure_of(cell.counted))};
    row.value = static_cast<std::int64_t>(count);
    if (cell.counted == Counted::kVerdicts) {
      row.tenant = board_.tenant_named(cell.subject);
      row.first = second_of(cell);
      if (!row.tenant.empty()) rows.push_back(std::move(row));
      continue;
    }
    const BankId bank{cell.subject};
    const auto tenant = parts_.names.tenant_of(bank);
    if (!tenant) {
      if (unnamed_.size() < kUnnamedMax) unnamed_.emplace_back(cell, count);
      continue;
    }
    row.tenant = *tenant;
    row.first = parts_.names.bank_name(bank);
    row.second = second_of(cell);
    rows.push_back(std::move(row));
  }
}

void FigureKeeper::add_latencies(Rows& rows) {
  const auto rules = operation_rules();
  times_.resize(rules.size());
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const ServiceMetrics::Times now = parts_.metrics.times(rules[i].operation);
    for (std::size_t b = 0; b < now.size(); ++b) {
      const std::uint64_t more = now[b] - times_[i][b];
      if (more == 0) continue;
      rows.push_back({std::string(kService), "latency", std::string(rules[i].name),
                      ServiceMetrics::bucket_name(b), static_cast<std::int64_t>(more)});
    }
    times_[i] = now;
  }
}

void FigureKeeper::add_queues(Rows& rows) {
  for (const Lane lane : kAllLanes) {
    const auto stats = parts_.lanes.of(lane).stats();
    const std::string name(name_of(lane));
    rows.push_back(
        {std::string(kService), "queue_waiting", name, "", static_cast<std::int64_t>(stats.waiting), true});
    const std::uint64_t refused = refused_of(stats);
    std::uint64_t& known = refused_[static_cast<std::size_t>(lane)];
    if (refused != known) {
      rows.push_back(
          {std::string(kService), "queue_refused", name, "", static_cast<std::int64_t>(refused - known)});
    }
    known = refused;
    const auto wait = parts_.lanes.of(lane).retry_after();
    rows.push_back({std::string(kService), "queue_wait_s", name, "",
                    stats.waiting == 0 ? 0 : static_cast<std::int64_t>(wait.count()), true});
  }
  if (const std::int64_t age = parts_.list_age_ms(); age >= 0) {
    rows.push_back({std::string(kService), "list_age_ms", "", "", age, true});
  }
}

Result<void> FigureKeeper::write_counts() {
  Rows rows;
  add_counted(rows);
  add_latencies(rows);
  add_queues(rows);
  return parts_.book.write(rows);
}

Result<void> FigureKeeper::add_sizes(Rows& rows, StoreView& view) {
  SEAWALL_TRY(const auto banks, view.banks());
  for (const ListBank& bank : banks) {
    for (const EntryState state : {EntryState::kActive, EntryState::kQuarantined}) {
      SEAWALL_TRY(const std::uint64_t count, view.count(bank.id, state));
      rows.push_back({bank.tenant, "entries", bank.name, std::string(name_of(state)),
                      static_cast<std::int64_t>(count), true});
    }
  }
  return {};
}

Result<void> FigureKeeper::add_precision(Rows& rows, StoreView& view) {
  SEAWALL_TRY(const auto counts, parts_.feedback.decision_counts());
  if (counts.empty()) return {};
  SEAWALL_TRY(const auto sources, view.sources());
  for (const DecisionCounts& one : counts) {
    SEAWALL_TRY(const auto bank, view.bank(one.bank));
    const auto source = std::ranges::find(sources, one.source, &Source::id);
    if (!bank || source == sources.end()) continue;
    rows.push_back({bank->tenant, "confirmed", bank->name, source->name,
                    static_cast<std::int64_t>(one.confirmed), true});
    rows.push_back(
        {bank->tenant, "refuted", bank->name, source->name, static_cast<std::int64_t>(one.refuted), true});
  }
  return {};
}

Result<void> FigureKeeper::write_lists() {
  Rows rows;
  SEAWALL_TRY(const auto view, parts_.store.view());
  SEAWALL_CHECK(add_floods(rows, *view));
  SEAWALL_CHECK(add_sizes(rows, *view));
  SEAWALL_CHECK(add_precision(rows, *view));
  return parts_.book.write(rows);
}

}  // namespace seawall
