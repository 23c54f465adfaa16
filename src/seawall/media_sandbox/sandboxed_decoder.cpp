#include "seawall/media_sandbox/sandboxed_decoder.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>

#include "seawall/media_sandbox/detail/worker_pool.h"
#include "seawall/media_sandbox/detail/worker_program.h"
#include "seawall/media_sandbox/detail/worker_talk.h"

namespace seawall {
namespace media_sandbox {
namespace {

using SteadyClock = std::chrono::steady_clock;

DecodeLimits cut_to(const DecodeLimits& wanted, const DecodeLimits& most) {
  return {.input_bytes_max = std::min(wanted.input_bytes_max, most.input_bytes_max),
          .pixels_max = std::min(wanted.pixels_max, most.pixels_max),
          .side_px_max = std::min(wanted.side_px_max, most.side_px_max),
          .frames_max = std::min(wanted.frames_max, most.frames_max),
          .memory_bytes_max = std::min(wanted.memory_bytes_max, most.memory_bytes_max),
          .time_ms_max = std::min(wanted.time_ms_max, most.time_ms_max)};
}

bool are_positive(const DecodeLimits& limits) {
  return limits.side_px_max > 0 && limits.frames_max > 0 && limits.time_ms_max > 0 && limits.pixels_max > 0 &&
         limits.pixels_max <= (std::uint64_t{1} << 34) && limits.input_bytes_max > 0;
}

template <class Record>
std::span<const std::byte> packet_of(const Record& record) {
  return std::as_bytes(std::span(&record, 1));
}

/// One file's way through one worker. The first `frames_to_skip` frames are not shown to the visitor.
class Conversation {
 public:
  Conversation(WorkerPool::Lease& worker, std::uint64_t job, const DecodeLimits& limits, int frames_to_skip)
      : worker_(worker), talk_(worker, limits.time_ms_max), limits_(limits), frames_to_skip_(frames_to_skip) {
    expected_.job = job;
    expected_.limits = limits;
    expected_.output = worker->output().bytes();
  }

  Result<MediaInfo> run(std::span<const std::byte> file, bool exact, FunctionRef<void(const Frame&)> visit) {
    worker_->limit_job(limits_.memory_bytes_max, limits_.time_ms_max);
    std::memcpy(worker_->input().bytes().data(), file.data(), file.size());
    const RequestRecord request{.exact = exact ? 1U : 0U,
                                .job = expected_.job,
                                .file_bytes = file.size(),
                                .pixels_max = limits_.pixels_max,
                                .memory_bytes_max = limits_.memory_bytes_max,
                                .side_px_max = limits_.side_px_max,
                                .frames_max = limits_.frames_max,
                                .time_ms_max = limits_.time_ms_max};
    auto deadline = SteadyClock::now() + std::chrono::milliseconds(limits_.time_ms_max) + kGrace;
    if (!worker_->send(packet_of(request))) return talk_.end_of_worker();
    for (;;) {
      SEAWALL_TRY(const Reply reply, next_reply(deadline));
      if (reply.has_frame) {
        const auto start = SteadyClock::now();
        if (expected_.frames_seen >= frames_to_skip_) visit(reply.frame);
        deadline += SteadyClock::now() - start;  // the visitor's time is not the decoder's
        ++expected_.frames_seen;
        expected_.last_index = reply.frame.index;
        const FrameDoneRecord done{.job = expected_.job};
        if (!worker_->send(packet_of(done))) return talk_.end_of_worker();
      }
      if (reply.kind == ReplyKind::kFrame) continue;
      healthy_ = true;
      if (reply.failed) return tl::unexpected(reply.error);
      return reply.info;
    }
  }

  [[nodiscard]] bool healthy() const { return healthy_; }
  [[nodiscard]] bool killed_from_outside() const { return talk_.killed_from_outside(); }
  /// Shown to the visitor, in this conversation and before.
  [[nodiscard]] int frames_shown() const { return std::max(expected_.frames_seen, frames_to_skip_); }

 private:
  Result<Reply> next_reply(SteadyClock::time_point deadline) {
    std::array<std::byte, sizeof(ReplyRecord) + 1> buffer;
    std::span<std::byte> packet = buffer;
    SEAWALL_CHECK(talk_.receive(packet, deadline));
    auto reply = parse_reply(packet, expected_);
    if (reply) return reply;
    return talk_.break_off(reply.error());
  }

