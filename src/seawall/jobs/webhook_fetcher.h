#pragma once

#include <memory>
#include <string>
#include <vector>

#include "seawall/net/fetcher.h"

namespace seawall {

/// Where webhooks may go besides the public internet.
struct WebhookReach {
  /// Networks in CIDR notation, "10.20.0.0/16", that are the operator's own and hold receivers. Whoever has a
  /// key can have this service send a POST to any address in them: name no network that trusts by address.
  /// This machine's own addresses only where one is named alone: "127.0.0.1/32".
  std::vector<std::string> private_networks;
  std::vector<std::string> refused_networks;  ///< Never, also where they are public. Goes before the others.
  std::string ca_file;  ///< PEM: authorities trusted besides the system's own; may be empty.
};

/// What webhooks are sent by: CurlOptions::public_only, so no proxy, and nothing of a body reaches a disk.
/// Errors: kInvalidInput (a network, ca_file), kUnavailable.
Result<std::unique_ptr<Fetcher>> open_webhook_fetcher(const WebhookReach& reach);

}  // namespace seawall
