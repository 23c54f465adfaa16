// Property: a packet of a video worker that parses keeps every limit and points only into the shared memory;
// one that parses as a request asks for no more input than there is. The first byte picks the record; the
// rest is laid over an honest one, so that small inputs already reach the deep checks.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "seawall/media_sandbox/detail/video_wire.h"

namespace {

using seawall::media_sandbox::VideoDoneReply;
using seawall::media_sandbox::VideoExpectation;
using seawall::media_sandbox::VideoFrameReply;

void require(bool holds) {
  if (!holds) std::abort();
}

/// Writes the pairs (offset, value) of `data` over `record`.
template <class Record>
std::array<std::byte, sizeof(Record)> overlaid(const Record& record, const std::uint8_t* data,
                                               std::size_t size) {
  std::array<std::byte, sizeof(Record)> packet;
  std::memcpy(packet.data(), &record, sizeof record);
  for (std::size_t i = 0; i + 2 < size; i += 3) {
    const std::size_t at = (data[i] | static_cast<std::size_t>(data[i + 1]) << 8) % packet.size();
    packet[at] = static_cast<std::byte>(data[i + 2]);
  }
  return packet;
}

VideoFrameReply honest_frame() {
  VideoFrameReply frame;
  frame.flags = seawall::media_sandbox::kVideoColour;
  frame.job = 7;
  frame.y_offset_bytes = 16;
  frame.y_stride_bytes = frame.chroma_stride_bytes = 40;
  frame.cb_offset_bytes = 1000;
  frame.cr_offset_bytes = 2000;
  frame.index = 3;
  frame.time_us = 100;
  frame.width_px = 33;
  frame.height_px = 20;
  frame.h_shift = frame.v_shift = 1;
  frame.matrix = 2;
  return frame;
}

void check_plane(const std::uint8_t* plane, std::ptrdiff_t stride, int width, int height,
                 std::span<const std::byte> output) {
  const auto* first = reinterpret_cast<const std::uint8_t*>(output.data());
  require(width > 0 && height > 0 && stride >= width && plane >= first &&
          plane + (height - 1) * stride + width <= first + output.size());
}

void check_frame(std::span<const std::byte> packet, const VideoExpectation& expected) {
  const auto frame = seawall::media_sandbox::parse_video_frame(packet, expected);
  if (!frame) return;
  const seawall::YccView& v = frame->planes;
  check_plane(v.y, v.y_stride_bytes, v.width_px, v.height_px, expected.output);
  require(v.width_px * v.height_px <= 1000 && frame->time_us > 50 && frame->orientation.quarter_turns < 4);
  if (v.cb == nullptr) return;
  const int width = (v.width_px + (1 << v.chroma_h_shift) - 1) >> v.chroma_h_shift;
  const int height = (v.height_px + (1 << v.chroma_v_shift) - 1) >> v.chroma_v_shift;
  check_plane(v.cb, v.chroma_stride_bytes, width, height, expected.output);
  check_plane(v.cr, v.chroma_stride_bytes, width, height, expected.output);
}

void check_done(std::span<const std::byte> packet, const VideoExpectation& expected) {
  const auto done = seawall::media_sandbox::parse_video_done(packet, expected);
  if (!done) return;
  for (const std::string& text : {done->error.message, done->info.codec, done->info.container}) {
    require(std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7e; }));
  }
  require(done->failed || done->info.frames_visited == expected.frames_seen);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  static const std::vector<std::byte> output(4096);
  VideoExpectation expected;
  expected.job = 7;
  expected.output = output;
  expected.frames_seen = 3;
  expected.last_time_us = 50;
  expected.limits.pixels_max = 1000;
  const std::span raw(reinterpret_cast<const std::byte*>(data + 1), size - 1);
  VideoDoneReply done;
  done.job = 7;
  done.packets = done.frames_decoded = done.frames_visited = 3;
  done.video_streams = 1;
  switch (data[0] % 4) {
    case 0:
      check_frame(overlaid(honest_frame(), data + 1, size - 1), expected);
      break;
    case 1:
      check_done(overlaid(done, data + 1, size - 1), expected);
      break;
    case 2:
      check_frame(raw, expected);
      check_done(raw, expected);
      break;
    default: {
      const auto record = seawall::media_sandbox::record_of(
          seawall::media_sandbox::VideoRequest{.job = 1, .bytes = 100, .from_file = false, .options = {}});
      const auto request =
          seawall::media_sandbox::parse_video_request(overlaid(record, data + 1, size - 1), {4096, 4096});
      require(!request || request->from_file || request->bytes <= 4096);
    }
  }
  return 0;
}
