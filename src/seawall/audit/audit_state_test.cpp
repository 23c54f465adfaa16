#include "seawall/audit/audit_state.h"

#include <gmock/gmock.h>

#include "seawall/durable_file/fault_file_system.h"

namespace seawall {
namespace {

AuditState some_state() {
  AuditState state;
  state.origin = "log.example/lists";
  state.checked = {700, tlog::hash_leaf("x")};
  state.checkpoint = "log.example/lists\n700\nroot\n\n\u2014 name AAAA\n";
  state.tally.found = {{FindingKind::kNotAnEntry, 2}, {FindingKind::kStrayRef, 1}};
  state.tally.latest = Time(std::chrono::seconds(1'790'000'000));
  state.tally.open = {{3, {LogKind::kOrder, Time(std::chrono::seconds(5))}},
                      {70, {LogKind::kError, Time(std::chrono::seconds(1'790'000'001))}}};
  return state;
}

TEST(AuditState, IsReadAsItWasWritten) {
  for (const AuditState& state :
       {some_state(), AuditState{.origin = "a", .checked = {}, .checkpoint = {}, .tally = {}}})
    EXPECT_EQ(audit_state_from_text(to_text(state).value()).value(), state);
}

TEST(AuditState, IsRefusedOnceAByteIsChangedOrCutOff) {
  const std::string text = to_text(some_state()).value();
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string damaged = text;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_EQ(audit_state_from_text(damaged).error().code, Code::kCorrupt) << i;
    EXPECT_EQ(audit_state_from_text(text.substr(0, i)).error().code, Code::kCorrupt) << i;
  }
}

TEST(AuditState, IsKeptInAFileAndOnlyForItsLog) {
  durable::FaultDisk disk;
  const auto files = disk.tree();
  EXPECT_EQ(load_audit_state(*files, "s", "log.example/lists").value(), std::nullopt);
  ASSERT_TRUE(save_audit_state(*files, "s", some_state()));
  EXPECT_EQ(load_audit_state(*files, "s", "log.example/lists").value(), some_state());
  EXPECT_EQ(load_audit_state(*files, "s", "another").error().code, Code::kInvalidInput);
}

TEST(AuditState, SurvivesACutOfPowerAtEveryStep) {
  durable::FaultDisk whole;
  ASSERT_TRUE(save_audit_state(*whole.tree(), "s", some_state()));
  AuditState next = some_state();
  next.checked.size = 701;
  for (std::uint64_t step = 0; step < 2 * whole.steps(); step += 37) {
    durable::FaultDisk disk;
    ASSERT_TRUE(save_audit_state(*disk.tree(), "s", some_state()));
    disk.cut_power_at(disk.steps() + step);
    (void)save_audit_state(*disk.tree(), "s", next);
    disk.restart(5);
    const auto state = load_audit_state(*disk.tree(), "s", "log.example/lists");
    ASSERT_TRUE(state && *state) << step;
    EXPECT_THAT((*state)->checked.size, testing::AnyOf(700U, 701U));
  }
}

}  // namespace
}  // namespace seawall
