// A video worker whose decoder has been taken over: the real main loop and confinement around a decoder that
// does what the first byte of its source says. Only for tests/video/sandbox_test.cpp.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>
#include <vector>

#include "hostile_deeds.h"
#include "seawall/media_sandbox/detail/video_wire.h"
#include "seawall/media_sandbox/detail/worker_launch.h"
#include "seawall/media_sandbox/video_worker_main.h"

namespace seawall::test {
namespace {

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

template <class Record>
void say(const Record& record) {
  ::send(media_sandbox::kChannelFd, &record, sizeof record, MSG_NOSIGNAL);
}

class HostileVideoDecoder final : public VideoDecoder {
 public:
  explicit HostileVideoDecoder(FrameMemory& memory) : memory_(memory) {}

  Result<VideoInfo> decode(const VideoSource& source, const VideoOptions&,
                           FunctionRef<bool(const VideoFrame&)> visit) override {
    std::array<std::byte, 9> head{};
    if (source.file >= 0) {
      (void)!::pread(source.file, head.data(), head.size(), 0);
    } else {
      std::memcpy(head.data(), source.parts[0].data(), std::min(head.size(), source.parts[0].size()));
    }
    std::memcpy(&job_, head.data() + 1, sizeof job_);
    const auto deed = static_cast<VideoDeed>(head[0]);
    if (deed == VideoDeed::kHonest) return show(visit);
    errno = 0;
    act(deed, source.file);
    return fail(Code::kInvalidInput, std::strerror(errno));
  }

 private:
  Result<VideoInfo> show(FunctionRef<bool(const VideoFrame&)> visit) {
    VideoInfo info;
    info.video_streams = 1;
    info.packets = info.frames_decoded = 2;
    while (info.frames_visited < 2) {
      const auto memory = memory_.next(64 * 32);
      std::memset(memory.data(), 7, memory.size());
      VideoFrame frame;
      frame.planes = {.y = memory.data(), .y_stride_bytes = 64, .width_px = 64, .height_px = 32};
      frame.time_us = frame.index = info.frames_visited++;
      if (!visit(frame)) break;
    }
    return info;
  }

  media_sandbox::VideoFrameReply frame() const {
    VideoFrame honest;
    honest.planes = {.y = nullptr, .y_stride_bytes = 64, .width_px = 64, .height_px = 32};
    return media_sandbox::record_of(honest, job_, nullptr);
  }

  void act(VideoDeed deed, int file) {
    auto lie = frame();
    media_sandbox::VideoDoneReply end;
    end.job = job_;
    end.video_streams = 1;
    switch (deed) {
      case VideoDeed::kCrash:
        *unmapped = 1;
        break;
      case VideoDeed::kSpin:
        spin();
      case VideoDeed::kAllocate:
        allocate_endlessly();
      case VideoDeed::kSocket:
        (void)::socket(AF_INET, SOCK_STREAM, 0);
        break;
      case VideoDeed::kFork:
        (void)::fork();
        break;
      case VideoDeed::kSignalParent:
        ::kill(::getppid(), SIGKILL);
        break;
      case VideoDeed::kWriteFile:
        (void)!::pwrite(file, "x", 1, 0);
        break;
      case VideoDeed::kMapFileWritable:
        (void)::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        break;
      case VideoDeed::kReadChannel:
        (void)!::pread(media_sandbox::kInputFd, &lie, 1, 0);
        break;
      case VideoDeed::kOpen:
        (void)::open("/etc/passwd", O_RDONLY);
        break;
      case VideoDeed::kLieOffset:
        lie.y_offset_bytes = ~0ULL - 100;
        say(lie);
        break;
      case VideoDeed::kLieTime:
        lie.time_us = -5;
        say(lie);
        break;
      case VideoDeed::kLieIndex:
        lie.index = 1;
        say(lie);
        break;
      case VideoDeed::kLieEnd:
        end.frames_visited = 1;
        say(end);
        break;
      case VideoDeed::kLieJob:
        end.job = job_ + 1;
        say(end);
        break;
      case VideoDeed::kShortPacket:
        ::send(media_sandbox::kChannelFd, "hi", 2, MSG_NOSIGNAL);
        break;
      default:
        break;
    }
  }

  FrameMemory& memory_;
  std::uint64_t job_ = 0;
};

}  // namespace
}  // namespace seawall::test

int main(int argc, char** argv) {
  const auto make = [](seawall::FrameMemory& memory) -> std::unique_ptr<seawall::VideoDecoder> {
    return std::make_unique<seawall::test::HostileVideoDecoder>(memory);
  };
  const auto warm_up = [] {};
  return seawall::run_video_worker(argc, argv, {.make_decoder = make, .warm_up = warm_up});
}
