#include "seawall/stream_link/link_source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

namespace seawall {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct HandClock final : Clock {
  [[nodiscard]] Time now() const override { return time; }
  Time time{};
};

struct NoRandom final : RandomSource {
  std::uint64_t next() override { return 0; }
};

struct KeptSink final : PollSink {
  void on_segment(LiveSegment segment) override { pieces.push_back(std::move(segment)); }
  void on_event(const StreamEvent& event) override { events.push_back(event); }
  [[nodiscard]] std::vector<StreamEvent::Kind> kinds() const {
    std::vector<StreamEvent::Kind> kinds;
    for (const StreamEvent& event : events) kinds.push_back(event.kind);
    return kinds;
  }
  std::vector<LiveSegment> pieces;
  std::vector<StreamEvent> events;
};

/// What the test's server does: each of its connections reads from `to_read`, nothing more: broken.
struct Server {
  bool refuses = false;
  bool broken = false;
  std::deque<std::string> to_read;
  std::string written;
  int connections = 0;
  std::vector<std::uint16_t> ports;
};

class ServerWire final : public Wire {
 public:
  explicit ServerWire(Server& server) : server_(server) { ++server_.connections; }
  ~ServerWire() override { --server_.connections; }
  Result<void> finish_connect() override {
    if (server_.refuses) return fail(Code::kUnavailable, "nobody listens there");
    return {};
  }
  Result<std::size_t> read(std::span<std::byte> into) override {
    if (server_.broken) return fail(Code::kUnavailable, "the server closed the connection");
    if (server_.to_read.empty()) return 0;
    const std::string text = server_.to_read.front();
    server_.to_read.pop_front();
    std::ranges::copy(std::as_bytes(std::span(text)), into.begin());
    return text.size();
  }
  Result<std::size_t> write(std::span<const std::byte> bytes) override {
    for (const std::byte each : bytes) server_.written.push_back(static_cast<char>(each));
    return bytes.size();
  }

  std::uint64_t mark = 0;

 private:
  Server& server_;
};

/// Whatever is watched is ready.
class ServerWires final : public Wires {
 public:
  explicit ServerWires(Server& server) : server_(server) {}
  Result<std::unique_ptr<Wire>> connect(const PeerAddress&, std::uint16_t port, const LinkStream&) override {
    server_.ports.push_back(port);
    return std::make_unique<ServerWire>(server_);
  }
  void watch(Wire&, std::uint64_t mark, bool) override { mark_ = mark; }
  std::size_t wait(milliseconds, std::span<WireReady> ready) override {
    if (server_.connections == 0) return 0;
    ready[0] = {mark_, true, true};
    return 1;
  }
  [[nodiscard]] int wake_descriptor() const override { return -1; }

 private:
  Server& server_;
  std::uint64_t mark_ = 0;
};

/// Each text that comes is a piece; "bad" is an error, "plays" the server's word, "picture" no key picture.
class TextStream final : public LinkStream {
 public:
  explicit TextStream(std::string host) : place_{std::move(host), 5555, false} {}
  [[nodiscard]] const LinkPlace& place() const override { return place_; }
  void begin(Time) override {
    output_ = "hello";
    playing_ = false;
  }
  Result<void> take(std::span<const std::byte> bytes, Time now, LinkTaker& taker) override {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (text == "bad") return fail(Code::kInvalidInput, "that is not it");
    playing_ = playing_ || text == "plays";
    if (text == "plays") return {};
    taker.on_picture();
    if (text == "picture") return {};
    LiveSegment piece;
    piece.media.assign(bytes.begin(), bytes.end());
    piece.fetched_at = now;
    taker.on_piece(std::move(piece));
    return {};
  }
  std::vector<std::byte> take_output() override {
    const std::string text = std::exchange(output_, {});
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
  }
  std::vector<std::byte> goodbye() override {
    output_ = "bye";
    return take_output();
  }
  [[nodiscard]] bool playing() const override { return playing_; }
  [[nodiscard]] std::uint64_t left_out() const override { return 0; }

 private:
  LinkPlace place_;
  std::string output_;
  bool playing_ = false;
};

class LinkSourceTest : public testing::Test {
 protected:
  void open(Reach reach = {}) {
    source_ = std::make_unique<LinkSource>(
        clock_, random_, sink_, std::move(reach), std::make_unique<ServerWires>(server_),
        [](const StreamSettings& settings) -> Result<std::unique_ptr<LinkStream>> {
          if (settings.url.empty()) return fail(Code::kInvalidInput, "not an address");
          return std::make_unique<TextStream>(settings.url);
        });
  }
  void run(seconds time) {
    for (const Time end = clock_.time + time; clock_.time < end; clock_.time += milliseconds(100))
      source_->step(milliseconds(0));
  }

  /// For so long, that text a second.
  void run_with(const std::string& text, int for_s) {
    for (int i = 0; i < for_s; ++i) {
      server_.to_read.push_back(text);
      run(seconds(1));
    }
  }

