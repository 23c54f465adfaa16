// A worker whose decoder has been taken over: the real main loop and confinement around a decoder that does
// what the first byte of its input says. Only for tests/sandbox/sandbox_test.cpp.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "hostile_deeds.h"
#include "seawall/media_images/images_decoder.h"
#include "seawall/media_sandbox/detail/wire.h"
#include "seawall/media_sandbox/detail/worker_launch.h"
#include "seawall/media_sandbox/worker_main.h"

namespace seawall::test {
namespace {

using media_sandbox::ReplyRecord;

/// In the first page, where nothing is mapped; not null, which UBSan would stop before the crash.
volatile int* volatile unmapped = reinterpret_cast<volatile int*>(64);
volatile std::uint64_t spun = 0;

[[noreturn]] void spin() {
  for (;;) spun = spun + 1;
}

[[noreturn]] void allocate_endlessly() {
  std::vector<std::unique_ptr<char[]>> blocks;
  for (;;) {
    constexpr std::size_t kBlock = 4U << 20;
    blocks.push_back(std::make_unique_for_overwrite<char[]>(kBlock));
    std::memset(blocks.back().get(), 1, kBlock);
  }
}

/// Says over the channel what no honest worker would, then goes on as if nothing had happened.
void lie(std::uint64_t job, void (*twist)(ReplyRecord&)) {
  ReplyRecord reply;
  reply.kind = static_cast<std::uint32_t>(media_sandbox::ReplyKind::kDone);
  reply.job = job;
  reply.frame = {0, 24, 0, 8, 8, 8, 8, 1, 0, static_cast<std::uint32_t>(PixelLayout::kRgb24), 1};
  reply.type = 1;
  reply.width_px = reply.height_px = 8;
  reply.frames_total = reply.frames_decoded = 1;
  twist(reply);
  ::send(media_sandbox::kChannelFd, &reply, sizeof reply, MSG_NOSIGNAL);
}

void try_forbidden_call(Deed deed) {
  std::array<char*, 2> argv{const_cast<char*>("/bin/true"), nullptr};
  switch (deed) {
    case Deed::kOpen:
      (void)::open("/etc/passwd", O_RDONLY);
      break;
    case Deed::kSocket:
      (void)::socket(AF_INET, SOCK_STREAM, 0);
      break;
    case Deed::kFork:
      (void)::fork();
      break;
    case Deed::kExec:
      ::execve(argv[0], argv.data(), nullptr);
      break;
    case Deed::kKillParent:
      ::kill(::getppid(), SIGKILL);
      break;
    case Deed::kExecutableMemory:
      (void)::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      break;
    case Deed::kShrinkMemory:
      if (::ftruncate(media_sandbox::kOutputFd, 0) != 0) break;
      break;
    default:
      break;
  }
}

class HostileDecoder final : public MediaDecoder {
 public:
  explicit HostileDecoder(FrameMemory& memory) : honest_(memory) {}

  Result<MediaInfo> decode(std::span<const std::byte> file, const DecodeOptions& options,
                           FunctionRef<void(const Frame&)> visit) override {
    ++jobs_;
    const auto deed = static_cast<Deed>(file[0]);
    if (deed >= Deed::kCount_) return honest_.decode(file, options, visit);
    std::uint64_t job = 0;  // the file names the job, so that a lie is about the right one
    if (file.size() >= 1 + sizeof job) std::memcpy(&job, file.data() + 1, sizeof job);
    act(deed, job);
    return fail(Code::kInvalidInput, "done");
  }

 private:
  void act(Deed deed, std::uint64_t job) {
    switch (deed) {
      case Deed::kCrash:
        *unmapped = 1;
        break;
      case Deed::kAbort:
        std::abort();
      case Deed::kExit:
        ::_exit(0);
      case Deed::kKillItself:  // as a file that fills the memory until the system kills the worker
        ::syscall(SYS_tgkill, ::getpid(), ::gettid(), SIGKILL);
        break;
      case Deed::kHang:
        ::pause();
        break;
      case Deed::kSleep:
        for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
      case Deed::kSpin:
        spin();
      case Deed::kAllocate:
        allocate_endlessly();
      case Deed::kRecurse:
        recurse(1);
        break;
      case Deed::kLieOffset:
        lie(job, [](ReplyRecord& r) { r.frame.offset_bytes = ~0ULL - 100; });
        break;
      case Deed::kLieSize:
        lie(job, [](ReplyRecord& r) { r.frame.width_px = r.frame.original_width_px = 2'000'000'000; });
        break;
      case Deed::kLieStride:
        lie(job, [](ReplyRecord& r) { r.frame.stride_bytes = -24; });
        break;
      case Deed::kLieCode:
        lie(job, [](ReplyRecord& r) { r.error_code = 77; });
        break;
      case Deed::kLieJob:
        lie(job + 1, [](ReplyRecord&) {});
        break;
      case Deed::kShortPacket:
        ::send(media_sandbox::kChannelFd, "hi", 2, MSG_NOSIGNAL);
        break;
      case Deed::kFloodPackets:
        for (int i = 0; i < 100'000; ++i)
          ::send(media_sandbox::kChannelFd, "hi", 2, MSG_NOSIGNAL | MSG_DONTWAIT);
        break;
      default:
        try_forbidden_call(deed);
    }
  }

  static int recurse(int depth) {
    volatile char frame[4096];  // NOLINT(modernize-avoid-c-arrays): volatile, so that it stays on the stack
    frame[0] = static_cast<char>(depth);
    return depth == 0 ? 0 : recurse(depth + 1) + frame[0];
  }

  ImagesDecoder honest_;
  int jobs_ = 0;
};

}  // namespace
}  // namespace seawall::test

int main(int argc, char** argv) {
  const auto make = [](seawall::FrameMemory& memory) -> std::unique_ptr<seawall::MediaDecoder> {
    return std::make_unique<seawall::test::HostileDecoder>(memory);
  };
  const auto warm_up = [] {};
  return seawall::run_media_worker(argc, argv, {.make_decoder = make, .warm_up = warm_up});
}
