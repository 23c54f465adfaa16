#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "seawall/net/credentials.h"
#include "seawall/remote/remote_client.h"

namespace seawall {

inline constexpr std::uint64_t kPageBytesMax = 64 << 20;  ///< Of one page of a paged interface.
inline constexpr std::uint64_t kFileBytesMax = 16ULL
                                               << 30;  ///< Of a file or a stream that comes in one piece.

/// NCMEC Hash Sharing v2. Credentials: "user", "password".
/// A window of time [from, to) is read page by page; entries do not come in the order of time, so `from`
/// moves only when the window's last page was read, and every page of a window names the same from and to.
/// Sources: facts in docs/formats/exchange-ncmec.md.
struct NcmecOptions {
  std::string url;                   ///< Up to and without "/v2".
  std::chrono::sys_seconds begin{};  ///< The first window's start.
  /// The newest changes are left for the next window: the list may not be settled, clocks differ.
  std::chrono::seconds lag{60};
};
Result<std::unique_ptr<RemoteClient>> ncmec_client(const RemoteContext& context, const ExchangeFormat& format,
                                                   const Credentials& credentials, NcmecOptions options);

/// StopNCII. Credentials: "functions_key", "subscription_key"; "feedback_functions_key" where feedback has a
/// key of its own. A page token that the server no longer knows begins the same span of time anew.
struct StopNciiOptions {
  std::string url = "https://api.stopncii.org/v1";
  int page_size = 800;
};
Result<std::unique_ptr<RemoteClient>> stopncii_client(const RemoteContext& context,
                                                      const ExchangeFormat& format,
                                                      const Credentials& credentials,
                                                      StopNciiOptions options);

/// ThreatExchange, and GIFCT through it. Credentials: "access_token", sent in a header only. Of the address
/// of the next page that the server gives, only its parameters are used, and no token among them.
struct ThreatExchangeOptions {
  std::string url = "https://graph.facebook.com/v21.0";
  std::string privacy_group = {};  ///< Digits.
  int page_size = 500;
};
Result<std::unique_ptr<RemoteClient>> threatexchange_client(const RemoteContext& context,
                                                            const ExchangeFormat& format,
                                                            const Credentials& credentials,
                                                            ThreatExchangeOptions options);

/// Another Seawall: its signed stream of changes after a list version. Credentials: none, or "token". Each
/// document must go on exactly where the one before ended: version and chain.
struct SeawallOptions {
  std::string url;                  ///< "?after=<version>" is added to it.
  std::string public_key_pem = {};  ///< The issuer's, pinned here; a stream under another key is dropped.
};
Result<std::unique_ptr<RemoteClient>> seawall_client(const RemoteContext& context,
                                                     const ExchangeFormat& format,
                                                     const Credentials& credentials, SeawallOptions options);

/// A file of any format at an https address. Credentials: none, or "token", or "user" and "password". Asked
/// for with If-None-Match and If-Modified-Since; the same bytes again are nothing new.
struct FileOptions {
  std::string url;
  bool snapshot = true;             ///< It is the whole list. Else only its tombstones withdraw.
  std::string public_key_pem = {};  ///< For a signed format.
};
Result<std::unique_ptr<RemoteClient>> file_client(const RemoteContext& context, const ExchangeFormat& format,
                                                  const Credentials& credentials, FileOptions options);

}  // namespace seawall
