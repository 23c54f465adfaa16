#pragma once

#include <chrono>
#include <cstddef>

namespace seawall {

/// Limits of a LinkSource: of each stream, and of all.
struct LinkLimits {
  std::size_t streams_max = 4'096;
  std::chrono::milliseconds resolve_deadline{10'000};
  std::chrono::milliseconds connect_deadline{5'000};
  /// From the connection to the server's word that it plays.
  std::chrono::milliseconds play_deadline{15'000};
  std::chrono::milliseconds idle_deadline{30'000};  ///< Without a byte, then the connection is made anew.
  std::chrono::milliseconds stalled_least{6'000};   ///< Without a picture.
  /// Of pictures of which none can be looked at: since the connection was made; since one could be.
  std::chrono::milliseconds blind_first{12'000};
  std::chrono::milliseconds blind_again{60'000};
  std::chrono::milliseconds back_off_first{1'000};
  std::chrono::milliseconds back_off_most{30'000};
  std::chrono::milliseconds give_up_after{std::chrono::hours(1)};  ///< Of failing without an end.
};

}  // namespace seawall
