#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/net/secret.h"

namespace seawall {

/// What a webhook's signature is over.
struct WebhookMessage {
  std::string_view id;              ///< The header webhook-id: no dot.
  std::chrono::sys_seconds sent{};  ///< The header webhook-timestamp.
  std::string_view body;
};

/// The header webhook-signature: "v1,<base64>" for each secret, parted by blanks, in their order. HMAC-SHA256
/// over "<id>.<seconds since 1970>.<body>" with the bytes behind "whsec_". Errors: kInvalidInput (no secret,
/// or one that is not "whsec_" and base64 of 24 to 64 bytes). Threads: any. Source: Standard Webhooks 1.0.0,
/// "Signature scheme", symmetric.
Result<std::string> webhook_signature(const WebhookMessage& message, std::span<const Secret> secrets);

}  // namespace seawall
