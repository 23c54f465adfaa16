#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/net/network.h"

namespace seawall::stream_link_detail {

/// The addresses of a name.
struct LookedUp {
  std::uint64_t id = 0;
  std::vector<PeerAddress> addresses;  ///< Empty: it has none, or the system does not say.
};

/// How the system finds a name's addresses; blocks.
using Resolve = std::function<std::vector<PeerAddress>(const std::string& host)>;
std::vector<PeerAddress> resolve_by_system(const std::string& host);

/// Looks names up by getaddrinfo(), which blocks, on kThreads threads. They end with this object, or when the
/// system has answered what it was asked: nobody waits for that. At most kWaitingMax questions wait. A name
/// that is being looked up is not looked up twice at once: its answer is given to all who ask. Names of one
/// domain (their last two labels) have all threads but two at most, so that what one server answers slowly
/// does not hold up the rest. Threads: one, and its own. `wake`: a descriptor of eventfd() that is written to
/// when there is an answer; a copy of it is kept.
class NameLookup {
 public:
  static constexpr std::size_t kWaitingMax = 8'192;
  static constexpr std::size_t kAddressesMax = 8;  ///< Of one name.
  static constexpr std::size_t kThreads = 4;
  static constexpr std::size_t kOfOneDomainMax = kThreads - 2;

  explicit NameLookup(int wake, Resolve resolve = resolve_by_system);
  NameLookup(const NameLookup&) = delete;
  NameLookup& operator=(const NameLookup&) = delete;
  ~NameLookup();

  /// False: too many wait.
  bool ask(std::uint64_t id, std::string host);
  [[nodiscard]] std::vector<LookedUp> take();

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace seawall::stream_link_detail
