#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "seawall/stream_watch/watch_told.h"
#include "seawall/streams/attached_stream.h"
#include "seawall/streams/clip_directory.h"

namespace seawall {

struct AlertTimes {
  Time at{};  ///< When the alert was made.
  /// Of one that was made when its entry came into force: when the video was last seen in the stream.
  std::optional<Time> last_shown = {};
};

/// StreamAlert of docs/openapi.yaml on one line: what is listed, what is to be done, and the evidence
/// (docs/formats/stream-evidence.md). No picture, no address.
[[nodiscard]] std::string alert_json(std::string_view id, const AlertTimes& times, const WatchAlert& alert,
                                     const AttachedStream& stream, const ClipStanding& listed);

/// StreamMatched of docs/openapi.yaml: the body of an alert's webhook.
[[nodiscard]] std::string alert_webhook_body(std::string_view alert_json, Time at);

/// Whether it is to be sent so that the stream can be ended: not what is silent, or too weak.
[[nodiscard]] bool cuts_off(const ClipStanding& listed, const WatchAlert& alert,
                            const AttachedStream& stream);

}  // namespace seawall