  WorkerPool::Lease& worker_;
  WorkerTalk talk_;
  DecodeLimits limits_;
  ReplyExpectation expected_;
  int frames_to_skip_;
  bool healthy_ = false;
};

}  // namespace
}  // namespace media_sandbox

struct SandboxedDecoder::Impl {
  Impl(SandboxOptions chosen, media_sandbox::WorkerPool::Options pool_options)
      : options(std::move(chosen)), pool(std::move(pool_options)) {}

  SandboxOptions options;
  media_sandbox::WorkerPool pool;
  std::atomic<std::uint64_t> jobs{0};
  std::atomic<std::uint64_t> crashes{0};
  std::atomic<std::uint64_t> cut_off{0};
};

Result<std::unique_ptr<SandboxedDecoder>> SandboxedDecoder::create(SandboxOptions options) {
  if (!media_sandbox::are_positive(options.limits_max)) {
    return fail(Code::kInvalidInput, "the decoder pool's limits must be positive");
  }
  SEAWALL_TRY(options.worker_program, media_sandbox::find_worker_program(
                                          options.worker_program, "SEAWALL_MEDIA_WORKER", "media_worker"));
  if (options.workers_max <= 0) {
    options.workers_max = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  }
  media_sandbox::WorkerPool::Options pool;
  pool.recipe.program = options.worker_program;
  pool.recipe.regions.input_bytes = media_sandbox::whole_pages(options.limits_max.input_bytes_max);
  // Two frames of RGB: one is hashed while the next is decoded.
  pool.recipe.regions.output_bytes = 2 * media_sandbox::whole_pages(3 * options.limits_max.pixels_max);
  pool.recipe.memory_bytes_max = options.limits_max.memory_bytes_max;
  pool.recipe.wipe = options.wipe;
  pool.workers_max = options.workers_max;
  pool.wait_ms_max = options.wait_ms_max;
  pool.jobs_per_worker_max = options.jobs_per_worker_max;
  return std::unique_ptr<SandboxedDecoder>(
      new SandboxedDecoder(std::make_unique<Impl>(std::move(options), std::move(pool))));
}

SandboxedDecoder::SandboxedDecoder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SandboxedDecoder::~SandboxedDecoder() = default;

SandboxStats SandboxedDecoder::stats() const {
  return {impl_->pool.alive(), impl_->jobs, impl_->crashes, impl_->cut_off};
}

Result<MediaInfo> SandboxedDecoder::decode(std::span<const std::byte> file, const DecodeOptions& options,
                                           FunctionRef<void(const Frame&)> visit) {
  const DecodeLimits limits = media_sandbox::cut_to(options.limits, impl_->options.limits_max);
  if (!media_sandbox::are_positive(limits))
    return fail(Code::kInvalidInput, "decode limits must be positive");
  if (file.empty()) return fail(Code::kInvalidInput, "the file is empty");
  if (file.size() > limits.input_bytes_max) {
    return fail(Code::kLimitExceeded, "a file of " + std::to_string(file.size()) +
                                          " bytes is over the limit of " +
                                          std::to_string(limits.input_bytes_max) + " bytes");
  }
  for (int frames_shown = 0, attempt = 1;; ++attempt) {
    SEAWALL_TRY(auto worker, impl_->pool.take());
    media_sandbox::Conversation conversation(worker, ++impl_->jobs, limits, frames_shown);
    Result<MediaInfo> result = conversation.run(file, options.exact, visit);
    // Once more and never again: a file that fills the memory by itself would be killed every time.
    if (conversation.killed_from_outside() && attempt < media_sandbox::kAttemptsMax) {
      frames_shown = conversation.frames_shown();
      continue;
    }
    if (!conversation.healthy()) {
      const bool died = !result && result.error().code == Code::kDecoderCrashed;
      ++(died ? impl_->crashes : impl_->cut_off);
      return result;
    }
    if (impl_->options.wipe) worker->input().wipe(0, file.size());
    // Memory of such a size is not kept for one large file.
    if (file.size() <= media_sandbox::SharedMemory::kKeptBytesMax) worker.return_healthy();
    return result;
  }
}

}  // namespace seawall
