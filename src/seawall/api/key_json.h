#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "seawall/access/key_service.h"
#include "seawall/json/json.h"

namespace seawall {

/// How a key is shown.
struct KeyJsonStyle {
  std::string_view id_prefix;                ///< "k_" over HTTP.
  bool tenant = false;                       ///< Say whose it is.
  std::optional<KeyRate> default_rate = {};  ///< Of a key that has none.
  std::chrono::seconds last_used_step{1};    ///< To which its last use is rounded down.
};

/// Key of docs/openapi.yaml, of which the command line's is the elder sister. No secret is in it. Pure.
[[nodiscard]] Json key_json(const AccessKey& key, Time now, const KeyJsonStyle& style);
/// Until when the secret before the newest works on; none: it does not. Pure.
[[nodiscard]] std::optional<Time> old_secret_until(const AccessKey& key, Time now);

}  // namespace seawall
