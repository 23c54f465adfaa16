#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace seawall {

/// How many of a file's first bytes sniff_video_type() looks at.
inline constexpr std::size_t kVideoSniffBytes = 1024;

/// The MIME type of a container that may hold a video, told from a file's first bytes, never from its name:
/// "video/mp4", "video/x-matroska" and so on; empty for anything else, pictures included. Whether there is a
/// video in it shows when it is decoded: a file of music alone may be in the same containers. Never fails.
[[nodiscard]] std::string_view sniff_video_type(std::span<const std::byte> first_bytes);

}  // namespace seawall
