#pragma once

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "seawall/net/async_fetcher.h"
#include "seawall/stream_poll/poller.h"

/// For tests: a server, a network and a clock in one, whose time passes only while somebody waits for it.
namespace seawall::test {

using std::chrono::milliseconds;

class ManualClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return now_; }
  void advance(milliseconds by) { now_ += by; }

 private:
  Time now_{milliseconds(1'795'000'000'000)};
};

class SeededRandom final : public RandomSource {
 public:
  std::uint64_t next() override { return engine_(); }

 private:
  std::mt19937_64 engine_{20261122};
};

struct Reply {
  int status = 200;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string final_url = {};  ///< After a redirect.
  bool lost = false;           ///< No answer by the deadline.
  milliseconds takes{20};
};

/// AsyncFetcher in which a function answers every request; one at a time, when its time has come.
class FakeOrigin final : public AsyncFetcher {
 public:
  using Handler = std::function<Reply(const FetchRequest&)>;
  struct Seen {
    Time at;
    std::string url;
  };

  FakeOrigin(ManualClock& clock, Handler handler) : clock_(clock), handler_(std::move(handler)) {}

  void start(std::uint64_t id, FetchRequest request) override {
    seen_.push_back({clock_.now(), request.url});
    Reply reply = handler_(request);
    if (reply.lost) reply.takes = request.deadline;
    flights_.insert({clock_.now() + reply.takes, {id, std::move(request), std::move(reply)}});
    most_ = std::max(most_, flights_.size());
  }
  void cancel(std::uint64_t id) override {
    std::erase_if(flights_, [id](const auto& each) { return each.second.id == id; });
  }
  std::vector<FetchDone> wait(milliseconds at_most) override {
    std::vector<FetchDone> done;
    const Time end = clock_.now() + at_most;
    if (flights_.empty() || flights_.begin()->first > end) {
      clock_.advance(end - clock_.now());
      return done;
    }
    if (flights_.begin()->first > clock_.now()) clock_.advance(flights_.begin()->first - clock_.now());
    while (!flights_.empty() && flights_.begin()->first <= clock_.now()) {
      done.push_back(answer(std::move(flights_.begin()->second)));
      flights_.erase(flights_.begin());
    }
    return done;
  }
  [[nodiscard]] std::size_t under_way() const override { return flights_.size(); }
  void wake() override {}

  [[nodiscard]] const std::vector<Seen>& seen() const { return seen_; }
  [[nodiscard]] std::vector<Time> times_of(std::string_view part) const {
    std::vector<Time> times;
    for (const Seen& each : seen_) {
      if (each.url.find(part) != std::string::npos) times.push_back(each.at);
    }
    return times;
  }
  [[nodiscard]] std::size_t count(std::string_view part) const { return times_of(part).size(); }
  [[nodiscard]] std::size_t most_under_way() const { return most_; }

 private:
  struct Flight {
    std::uint64_t id;
    FetchRequest request;
    Reply reply;
  };

  static FetchDone answer(Flight flight) {
    const std::string url = flight.reply.final_url.empty() ? flight.request.url : flight.reply.final_url;
    if (flight.reply.lost)
      return {flight.id, fail(Code::kUnavailable, "live.example: no whole answer in time"), url};
    FetchResponse response{.status = flight.reply.status, .headers = flight.reply.headers, .body = nullptr};
    auto body = std::make_shared<SpooledBody>(SpoolLimits{.bytes_max = flight.request.response_bytes_max});
    if (auto kept = body->append(flight.reply.body); !kept)
      return {flight.id, tl::unexpected(kept.error()), url};
    response.body = body;
    return {flight.id, std::move(response), url};
  }

  ManualClock& clock_;
  Handler handler_;
  std::multimap<Time, Flight> flights_;
  std::vector<Seen> seen_;
  std::size_t most_ = 0;
};

/// Keeps what it is given, in order, with one line for each.
class KeepingSink final : public PollSink {
 public:
  void on_segment(LiveSegment segment) override {
    lines.push_back("segment " + std::to_string(segment.sequence) + (segment.discontinuity ? " new" : ""));
    segments.push_back(std::move(segment));
    lost_before_last = lost;
  }
  void on_event(const StreamEvent& event) override {
    std::string line(name_of(event.kind));
    if (event.kind == StreamEvent::Kind::kGap) {
      line += " " + std::to_string(event.lost) + " " + std::string(name_of(event.cause));
    }
    lines.push_back(std::move(line));
    events.push_back(event);
    lost += event.lost;
  }
  bool has_room(StreamId) override { return room; }

