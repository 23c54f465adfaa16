#include <cstdlib>

#include "seawall/doctor/setup_checks.h"
#include "seawall/model/time_text.h"
#include "seawall/store/list_version.h"
#include "seawall/store_sql/admin.h"

namespace seawall {
namespace {

constexpr std::uint64_t kVersionsLookedAt = 1'000;
constexpr std::chrono::seconds kClocksMayDiffer{5};
constexpr std::string_view kRestore =
    "keep this store as it is, and restore a backup beside it (docs/howto/serve.md)";

Result<int> schema_of(const std::string& url) {
  SEAWALL_TRY(const StoreSchema schema, store_schema(url));
  if (schema.found == schema.newest) return schema.found;
  const std::string numbers = "the store has schema " + std::to_string(schema.found) + ", this build needs " +
                              std::to_string(schema.newest);
  if (schema.found == 0)
    return fail(Code::kUnsupported, numbers + ": type: seawall db create --store " + url);
  if (schema.found < schema.newest) {
    return fail(Code::kUnsupported, numbers + ": back it up, then type: seawall db migrate --store " + url);
  }
  return fail(Code::kUnsupported, numbers + ": use the seawall that migrated it");
}

/// How many of the newest versions were checked.
Result<std::size_t> check_chain(StoreView& view, const ListVersion& version) {
  const std::uint64_t first = version.number > kVersionsLookedAt ? version.number - kVersionsLookedAt : 0;
  Sha256 chain{};
  if (first > 0) {
    SEAWALL_TRY(const auto before, view.feed(first - 1, 1));
    if (before.empty()) return fail(Code::kCorrupt, "the store lacks version " + std::to_string(first));
    chain = before[0].version.chain;
  }
  SEAWALL_TRY(const auto items, view.feed(first, kVersionsLookedAt));
  std::uint64_t at = first;
  for (const FeedItem& item : items) {
    chain = next_chain(chain, item);
    if (item.version.number != ++at || item.version.chain != chain) {
      return fail(Code::kCorrupt, "the chain of the lists breaks at version " + std::to_string(at));
    }
  }
  if (at == version.number && chain == version.chain) return items.size();
  return fail(Code::kCorrupt, "the lists do not end in version " + std::to_string(version.number));
}

Result<Finding> check_newest_time(StoreView& view, const ListVersion& version, const Clock& clock) {
  constexpr std::string_view kCheck = "time-store";
  if (version.number == 0) return good(kCheck, "the store holds no change yet to compare the clock with");
  SEAWALL_TRY(const auto newest, view.feed(version.number - 1, 1));
  if (newest.empty()) return fail(Code::kCorrupt, "the store lacks its newest version");
  const Time when = newest[0].by.when;
  if (when <= clock.now() + kClocksMayDiffer)
    return good(kCheck, "the newest change was at " + to_text(when));
  return Finding{
      std::string(kCheck), Health::kFail,
      "the newest change of the lists is of " + to_text(when) + ", and here it is " + to_text(clock.now()),
      "one of the two clocks is wrong: set it right, and run a time service on both machines",
      Code::kConflict};
}

Result<Finding> check_all(const std::string& url) {
  SEAWALL_TRY(const CheckSummary summary, check_store(url));
  if (summary.problem_count == 0) {
    return good("store-whole", std::to_string(summary.releases) + " releases and " +
                                   std::to_string(summary.entries) + " entries are as their digests say");
  }
  return fail(Code::kCorrupt,
              std::to_string(summary.problem_count) +
                  " things in the store are not as their digests say; seawall db check names them");
}

Result<void> check_view(Store& store, const Clock& clock, StoreStand& stand, Findings& out) {
  SEAWALL_TRY(const auto view, store.view());
  SEAWALL_TRY(stand.version, view->version());
  stand.readable = true;
  if (const auto checked = check_chain(*view, stand.version)) {
    out.push_back(good("store-chain", "list version " + std::to_string(stand.version.number) +
                                          "; the chain of the newest " + std::to_string(*checked) +
                                          " is whole"));
  } else {
    out.push_back(bad("store-chain", checked.error(), std::string(kRestore)));
  }
  SEAWALL_TRY(Finding time, check_newest_time(*view, stand.version, clock));
  out.push_back(std::move(time));
  return {};
}

}  // namespace

Findings check_store_of(const std::string& url, const Clock& clock, bool whole, StoreStand& stand) {
  constexpr std::string_view kReach =
      "see that the file or the database server is there, and that this user may read it";
  const auto schema = schema_of(url);
  if (!schema) {
    const bool reach = schema.error().code == Code::kUnavailable || schema.error().code == Code::kNotFound;
    return {bad("store", schema.error(), reach ? std::string(kReach) : std::string())};
  }
  Findings out{good("store", "it can be read, and has schema " + std::to_string(*schema))};
  const auto store = open_store(url);
  if (!store) return {bad("store", store.error(), std::string(kReach))};
  if (const auto done = check_view(**store, clock, stand, out); !done) {
    out.push_back(bad("store-chain", done.error(), std::string(kRestore)));
  }
  if (!whole) return out;
  auto all = check_all(url);
  out.push_back(all ? *std::move(all) : bad("store-whole", all.error(), std::string(kRestore)));
  return out;
}

}  // namespace seawall
