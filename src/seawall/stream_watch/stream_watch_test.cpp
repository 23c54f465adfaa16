#include "seawall/stream_watch/stream_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "seawall/stream_watch/detail/pattern_decoder.h"

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::PatternDecoder;
using testing::HasSubstr;

class ManualClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return Time{milliseconds(ms_.load())}; }
  void pass(milliseconds time) { ms_ += time.count(); }

 private:
  std::atomic<std::int64_t> ms_{1'700'000'000'000};
};

struct Listening final : WatchListener {
  void on_alert(const WatchAlert& alert) override { alerts.push_back(alert); }
  void on_frames(const WatchFrames& seen) override { frames += seen.frames.size(); }
  void on_showing(const WatchShowing& showing) override { showings.push_back(showing); }
  void on_event(WatchId, const std::string& name, const StreamEvent& event) override {
    events.push_back(name + " " + std::string(name_of(event.kind)));
  }
  void on_blind(WatchId, const std::string& name, const std::string& reason) override {
    blind.push_back(name + ": " + reason);
  }
  void on_spacing(std::chrono::microseconds spacing) override { spacings.push_back(spacing); }
  std::vector<WatchAlert> alerts;
  std::vector<WatchShowing> showings;
  std::vector<std::string> events, blind;
  std::vector<std::chrono::microseconds> spacings;
  std::size_t frames = 0;
};

