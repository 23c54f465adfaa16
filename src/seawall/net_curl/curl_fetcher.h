#pragma once

#include <memory>
#include <string>
#include <vector>

#include "seawall/net/fetcher.h"
#include "seawall/net/network.h"

namespace seawall {

class Authorities;
class MultiPool;

struct CurlOptions {
  std::string ca_file;  ///< PEM: authorities trusted besides the system's own; may be empty.
  std::string user_agent = "seawall";
  std::string spool_directory = "/var/tmp";
  bool in_memory = false;  ///< Bodies stay in memory whatever their size: nothing of them reaches a disk.
  /// For addresses that strangers name: only those of the public internet (net/public_address.h) are
  /// connected to, at ports 80, 443 and from 1024, redirects and whatever a name says at that moment
  /// included; no proxy is used. Not the machine's own addresses (refuse_own).
  bool public_only = false;
  /// Addresses that this machine's interfaces have when they would be connected to are not. Those that stand
  /// on a translator in front of it must be named in refused_networks.
  bool refuse_own = false;
  /// Never connected to, also where they are public: the operator's own networks.
  std::vector<Network> refused_networks = {};
  /// With public_only: the operator's own networks that may be reached all the same, at those ports. This
  /// machine's own addresses only where one is named alone ("127.0.0.1/32"). refused_networks goes before.
  std::vector<Network> allowed_networks = {};
  /// A Unix socket through which whatever host is asked, without a proxy: for a server on this machine, by
  /// "http://localhost/...". Not with public_only.
  std::string unix_socket = {};
  /// A connection that brings less than this, for that long, is given up.
  long low_speed_bytes_s = 100;
  long low_speed_seconds = 30;
};

/// Fetcher over libcurl (OpenSSL). Proxies come from the usual variables of the environment: https_proxy,
/// http_proxy (lower case only), all_proxy, no_proxy. Nothing is kept between requests but the options and
/// the authorities, which are read anew after ten minutes. Threads: any. Cost: a connection a request.
class CurlFetcher final : public Fetcher {
 public:
  /// Errors: kInvalidInput (ca_file cannot be read), kUnavailable (libcurl lacks TLS or zlib).
  static Result<std::unique_ptr<CurlFetcher>> open(CurlOptions options);
  ~CurlFetcher() override;
  Result<FetchResponse> fetch(const FetchRequest& request, std::stop_token stop) override;

 private:
  explicit CurlFetcher(CurlOptions options);

  CurlOptions options_;
  std::unique_ptr<Authorities> authorities_;
  std::unique_ptr<MultiPool> handles_;
};

}  // namespace seawall
