#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "seawall/base/bounded_queue.h"
#include "seawall/stream_watch/watch_told.h"
#include "seawall/streams/attached_stream.h"
#include "seawall/streams/clip_directory.h"
#include "seawall/streams/stream_store.h"

namespace seawall {

/// Writes down what a StreamWatch tells: the matches that concern whoever attached the stream.
///
/// Guarantees: an alert is on the disk before anybody is told of it. Matches of banks that the stream is not
/// watched for, or of other tenants, are dropped unseen; of harmless banks it is remembered for a while which
/// parts of the stream they know. While the disk or the lists do not answer, up to kUnsavedMax are kept in
/// memory and tried again each second; more are counted as lost. Threads: any; one of its own. Lifetime:
/// borrows all; close() before the watch's end, so that nobody waits for room.
class AlertRecorder final : public WatchListener {
 public:
  static constexpr std::size_t kUnsavedMax = 4'096;
  static constexpr std::size_t kHarmlessMax = 16;  ///< Parts of one stream.
  static constexpr std::size_t kStreamsMax = 4'096;
  using StreamPtr = std::shared_ptr<const AttachedStream>;
  struct Parts {
    StreamStore& store;
    const ClipDirectory& directory;
    std::function<StreamPtr(WatchId)> stream;  ///< Null: it is not attached any more. Must not block.
    std::function<void(const AttachedStream&, const StreamAlert&)> kept;  ///< It is durable now.
    std::function<void(const Error&)> trouble;
  };
  explicit AlertRecorder(Parts parts);
  ~AlertRecorder() override;

  void on_alert(const WatchAlert& alert) override;
  void on_event(WatchId stream, const std::string& name, const StreamEvent& event) override;
  void on_blind(WatchId stream, const std::string& name, const std::string& reason) override;
  void on_spacing(std::chrono::microseconds spacing) override;
  /// Takes nothing more, and writes down what it has.
  void close();
  [[nodiscard]] std::uint64_t lost() const { return lost_; }

 private:
  struct Letter {
    StreamPtr stream;
    WatchAlert alert;
  };
  /// What a stream showed of harmless banks lately.
  using Harmless = std::deque<ShownClip>;
  void run();
  /// Errors: what does not answer: try again later.
  Result<void> record(Letter& letter);
  Result<std::optional<ClipStanding>> judge(const Letter& letter);
  Result<void> keep(const Letter& letter, const ClipStanding& listed);
  void put_by(Letter letter, const Error& error);
  void try_again();

  const Parts parts_;
  BoundedQueue<Letter> letters_{1'024};
  std::deque<Letter> unsaved_;                // Of the thread, as is the next.
  std::map<std::string, Harmless> harmless_;  // By AttachedStream::id; of kStreamsMax streams.
  std::atomic<std::uint64_t> lost_{0};
  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace seawall
