#pragma once

#include <cstdint>
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

/// Looks names up by getaddrinfo(), which blocks, on two threads. They end with this object, or when the
/// system has answered what it was asked: nobody waits for that. At most kWaitingMax names wait.
/// Threads: one, and its own. `wake`: a descriptor of eventfd() that is written to when there is an answer;
/// a copy of it is kept.
class NameLookup {
 public:
  static constexpr std::size_t kWaitingMax = 8'192;
  static constexpr std::size_t kAddressesMax = 8;  ///< Of one name.

  explicit NameLookup(int wake);
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
