#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/net/back_off.h"
#include "seawall/stream_poll/stream_source.h"
#include "seawall/stream_watch/stream_watch.h"

namespace seawall {

/// A family of protocols: what its addresses begin with, and what follows them.
struct StreamFamily {
  std::vector<std::string> schemes;  ///< "http", "https".
  std::function<Result<std::unique_ptr<StreamSource>>(PollSink&)> open;
  /// Whether that can be an address of this family, before anything is done with it; none: all can. Errors:
  /// kInvalidInput, without the address. Threads: any.
  std::function<Result<void>(std::string_view url)> check = {};
};

struct HubOptions {
  /// A stream that said that it is over, or was given up, is begun again after a while, until it is detached.
  bool again = false;
  BackOff back_off{.first = std::chrono::seconds(2), .most = std::chrono::minutes(1)};
};

/// Follows streams, each by the source for its address, and gives what comes to a StreamWatch.
/// Threads: any; one of its own for each family. Lifetime: borrows watch and clock; its end stops all.
class StreamHub {
 public:
  static Result<std::unique_ptr<StreamHub>> open(StreamWatch& watch, const Clock& clock,
                                                 const std::vector<StreamFamily>& families,
                                                 const HubOptions& options = {});
  StreamHub(const StreamHub&) = delete;
  StreamHub& operator=(const StreamHub&) = delete;
  ~StreamHub();

  /// Begins to follow a stream, watched for `scope`. An address that its source refuses is told as kFailed.
  /// Errors: kUnsupported (no source for such an address), those of StreamWatch::add(). No message holds the
  /// address.
  Result<WatchId> attach(std::string name, StreamSettings settings, const ClipScope& scope = {});
  /// False: there is none of that name.
  bool detach(std::string_view name, WatchEnd end = WatchEnd::kDropped);
  [[nodiscard]] bool has(std::string_view name) const;
  /// Streams that are followed: neither over nor given up.
  [[nodiscard]] std::size_t followed() const;

 private:
  struct Parts;
  explicit StreamHub(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace seawall
