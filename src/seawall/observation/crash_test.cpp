#include <gtest/gtest.h>

#include <algorithm>

#include "seawall/durable_file/fault_file_system.h"
#include "seawall/observation/detail/log.h"
#include "seawall/observation/detail/test_data.h"

namespace seawall::observation_detail {
namespace {

using durable::FaultDisk;

ObservationLogOptions tiny() {
  ObservationLogOptions options;
  options.background = false;
  options.journal_rows = 12;
  options.block_rows = 5;
  return options;
}

struct Step {
  enum class Kind { kAppend, kDrop, kTidy } kind = Kind::kAppend;
  std::vector<Observation> rows = {};
  std::string tenant = {};
  std::int64_t time_ms = 0;
};

/// Appends of one to seven, with drops and tidies between.
std::vector<Step> script(Sample& sample, int steps) {
  Random random(3);
  std::vector<Step> all;
  for (int i = 1; i <= steps; ++i) {
    Step step;
    if (i % 7 == 5) {
      step = {Step::Kind::kDrop, {}, "tenant-" + std::to_string(random() % 3), 10 * i - 40};
    } else if (i % 7 == 6) {
      step.kind = Step::Kind::kTidy;
    } else {
      for (std::uint64_t k = 1 + random() % 7; k != 0; --k) step.rows.push_back(sample.next(10 * i));
      for (Observation& one : step.rows) one.pdq = PdqHash{{}, 90};  // So that places() shows it.
    }
    all.push_back(std::move(step));
  }
  return all;
}

/// What the log must show.
class Model {
 public:
  void apply(const Step& step) {
    for (const Observation& one : step.rows) rows_.push_back(one);
    if (step.kind != Step::Kind::kDrop) return;
    std::int64_t& before = dropped_[step.tenant];
    before = std::max(before, step.time_ms);
  }
  [[nodiscard]] std::multiset<std::string> places() const {
    std::multiset<std::string> out;
    for (const Observation& one : rows_) {
      if (!expired(one)) out.insert(std::string(one.place));
    }
    return out;
  }
  [[nodiscard]] bool expired(const Observation& one) const {
    const auto at = dropped_.find(std::string(one.tenant));
    return at != dropped_.end() && one.time < at_ms(at->second);
  }
  [[nodiscard]] const std::vector<Observation>& rows() const { return rows_; }

 private:
  std::vector<Observation> rows_;
  std::map<std::string, std::int64_t> dropped_;
};

bool run(ObservationLog& log, const Step& step) {
  switch (step.kind) {
    case Step::Kind::kAppend:
      return log.append(step.rows).has_value();
    case Step::Kind::kDrop:
      return log.drop_before(step.tenant, at_ms(step.time_ms)).has_value();
    case Step::Kind::kTidy:
      return log.tidy().has_value();
  }
  return false;
}

struct Outcome {
  Model acknowledged, with_last;
};

Outcome run_until_fault(FaultDisk& disk, const HandClock& clock, const std::vector<Step>& steps) {
  Outcome outcome;
  auto log = Log::open(disk.files(), clock, tiny());
  if (!log) return outcome;
  for (const Step& step : steps) {
    outcome.with_last.apply(step);
    if (!run(**log, step)) return outcome;
    outcome.acknowledged = outcome.with_last;
  }
  return outcome;
}

void crash_everywhere(int count, std::uint64_t stride) {
  const HandClock clock;
  Sample sample(9);
  const auto steps = script(sample, count);
  FaultDisk whole;
  run_until_fault(whole, clock, steps);
  for (std::uint64_t step = 0; step <= whole.steps(); step += stride) {
    for (const unsigned kept : {0U, 4U, 10U}) {
      FaultDisk disk;
      disk.cut_power_at(step);
      const Outcome outcome = run_until_fault(disk, clock, steps);
      disk.restart(kept);
      const auto log = Log::open(disk.files(), clock, tiny());
      ASSERT_TRUE(log.has_value()) << log.error().message << " step " << step << " kept " << kept;
      const auto shown = places(**log);
      ASSERT_TRUE(shown == outcome.acknowledged.places() || shown == outcome.with_last.places())
          << "step " << step << " kept " << kept << ": " << shown.size() << " shown, "
          << outcome.acknowledged.places().size() << " acknowledged";
      const auto damage = (*log)->verify();
      ASSERT_TRUE(damage.has_value() && damage->empty()) << "step " << step << " kept " << kept;
    }
  }
}

TEST(ObservationCrash, AtEveryByteOfTheFirstAppendsLosesNothingAcknowledged) { crash_everywhere(2, 1); }

TEST(ObservationCrash, BetweenJournalsPartsDropsAndTidiesLosesNothingAcknowledged) {
  crash_everywhere(40, 149);
}

TEST(ObservationCrash, AFailingDiskFailsTheCallAloneAndTheLogGoesOn) {
  const HandClock clock;
  Sample sample(9);
  const auto steps = script(sample, 30);
  FaultDisk whole;
  run_until_fault(whole, clock, steps);
  for (std::uint64_t at = 300; at <= whole.steps(); at += 173) {
    FaultDisk disk;
    auto log = Log::open(disk.files(), clock, tiny());
    ASSERT_TRUE(log.has_value());
    disk.fail_at(at);
    Model model;
    for (const Step& step : steps) {
      // A drop that failed may or may not be in force after a restart: done again, it is.
      const bool done = run(**log, step) || (step.kind == Step::Kind::kDrop && run(**log, step));
      if (done) model.apply(step);
      ASSERT_EQ(places(**log), model.places()) << "fault at " << at;
    }
    log->reset();
    disk.restart(0);
    log = Log::open(disk.files(), clock, tiny());
    ASSERT_TRUE(log.has_value()) << log.error().message << " fault at " << at;
    ASSERT_EQ(places(**log), model.places()) << "fault at " << at << ", after a restart";
  }
}

TEST(ObservationCrash, AfterATidyNoByteOfAnExpiredPlaceIsOnTheDisk) {
  const HandClock clock;
  Sample sample(9);
  const auto steps = script(sample, 40);
  FaultDisk disk;
  auto log = Log::open(disk.files(), clock, tiny());
  ASSERT_TRUE(log.has_value());
  Model model;
  int looked_for = 0;
  for (const Step& step : steps) {
    ASSERT_TRUE(run(**log, step));
    model.apply(step);
    if (step.kind != Step::Kind::kTidy) continue;
    std::string all;
    for (const auto& [name, file] : disk.folder()) {
      all.append(reinterpret_cast<const char*>(file->now.data()), file->now.size());
    }
    for (const Observation& one : model.rows()) {
      EXPECT_EQ(all.find(one.place) == std::string::npos, model.expired(one)) << one.place;
      if (model.expired(one)) ++looked_for;
    }
  }
  EXPECT_GT(looked_for, 10);
}

}  // namespace
}  // namespace seawall::observation_detail
