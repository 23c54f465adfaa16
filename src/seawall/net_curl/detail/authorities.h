#pragma once

#include <string>

#include "seawall/base/result.h"
#include "seawall/base/unique_fd.h"

namespace seawall {

/// The certificates that servers are checked against: the system's, and perhaps the operator's own.
/// Threads: read-only once it is made.
class Authorities {
 public:
  Authorities() = default;
  /// `ca_file`: PEM, of those trusted besides; may be empty. Errors: kInvalidInput (it cannot be read),
  /// kUnavailable (/proc, memory).
  static Result<Authorities> open(const std::string& ca_file);
  /// Names them; empty: there is no file, and libcurl knows best. Valid as long as this.
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  UniqueFd memory_;  // The system's authorities and those of ca_file; none: only the system's.
  std::string path_;
};

/// Starts libcurl. Errors: kUnavailable (it lacks TLS or zlib).
Result<void> check_curl();

}  // namespace seawall
