#pragma once

#include <exception>
#include <new>
#include <string>

#include "seawall.h"
#include "seawall/base/result.h"
#include "seawall/model/signal.h"

namespace seawall::capi {

/// The sentence that seawall_last_error() gives to this thread.
std::string& last_error();

/// Keeps the error's sentence for seawall_last_error(); returns its status.
seawall_status status_of(Error error);

/// What an argument that is wrong gets.
seawall_status refuse(const char* why);

/// Runs `body`, which returns a status. No exception may cross into C: memory that runs out becomes one too.
template <class F>
seawall_status guarded(F&& body) {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return status_of({Code::kUnavailable, "out of memory"});
  } catch (const std::exception& e) {
    return status_of({Code::kUnavailable, e.what()});
  }
}

[[nodiscard]] Fingerprint256 fingerprint_of(const seawall_pdq& pdq);
[[nodiscard]] seawall_pdq pdq_of(const PdqHash& hash);

}  // namespace seawall::capi