  [[nodiscard]] std::size_t count(StreamEvent::Kind kind) const {
    return static_cast<std::size_t>(std::ranges::count(events, kind, &StreamEvent::kind));
  }
  [[nodiscard]] std::string text(const LiveSegment& segment) const {
    return {reinterpret_cast<const char*>(segment.media.data()), segment.media.size()};
  }

  std::vector<LiveSegment> segments;
  std::vector<StreamEvent> events;
  std::vector<std::string> lines;
  std::uint64_t lost = 0, lost_before_last = 0;  ///< Segments; before the last one given.
  bool room = true;
};

/// A poller of such an origin, and what came of it.
struct Scene {
  explicit Scene(FakeOrigin::Handler handler, PollLimits limits = {})
      : origin(clock, std::move(handler)), poller(origin, clock, random, sink, limits) {}

  void run(milliseconds time) {
    const Time end = clock.now() + time;
    for (int steps = 0; clock.now() < end; ++steps) {
      if (steps > 2'000'000) std::abort();  // It spins.
      poller.step(std::min(milliseconds(1'000), std::chrono::ceil<milliseconds>(end - clock.now())));
    }
  }

  ManualClock clock;
  SeededRandom random;
  KeepingSink sink;
  FakeOrigin origin;
  Poller poller;
};

/// A live HLS playlist of equal segments, as a source would show it at each moment.
struct HlsSource {
  milliseconds segment{2'000};
  std::uint64_t first = 100;  ///< Media sequence of what is made first.
  std::size_t window = 5;
  std::string head = {};                                                       ///< Further lines.
  std::function<std::string(std::uint64_t)> before = [](auto) { return ""; };  ///< Lines before a segment.
  std::string name = "seg";
  Time start{};
  bool ended = false;
  std::optional<Time> stopped = {};

  [[nodiscard]] std::uint64_t made(Time now) const {
    const Time until = stopped ? std::min(*stopped, now) : now;
    return static_cast<std::uint64_t>(std::max<std::int64_t>((until - start) / segment, 0));
  }
  [[nodiscard]] std::string text(Time now) const {
    const std::uint64_t end = first + made(now);
    const std::uint64_t from = end - std::min<std::uint64_t>(window, made(now));
    std::string out = "#EXTM3U\n#EXT-X-TARGETDURATION:" + std::to_string((segment.count() + 999) / 1000) +
                      "\n#EXT-X-MEDIA-SEQUENCE:" + std::to_string(from) + "\n" + head;
    for (std::uint64_t i = from; i < end; ++i) {
      out += before(i) + "#EXTINF:" + std::to_string(segment.count() / 1000) + "." +
             std::to_string(segment.count() % 1000 + 1000).substr(1) + ",\n" + name + std::to_string(i) +
             ".ts\n";
    }
    return out + (ended ? "#EXT-X-ENDLIST\n" : "");
  }
};

inline bool ends_with(const FetchRequest& request, std::string_view end) {
  return request.url.ends_with(end);
}

/// A source that a scene's clock drives; segments say their own name.
struct Live {
  explicit Live(PollLimits limits = {})
      : scene([this](const FetchRequest& request) { return answer(request); }, limits) {
    source.start = scene.clock.now() - std::chrono::seconds(20);
  }
  Reply answer(const FetchRequest& request) {
    if (special) {
      if (auto reply = special(request)) return *reply;
    }
    if (ends_with(request, ".m3u8")) return {.body = source.text(scene.clock.now())};
    return {.body = request.url.substr(request.url.rfind('/') + 1)};
  }
  void follow(StreamSettings settings = {.url = "https://live.example/a/index.m3u8"}) {
    if (!scene.poller.add(std::move(settings))) std::abort();
  }

  HlsSource source;
  std::function<std::optional<Reply>(const FetchRequest&)> special;
  Scene scene;
};

}  // namespace seawall::test
