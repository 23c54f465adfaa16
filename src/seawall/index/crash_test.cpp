#include <gtest/gtest.h>

#include "seawall/durable_file/fault_file_system.h"
#include "seawall/index/detail/live_set.h"
#include "seawall/index/detail/test_model.h"

namespace seawall::index_detail {
namespace {

using durable::FaultDisk;

constexpr std::uint64_t kSeed = 11;

LiveSetLimits tiny() {
  LiveSetLimits limits;
  limits.delta_rows = 10;
  limits.small_rows = 1000;
  limits.deltas_max = 2;
  return limits;
}

LiveIndexOptions by_hand() {
  LiveIndexOptions options;
  options.background_merge = false;
  return options;
}

QueryOptions everything() {
  QueryOptions options;
  options.radius_bits = 256;
  return options;
}

/// What a script of changes did before the fault.
struct Outcome {
  IndexModel acknowledged;
  IndexModel with_last;  ///< And the change under way.
};

std::vector<OwnedChange> script(std::uint64_t changes, bool large) {
  Random random(kSeed);
  std::vector<OwnedChange> all;
  for (std::uint64_t step = 1; step <= changes; ++step) {
    all.push_back(random_change(random, step, 12));
    while (large && step % 5 == 0 && all.back().add.size() < 14) {
      all.back().add.push_back({uniform_fingerprint(random), EntryId{1 + random() % 12}});
    }
  }
  return all;
}

Outcome run_until_fault(FaultDisk& disk, const std::vector<OwnedChange>& changes) {
  Outcome outcome;
  auto set = LiveSet::open(disk.files(), Kind::kRadius, by_hand(), tiny());
  if (!set) return outcome;
  for (const OwnedChange& change : changes) {
    outcome.with_last = outcome.acknowledged;
    outcome.with_last.apply(change);
    if (!(*set)->apply(change.view())) return outcome;
    outcome.acknowledged = outcome.with_last;
    if (change.position % 7 == 0 && !(*set)->merge()) return outcome;
  }
  return outcome;
}

bool equal(const LiveSet& set, const IndexModel& model) {
  return set.state()->position == model.position() && set.state()->size == model.size() &&
         set.within({}, everything()) == model.within({}, everything());
}

void crash_everywhere(const std::vector<OwnedChange>& changes, std::uint64_t stride) {
  FaultDisk whole;
  run_until_fault(whole, changes);
  for (std::uint64_t step = 0; step <= whole.steps(); step += stride) {
    for (const unsigned kept : {0U, 4U, 10U}) {
      FaultDisk disk;
      disk.cut_power_at(step);
      const Outcome outcome = run_until_fault(disk, changes);
      disk.restart(kept);
      const auto set = LiveSet::open(disk.files(), Kind::kRadius, by_hand(), tiny());
      ASSERT_TRUE(set.has_value()) << set.error().message << " step " << step << " kept " << kept;
      ASSERT_TRUE(equal(**set, outcome.acknowledged) || equal(**set, outcome.with_last))
          << "step " << step << " kept " << kept << " position " << (*set)->state()->position;
      ASSERT_TRUE((*set)->verify().has_value());
    }
  }
}

TEST(IndexCrash, AtEveryByteOfTheLogLosesNothingAcknowledged) { crash_everywhere(script(5, false), 1); }

TEST(IndexCrash, BetweenLogsMergesAndManifestsLosesNothingAcknowledged) {
  crash_everywhere(script(24, true), 211);
}

TEST(IndexCrash, AFailingDiskFailsTheChangeAloneAndTheIndexGoesOn) {
  const auto changes = script(16, true);
  FaultDisk whole;
  run_until_fault(whole, changes);
  for (std::uint64_t step = 40; step <= whole.steps(); step += 61) {
    FaultDisk disk;
    auto set = LiveSet::open(disk.files(), Kind::kRadius, by_hand(), tiny());
    ASSERT_TRUE(set.has_value());
    disk.fail_at(disk.steps() + step);
    IndexModel model;
    for (const OwnedChange& change : changes) {
      if ((*set)->apply(change.view())) model.apply(change);
      ASSERT_TRUE(equal(**set, model)) << "step " << step << " change " << change.position;
      if (change.position % 7 == 0) (void)(*set)->merge();
      ASSERT_TRUE(equal(**set, model)) << "step " << step << " merge after " << change.position;
    }
    ASSERT_TRUE((*set)->apply({{}, {}, model.position()}).has_value());
    set->reset();
    disk.restart(0);
    set = LiveSet::open(disk.files(), Kind::kRadius, by_hand(), tiny());
    ASSERT_TRUE(set.has_value()) << set.error().message << " step " << step;
    ASSERT_TRUE(equal(**set, model)) << "step " << step << " after a restart";
  }
}

}  // namespace
}  // namespace seawall::index_detail