  HandClock clock_;
  NoRandom random_;
  KeptSink sink_;
  Server server_;
  std::unique_ptr<LinkSource> source_;
};

using Kind = StreamEvent::Kind;

TEST_F(LinkSourceTest, GivesPiecesAndTellsTheirBeginningAStallAndTheirComingBack) {
  open();
  ASSERT_TRUE(source_->add({.url = "192.0.2.1"}).has_value());
  server_.to_read = {"one", "two"};
  run(seconds(1));
  EXPECT_EQ(server_.written, "hello");
  ASSERT_EQ(sink_.pieces.size(), 2U);
  EXPECT_EQ(sink_.kinds(), std::vector{Kind::kStarted});
  run(seconds(7));
  server_.to_read = {"three"};
  run(seconds(1));
  EXPECT_EQ(sink_.kinds(), (std::vector{Kind::kStarted, Kind::kStalled, Kind::kResumed}));
}

TEST_F(LinkSourceTest, MakesABrokenConnectionAnewAndSaysWhy) {
  open();
  ASSERT_TRUE(source_->add({.url = "192.0.2.1"}).has_value());
  server_.to_read = {"one", "bad"};
  run(seconds(1));
  ASSERT_EQ(sink_.events.size(), 2U);
  EXPECT_EQ(sink_.events[1].kind, Kind::kFailing);
  EXPECT_EQ(sink_.events[1].reason, "that is not it");
  server_.to_read = {"again"};
  run(seconds(3));
  EXPECT_EQ(sink_.events.back().kind, Kind::kRestarted);
  EXPECT_EQ(sink_.pieces.size(), 2U);
}

TEST_F(LinkSourceTest, AServerThatDoesNotBeginToPlayOrIsSilentIsLeft) {
  open();
  ASSERT_TRUE(source_->add({.url = "192.0.2.1"}).has_value());
  run(seconds(16));
  ASSERT_FALSE(sink_.events.empty());
  EXPECT_EQ(sink_.events[0].reason, "the server did not begin to play");
  server_.to_read = {"one"};
  run(seconds(33));
  EXPECT_EQ(sink_.events.back().reason, "the server sent nothing for too long");
}

TEST_F(LinkSourceTest, AServerThatPlaysAndNeverSendsAPictureIsStalledToTheSecond) {
  open();
  ASSERT_TRUE(source_->add({.url = "192.0.2.1"}).has_value());
  server_.to_read = {"plays"};
  const Time begun = clock_.time;
  run(seconds(5));
  EXPECT_TRUE(sink_.events.empty());
  run(seconds(2));
  ASSERT_EQ(sink_.kinds(), std::vector{Kind::kStalled});
  EXPECT_LE(sink_.events[0].at - begun, milliseconds(6'200));
  server_.to_read = {"one"};
  run(seconds(1));
  EXPECT_EQ(sink_.kinds(), (std::vector{Kind::kStalled, Kind::kStarted}));
}

TEST_F(LinkSourceTest, PicturesOfWhichNoneCanBeLookedAtAreToldOnceUntilOneCanBe) {
  open();
  ASSERT_TRUE(source_->add({.url = "192.0.2.1"}).has_value());
  server_.to_read = {"plays"};
  run_with("picture", 11);
  EXPECT_TRUE(sink_.events.empty());
  run_with("picture", 30);
  ASSERT_EQ(sink_.kinds(), std::vector{Kind::kBlind});
  EXPECT_NE(sink_.events[0].reason.find("key picture"), std::string::npos);
  run_with("key", 1);
  run_with("picture", 58);
  EXPECT_EQ(sink_.kinds(), (std::vector{Kind::kBlind, Kind::kStarted})) << "key pictures may be rare";
  run_with("picture", 10);
  EXPECT_EQ(sink_.kinds(), (std::vector{Kind::kBlind, Kind::kStarted, Kind::kBlind}));
}

TEST_F(LinkSourceTest, APictureOrTwoAndThenNoneIsAStallAndNotBlindness) {
  open();
  ASSERT_TRUE(source_->add({.url = "192.0.2.1"}).has_value());
  server_.to_read = {"plays", "picture"};
  run_with("plays", 40);  // Bytes, but no pictures.
  EXPECT_EQ(sink_.kinds(), std::vector{Kind::kStalled});
}

TEST_F(LinkSourceTest, GivesUpAfterAnHourOfFailing) {
  open();
  server_.refuses = true;
  const auto id = source_->add({.url = "192.0.2.1"});
  run(seconds(3'700));
  EXPECT_EQ(sink_.kinds(), (std::vector{Kind::kFailing, Kind::kFailed}));
  EXPECT_EQ(server_.connections, 0);
  EXPECT_FALSE(source_->remove(*id));
}

TEST_F(LinkSourceTest, ConnectsOnlyWhereItMay) {
  open({.public_only = true});
  ASSERT_TRUE(source_->add({.url = "10.1.2.3"}).has_value());
  run(seconds(2));
  EXPECT_TRUE(server_.ports.empty());
  ASSERT_FALSE(sink_.events.empty());
  EXPECT_NE(sink_.events[0].reason.find("allow its network"), std::string::npos);
  EXPECT_EQ(sink_.events[0].reason.find("10.1"), std::string::npos);
}

TEST_F(LinkSourceTest, SaysGoodbyeWhenItIsTakenAway) {
  open();
  const auto id = source_->add({.url = "192.0.2.1"});
  server_.to_read = {"one"};
  run(seconds(1));
  EXPECT_TRUE(source_->remove(*id));
  EXPECT_EQ(server_.written, "hellobye");
  EXPECT_EQ(server_.connections, 0);
  EXPECT_FALSE(source_->add({.url = ""}).has_value());
}

}  // namespace
}  // namespace seawall
