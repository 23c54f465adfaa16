// The pool against workers that have been taken over: each misdeed costs one file, is named, and the next
// file decodes. And: concurrency, limits, start-up failures, no process left behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include "../conformance/media_decoder_suite.h"
#include "hostile_deeds.h"
#include "seawall/media_sandbox/detail/confinement.h"
#include "seawall/media_sandbox/sandboxed_decoder.h"

// NOLINTNEXTLINE(bugprone-reserved-identifier): LeakSanitizer's own name. libx265, which only encodes the
// test files, keeps its tables.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libx265"; }  // NOLINT: as above

namespace seawall::test {
namespace {

using SteadyClock = std::chrono::steady_clock;

std::string program(const std::string& name) {
  return std::filesystem::read_symlink("/proc/self/exe").replace_filename(name).string();
}

std::unique_ptr<SandboxedDecoder> make(SandboxOptions options) {
  auto decoder = SandboxedDecoder::create(std::move(options));
  EXPECT_TRUE(decoder);
  return decoder ? *std::move(decoder) : nullptr;
}

/// A file that makes the hostile worker do `deed`; `job` is the number that the pool will give it.
Bytes file_for(Deed deed, std::uint64_t job) {
  Bytes file(1 + sizeof job);
  file[0] = static_cast<std::byte>(deed);
  std::memcpy(file.data() + 1, &job, sizeof job);
  return file;
}

/// Processes whose parent is this one, by their names; zombies among them.
std::vector<pid_t> children_called(const std::string& name) {
  std::vector<pid_t> children;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream stat(entry.path() / "stat");
    std::string text;
    std::getline(stat, text);
    const auto open = text.find('(');
    const auto close = text.rfind(')');
    if (open == std::string::npos || close == std::string::npos) continue;
    char state = 0;
    int parent = 0;
    if (std::sscanf(text.c_str() + close + 1, " %c %d", &state, &parent) != 2) continue;
    if (parent != ::getpid() || text.substr(open + 1, close - open - 1) != name) continue;
    children.push_back(std::stoi(entry.path().filename()));
  }
  return children;
}

/// Kills the one worker of that name, from outside, and waits until it is gone or waits to be reaped.
void kill_the_worker(const std::string& name) {
  const auto workers = children_called(name);
  ASSERT_EQ(workers.size(), 1U);
  ASSERT_EQ(::kill(workers[0], SIGKILL), 0);
  siginfo_t ended{};
  ::waitid(P_PID, static_cast<id_t>(workers[0]), &ended, WEXITED | WNOWAIT);
}

class HostileWorker : public testing::Test {
 protected:
  void SetUp() override {
    SandboxOptions options;
    options.worker_program = program("hostile_worker");
    options.workers_max = 1;
    options.limits_max.memory_bytes_max = 256U << 20;
    decoder_ = make(std::move(options));
  }

  Decoded decode(const Bytes& file, int time_ms_max = 5000) {
    ++jobs_;
    DecodeOptions options;
    options.exact = true;
    options.limits.time_ms_max = time_ms_max;
    return decode_with(*decoder_, file, options);
  }
  /// Does `deed`, expects it to be answered with `code` and a message that holds `word`, and the next picture
  /// to decode.
  void expect_answer(Deed deed, Code code, const std::string& word, int time_ms_max = 5000) {
    const Decoded d = decode(file_for(deed, jobs_ + 1), time_ms_max);
    ASSERT_FALSE(d.info);
    EXPECT_EQ(d.info.error().code, code) << d.info.error().message;
    EXPECT_NE(d.info.error().message.find(word), std::string::npos) << d.info.error().message;
    EXPECT_TRUE(d.frames.empty());
    const Picture p = make_picture(30, 20, 3);
    const Decoded next = decode(encode_png(p));
    ASSERT_TRUE(next.info) << next.info.error().message;
    EXPECT_EQ(next.pictures.at(0), p);
  }

