#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "seawall/base/bounded_queue.h"
#include "seawall/base/clock.h"
#include "seawall/stream_watch/watch_told.h"
#include "seawall/streams/alert_text.h"
#include "seawall/streams/attached_stream.h"
#include "seawall/streams/clip_directory.h"
#include "seawall/streams/stream_store.h"
#include "seawall/streams/waiting_showings.h"

namespace seawall {

/// Writes down what a StreamWatch tells: the matches that concern whoever attached the stream.
///
/// Guarantees: an alert is on the disk before anybody is told of it. Matches of banks that the stream is not
/// watched for, or of other tenants, are dropped unseen; of harmless banks it is remembered for a while which
/// parts of the stream they know. A match whose entry is not in force is remembered for as long as the
/// showing goes on and `waits_for` after it, and judged again when the lists have changed, at most once in
/// `look_every`: then what was dormant becomes a silent alert or one in force, and what was silent one in
/// force, with an id of its own. WaitingShowings bounds what is remembered; a restart forgets it.
/// While the disk or the lists do not answer, up to kUnsavedMax are kept in memory and tried again each
/// `look_every`; more are counted as lost, as are those that come while kLettersMax wait to be judged, or
/// after close(): no stream waits for room. Threads: any; one of its own. Lifetime: borrows all.
class AlertRecorder final : public WatchListener {
 public:
  static constexpr std::size_t kUnsavedMax = 4'096;
  static constexpr std::size_t kLettersMax = 1'024;
  static constexpr std::size_t kHarmlessMax = 16;  ///< Parts of one stream.
  static constexpr std::size_t kStreamsMax = 4'096;
  using StreamPtr = std::shared_ptr<const AttachedStream>;
  struct Parts {
    StreamStore& store;
    const ClipDirectory& directory;
    const Clock& clock;
    std::function<StreamPtr(WatchId)> stream;  ///< Null: it is not attached any more. Must not block.
    std::function<void(const AttachedStream&, const StreamAlert&)> kept;  ///< It is durable now.
    std::function<void(const Error&)> trouble;
  };
  struct Options {
    std::chrono::milliseconds look_every{1'000};
    std::chrono::milliseconds waits_for{std::chrono::minutes(15)};
    WaitingShowings::Limits waiting = {};
  };
  AlertRecorder(Parts parts, const Options& options);
  ~AlertRecorder() override;

  void on_alert(const WatchAlert& alert) override;
  void on_showing(const WatchShowing& showing) override { waiting_.on_showing(showing); }
  void on_event(WatchId stream, const std::string& name, const StreamEvent& event) override;
  void on_blind(WatchId stream, const std::string& name, const std::string& reason) override;
  void on_spacing(std::chrono::microseconds spacing) override;
  /// Takes nothing more, and writes down what it has.
  void close();
  [[nodiscard]] std::uint64_t lost() const { return lost_; }
  /// Showings of entries that are not in force, to be judged again.
  [[nodiscard]] const WaitingShowings& waiting() const { return waiting_; }

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
  /// None: nothing is to be told of it, now or later.
  Result<std::optional<ClipStanding>> judge(WaitingShowing& showing, bool again);
  void note_harmless(const std::string& stream_id, const ShownClip& shown);
  /// Tells what is to be told of it as it stands now. Errors: as record(); then nothing was told.
  Result<void> tell(WaitingShowing& showing, const ClipStanding& listed, std::optional<Time> last_shown);
  Result<void> keep(const WaitingShowing& showing, const ClipStanding& listed, const AlertTimes& times);
  void put_by(Letter letter, const Error& error);
  void try_again();
  void judge_again();
  /// False: it waits no more.
  Result<bool> judge_again(WaitingShowing& showing);

  const Parts parts_;
  const Options options_;
  BoundedQueue<Letter> letters_{kLettersMax};
  WaitingShowings waiting_;
  std::deque<Letter> unsaved_;                // Of the thread, as are those up to the next line.
  std::map<std::string, Harmless> harmless_;  // By AttachedStream::id; of kStreamsMax streams.
  std::uint64_t judged_version_ = 0;          // Of the directory, when all that waits was judged.
  bool judges_ = true;                        // False: what waits could not be judged; that was told.

  std::atomic<std::uint64_t> lost_{0};
  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace seawall
