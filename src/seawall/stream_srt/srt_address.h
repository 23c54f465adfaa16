#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/net/secret.h"

namespace seawall {

/// Where an SRT stream is called: "srt://host:port?streamid=...&passphrase=...&pbkeylen=16&latency=120".
/// The names are those of FFmpeg and srt-live-transmit. `latency` in ms, as srt-live-transmit takes it.
struct SrtAddress {
  std::string host;  ///< Lower case; an IPv6 address without its brackets.
  std::uint16_t port = 0;
  std::string stream_id;  ///< %XX decoded; empty: none.
  Secret passphrase;      ///< %XX decoded; empty: not encrypted.
  int key_bytes = 0;      ///< 16, 24, 32; 0: as the server says.
  int latency_ms = 120;

  static constexpr std::size_t kStreamIdBytesMax = 512;
  static constexpr std::size_t kPassphraseBytesMin = 10;
  static constexpr std::size_t kPassphraseBytesMax = 79;
  static constexpr int kLatencyMsMax = 10'000;
};

/// Errors: kInvalidInput, without the address: also for a mode that is not "caller", and for parameters that
/// are not known here, since one that is passed over may have been meant to protect something.
Result<SrtAddress> srt_address_from_text(std::string_view text);

}  // namespace seawall
