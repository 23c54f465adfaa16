#include "seawall/media_sandbox/detail/worker_talk.h"

#include <string>

namespace seawall::media_sandbox {
namespace {
constexpr std::uint64_t kPageBytes = 4096;
}

std::uint64_t whole_pages(std::uint64_t bytes) { return (bytes + kPageBytes - 1) / kPageBytes * kPageBytes; }

Result<void> WorkerTalk::receive(std::span<std::byte>& packet,
                                 std::chrono::steady_clock::time_point deadline) {
  switch (worker_->receive(packet, deadline)) {
    case Wait::kTimeout:
      (void)worker_->kill_and_explain();
      return fail(Code::kLimitExceeded,
                  "decoding took longer than the limit of " + std::to_string(time_ms_max_) + " ms");
    case Wait::kHangUp:
      return end_of_worker();
    case Wait::kPacket:
      break;
  }
  return {};
}

tl::unexpected<Error> WorkerTalk::end_of_worker() {
  WorkerEnd end = worker_->kill_and_explain();
  killed_from_outside_ = end.killed_from_outside;
  return tl::unexpected(std::move(end.error));
}

tl::unexpected<Error> WorkerTalk::break_off(const Error& why) {
  (void)worker_->kill_and_explain();
  return fail(Code::kDecoderCrashed, why.message);
}

}  // namespace seawall::media_sandbox
