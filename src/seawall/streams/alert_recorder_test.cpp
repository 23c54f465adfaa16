#include "seawall/streams/alert_recorder.h"

#include <gtest/gtest.h>

#include <future>

#include "seawall/base/system_clock.h"
#include "seawall/base/temporary_folder.h"

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose

/// Answers nothing before it is let go, as lists on a disk that hangs.
struct HangingDirectory final : ClipDirectory {
  ClipScope scope(std::string_view, std::span<const BankId>) const override { return {}; }
  Result<std::optional<ClipStanding>> standing(const ClipQuestion&) const override {
    go.wait();
    return std::nullopt;
  }
  [[nodiscard]] std::uint64_t version() const override { return 1; }
  std::shared_future<void> go;
};

TEST(AlertRecorder, LosesAlertsRatherThanHoldUpTheStreams) {
  const TemporaryFolder folder = *TemporaryFolder::make("seawall-recorder");
  Credentials credentials;
  credentials.set("access_key", Secret("an access key of a test, long enough for it"));
  const MasterKey master = *MasterKey::from(credentials);
  const auto store = *StreamStore::open(folder.path() / "streams", master);
  const SystemClock clock;
  std::promise<void> go;
  HangingDirectory directory;
  directory.go = go.get_future().share();
  const auto attached = std::make_shared<const AttachedStream>();
  AlertRecorder recorder({*store, directory, clock, [&](WatchId) { return attached; },
                          [](const AttachedStream&, const StreamAlert&) {}, [](const Error&) {}},
                         {});
  constexpr std::size_t kMore = 10;  // And one that is being judged, or not yet.
  for (std::size_t i = 0; i < AlertRecorder::kLettersMax + kMore; ++i) recorder.on_alert({});
  EXPECT_GE(recorder.lost(), kMore - 1);
  EXPECT_LE(recorder.lost(), kMore);
  go.set_value();
  recorder.close();
  EXPECT_LE(recorder.lost(), kMore);
}

}  // namespace
