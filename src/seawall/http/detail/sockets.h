#pragma once

#include <memory>
#include <string>

#include "seawall/base/result.h"
#include "seawall/base/unique_fd.h"
#include "seawall/http/request.h"

namespace seawall {

/// A socket that listens, and under which address.
struct ListeningSocket {
  UniqueFd fd;
  std::string address;    ///< With the port it got.
  std::string unix_path;  ///< To be removed at the end; empty: none.
};

/// Opens `address` (HttpListen::address), not blocking. IPv6 does not take IPv4 in. A Unix socket has mode
/// 0660; one that nobody listens on any more is replaced. Errors: kInvalidInput (not an address), kConflict
/// (taken), kUnavailable (not allowed, ...).
Result<ListeningSocket> open_listener(const std::string& address, int backlog);

/// One connection that came.
struct AcceptedSocket {
  UniqueFd fd;
  HttpPeer peer;
  std::string peer_key;  ///< What connections are counted by: an IPv4 address, an IPv6 /64; empty: uncounted.
};

enum class AcceptState : unsigned char { kTaken, kNone, kNoResources };

/// Takes the next connection from `listener`, not blocking, without delay of small packets.
/// kNoResources: files or memory are used up; the connection still waits.
AcceptState accept_next(int listener, AcceptedSocket& accepted);

/// Raises the soft limit of open files to the hard one. Returns it.
std::size_t raise_file_limit();

}  // namespace seawall
