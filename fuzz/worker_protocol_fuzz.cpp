// Property: a packet that parses as a reply keeps every limit and points only into the shared memory; one
// that parses as a request asks for no more input than there is. The first byte picks the side; the rest is
// laid over an honest packet, so that small inputs already reach the deep checks.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "seawall/media_sandbox/detail/wire.h"

namespace {

using seawall::media_sandbox::FrameRecord;
using seawall::media_sandbox::ReplyExpectation;
using seawall::media_sandbox::ReplyRecord;
using seawall::media_sandbox::RequestRecord;

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

void check_reply(std::span<const std::byte> packet, std::span<const std::byte> output) {
  ReplyExpectation expected;
  expected.job = 7;
  expected.output = output;
  expected.limits.pixels_max = 1000;
  const auto reply = seawall::media_sandbox::parse_reply(packet, expected);
  if (!reply || !reply->has_frame) return;
  const seawall::PixelView& view = reply->frame.pixels;
  const auto* first = reinterpret_cast<const std::uint8_t*>(output.data());
  const std::uint8_t* last_row = view.data + (view.height_px - 1) * view.stride_bytes;
  const std::uint8_t* end =
      last_row + static_cast<std::ptrdiff_t>(view.width_px) * bytes_per_pixel(view.layout);
  const bool inside = view.width_px > 0 && view.height_px > 0 && view.stride_bytes > 0 &&
                      view.data >= first && end <= first + output.size() &&
                      view.width_px * view.height_px <= 1000;
  if (!inside) std::abort();
  for (const char c : reply->error.message) {
    if (c < 0x20 || c > 0x7e) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  static const std::vector<std::byte> output(4096);
  ReplyRecord reply;
  reply.kind = 1 + (data[0] >> 2U & 1U);
  reply.job = 7;
  reply.frame = FrameRecord{.offset_bytes = 16,
                            .stride_bytes = 30,
                            .width_px = 10,
                            .height_px = 9,
                            .original_width_px = 10,
                            .original_height_px = 9,
                            .scale_denominator = 1,
                            .index = 0,
                            .layout = 2,
                            .present = 1};
  reply.type = 1;
  reply.width_px = 10;
  reply.height_px = 9;
  reply.frames_total = reply.frames_decoded = 1;
  const std::span raw(reinterpret_cast<const std::byte*>(data + 1), size - 1);
  switch (data[0] & 3U) {
    case 0:
      check_reply(overlaid(reply, data + 1, size - 1), output);
      break;
    case 1:
      check_reply(raw, output);
      break;
    default: {
      RequestRecord request;
      request.file_bytes = 100;
      request.side_px_max = request.frames_max = request.time_ms_max = 10;
      const auto packet = overlaid(request, data + 1, size - 1);
      const bool whole = (data[0] & 3U) == 2;
      const auto parsed = seawall::media_sandbox::parse_request(whole ? packet : raw, {4096, 4096});
      if (parsed && parsed->file_bytes > 4096) std::abort();
    }
  }
  return 0;
}
