#pragma once

#include <string>

#include "seawall.h"
#include "seawall/match/signals.h"

/// What seawall_media_read() hands out.
struct seawall_media {
  seawall::MediaSignals signals;  ///< Without frames where `decode_status` is not SEAWALL_OK.
  seawall_status decode_status = SEAWALL_OK;
  std::string problem;
};