class Watching : public ::testing::Test {
 protected:
  LiveSegment key(std::uint32_t seed, std::int64_t container_ms) {
    LiveSegment piece;
    piece.media = test::pattern_media({{container_ms * 1000, seed, 1}});
    piece.fetched_at = clock.now();
    return piece;
  }
  /// As RTMP gives it: a key picture alone.
  LiveSegment key_alone(std::uint32_t seed, std::int64_t container_ms) {
    LiveSegment piece = key(seed, container_ms);
    piece.i_frames_only = true;
    return piece;
  }
  /// Two seconds in which the pictures go on from that one, a second each; a key picture at the beginning.
  LiveSegment segment(std::uint32_t seed, std::int64_t container_ms) {
    std::vector<test::PatternPicture> pictures;
    for (std::int64_t ms = 0; ms < 2'000; ms += 200) {
      pictures.push_back(
          {(container_ms + ms) * 1000, seed + static_cast<std::uint32_t>(ms / 1'000), ms == 0 ? 1U : 0U});
    }
    LiveSegment piece;
    piece.media = test::pattern_media(pictures);
    piece.fetched_at = clock.now();
    return piece;
  }
  void list(std::uint32_t first_seed) {
    HashTrack track;
    FrameHasher hasher({.side = VariantSide::kStored});
    for (int i = 0; i < 50; ++i) {  // A picture for a second each.
      VideoFrame frame = test::pattern_frame(first_seed + static_cast<std::uint32_t>(i / 5));
      frame.time_us = i * 200'000;
      for (const TimedHash& hash : hasher.hash(frame)) track.hashes.push_back(hash);
    }
    track.labels = hasher.labels();
    ASSERT_TRUE(index->add(ClipId{1}, *prune(track)));
  }

  ManualClock clock;
  PatternDecoder decoder;
  Listening told;
  std::unique_ptr<ClipIndex> index = *ClipIndex::make();
};

TEST_F(Watching, TellsWhichStreamShowsAListedVideoAndWithWhatEvidence) {
  list(500);
  StreamWatch watch(decoder, *index, clock, told);
  std::vector<WatchId> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(*watch.add("cam " + std::to_string(i)));
  for (int second = 0; second < 6; ++second) {
    for (std::uint32_t i = 0; i < 5; ++i) {
      const auto time = static_cast<std::uint32_t>(second);
      watch.give(ids[i], key(i == 3 ? 502 + time : 10'000 * (i + 1) + time, 1'000 * second));
    }
    ASSERT_TRUE(watch.wait_idle(seconds(20)));
    clock.pass(seconds(1));
  }
  ASSERT_FALSE(told.alerts.empty());
  for (const WatchAlert& alert : told.alerts) EXPECT_EQ(alert.name, "cam 3");
  const WatchAlert& last = told.alerts.back();
  EXPECT_EQ(last.clip.segment.tier, ClipTier::kThreeAligned);
  EXPECT_GE(last.frames.size(), 3U);
  EXPECT_GE(last.pieces.size(), 3U);
  EXPECT_NE(last.pieces[0].sha256, last.pieces[1].sha256);
  EXPECT_EQ(told.frames, 30U);
  EXPECT_EQ(watch.counts().alerts, 1U) << "one showing, however often it rose";
  ASSERT_FALSE(told.showings.empty()) << "and it is told that it goes on";
  for (const WatchShowing& showing : told.showings) {
    EXPECT_EQ(showing.stream, ids[3]);
    EXPECT_EQ(showing.clips, std::vector{ClipId{1}});
  }
  EXPECT_EQ(told.showings.back().at, clock.now() - seconds(1)) << "with the last piece, too";
}

TEST_F(Watching, ToldOfAStreamByItsNameAndNotTwice) {
  StreamWatch watch(decoder, *index, clock, told);
  const auto id = watch.add("lobby");
  ASSERT_TRUE(id);
  EXPECT_EQ(watch.add("lobby").error().code, Code::kConflict);
  EXPECT_EQ(watch.add("").error().code, Code::kInvalidInput);
  EXPECT_EQ(watch.add("a\nb").error().code, Code::kInvalidInput);
  StreamEvent event;
  event.kind = StreamEvent::Kind::kFailing;
  event.reason = "nobody listens there";
  watch.tell(*id, event);
  EXPECT_EQ(watch.states()[0].phase, WatchPhase::kFailing);
  EXPECT_EQ(watch.states()[0].trouble, "nobody listens there");
  event = {};
  watch.tell(*id, event);
  EXPECT_EQ(watch.states()[0].phase, WatchPhase::kLive);
  EXPECT_EQ(watch.states()[0].trouble, "");
  EXPECT_TRUE(watch.remove(*id));
  EXPECT_FALSE(watch.remove(*id));
  watch.tell(*id, event);
  EXPECT_EQ(told.events.size(), 2U);
}

TEST_F(Watching, SaysOnceThatWhatComesCannotBeLookedAt) {
  StreamWatch watch(decoder, *index, clock, told);
  const WatchId id = *watch.add("lobby");
  for (int i = 0; i < 3; ++i) {
    LiveSegment piece = key(1, i);
    piece.media.resize(3);
    watch.give(id, std::move(piece));
    ASSERT_TRUE(watch.wait_idle(seconds(20)));
  }
  EXPECT_EQ(told.blind, std::vector<std::string>{"lobby: no pictures"});
  EXPECT_EQ(watch.states()[0].pieces_blind, 3U);
}

TEST_F(Watching, SaysOfAStreamThatItsSourceCannotBeginWithWhyAndWhenItCan) {
  StreamWatch watch(decoder, *index, clock, told);
  const WatchId id = *watch.add("lobby");
  StreamEvent event;
  event.kind = StreamEvent::Kind::kBlind;
  event.reason = "no key picture comes";
  watch.tell(id, event);
  EXPECT_EQ(told.blind, std::vector<std::string>{"lobby: no key picture comes"});
  EXPECT_TRUE(told.events.empty());
  EXPECT_EQ(watch.states()[0].phase, WatchPhase::kLive);
  EXPECT_EQ(watch.states()[0].trouble, "no key picture comes");
  EXPECT_TRUE(watch.states()[0].is_blind());
  watch.give(id, key(1, 0));
  ASSERT_TRUE(watch.wait_idle(seconds(20)));
  EXPECT_FALSE(watch.states()[0].is_blind());
}

TEST_F(Watching, LooksAtAllStreamsLessOftenAlikeUnderOverload) {
  decoder.on_decode = [this](const VideoOptions&) {
    clock.pass(milliseconds(200));
  };  // Five pictures a second, twenty come.
  StreamWatch watch(decoder, *index, clock, told, {.threads = 1});
  constexpr int kStreams = 20;
  std::vector<WatchId> ids;
  for (int i = 0; i < kStreams; ++i) ids.push_back(*watch.add(std::to_string(i)));
  for (int round = 0; round < 60; ++round) {
    const Time begun = clock.now();
    for (int i = 0; i < kStreams; ++i)
      watch.give(ids[static_cast<std::size_t>(i)],
                 key(static_cast<std::uint32_t>(1000 * i + round), 1'000 * round));
    // A second passes, or as long as the work of what was begun took.
    ASSERT_TRUE(watch.wait_idle(seconds(60)));
    if (clock.now() < begun + seconds(1)) clock.pass(begun + seconds(1) - clock.now());
  }
  ASSERT_FALSE(told.spacings.empty()) << "it is told";
  EXPECT_GE(told.spacings.front(), seconds(4));
  std::uint64_t least = ~0ULL, most = 0, unseen = 0, frames = 0, pieces = 0;
  for (const WatchState& state : watch.states()) {
    least = std::min(least, state.frames);
    most = std::max(most, state.frames);
    unseen += state.pieces_unseen;
    frames += state.frames;
    pieces += state.pieces;
  }
  EXPECT_EQ(frames + unseen, pieces) << "what was not looked at is counted";
  EXPECT_GT(unseen, 0U);
  EXPECT_GT(least, 0U) << "no stream was left out";
  EXPECT_LE(most, least + 3) << "all alike";
}

TEST_F(Watching, LooksAtWhatWaitsOfAStreamThatEndedOrLeavesItOut) {
  for (const WatchEnd end : {WatchEnd::kLookedAt, WatchEnd::kDropped}) {
    std::atomic<bool> hold{true};
    decoder.on_decode = [&](const VideoOptions&) { hold.wait(true); };
    StreamWatch watch(decoder, *index, clock, told, {.threads = 1});
    const WatchId id = *watch.add("lobby");
    for (int i = 0; i < 3; ++i) {
      watch.give(id, key(static_cast<std::uint32_t>(i), 1'000 * i));
      while (i == 0 && watch.counts().pieces_waiting > 0) std::this_thread::yield();  // It is under way.
    }
    EXPECT_TRUE(watch.remove(id, end));
    EXPECT_TRUE(watch.add("lobby")) << "its name is free";
    watch.give(id, key(9, 9'000));
    hold = false;
    hold.notify_all();
    ASSERT_TRUE(watch.wait_idle(seconds(20)));
    EXPECT_EQ(watch.counts().frames, end == WatchEnd::kLookedAt ? 3U : 1U);
    EXPECT_EQ(watch.counts().pieces_unseen, end == WatchEnd::kLookedAt ? 0U : 2U);
    EXPECT_EQ(watch.counts().bytes_waiting, 0U);
  }
}

bool is_close(const VideoOptions& options) { return options.sampling == VideoSampling::kInterval; }

/// Blocks decodes of one kind until it is let go.
struct Gate {
  explicit Gate(bool of_closer) : closer(of_closer) {}
  void pass(const VideoOptions& options) {
    if (is_close(options) != closer) return;
    ++waiting;
    held.wait(true);
  }
  void open() {
    held = false;
    held.notify_all();
  }
  const bool closer;
  std::atomic<bool> held{true};
  std::atomic<int> waiting{0};
};

TEST_F(Watching, LooksAtTheKeyPicturesOfAllStreamsBeforeItLooksCloser) {
  list(500);
  Gate gate(false);
  std::vector<bool> order;
  decoder.on_decode = [&](const VideoOptions& options) {
    gate.pass(options);
    order.push_back(is_close(options));
  };
  StreamWatch watch(decoder, *index, clock, told);
  std::vector<WatchId> ids;
  for (std::uint32_t i = 0; i < 4; ++i) ids.push_back(*watch.add(std::to_string(i)));
  watch.give(ids[0], segment(502, 0));
  while (gate.waiting == 0) std::this_thread::yield();
  for (std::uint32_t i = 1; i < 4; ++i) watch.give(ids[i], key(1'000 * i, 0));
  watch.give(ids[0], key_alone(900, 2'000));
  gate.open();
  ASSERT_TRUE(watch.wait_idle(seconds(20)));
  EXPECT_EQ(order, (std::vector<bool>{false, false, false, false, false, true}));
  EXPECT_EQ(watch.counts().closer, 1U);
}

TEST_F(Watching, TellsOfAKeyPictureAndLooksAtTheNextOnesWhileItLooksCloser) {
  list(500);
  Gate gate(true);
  decoder.on_decode = [&](const VideoOptions& options) { gate.pass(options); };
  StreamWatch watch(decoder, *index, clock, told, {.threads = 2});
  std::vector<WatchId> ids;
  for (std::uint32_t i = 0; i < 4; ++i) ids.push_back(*watch.add(std::to_string(i)));
  watch.give(ids[0], segment(502, 0));
  watch.give(ids[1], segment(505, 0));
  while (gate.waiting == 0) std::this_thread::yield();
  while (watch.counts().alerts < 2) std::this_thread::yield();  // Both are told by their key pictures.
  clock.pass(seconds(2));
  watch.give(ids[2], key(100, 0));
  watch.give(ids[0], key_alone(504, 2'000));
  watch.give(ids[1], key_alone(507, 2'000));
  while (watch.counts().lags.looks[0] < 5) std::this_thread::yield();
  EXPECT_EQ(gate.waiting, 1) << "one thread is kept for key pictures";
  EXPECT_EQ(watch.counts().closer, 0U);
  gate.open();
  ASSERT_TRUE(watch.wait_idle(seconds(20)));
  EXPECT_EQ(watch.counts().closer, 2U);
  EXPECT_EQ(watch.counts().alerts, 2U) << "what a closer look adds is the same showing";
  ASSERT_FALSE(told.alerts.empty());
  EXPECT_TRUE(told.alerts.back().clip.is_rise);
  EXPECT_EQ(told.alerts.back().clip.segment.tier, ClipTier::kThreeAligned);
  EXPECT_TRUE(std::ranges::is_sorted(told.alerts.back().frames, {}, &SeenFrame::time_us));
}

TEST_F(Watching, LooksCloserAfterAWhileWhateverWaits) {
  list(500);
  std::vector<bool> order;
  Gate gate(false);
  decoder.on_decode = [&](const VideoOptions& options) {
    gate.pass(options);
    clock.pass(milliseconds(100));
    order.push_back(is_close(options));
  };
  StreamWatch watch(decoder, *index, clock, told, {.pieces_waiting_max = 64});
  const WatchId near = *watch.add("near"), other = *watch.add("other");
  watch.give(near, segment(502, 0));
  while (gate.waiting == 0) std::this_thread::yield();
  for (std::uint32_t i = 0; i < 60; ++i) watch.give(other, key(1'000 + i, 100 * i));
  gate.open();
  ASSERT_TRUE(watch.wait_idle(seconds(20)));
  const auto closer = std::ranges::find(order, true) - order.begin();
  EXPECT_GE(closer, 20) << "two seconds";
  EXPECT_LE(closer, 24);
  EXPECT_EQ(watch.counts().closer, 1U);
}

TEST_F(Watching, LeavesOutACloserLookThatComesTooLate) {
  list(500);
  Gate gate(true);
  decoder.on_decode = [&](const VideoOptions& options) { gate.pass(options); };
  StreamWatch watch(decoder, *index, clock, told, {.threads = 2});
  const WatchId one = *watch.add("one"), other = *watch.add("other");
  watch.give(one, segment(502, 0));
  while (gate.waiting == 0) std::this_thread::yield();
  watch.give(other, segment(502, 0));
  while (watch.counts().pieces_waiting == 0 || watch.counts().lags.looks[0] < 2) std::this_thread::yield();
  clock.pass(StreamWatch::kCloserLate);
  gate.open();
  ASSERT_TRUE(watch.wait_idle(seconds(20)));
  EXPECT_EQ(watch.counts().closer, 1U);
  EXPECT_EQ(watch.counts().closer_left_out, 1U);
  EXPECT_EQ(watch.counts().pieces_waiting, 0U);
  EXPECT_EQ(watch.counts().bytes_waiting, 0U);
}

TEST_F(Watching, LeavesTheOldestOutWhereTooManyWait) {
  std::atomic<bool> hold{true};
  decoder.on_decode = [&](const VideoOptions&) { hold.wait(true); };
  StreamWatch watch(decoder, *index, clock, told, {.threads = 1, .pieces_waiting_max = 2});
  const WatchId id = *watch.add("lobby");
  for (int i = 0; i < 10; ++i) {
    watch.give(id, key(static_cast<std::uint32_t>(i), 1'000 * i));
    if (i == 0) {
      while (watch.counts().pieces_waiting > 0) std::this_thread::yield();  // The first one is under way.
    }
  }
  EXPECT_FALSE(watch.has_room(id));
  EXPECT_EQ(watch.states()[0].pieces_unseen, 7U);
  hold = false;
  hold.notify_all();
  ASSERT_TRUE(watch.wait_idle(seconds(20)));
  EXPECT_EQ(watch.states()[0].frames, 3U);
  EXPECT_TRUE(watch.has_room(id));
}

}  // namespace
