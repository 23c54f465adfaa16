#pragma once

#include <memory>
#include <string>

#include "seawall/media/video_decoder.h"
#include "seawall/media_sandbox/sandboxed_decoder.h"

namespace seawall {

/// How SandboxedVideoDecoder runs its workers.
struct VideoSandboxOptions {
  std::string worker_program{};  ///< Empty: $SEAWALL_VIDEO_WORKER, else video_worker beside this program.
  int workers_max = 0;           ///< 0: one a core.
  /// The most that any decode may ask for; sizes the shared memory, so larger requests are cut to it.
  VideoLimits limits_max{};
  std::uint64_t parts_bytes_max = 64ULL << 20;  ///< Largest VideoSource that is given as bytes.
  int wait_ms_max = 120'000;                    ///< Longest wait for a free worker.
  int jobs_per_worker_max = 500;  ///< Then a fresh process takes over: the longest a silent compromise lasts.
  bool wipe = true;               ///< Zero pixels and bytes after each job.
};

/// Decodes videos in a pool of confined processes: no files but the one descriptor that they are handed,
/// which they can only read; no network, no other processes, limited memory and time. What a hostile file can
/// do to a worker costs that one file: it is reported and the worker replaced.
///
/// Guarantees: as SandboxedDecoder's, the retry after a kill from outside included. The worker may be one
/// frame ahead of the visitor and no more, so a film of any length needs two frames of shared memory and what
/// its decoder holds. A descriptor that can also be written is opened again for reading before it is handed
/// over. Threads: any number at once; a caller blocks while every worker is busy.
class SandboxedVideoDecoder final : public VideoDecoder {
 public:
  /// kUnavailable when there is no worker program; whether it runs shows at the first decode.
  static Result<std::unique_ptr<SandboxedVideoDecoder>> create(VideoSandboxOptions options = {});
  ~SandboxedVideoDecoder() override;

  /// Besides the port's errors: kLimitExceeded for a source over the pool's own limits.
  Result<VideoInfo> decode(const VideoSource& source, const VideoOptions& options,
                           FunctionRef<bool(const VideoFrame&)> visit) override;
  [[nodiscard]] SandboxStats stats() const;

 private:
  struct Impl;
  explicit SandboxedVideoDecoder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace seawall
