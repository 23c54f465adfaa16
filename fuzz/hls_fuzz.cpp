// Property: any bytes are read as a playlist or refused, within the stated limits; what was read is numbered
// without holes, keeps what it was told to, and its choices and addresses can be asked for.
#include <cstdint>
#include <cstdlib>

#include "seawall/playlist/choice.h"
#include "seawall/playlist/hls.h"
#include "seawall/playlist/uri.h"

namespace {

void check(bool good) {
  if (!good) std::abort();
}

void check(const seawall::HlsMediaPlaylist& playlist, std::size_t kept_max) {
  check(playlist.segments.size() <= kept_max && playlist.segments.size() <= playlist.segments_named);
  check(playlist.target_duration >= std::chrono::seconds(1));
  std::uint64_t next = playlist.media_sequence + playlist.segments_named - playlist.segments.size();
  for (const auto& segment : playlist.segments) {
    check(segment.sequence == next++);
    check(segment.duration >= std::chrono::microseconds(0));
    check(!segment.range || segment.range->length > 0);
    (void)segment.iv();
    (void)seawall::resolve_uri(playlist.base_uri, segment.uri);
  }
}

void check(const seawall::HlsMultivariantPlaylist& playlist) {
  for (const auto& choice : seawall::video_choices(playlist)) {
    const auto& from = choice.i_frames_only ? playlist.i_frame_variants : playlist.variants;
    check(choice.variant < from.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const std::size_t kept_max : {std::size_t{2}, std::size_t{1000}}) {
    const auto read =
        seawall::hls_from_text(text, "https://a.example/x/y.m3u8?q=1",
                               {.segments_kept_max = kept_max, .variables = {{"imported", "value"}}});
    if (!read) return 0;
    if (const auto* media = std::get_if<seawall::HlsMediaPlaylist>(&*read)) check(*media, kept_max);
    if (const auto* many = std::get_if<seawall::HlsMultivariantPlaylist>(&*read)) check(*many);
  }
  return 0;
}
