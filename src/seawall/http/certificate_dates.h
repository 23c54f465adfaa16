#pragma once

#include <string>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/base/result.h"
#include "seawall/http/server.h"

namespace seawall {

/// From when and until when one certificate of a listener is good.
struct CertificateDates {
  std::string file;
  std::size_t place = 1;  ///< In its file, from 1: the server's own, then those between it and the root.
  std::chrono::sys_seconds from{}, until{};
};

/// Reads the certificates, key and client authorities of a listener as the server would, and gives the dates
/// of each certificate: the server's chain, then the authorities. Errors: kInvalidInput as
/// HttpServer::start() gives it (the file cannot be read, the key is not the certificate's); kCorrupt for a
/// date that OpenSSL cannot read. Threads: any. Cost: some milliseconds.
Result<std::vector<CertificateDates>> certificate_dates(const HttpTls& tls);

}  // namespace seawall