  std::unique_ptr<SandboxedDecoder> decoder_;
  std::uint64_t jobs_ = 0;
};

TEST_F(HostileWorker, ACrashIsNamedAndCostsOneFile) {
  expect_answer(Deed::kCrash, Code::kDecoderCrashed, "SIGSEGV");
}
TEST_F(HostileWorker, AnAbortIsNamed) { expect_answer(Deed::kAbort, Code::kDecoderCrashed, "SIGABRT"); }
TEST_F(HostileWorker, AnExitIsNamed) { expect_answer(Deed::kExit, Code::kDecoderCrashed, "exited"); }
TEST_F(HostileWorker, AStackOverflowIsACrash) { expect_answer(Deed::kRecurse, Code::kDecoderCrashed, "SIG"); }

TEST_F(HostileWorker, ASleepEndsAtTheTimeLimit) {
  const auto start = SteadyClock::now();
  expect_answer(Deed::kSleep, Code::kLimitExceeded, "longer than the limit", 150);
  EXPECT_LT(SteadyClock::now() - start, std::chrono::seconds(4));
}
TEST_F(HostileWorker, ASpinEndsAtTheTimeLimit) {
  expect_answer(Deed::kSpin, Code::kLimitExceeded, "longer than the limit", 150);
}
TEST_F(HostileWorker, WaitingForASignalIsForbidden) {
  expect_answer(Deed::kHang, Code::kDecoderCrashed, "forbidden system call");
}

TEST_F(HostileWorker, AllocatingEndlesslyEndsAtTheMemoryLimit) {
  if (media_sandbox::kSanitized) GTEST_SKIP() << "the address space is not limited under a sanitizer";
  expect_answer(Deed::kAllocate, Code::kLimitExceeded, "more memory");
}

TEST_F(HostileWorker, NoFileCanBeOpened) {
  expect_answer(Deed::kOpen, Code::kDecoderCrashed, "forbidden system call");
}
TEST_F(HostileWorker, NoSocketCanBeMade) {
  expect_answer(Deed::kSocket, Code::kDecoderCrashed, "forbidden system call");
}
TEST_F(HostileWorker, NoProcessCanBeForked) {
  expect_answer(Deed::kFork, Code::kDecoderCrashed, "forbidden system call");
}
TEST_F(HostileWorker, NoProgramCanBeRun) {
  expect_answer(Deed::kExec, Code::kDecoderCrashed, "forbidden system call");
}
TEST_F(HostileWorker, NoOtherProcessCanBeKilled) {
  expect_answer(Deed::kKillParent, Code::kDecoderCrashed, "forbidden system call");
}
TEST_F(HostileWorker, NoMemoryCanBecomeExecutable) {
  expect_answer(Deed::kExecutableMemory, Code::kDecoderCrashed, "forbidden system call");
}
TEST_F(HostileWorker, TheSharedMemoryCannotBeShrunk) {
  expect_answer(Deed::kShrinkMemory, Code::kDecoderCrashed, "forbidden system call");
}

TEST_F(HostileWorker, AnOffsetOutsideTheMemoryIsNotBelieved) {
  expect_answer(Deed::kLieOffset, Code::kDecoderCrashed, "outside the shared memory");
}
TEST_F(HostileWorker, AnImpossibleSizeIsNotBelieved) {
  expect_answer(Deed::kLieSize, Code::kDecoderCrashed, "frame size");
}
TEST_F(HostileWorker, ABackwardStrideIsNotBelieved) {
  expect_answer(Deed::kLieStride, Code::kDecoderCrashed, "stride");
}
TEST_F(HostileWorker, AnUnknownErrorCodeIsNotBelieved) {
  expect_answer(Deed::kLieCode, Code::kDecoderCrashed, "error code");
}
TEST_F(HostileWorker, AnAnswerToAnotherJobIsNotBelieved) {
  expect_answer(Deed::kLieJob, Code::kDecoderCrashed, "another job");
}
TEST_F(HostileWorker, AShortPacketIsNotBelieved) {
  expect_answer(Deed::kShortPacket, Code::kDecoderCrashed, "not a reply");
}
TEST_F(HostileWorker, AFloodOfPacketsIsNotBelieved) {
  expect_answer(Deed::kFloodPackets, Code::kDecoderCrashed, "not a reply");
}

TEST_F(HostileWorker, AFileThatEndsItsWorkerLikeAFullMemoryIsTriedTwiceAndNoMore) {
  const auto before = SteadyClock::now();
  expect_answer(Deed::kKillItself, Code::kDecoderCrashed, "killed from outside");
  EXPECT_LT(SteadyClock::now() - before, std::chrono::seconds(30));
}

TEST_F(HostileWorker, LeavesNoProcessBehind) {
  for (const Deed deed : {Deed::kCrash, Deed::kOpen, Deed::kShortPacket, Deed::kAbort}) {
    EXPECT_FALSE(decode(file_for(deed, jobs_ + 1)).info);
    EXPECT_LE(children_called("hostile_worker").size(), 1U);
  }
  decoder_.reset();
  EXPECT_TRUE(children_called("hostile_worker").empty()) << "neither running nor as a zombie";
}

TEST_F(HostileWorker, EightThreadsOfGoodAndBadFilesEachGetTheirOwnAnswer) {
  SandboxOptions options;
  options.worker_program = program("hostile_worker");
  options.workers_max = 3;
  const auto pool = make(std::move(options));
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (unsigned i = 0; i < 12; ++i) {
        if ((t + i) % 5 == 0) {
          const Decoded d = decode_with(*pool, file_for(i % 2 == 0 ? Deed::kCrash : Deed::kSocket, 0), {});
          wrong += d.info.has_value() || d.info.error().code != Code::kDecoderCrashed;
          continue;
        }
        const Picture p = make_picture(16 + static_cast<int>(t), 16 + static_cast<int>(i), 3, t * 100 + i);
        const Decoded d = decode_with(*pool, encode_png(p), {.limits = {}, .exact = true});
        wrong += !d.info.has_value() || d.pictures.size() != 1 || d.pictures[0] != p;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(SandboxedDecoder, SaysWhatToDoWhenThereIsNoWorkerProgram) {
  SandboxOptions options;
  options.worker_program = "/no/such/program";
  const auto decoder = SandboxedDecoder::create(std::move(options));
  ASSERT_FALSE(decoder);
  EXPECT_EQ(decoder.error().code, Code::kUnavailable);
  EXPECT_NE(decoder.error().message.find("SEAWALL_MEDIA_WORKER"), std::string::npos);
}

TEST(SandboxedDecoder, ReportsAProgramThatIsNoWorkerAtOnceAndPausesBeforeTryingAgain) {
  SandboxOptions options;
  options.worker_program = "/bin/true";
  const auto decoder = make(std::move(options));
  for (int i = 0; i < 20; ++i) {
    const Decoded d = decode_with(*decoder, encode_png(make_picture(4, 4, 3)), {});
    ASSERT_FALSE(d.info);
    EXPECT_EQ(d.info.error().code, Code::kUnavailable) << d.info.error().message;
  }
}

TEST(SandboxedDecoder, ReplacesAWorkerAfterItsNumberOfJobs) {
  SandboxOptions options;
  options.workers_max = 1;
  options.jobs_per_worker_max = 3;
  const auto decoder = make(std::move(options));
  const Picture p = make_picture(12, 12, 3);
  for (int i = 0; i < 10; ++i) {
    const Decoded d = decode_with(*decoder, encode_png(p), {.limits = {}, .exact = true});
    ASSERT_TRUE(d.info);
    EXPECT_EQ(d.pictures.at(0), p);
  }
  EXPECT_LE(children_called("media_worker").size(), 1U);
}

/// An animation long enough that its worker is still busy when the first frame is seen.
Bytes animation_of(std::vector<Picture>& frames) {
  for (unsigned i = 0; i < 12; ++i) frames.push_back(make_picture(40, 30, 3, i + 1));
  return encode_animated_webp(frames);
}

std::unique_ptr<SandboxedDecoder> one_real_worker() {
  SandboxOptions options;
  options.workers_max = 1;
  return make(std::move(options));
}

TEST(SandboxedDecoder, DecodesOnAnotherWorkerWhenOneIsKilledFromOutsideInTheMiddleOfAFile) {
  const auto decoder = one_real_worker();
  std::vector<Picture> frames;
  const Bytes file = animation_of(frames);
  std::vector<int> seen;
  const auto info = decoder->decode(file, {.limits = {}, .exact = true}, [&](const Frame& frame) {
    seen.push_back(frame.index);
    if (seen.size() == 1) kill_the_worker("media_worker");
  });
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->frames_decoded, 12);
  EXPECT_THAT(seen, testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)) << "each frame once";
}

TEST(SandboxedDecoder, GivesAFileUpWhenItsSecondWorkerIsKilledToo) {
  const auto decoder = one_real_worker();
  std::vector<Picture> frames;
  const Bytes file = animation_of(frames);
  int visits = 0;
  const auto info = decoder->decode(file, {.limits = {}, .exact = true}, [&](const Frame&) {
    ++visits;
    kill_the_worker("media_worker");
  });
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().code, Code::kDecoderCrashed);
  EXPECT_NE(info.error().message.find("killed from outside (SIGKILL)"), std::string::npos);
  EXPECT_EQ(visits, 2);
  EXPECT_TRUE(decode_with(*decoder, file, {}).info) << "the next file has its own attempts";
}

