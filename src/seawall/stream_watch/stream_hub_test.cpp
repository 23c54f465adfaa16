#include "seawall/stream_watch/stream_hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "seawall/base/system_clock.h"
#include "seawall/stream_watch/detail/pattern_decoder.h"

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose
using std::chrono::milliseconds;
using testing::ElementsAre;

/// A source whose streams live until a test says otherwise.
class Puppet final : public StreamSource {
 public:
  explicit Puppet(PollSink& sink) : sink_(sink) {}
  Result<StreamId> add(StreamSettings settings) override {
    if (settings.url.ends_with("refused")) return fail(Code::kInvalidInput, "not an address");
    const StreamId id{++last_};
    streams[id] = settings.url;
    StreamEvent started;
    started.stream = id;
    waiting_.push_back(started);
    return id;
  }
  bool remove(StreamId stream) override { return streams.erase(stream) > 0; }
  void step(milliseconds at_most) override {
    std::vector<StreamEvent> told;
    {
      std::unique_lock lock(mutex_);
      woken_.wait_for(lock, at_most, [this] { return wake_; });
      wake_ = false;
      told.swap(asked_);
    }
    waiting_.insert(waiting_.end(), told.begin(), told.end());
    for (const StreamEvent& event : std::exchange(waiting_, {})) sink_.on_event(event);
  }
  void wake() override {
    {
      const std::scoped_lock lock(mutex_);
      wake_ = true;
    }
    woken_.notify_all();
  }
  /// From any thread: that stream's event, in the next step.
  void say(StreamId id, StreamEvent::Kind kind) {
    {
      const std::scoped_lock lock(mutex_);
      StreamEvent event;
      event.stream = id;
      event.kind = kind;
      asked_.push_back(event);
    }
    wake();
  }
  std::map<StreamId, std::string> streams;

 private:
  PollSink& sink_;
  std::vector<StreamEvent> waiting_;
  std::uint32_t last_ = 0;
  std::mutex mutex_;
  std::condition_variable woken_;
  bool wake_ = false;
  std::vector<StreamEvent> asked_;
};

struct Events final : WatchListener {
  void on_alert(const WatchAlert&) override {}
  void on_event(WatchId, const std::string& name, const StreamEvent& event) override {
    {
      const std::scoped_lock lock(mutex);
      seen.push_back(name + " " + std::string(name_of(event.kind)));
    }
    changed.notify_all();
  }
  void on_blind(WatchId, const std::string&, const std::string&) override {}
  void on_spacing(std::chrono::microseconds) override {}
  bool wait_for(std::size_t count) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(20), [&] { return seen.size() >= count; });
  }
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> seen;
};

class Hub : public ::testing::Test {
 protected:
  std::unique_ptr<StreamHub> open(HubOptions options = {}) {
    const auto make = [this](PollSink& sink) -> Result<std::unique_ptr<StreamSource>> {
      auto source = std::make_unique<Puppet>(sink);
      puppet = source.get();
      return source;
    };
    return *StreamHub::open(watch, clock, {{{"puppet"}, make}}, options);
  }
  SystemClock clock;
  test::PatternDecoder decoder;
  std::unique_ptr<ClipIndex> index = *ClipIndex::make();
  Events events;
  StreamWatch watch{decoder, *index, clock, events};
  Puppet* puppet = nullptr;
};

TEST_F(Hub, FollowsWhatIsAttachedUntilItIsDetached) {
  const auto hub = open();
  ASSERT_TRUE(hub->attach("lobby", {.url = "puppet://secret"}));
  ASSERT_TRUE(events.wait_for(1));
  EXPECT_EQ(hub->followed(), 1U);
  EXPECT_TRUE(hub->has("lobby"));
  EXPECT_EQ(hub->attach("lobby", {.url = "puppet://other"}).error().code, Code::kConflict);
  EXPECT_TRUE(hub->detach("lobby"));
  EXPECT_FALSE(hub->detach("lobby"));
  EXPECT_TRUE(watch.states().empty());
  EXPECT_TRUE(hub->attach("lobby", {.url = "PUPPET://again"})) << "the name is free, schemes have no case";
}

TEST_F(Hub, SaysWhichAddressesItKnowsAndNeverTheAddress) {
  const auto hub = open();
  const auto refused = hub->attach("lobby", {.url = "gopher://secret-host/secret"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnsupported);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("puppet://"));
  EXPECT_THAT(refused.error().message, testing::Not(testing::HasSubstr("secret")));
  ASSERT_TRUE(hub->attach("cam", {.url = "puppet://refused"}));
  ASSERT_TRUE(events.wait_for(1));
  EXPECT_THAT(events.seen, ElementsAre("cam failed"));
  while (hub->followed() > 0) std::this_thread::yield();  // told first, let go then; ctest bounds the wait
}

TEST_F(Hub, LetsAStreamGoThatIsOver) {
  const auto hub = open();
  ASSERT_TRUE(hub->attach("lobby", {.url = "puppet://x"}));
  ASSERT_TRUE(events.wait_for(1));
  puppet->say(StreamId{1}, StreamEvent::Kind::kEnded);
  ASSERT_TRUE(events.wait_for(2));
  EXPECT_THAT(events.seen, ElementsAre("lobby started", "lobby ended"));
  while (hub->followed() > 0) std::this_thread::yield();
  EXPECT_EQ(watch.states()[0].phase, WatchPhase::kOver);
}

TEST_F(Hub, BeginsAnewWithWhatIsOverWhereItShall) {
  const auto hub = open({.again = true, .back_off = {milliseconds(2), milliseconds(4)}});
  ASSERT_TRUE(hub->attach("lobby", {.url = "puppet://x"}));
  for (std::uint32_t i = 1; i <= 3; ++i) {
    ASSERT_TRUE(events.wait_for(2 * i - 1));
    puppet->say(StreamId{i}, StreamEvent::Kind::kEnded);
  }
  ASSERT_TRUE(events.wait_for(7));
  EXPECT_EQ(events.seen.back(), "lobby started");
  EXPECT_EQ(hub->followed(), 1U);
}

}  // namespace
