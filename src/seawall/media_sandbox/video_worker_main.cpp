#include "seawall/media_sandbox/video_worker_main.h"

#include <malloc.h>

#include <new>

#include "seawall/media_sandbox/detail/confinement.h"
#include "seawall/media_sandbox/detail/output_memory.h"
#include "seawall/media_sandbox/detail/shared_memory.h"
#include "seawall/media_sandbox/detail/video_wire.h"
#include "seawall/media_sandbox/detail/worker_channel.h"
#include "seawall/media_sandbox/detail/worker_launch.h"

namespace seawall {
namespace media_sandbox {
namespace {

/// What a decoder takes for a small picture is kept for the next: fetched anew each time, its pages cost more
/// than the decoding.
constexpr int kMappedBytesMin = 32 << 20;
constexpr int kKeptBytesMax = 64 << 20;

/// What a film took is not kept for the next clip.
void give_back_memory() {
  if (::mallinfo2().fordblks > static_cast<std::size_t>(kKeptBytesMax)) ::malloc_trim(0);
}

/// One confined worker's standing parts.
struct Bench {
  const SharedMemory& input;
  OutputMemory& output;
  Channel& channel;
  const std::uint8_t* base;  ///< Of the output memory.
};

void serve_one(VideoDecoder& decoder, const VideoRequest& request, const UniqueFd& file, const Bench& bench) {
  const VideoSource::Bytes bytes = request.from_file
                                       ? VideoSource::Bytes{}
                                       : bench.input.bytes().first(static_cast<std::size_t>(request.bytes));
  VideoSource source;
  if (request.from_file) {
    source.file = file.get();
    source.file_bytes = request.bytes;
  } else {
    source.parts = {&bytes, 1};
  }
  const auto send = [&](const VideoFrame& frame) {
    bench.output.lend(frame.planes.y);
    bench.channel.send(record_of(frame, request.job, bench.base));
    return !bench.output.pool_has_enough();
  };
  try {
    bench.channel.send(record_of(decoder.decode(source, request.options, send), request.job));
  } catch (const std::bad_alloc&) {
    bench.channel.send(
        record_of(Result<VideoInfo>(fail_memory(request.options.limits.memory_bytes_max)), request.job));
  }
}

Result<void> serve(const LaunchFacts& facts, const VideoWorkerParts& parts) {
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_MMAP_THRESHOLD, kMappedBytesMin);
  ::mallopt(M_TRIM_THRESHOLD, kKeptBytesMax);
  parts.warm_up();
  SEAWALL_TRY(const SharedMemory input,
              SharedMemory::attach(UniqueFd(kInputFd), SharedMemory::Access::kRead));
  SEAWALL_TRY(const SharedMemory output_memory,
              SharedMemory::attach(UniqueFd(kOutputFd), SharedMemory::Access::kReadWrite));
  Channel channel;
  OutputMemory output(output_memory, channel);
  const std::unique_ptr<VideoDecoder> decoder = parts.make_decoder(output);
  const RegionSizes regions{input.bytes().size(), output_memory.bytes().size()};
  const Bench bench{input, output, channel,
                    reinterpret_cast<const std::uint8_t*>(output_memory.bytes().data())};
  HelloRecord hello;
  SEAWALL_TRY(hello.address_space_bytes, address_space_bytes());
  SEAWALL_CHECK(limit_resources(hello.address_space_bytes + facts.memory_bytes_max, kFileFd + 1));
  SEAWALL_CHECK(forbid_system_calls(kChannelFd, kFileFd));
  channel.send(hello);
  for (;;) {
    UniqueFd file;
    SEAWALL_TRY(const VideoRequest request, parse_video_request(channel.receive(file), regions));
    serve_one(*decoder, request, file, bench);
    file.reset();
    output.settle(facts.wipe);
    give_back_memory();
  }
}

}  // namespace
}  // namespace media_sandbox

int run_video_worker(int argc, char** argv, const VideoWorkerParts& parts) {
  return media_sandbox::run_worker(
      argc, argv, "video_worker decodes videos for Seawall; seawall starts it by itself\n",
      [&](const media_sandbox::LaunchFacts& facts) { return media_sandbox::serve(facts, parts); });
}

}  // namespace seawall
