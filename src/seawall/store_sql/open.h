#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/store/store.h"

namespace seawall {

struct OpenStoreOptions {
  bool create = false;   ///< Makes an empty store where there is none.
  bool migrate = false;  ///< Brings an older schema up to date; else it is kUnsupported.
  std::string application_name = "seawall";
  int lock_wait_ms = 5000;    ///< For another writer.
  int statement_ms = 60'000;  ///< PostgreSQL: no statement runs longer.
  int connections_max = 64;   ///< Of this process at a time; beyond that kLimitExceeded.
  int connect_ms = 10'000;    ///< PostgreSQL: to connect.
  std::stop_token stop = {};  ///< PostgreSQL: once it asks, whoever waits for the server is refused.
};

/// Opens the store of the lists. `url`:
///   sqlite:PATH                    a file; PATH as it stands, nothing is unescaped
///   postgresql://host/db?...       as libpq reads it, and "service=NAME" with what else libpq takes
/// A password in the URL is refused; PGPASSFILE, PGSERVICEFILE or `password_file=PATH` (one line, readable by
/// its owner alone) name files that hold it.
/// Errors: kInvalidInput (URL), kNotFound (no file, and not `create`), kUnsupported (a schema that is newer,
/// or older and not `migrate`), kCorrupt, kUnavailable. Never with a secret.
Result<std::unique_ptr<Store>> open_store(std::string_view url, const OpenStoreOptions& options = {});

}  // namespace seawall
