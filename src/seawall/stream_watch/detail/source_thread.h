#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "seawall/base/random_source.h"
#include "seawall/stream_watch/stream_hub.h"

namespace seawall::stream_watch_detail {

/// One source on a thread of its own, and between its ids and those of the watch.
/// Threads: any but for the PollSink, which is the source's. Lifetime: borrows watch and clock.
class SourceThread final : private PollSink {
 public:
  SourceThread(StreamWatch& watch, const Clock& clock, HubOptions options);
  ~SourceThread() override;
  Result<void> start(const StreamFamily& family);

  void attach(WatchId stream, StreamSettings settings);
  void detach(WatchId stream);
  [[nodiscard]] std::size_t followed() const { return followed_; }

 private:
  struct Followed {
    StreamSettings settings;
    StreamId source{};
    bool running = false;
    std::uint32_t ends = 0;  // In a row, without a piece.
    Time again_at{};
  };
  struct Command {
    WatchId stream{};
    std::optional<StreamSettings> settings;  // None: detach.
  };

  void on_segment(LiveSegment segment) override;
  void on_event(const StreamEvent& event) override;
  bool has_room(StreamId stream) override;
  bool wants_all(StreamId stream) override;

  void run(const std::stop_token& stop);
  void obey(Command command);
  void begin(WatchId stream, Followed& followed);
  void begin_due();
  void over(WatchId stream, Followed& followed);

  StreamWatch& watch_;
  const Clock& clock_;
  const HubOptions options_;
  SystemRandom random_;
  std::unique_ptr<StreamSource> source_;
  std::map<WatchId, Followed> streams_;  // Of the thread, as is the next.
  std::map<StreamId, WatchId> by_source_;
  std::mutex mutex_;
  std::vector<Command> commands_;  // Guarded by mutex_.
  std::atomic<std::size_t> followed_{0};
  std::jthread thread_;
};

}  // namespace seawall::stream_watch_detail