TEST(SandboxedDecoder, PassesOverWorkersThatWereKilledWhileTheyWereIdle) {
  const auto decoder = one_real_worker();
  const Bytes file = encode_png(make_picture(12, 12, 3));
  for (int i = 0; i < 3; ++i) {
    const Decoded d = decode_with(*decoder, file, {});
    ASSERT_TRUE(d.info) << d.info.error().message;
    kill_the_worker("media_worker");
  }
}

TEST(SandboxedDecoder, DecodesOnAThreadThatEndsWithoutLosingTheWorker) {
  SandboxOptions options;
  options.workers_max = 1;
  const auto decoder = make(std::move(options));
  const Bytes file = encode_png(make_picture(12, 12, 3));
  for (int i = 0; i < 3; ++i) {
    std::thread([&] { EXPECT_TRUE(decode_with(*decoder, file, {}).info); }).join();
  }
}

TEST(SandboxedDecoder, DecodesFromEightThreadsAtOnceInEveryFormat) {
  SandboxOptions options;
  options.workers_max = 2;
  const auto decoder = make(std::move(options));
  const Picture p = make_picture(64, 64, 3);
  const std::vector<Bytes> files{encode_jpeg(p),
                                 encode_png(p),
                                 encode_webp(p),
                                 encode_jxl(p),
                                 encode_heif(p, HeifCodec::kHevc),
                                 encode_heif(p, HeifCodec::kAv1),
                                 encode_tiff(std::vector<Picture>{p}),
                                 encode_bmp(p),
                                 encode_pnm(p)};
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < 18; ++i) {
        const Decoded d = decode_with(*decoder, files[(t + i) % files.size()], {.limits = {}, .exact = true});
        wrong += !d.info.has_value() || d.pictures.size() != 1 || mean_difference(d.pictures[0], p) > 3;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(SandboxedDecoder, HoldsAJobToItsOwnSmallerMemoryLimit) {
  if (media_sandbox::kSanitized) GTEST_SKIP() << "the address space is not limited under a sanitizer";
  SandboxOptions options;
  options.workers_max = 1;
  const auto decoder = make(std::move(options));
  // An interlaced progressive file keeps all coefficients: 2 bytes a sample.
  const Bytes file = encode_jpeg(make_picture(3000, 2000, 3), {.quality = 60, .progressive = true});
  DecodeOptions small;
  small.exact = true;
  small.limits.memory_bytes_max = 8U << 20;
  const Decoded refused = decode_with(*decoder, file, small);
  ASSERT_FALSE(refused.info);
  EXPECT_EQ(refused.info.error().code, Code::kLimitExceeded) << refused.info.error().message;
  EXPECT_TRUE(decode_with(*decoder, file, {.limits = {}, .exact = true}).info)
      << "the next job has its own limit";
}

TEST(SandboxedDecoder, WorkersDieWithTheirParentHoweverItEnds) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  // The program itself, in another role: see main() below.
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], 1);
    ::execl("/proc/self/exe", "sandbox_test", "--hold-a-worker", nullptr);
    ::_exit(1);
  }
  ::close(ends[1]);
  int worker = 0;
  ASSERT_EQ(::read(ends[0], &worker, sizeof worker), static_cast<ssize_t>(sizeof worker));
  ASSERT_GT(worker, 0);
  EXPECT_EQ(::kill(worker, 0), 0);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  // The worker holds the only other end of the pipe that its parent gave it; end of file means that it died.
  const auto deadline = SteadyClock::now() + std::chrono::seconds(10);
  bool gone = false;
  while (!gone && SteadyClock::now() < deadline) {
    std::ifstream stat("/proc/" + std::to_string(worker) + "/stat");
    std::string text;
    std::getline(stat, text);
    const auto close = text.rfind(')');
    gone = close == std::string::npos || text[close + 2] == 'Z';
    std::this_thread::yield();
  }
  EXPECT_TRUE(gone);
  ::close(ends[0]);
}

/// Starts a pool, writes the worker's process id to stdout, and waits to be killed.
int hold_a_worker() {
  SandboxOptions options;
  options.workers_max = 1;
  auto decoder = SandboxedDecoder::create(std::move(options));
  if (!decoder || !decode_with(**decoder, encode_png(make_picture(8, 8, 3)), {}).info) return 1;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream stat(entry.path() / "stat");
    std::string text;
    std::getline(stat, text);
    int pid = 0;
    char state = 0;
    int parent = 0;
    const auto close = text.rfind(')');
    if (close == std::string::npos) continue;
    if (std::sscanf(text.c_str(), "%d", &pid) != 1) continue;
    if (std::sscanf(text.c_str() + close + 1, " %c %d", &state, &parent) != 2 || parent != ::getpid())
      continue;
    if (::write(1, &pid, sizeof pid) != static_cast<ssize_t>(sizeof pid)) return 1;
  }
  for (;;) ::pause();
}

}  // namespace
}  // namespace seawall::test

int main(int argc, char** argv) {
  if (argc == 2 && std::string(argv[1]) == "--hold-a-worker") return seawall::test::hold_a_worker();
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
