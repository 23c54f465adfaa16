#include "seawall/media_sandbox/worker_main.h"

#include <malloc.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <optional>
#include <string_view>

#include "seawall/media_sandbox/detail/confinement.h"
#include "seawall/media_sandbox/detail/output_memory.h"
#include "seawall/media_sandbox/detail/shared_memory.h"
#include "seawall/media_sandbox/detail/wire.h"
#include "seawall/media_sandbox/detail/worker_channel.h"
#include "seawall/media_sandbox/detail/worker_launch.h"

#if SEAWALL_SANITIZED
// A worker's environment is empty, so its sanitizer takes its options from here: deadly signals must reach
// the parent as themselves, and nothing may be opened to write a report, which nobody could read.
// NOLINTBEGIN(bugprone-reserved-identifier): the names are the sanitizers' own.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() {
  return "handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigfpe=0:handle_sigill=0:detect_leaks=0:"
         "symbolize=0:"
         "use_sigaltstack=0:allocator_may_return_null=1:detect_stack_use_after_return=0";
}
extern "C" const char* __tsan_default_options();
extern "C" const char* __tsan_default_options() {
  return "handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigfpe=0:handle_sigill=0:symbolize=0:"
         "use_sigaltstack=0:report_signal_unsafe=0";
}
// NOLINTEND(bugprone-reserved-identifier)
#endif

namespace seawall {
namespace media_sandbox {
namespace {

/// Sends the frames of one job. The newest is held back, so that the last one travels with the end of the job
/// and a still picture costs one packet each way.
class FrameSender {
 public:
  FrameSender(OutputMemory& output, Channel& channel, std::uint64_t job)
      : output_(output), channel_(channel), job_(job) {}

  void add(const Frame& frame) {
    const std::uint8_t* data = frame.pixels.data;
    std::ptrdiff_t stride = frame.pixels.stride_bytes;
    if (!output_.owns(data)) {
      flush();  // a decoder that keeps its own memory: copy, row by row
      const auto row = static_cast<std::size_t>(frame.pixels.width_px) *
                       static_cast<std::size_t>(bytes_per_pixel(frame.pixels.layout));
      const auto to = output_.next(row * static_cast<std::size_t>(frame.pixels.height_px));
      if (to.empty()) throw std::bad_alloc();
      for (int y = 0; y < frame.pixels.height_px; ++y) {
        std::memcpy(to.data() + static_cast<std::size_t>(y) * row, data + y * stride, row);
      }
      data = to.data();
      stride = static_cast<std::ptrdiff_t>(row);
    } else {
      flush();
    }
    held_ = FrameRecord{.offset_bytes = output_.offset_of(data),
                        .stride_bytes = stride,
                        .time_ms = frame.time_ms,
                        .width_px = frame.pixels.width_px,
                        .height_px = frame.pixels.height_px,
                        .original_width_px = frame.original_width_px,
                        .original_height_px = frame.original_height_px,
                        .scale_denominator = frame.scale_denominator,
                        .index = frame.index,
                        .layout = static_cast<std::uint32_t>(frame.pixels.layout),
                        .present = 1};
    held_data_ = data;
    output_.hold(data);
  }

  void finish(const Result<MediaInfo>& result) {
    ReplyRecord reply = take_reply(ReplyKind::kDone);
    if (result) {
      reply.type = static_cast<std::uint32_t>(result->type);
      reply.width_px = result->width_px;
      reply.height_px = result->height_px;
      reply.frames_total = result->frames_total;
      reply.frames_decoded = result->frames_decoded;
      reply.truncated = result->truncated ? 1 : 0;
    } else {
      reply.error_code = static_cast<std::uint32_t>(result.error().code);
      const std::string_view text = result.error().message;
      reply.text_bytes = static_cast<std::uint32_t>(std::min(text.size(), reply.text.size()));
      std::copy_n(text.begin(), reply.text_bytes, reply.text.begin());
    }
    channel_.send(reply);
  }

 private:
  void flush() {
    if (held_) channel_.send(take_reply(ReplyKind::kFrame));
  }

  ReplyRecord take_reply(ReplyKind kind) {
    ReplyRecord reply;
    reply.kind = static_cast<std::uint32_t>(kind);
    reply.job = job_;
    if (held_) {
      reply.frame = *held_;
      output_.lend(held_data_);
      held_.reset();
    }
    return reply;
  }

  OutputMemory& output_;
  Channel& channel_;
  std::uint64_t job_;
  std::optional<FrameRecord> held_;
  const std::uint8_t* held_data_ = nullptr;
};

void serve_one(MediaDecoder& decoder, const Request& request, const SharedMemory& input, OutputMemory& output,
               Channel& channel) {
  FrameSender sender(output, channel, request.job);
  const std::span<const std::byte> file = input.bytes().first(request.file_bytes);
  try {
    sender.finish(decoder.decode(file, request.options, [&](const Frame& frame) { sender.add(frame); }));
  } catch (const std::bad_alloc&) {
    sender.finish(fail_memory(request.options.limits.memory_bytes_max));
  }
}

Result<void> serve(const LaunchFacts& facts, const WorkerParts& parts) {
  ::mallopt(M_ARENA_MAX, 1);
  parts.warm_up();
  SEAWALL_TRY(const SharedMemory input,
              SharedMemory::attach(UniqueFd(kInputFd), SharedMemory::Access::kRead));
  SEAWALL_TRY(const SharedMemory output_memory,
              SharedMemory::attach(UniqueFd(kOutputFd), SharedMemory::Access::kReadWrite));
  Channel channel;
  OutputMemory output(output_memory, channel);
  const std::unique_ptr<MediaDecoder> decoder = parts.make_decoder(output);
  const RegionSizes regions{input.bytes().size(), output_memory.bytes().size()};
  HelloRecord hello;
  SEAWALL_TRY(hello.address_space_bytes, address_space_bytes());
  if (auto r = limit_resources(hello.address_space_bytes + facts.memory_bytes_max, kDescriptorsOfWorker);
      !r) {
    return r;
  }
  if (auto r = forbid_system_calls(kChannelFd); !r) return r;
  channel.send(hello);
  for (;;) {
    SEAWALL_TRY(const Request request, parse_request(channel.receive(), regions));
    serve_one(*decoder, request, input, output, channel);
    output.settle(facts.wipe);
  }
}

}  // namespace
}  // namespace media_sandbox

int run_media_worker(int argc, char** argv, const WorkerParts& parts) {
  return media_sandbox::run_worker(
      argc, argv, "media_worker decodes pictures for Seawall; seawall starts it by itself\n",
      [&](const media_sandbox::LaunchFacts& facts) { return media_sandbox::serve(facts, parts); });
}

}  // namespace seawall
