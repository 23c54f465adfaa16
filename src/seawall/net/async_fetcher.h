#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "seawall/net/fetcher.h"

namespace seawall {

/// How one request of an AsyncFetcher ended.
struct FetchDone {
  std::uint64_t id = 0;  ///< As given to start().
  Result<FetchResponse> response;
  std::string url;  ///< Where the answer came from, after redirects: what is relative starts there.
};

/// Port: asks many HTTP servers at once, on the thread that waits for them; what a Fetcher does for one.
/// Guarantees: as Fetcher, for each request; each that was started ends, by its deadline at the latest.
/// Threads: one, but wake(). Cost: no thread a request.
class AsyncFetcher {
 public:
  virtual ~AsyncFetcher() = default;
  /// Begins. Never blocks and never fails: what cannot be asked ends at once, with Fetcher's errors.
  /// `id`: the caller's, of no request under way.
  virtual void start(std::uint64_t id, FetchRequest request) = 0;
  /// Ends it without an answer. Nothing happens if it is not under way.
  virtual void cancel(std::uint64_t id) = 0;
  /// The requests that have ended. With none yet: waits for the first, for a wake(), or for `at_most`.
  virtual std::vector<FetchDone> wait(std::chrono::milliseconds at_most) = 0;
  /// Started, and not given by wait() yet.
  [[nodiscard]] virtual std::size_t under_way() const = 0;
  /// Has the wait() of now, or the next one, return. Threads: any.
  virtual void wake() = 0;
};

}  // namespace seawall
