// The pool of video workers against ones that have been taken over: each misdeed costs one file, is named,
// and the next file decodes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "hostile_deeds.h"
#include "seawall/base/unique_fd.h"
#include "seawall/media_sandbox/detail/confinement.h"
#include "seawall/media_sandbox/sandboxed_video_decoder.h"

namespace seawall::test {
namespace {

using testing::HasSubstr;

std::vector<std::byte> bytes_for(VideoDeed deed, std::uint64_t job) {
  std::vector<std::byte> bytes(1 + sizeof job);
  bytes[0] = static_cast<std::byte>(deed);
  std::memcpy(bytes.data() + 1, &job, sizeof job);
  return bytes;
}

/// An open file without a name, for reading and writing.
UniqueFd file_for(const std::vector<std::byte>& bytes) {
  std::string name = (std::filesystem::temp_directory_path() / "seawall-deed-XXXXXX").string();
  UniqueFd file(::mkstemp(name.data()));
  ::unlink(name.c_str());
  EXPECT_EQ(::write(file.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  return file;
}

class HostileVideoWorker : public testing::Test {
 protected:
  HostileVideoWorker() {
    VideoSandboxOptions options;
    options.worker_program =
        std::filesystem::read_symlink("/proc/self/exe").replace_filename("hostile_video_worker").string();
    options.workers_max = 1;
    auto decoder = SandboxedVideoDecoder::create(options);
    EXPECT_TRUE(decoder);
    if (decoder) decoder_ = *std::move(decoder);
  }

  Result<VideoInfo> run(VideoDeed deed, bool from_file = false) {
    const auto bytes = bytes_for(deed, ++jobs_);
    VideoOptions options;
    options.limits.time_ms_max = deed == VideoDeed::kSpin ? 300 : 60'000;
    options.limits.memory_bytes_max = 64ULL << 20;
    frames_ = 0;
    const auto visit = [&](const VideoFrame& frame) {
      EXPECT_EQ(frame.planes.y[0], 7);
      return ++frames_ > 0;
    };
    if (!from_file) {
      const VideoSource::Bytes part(bytes);
      return decoder_->decode({.parts = {&part, 1}}, options, visit);
    }
    const UniqueFd file = file_for(bytes);
    auto result = decoder_->decode({.file = file.get()}, options, visit);
    std::vector<std::byte> after(bytes.size());
    EXPECT_EQ(::pread(file.get(), after.data(), after.size(), 0), static_cast<ssize_t>(after.size()));
    EXPECT_EQ(after, bytes);
    return result;
  }

  void expect_end(VideoDeed deed, Code code, const std::string& word, bool from_file = false) {
    SCOPED_TRACE(static_cast<int>(deed));
    const auto result = run(deed, from_file);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, code) << result.error().message;
    EXPECT_THAT(result.error().message, HasSubstr(word));
    const auto next = run(VideoDeed::kHonest, from_file);
    ASSERT_TRUE(next.has_value()) << next.error().message;
    EXPECT_EQ(frames_, 2);
  }

  std::unique_ptr<SandboxedVideoDecoder> decoder_;
  std::uint64_t jobs_ = 0;
  int frames_ = 0;
};

TEST_F(HostileVideoWorker, ThatCrashesCostsOneVideo) {
  // A sanitizer that looks at the crash first makes calls that are forbidden there.
  expect_end(VideoDeed::kCrash, Code::kDecoderCrashed, media_sandbox::kSanitized ? "" : "SIGSEGV");
}

TEST_F(HostileVideoWorker, ThatSpinsIsEndedInTime) {
  expect_end(VideoDeed::kSpin, Code::kLimitExceeded, "300 ms");
}

TEST_F(HostileVideoWorker, ThatAllocatesEndlesslyRunsIntoItsLimit) {
  if (media_sandbox::kSanitized) GTEST_SKIP() << "no limit of memory under a sanitizer";
  expect_end(VideoDeed::kAllocate, Code::kLimitExceeded, "memory");
}

TEST_F(HostileVideoWorker, ThatReachesForMoreIsKilled) {
  for (const VideoDeed deed : {VideoDeed::kSocket, VideoDeed::kFork, VideoDeed::kSignalParent})
    expect_end(deed, Code::kDecoderCrashed, "SIGSYS");
}

TEST_F(HostileVideoWorker, CanOnlyReadTheFileThatItIsHanded) {
  expect_end(VideoDeed::kWriteFile, Code::kDecoderCrashed, "SIGSYS", true);
  expect_end(VideoDeed::kReadChannel, Code::kDecoderCrashed, "SIGSYS", true);
  expect_end(VideoDeed::kMapFileWritable, Code::kInvalidInput, "Permission denied", true);
}

TEST_F(HostileVideoWorker, IsToldThatThereAreNoFiles) {
  expect_end(VideoDeed::kOpen, Code::kInvalidInput, "No such file");
}

TEST_F(HostileVideoWorker, IsNotBelieved) {
  for (const VideoDeed deed : {VideoDeed::kLieOffset, VideoDeed::kLieTime, VideoDeed::kLieIndex,
                               VideoDeed::kLieEnd, VideoDeed::kLieJob, VideoDeed::kShortPacket}) {
    expect_end(deed, Code::kDecoderCrashed, "cannot be true");
  }
  EXPECT_EQ(decoder_->stats().crashes, 6U);
}

TEST(VideoPool, SaysWhatToDoWhenItsProgramIsMissing) {
  const auto decoder = SandboxedVideoDecoder::create({.worker_program = "/nowhere/video_worker"});
  ASSERT_FALSE(decoder.has_value());
  EXPECT_EQ(decoder.error().code, Code::kUnavailable);
  EXPECT_THAT(decoder.error().message, HasSubstr("SEAWALL_VIDEO_WORKER"));
}

}  // namespace
}  // namespace seawall::test
