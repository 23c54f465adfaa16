#include "seawall/capi/detail/status.h"

#include <cstdint>
#include <utility>

namespace seawall::capi {

std::string& last_error() {
  // C callers ask for the reason after the call: one sentence a thread.
  thread_local std::string sentence;
  return sentence;
}

seawall_status status_of(Error error) {
  last_error() = std::move(error.message);
  switch (error.code) {
    case Code::kInvalidInput:
      return SEAWALL_INVALID_INPUT;
    case Code::kNotFound:
      return SEAWALL_NOT_FOUND;
    case Code::kConflict:
      return SEAWALL_CONFLICT;
    case Code::kLimitExceeded:
      return SEAWALL_LIMIT_EXCEEDED;
    case Code::kUnavailable:
      return SEAWALL_UNAVAILABLE;
    case Code::kCorrupt:
      return SEAWALL_CORRUPT;
    case Code::kUnsupported:
      return SEAWALL_UNSUPPORTED;
    case Code::kDecoderCrashed:
      return SEAWALL_DECODER_CRASHED;
  }
  return SEAWALL_UNAVAILABLE;
}

seawall_status refuse(const char* why) { return status_of({Code::kInvalidInput, why}); }

Fingerprint256 fingerprint_of(const seawall_pdq& pdq) {
  Fingerprint256 fingerprint;
  for (std::size_t i = 0; i < sizeof pdq.bits; ++i) {
    const std::size_t from_low_end = sizeof pdq.bits - 1 - i;
    fingerprint.words[from_low_end / 8] |= std::uint64_t{pdq.bits[i]} << (8 * (from_low_end % 8));
  }
  return fingerprint;
}

seawall_pdq pdq_of(const PdqHash& hash) {
  seawall_pdq pdq{};
  for (std::size_t i = 0; i < sizeof pdq.bits; ++i) {
    const std::size_t from_low_end = sizeof pdq.bits - 1 - i;
    pdq.bits[i] = static_cast<std::uint8_t>(hash.bits.words[from_low_end / 8] >> (8 * (from_low_end % 8)));
  }
  pdq.quality = hash.quality;
  return pdq;
}

}  // namespace seawall::capi
