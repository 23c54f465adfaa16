#pragma once

#include <string>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall {

/// What a media server says of one of its streams.
struct StreamHook {
  enum class Kind : unsigned char {
    kBegins,  ///< Somebody publishes it.
    kEnds,
    kOther,  ///< A player, a connection: nothing to do.
  };
  Kind kind = Kind::kOther;
  std::string path;  ///< "app/name". Of A-Z a-z 0-9 and . _ ~ - / alone, no empty part, "." or "..".
};

inline constexpr std::size_t kHookBytesMax = 64 << 10;
inline constexpr std::size_t kHookPathBytesMax = 200;
/// Whether a stream may be called so: as StreamHook::path.
[[nodiscard]] bool is_stream_path(std::string_view path);

/// The form that nginx-rtmp's on_publish, on_publish_done, on_play, ... send: call, app, name.
/// All of these: keys and addresses that are in the call are neither read nor kept. Errors: kInvalidInput
/// (not such a call; a path of other characters), kLimitExceeded; the message holds nothing of the call.
Result<StreamHook> hook_of_nginx_rtmp(std::string_view body);
/// The JSON that SRS's http_hooks send: action, app, stream.
Result<StreamHook> hook_of_srs(std::string_view body);
/// The JSON that MediaMTX's HTTP authentication sends (action, path), and what its runOnReady and
/// runOnNotReady are set up to send (docs/howto/watch-streams.md): action "ready" or "notReady".
Result<StreamHook> hook_of_mediamtx(std::string_view body);

/// Where a stream of that path is played: `pattern` with {path}, {app} (up to the last '/') and {name} (what
/// is behind it) filled in.
[[nodiscard]] std::string tap_address(std::string_view pattern, std::string_view path);

}  // namespace seawall
