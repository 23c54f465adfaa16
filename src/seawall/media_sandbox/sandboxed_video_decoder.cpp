#include "seawall/media_sandbox/sandboxed_video_decoder.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>

#include "seawall/media_sandbox/detail/readable_file.h"
#include "seawall/media_sandbox/detail/video_wire.h"
#include "seawall/media_sandbox/detail/worker_pool.h"
#include "seawall/media_sandbox/detail/worker_program.h"
#include "seawall/media_sandbox/detail/worker_talk.h"

namespace seawall {
namespace media_sandbox {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// What rows of three planes may take beyond their pixels: 64-byte alignment of up to 16,384 rows each.
constexpr std::uint64_t kRowPaddingBytes = 4ULL << 20;
VideoLimits cut_to(const VideoLimits& wanted, const VideoLimits& most) {
  return {.input_bytes_max = std::min(wanted.input_bytes_max, most.input_bytes_max),
          .pixels_max = std::min(wanted.pixels_max, most.pixels_max),
          .side_px_max = std::min(wanted.side_px_max, most.side_px_max),
          .frames_max = std::min(wanted.frames_max, most.frames_max),
          .packets_max = std::min(wanted.packets_max, most.packets_max),
          .memory_bytes_max = std::min(wanted.memory_bytes_max, most.memory_bytes_max),
          .time_ms_max = std::min(wanted.time_ms_max, most.time_ms_max)};
}

bool are_positive(const VideoLimits& limits) {
  return limits.side_px_max > 0 && limits.frames_max > 0 && limits.packets_max > 0 &&
         limits.time_ms_max > 0 && limits.pixels_max > 0 && limits.pixels_max <= (std::uint64_t{1} << 30);
}

/// What one decode reads: a file, or bytes that go through the input memory.
struct Input {
  ReadableFile file;
  std::span<const VideoSource::Bytes> parts;
  std::uint64_t bytes = 0;
  [[nodiscard]] bool is_file() const { return file.fd >= 0; }
};

tl::unexpected<Error> fail_too_long(std::uint64_t bytes, std::uint64_t bytes_max) {
  return fail(Code::kLimitExceeded, "a video of " + std::to_string(bytes) + " bytes is over the limit of " +
                                        std::to_string(bytes_max) + " bytes");
}

Result<Input> input_of(const VideoSource& source, std::uint64_t file_bytes_max,
                       std::uint64_t parts_bytes_max) {
  Input input;
  if (source.file >= 0) {
    SEAWALL_TRY(input.file, readable_file(source.file));
    input.bytes = source.file_bytes != 0 ? source.file_bytes : input.file.bytes;
    if (input.bytes > file_bytes_max) return fail_too_long(input.bytes, file_bytes_max);
    return input;
  }
  if (source.parts.size() > VideoSource::kPartsMax) return fail(Code::kInvalidInput, "too many parts");
  input.parts = source.parts;
  for (const VideoSource::Bytes part : source.parts) input.bytes += part.size();
  if (input.bytes == 0) return fail(Code::kInvalidInput, "the video is empty");
  const std::uint64_t bytes_max = std::min(file_bytes_max, parts_bytes_max);
  if (input.bytes > bytes_max) return fail_too_long(input.bytes, bytes_max);
  return input;
}

/// One video's way through one worker. The first `frames_to_skip` frames are not shown to the visitor.
class VideoConversation {
 public:
  VideoConversation(WorkerPool::Lease& worker, std::uint64_t job, const VideoLimits& limits,
                    std::int64_t frames_to_skip)
      : worker_(worker), talk_(worker, limits.time_ms_max), limits_(limits), frames_to_skip_(frames_to_skip) {
    expected_.job = job;
    expected_.limits = limits;
    expected_.output = worker->output().bytes();
  }

  Result<VideoInfo> run(const Input& input, VideoOptions options,
                        FunctionRef<bool(const VideoFrame&)> visit) {
    worker_->limit_job(limits_.memory_bytes_max, limits_.time_ms_max);
    options.limits = limits_;
    const auto request = record_of(VideoRequest{expected_.job, input.bytes, input.is_file(), options});
    const auto packet = std::as_bytes(std::span(&request, 1));
    deadline_ = SteadyClock::now() + std::chrono::milliseconds(limits_.time_ms_max) + kGrace;
    if (!(input.is_file() ? worker_->send_with_file(packet, input.file.fd) : send_bytes(packet, input)))
      return talk_.end_of_worker();
    for (;;) {
      std::array<std::byte, sizeof(VideoDoneReply) + 1> buffer;
      std::span<std::byte> reply = buffer;
      SEAWALL_CHECK(talk_.receive(reply, deadline_));
      if (!is_video_frame(reply)) return finish(reply);
      SEAWALL_CHECK(show(reply, visit));
    }
  }

  [[nodiscard]] bool healthy() const { return healthy_; }
  [[nodiscard]] bool killed_from_outside() const { return talk_.killed_from_outside(); }
  [[nodiscard]] bool stopped() const { return enough_; }
  /// Shown to the visitor, in this conversation and before.
  [[nodiscard]] std::int64_t frames_shown() const { return std::max(shown_, frames_to_skip_); }

 private:
  [[nodiscard]] bool send_bytes(std::span<const std::byte> packet, const Input& input) {
    std::byte* to = worker_->input().bytes().data();
    for (const VideoSource::Bytes part : input.parts) {
      if (!part.empty()) std::memcpy(to, part.data(), part.size());
      to += part.size();
    }
    return worker_->send(packet);
  }

