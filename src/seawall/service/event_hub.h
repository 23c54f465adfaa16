#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/digests.h"
#include "seawall/service/call.h"

namespace seawall {

/// What a service tells of as it happens; GET /v1/events.
enum class EventKind : std::uint8_t { kList, kRelease, kRequest, kStream, kStreamAlert, kReview, kHealth };
inline constexpr std::size_t kEventKinds = 7;
/// "list", "release", "request", "stream", "stream-alert", "review", "health".
[[nodiscard]] std::string_view name_of(EventKind kind);

/// Something that happened: ids and counts, never content.
struct ServiceEvent {
  EventKind kind{};
  std::string tenant;  ///< Whose it is; empty: everybody's.
  std::string bank;    ///< Of which bank, for keys that are bound to banks; empty: of none.
  std::string data;    ///< One line of JSON.
};

/// Hands events to those who listen (server-sent events), each what they may see.
/// Guarantees: publish() never waits for a listener; one who does not take 64 KiB of events is dropped. The
/// last `kept_max` events are kept, so that who comes back with Last-Event-ID misses nothing, or is told
/// `reset`. Rights are those of the operation that shows the thing itself; they are looked at again by
/// recheck(), and a listener whose session or key is over, or whose rights have changed, is ended. Bounded:
/// `streams_max` listeners, `streams_per_caller_max` of one person or key. Threads: any. Cost: publish() is a
/// copy for each listener.
class EventHub {
 public:
  using Steady = std::chrono::steady_clock;
  struct Options {
    std::size_t kept_max = 4'096;
    std::size_t streams_max = 512;
    std::size_t streams_per_caller_max = 8;
    std::size_t waiting_bytes_max = 64 * 1024;
    std::chrono::seconds heartbeat{15};
  };
  /// `mark`: of this process, so that ids of another one are told apart.
  EventHub(std::string mark, const Options& options) : mark_(std::move(mark)), options_(options) {}

  void publish(ServiceEvent event);

  struct Listener {
    Identity who;
    std::optional<Sha256> session;             ///< Of a person; SessionService::digest_of().
    std::string last_event_id;                 ///< Untrusted; empty: from now on.
    std::optional<std::chrono::seconds> life;  ///< Ends after it; none: it goes on.
  };
  /// The answer that streams what this listener may see. Errors: kRateLimited (too many of this caller),
  /// kOverloaded (too many in all).
  CallResult open(Listener listener, Steady::time_point now);
  /// Sends heartbeats, ends what has lived its life, and forgets who is gone. To be called each second.
  void beat(Steady::time_point now);
  /// Asks `still` for each session and key that listens, who it is of now; nothing: it is over. Where that
  /// cannot be told it throws nothing and gives the identity that was. To be called each few seconds; may
  /// block.
  using Still = std::function<std::optional<Identity>(const Listener&)>;
  void recheck(const Still& still);
  /// Tenants that somebody listens in, or did within the last ten minutes.
  [[nodiscard]] std::vector<std::string> tenants(Steady::time_point now);
  [[nodiscard]] std::size_t listeners() const;
  /// Ends all, and takes no more.
  void close();

 private:
  using Kinds = std::array<bool, kEventKinds>;
  struct Kept {
    std::uint64_t number;
    ServiceEvent event;
  };
  struct Open {
    Listener listener;
    Kinds kinds{};
    std::shared_ptr<HttpBodyStream> stream;
    Steady::time_point begun, sent;
  };

  void forget_gone();
  [[nodiscard]] static bool sees(const Listener& listener, const Kinds& kinds, const ServiceEvent& event);
  [[nodiscard]] std::string text_of(std::uint64_t number, std::string_view kind, std::string_view data) const;
  /// The first number that is wanted, of an id that was given out here and is still kept.
  [[nodiscard]] std::optional<std::uint64_t> resumed(std::string_view id) const;
  [[nodiscard]] std::string opening(const Open& open) const;
  [[nodiscard]] std::size_t open_of(const Listener& listener) const;

  const std::string mark_;
  const Options options_;
  mutable std::mutex mutex_;  ///< Guards what follows.
  std::uint64_t next_ = 1;
  std::deque<Kept> kept_;
  std::list<Open> open_;
  std::vector<std::pair<std::string, Steady::time_point>> tenants_;
  bool closed_ = false;
};

}  // namespace seawall
