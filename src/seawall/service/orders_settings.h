#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "seawall/base/digests.h"
#include "seawall/base/result.h"
#include "seawall/tlog_publish/published_log.h"
#include "seawall/toml/toml.h"

namespace seawall {

/// The table [orders] of a service's settings: under whose orders sensitive look-ups are answered, and the
/// log that must hold them. docs/howto/serve.md has each with its meaning.
struct OrdersSettings {
  std::filesystem::path book;    ///< The folder of the order book (seawall orders).
  std::filesystem::path log;     ///< The folder of the transparency log (seawall log run), or a mirror of it.
  std::optional<Sha256> roster;  ///< The only roster that is believed; none: whichever the book has.
  LogTrust trust;                ///< Whose signatures make its head believed.
};

/// Errors: kInvalidInput with the line and what to write.
Result<OrdersSettings> orders_settings_from(TomlTable& table);

}  // namespace seawall
