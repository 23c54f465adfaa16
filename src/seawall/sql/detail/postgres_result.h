#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>

#include "seawall/base/result.h"

namespace seawall::sql_detail {

struct FreeResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, FreeResult>;

/// Why a result, or none at all, is a failure. Holds the server's primary message only: details quote values.
tl::unexpected<Error> failure_of(PGconn* handle, const PGresult* result);
/// The connection is lost or was never made.
tl::unexpected<Error> lost(PGconn* handle);
/// An error unless the command succeeded, with rows or without.
Result<void> check_command(PGconn* handle, const ResultPtr& result);

/// The first line of a file that nobody but its owner may read, at most 4 KiB. Errors: kInvalidInput.
Result<std::string> read_password_file(const std::string& path);

}  // namespace seawall::sql_detail
