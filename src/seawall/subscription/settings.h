#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/net/credentials.h"
#include "seawall/remote/remote_client.h"

namespace seawall {

/// One [[subscription]] of the configuration file: docs/formats/subscriptions-toml.md.
struct SubscriptionSettings {
  std::string name;  ///< Letters, digits, '-', '_': also the name of its source and of its folder.
  std::string kind;  ///< "ncmec", "stopncii", "threatexchange", "seawall", "file".
  std::string tenant = "default";
  std::string bank;
  std::string url;
  std::string format;  ///< Name of an ExchangeFormat.
  std::chrono::seconds interval{900};
  bool enabled = true;
  bool stage = false;  ///< Its releases are staged, not only proposed.
  std::string credentials_file;
  std::string credentials_env;
  std::string ca_file;
  std::string public_key_file;    ///< seawall, file.
  std::string privacy_group;      ///< threatexchange.
  std::int64_t page_size = 0;     ///< stopncii, threatexchange; 0: the interface's usual one.
  std::chrono::sys_days begin{};  ///< ncmec: the day that the first window begins.
  std::chrono::seconds lag{60};   ///< ncmec.
  bool snapshot = true;           ///< file.
  friend bool operator==(const SubscriptionSettings&, const SubscriptionSettings&) = default;
};

inline constexpr std::size_t kSubscriptionsMax = 1000;

/// A whole file of them.
struct SubscriptionsFile {
  /// Where each subscription's folder is; a relative one, as the files named in it, is beside the file.
  std::string folder;
  std::vector<SubscriptionSettings> subscriptions;
};

/// `name`: what errors call the text. Errors: kInvalidInput with "<file>:<line>: " and what to write.
Result<SubscriptionsFile> subscriptions_from_toml(std::string_view text, std::string name);
/// With every path in it made absolute, or relative as `path` is.
Result<SubscriptionsFile> subscriptions_from_file(const std::string& path);

/// "90s", "15m", "6h", "1d": 10 seconds to 30 days. Errors: kInvalidInput.
Result<std::chrono::seconds> interval_from_text(std::string_view text);

/// The digest that binds a folder to its remote and its bank: of kind, format, url, privacy_group, tenant and
/// bank.
[[nodiscard]] std::string feed_of(const SubscriptionSettings& settings);

/// Reads the credentials that the settings name; none where they name none. Errors: as net/credentials.h.
Result<Credentials> credentials_of(const SubscriptionSettings& settings);

/// The client of the settings' kind. Reads the public key's file. Errors: kInvalidInput, kNotFound.
Result<std::unique_ptr<RemoteClient>> make_remote_client(const SubscriptionSettings& settings,
                                                         const RemoteContext& context,
                                                         const ExchangeFormat& format,
                                                         const Credentials& credentials);
/// What a reader of the settings' format needs beside the document.
Result<ExchangeReadOptions> read_options_of(const SubscriptionSettings& settings);

}  // namespace seawall