  Result<void> show(std::span<const std::byte> packet, FunctionRef<bool(const VideoFrame&)> visit) {
    auto frame = parse_video_frame(packet, expected_);
    if (!frame) return talk_.break_off(frame.error());
    const auto start = SteadyClock::now();
    if (expected_.frames_seen >= frames_to_skip_ && !enough_) {
      enough_ = !visit(*frame);
      shown_ = frame->index + 1;
    }
    deadline_ += SteadyClock::now() - start;  // the visitor's time is not the decoder's
    ++expected_.frames_seen;
    expected_.last_time_us = frame->time_us;
    const FrameDoneRecord done{.enough = enough_ ? 1U : 0U, .job = expected_.job};
    if (!worker_->send(std::as_bytes(std::span(&done, 1)))) return talk_.end_of_worker();
    return {};
  }

  Result<VideoInfo> finish(std::span<const std::byte> packet) {
    auto done = parse_video_done(packet, expected_);
    if (!done) return talk_.break_off(done.error());
    healthy_ = true;
    if (done->failed && !enough_) return tl::unexpected(std::move(done->error));
    done->info.frames_visited = frames_shown();
    done->info.stopped = enough_;
    return std::move(done->info);
  }

  WorkerPool::Lease& worker_;
  WorkerTalk talk_;
  VideoLimits limits_;
  VideoExpectation expected_;
  std::int64_t frames_to_skip_;
  std::int64_t shown_ = 0;
  SteadyClock::time_point deadline_;
  bool enough_ = false;
  bool healthy_ = false;
};

}  // namespace
}  // namespace media_sandbox

struct SandboxedVideoDecoder::Impl {
  Impl(VideoSandboxOptions chosen, media_sandbox::WorkerPool::Options pool_options)
      : options(std::move(chosen)), pool(std::move(pool_options)) {}

  VideoSandboxOptions options;
  media_sandbox::WorkerPool pool;
  std::atomic<std::uint64_t> jobs{0};
  std::atomic<std::uint64_t> crashes{0};
  std::atomic<std::uint64_t> cut_off{0};
};

Result<std::unique_ptr<SandboxedVideoDecoder>> SandboxedVideoDecoder::create(VideoSandboxOptions options) {
  if (!media_sandbox::are_positive(options.limits_max) || options.parts_bytes_max == 0) {
    return fail(Code::kInvalidInput, "the video decoder pool's limits must be positive");
  }
  SEAWALL_TRY(options.worker_program, media_sandbox::find_worker_program(
                                          options.worker_program, "SEAWALL_VIDEO_WORKER", "video_worker"));
  if (options.workers_max <= 0) {
    options.workers_max = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  }
  media_sandbox::WorkerPool::Options pool;
  pool.recipe.program = options.worker_program;
  pool.recipe.regions.input_bytes = media_sandbox::whole_pages(options.parts_bytes_max);
  pool.recipe.regions.output_bytes =
      2 * media_sandbox::whole_pages(3 * options.limits_max.pixels_max + media_sandbox::kRowPaddingBytes);
  pool.recipe.memory_bytes_max = options.limits_max.memory_bytes_max;
  pool.recipe.wipe = options.wipe;
  pool.workers_max = options.workers_max;
  pool.wait_ms_max = options.wait_ms_max;
  pool.jobs_per_worker_max = options.jobs_per_worker_max;
  return std::unique_ptr<SandboxedVideoDecoder>(
      new SandboxedVideoDecoder(std::make_unique<Impl>(std::move(options), std::move(pool))));
}

SandboxedVideoDecoder::SandboxedVideoDecoder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SandboxedVideoDecoder::~SandboxedVideoDecoder() = default;

SandboxStats SandboxedVideoDecoder::stats() const {
  return {impl_->pool.alive(), impl_->jobs, impl_->crashes, impl_->cut_off};
}

Result<VideoInfo> SandboxedVideoDecoder::decode(const VideoSource& source, const VideoOptions& options,
                                                FunctionRef<bool(const VideoFrame&)> visit) {
  const VideoLimits limits = media_sandbox::cut_to(options.limits, impl_->options.limits_max);
  if (!media_sandbox::are_positive(limits))
    return fail(Code::kInvalidInput, "decode limits must be positive");
  SEAWALL_TRY(const media_sandbox::Input input,
              media_sandbox::input_of(source, limits.input_bytes_max, impl_->options.parts_bytes_max));
  std::int64_t frames_shown = 0;
  for (int attempt = 1;; ++attempt) {
    SEAWALL_TRY(auto worker, impl_->pool.take());
    media_sandbox::VideoConversation conversation(worker, ++impl_->jobs, limits, frames_shown);
    Result<VideoInfo> result = conversation.run(input, options, visit);
    // Once more and never again: a file that fills the memory by itself would be killed every time.
    const bool again = conversation.killed_from_outside() && attempt < media_sandbox::kAttemptsMax;
    if (again && !conversation.stopped()) {
      frames_shown = conversation.frames_shown();
      continue;
    }
    if (!conversation.healthy()) {
      const bool died = !result && result.error().code == Code::kDecoderCrashed;
      ++(died ? impl_->crashes : impl_->cut_off);
      return result;
    }
    if (impl_->options.wipe && !input.is_file())
      worker->input().wipe(0, static_cast<std::size_t>(input.bytes));
    worker.return_healthy();
    return result;
  }
}

}  // namespace seawall
