#pragma once

#include <memory>
#include <string>

#include "seawall/media/decoder.h"

namespace seawall {

/// How SandboxedDecoder runs its workers.
struct SandboxOptions {
  std::string worker_program{};  ///< Empty: $SEAWALL_MEDIA_WORKER, else media_worker beside this program.
  int workers_max = 0;           ///< 0: one a core.
  /// The most that any decode may ask for; sizes the shared memory, so larger requests are cut to it.
  DecodeLimits limits_max{};
  int wait_ms_max = 120'000;  ///< Longest wait for a free worker.
  int jobs_per_worker_max =
      2000;          ///< Then a fresh process takes over: the longest a silent compromise lasts.
  bool wipe = true;  ///< Zero pixels and file after each job (docs/media.md gives the cost).
};

/// What the pool has done, for metrics.
struct SandboxStats {
  int running = 0;            ///< Processes that live, busy or not.
  std::uint64_t jobs = 0;     ///< Decodes begun.
  std::uint64_t crashes = 0;  ///< Decodes that their process did not outlive (kDecoderCrashed).
  std::uint64_t cut_off = 0;  ///< Decodes that were ended for their time.
};

/// Decodes in a pool of confined processes: no files, no network, no other processes, limited memory and
/// time. What a hostile file can do to a worker costs that one file: it is reported and the worker replaced.
///
/// A worker that somebody outside kills (SIGKILL: the system short of memory, an operator) costs no file: the
/// file is decoded again on another one, the frames already visited left out. Once: a file that fills the
/// memory by itself is kDecoderCrashed after two workers.
///
/// Guarantees: nothing that a worker says is believed; sizes and offsets are checked against the limits and
/// the shared memory. The pixels of a frame are shared with the worker, so a hostile one can change them
/// during the visit: read them as values only.
/// Workers die with this object, and with this process however it ends.
/// Threads: any number at once; a caller blocks while every worker is busy.
/// Cost: about 15 us a file above decoding, and one copy of the file's bytes. A worker takes some 20 MB and
/// starts when first needed, in about 50 ms.
class SandboxedDecoder final : public MediaDecoder {
 public:
  /// kUnavailable when there is no worker program; whether it runs shows at the first decode.
  static Result<std::unique_ptr<SandboxedDecoder>> create(SandboxOptions options = {});
  ~SandboxedDecoder() override;

  /// Besides the port's errors: kLimitExceeded for a file or picture over the pool's own `limits_max`.
  Result<MediaInfo> decode(std::span<const std::byte> file, const DecodeOptions& options,
                           FunctionRef<void(const Frame&)> visit) override;
  [[nodiscard]] SandboxStats stats() const;

 private:
  struct Impl;
  explicit SandboxedDecoder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace seawall
