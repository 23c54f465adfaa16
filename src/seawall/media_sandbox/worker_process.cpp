#include "seawall/media_sandbox/detail/worker_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <ctime>
#include <utility>

#include "seawall/media_sandbox/detail/confinement.h"
#include "seawall/media_sandbox/detail/errno_error.h"

namespace seawall::media_sandbox {
namespace {

/// posix_spawn's list of what happens to descriptors between fork and exec.
class FileActions {
 public:
  FileActions() { ::posix_spawn_file_actions_init(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }

  void open_null(int fd, int flags) {
    note(::posix_spawn_file_actions_addopen(&actions_, fd, "/dev/null", flags, 0));
  }
  void duplicate(int from, int to) { note(::posix_spawn_file_actions_adddup2(&actions_, from, to)); }
  void close_from(int fd) { note(::posix_spawn_file_actions_addclosefrom_np(&actions_, fd)); }
  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  void note(int error) { error_ = error_ != 0 ? error_ : error; }
  posix_spawn_file_actions_t actions_{};
  int error_ = 0;
};

/// Default signal handling and nothing blocked, whatever the parent does; its own process group, so that a
/// Ctrl-C for the parent reaches the parent alone.
class SpawnAttributes {
 public:
  SpawnAttributes() {
    ::posix_spawnattr_init(&attributes_);
    sigset_t all;
    sigset_t none;
    sigfillset(&all);
    sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_,
                               POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  ~SpawnAttributes() { ::posix_spawnattr_destroy(&attributes_); }
  [[nodiscard]] const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

/// A copy of `fd` above the numbers that a worker's descriptors get, so that placing one overwrites no other.
UniqueFd moved_up(int fd) { return UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, kDescriptorsOfWorker)); }

std::string signal_name(int number) {
  const char* name = ::sigabbrev_np(number);
  return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(number);
}

}  // namespace

Result<std::unique_ptr<WorkerProcess>> WorkerProcess::start(const WorkerRecipe& recipe) {
  std::unique_ptr<WorkerProcess> worker(new WorkerProcess);
  SEAWALL_TRY(worker->input_, SharedMemory::create("seawall-input", recipe.regions.input_bytes,
                                                   SharedMemory::Access::kReadWrite, true));
  SEAWALL_TRY(worker->output_, SharedMemory::create("seawall-output", recipe.regions.output_bytes,
                                                    SharedMemory::Access::kRead, false));
  std::array<int, 2> ends{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return fail_errno("socketpair", errno);
  }
  worker->channel_ = UniqueFd(ends[0]);
  worker->memory_bytes_max_ = recipe.memory_bytes_max;
  if (auto r = worker->launch(recipe, UniqueFd(ends[1])); !r) return tl::unexpected(std::move(r).error());
  if (auto r = worker->await_hello(recipe.start_ms_max); !r) return tl::unexpected(std::move(r).error());
  return worker;
}

Result<void> WorkerProcess::launch(const WorkerRecipe& recipe, UniqueFd channel_of_worker) {
  const UniqueFd channel = moved_up(channel_of_worker.get());
  const UniqueFd input = moved_up(input_.fd());
  const UniqueFd output = moved_up(output_.fd());
  if (!channel || !input || !output) return fail_errno("duplicating descriptors", errno);
  FileActions actions;
  actions.open_null(STDIN_FILENO, O_RDONLY);
  actions.open_null(STDOUT_FILENO, O_WRONLY);
  actions.open_null(STDERR_FILENO, O_WRONLY);
  actions.duplicate(channel.get(), kChannelFd);
  actions.duplicate(input.get(), kInputFd);
  actions.duplicate(output.get(), kOutputFd);
  actions.close_from(kDescriptorsOfWorker);
  if (actions.error() != 0) return fail_errno("preparing the worker's descriptors", actions.error());

  std::string program = recipe.program;
  auto arguments = arguments_of({::getpid(), recipe.memory_bytes_max, recipe.wipe});
  std::array<char*, 6> argv{program.data(),      arguments[0].data(), arguments[1].data(),
                            arguments[2].data(), arguments[3].data(), nullptr};
  std::array<char*, 1> environment{nullptr};
  const SpawnAttributes attributes;
  const int error =
      ::posix_spawn(&pid_, program.c_str(), actions.get(), attributes.get(), argv.data(), environment.data());
  if (error != 0) {
    pid_ = -1;
    return fail_errno("starting " + program, error);
  }
  return {};
}

Result<void> WorkerProcess::await_hello(int start_ms_max) {
  HelloRecord hello;
  std::array<std::byte, sizeof hello + 1> buffer{};
  std::span<std::byte> packet = buffer;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(start_ms_max);
  switch (receive(packet, deadline)) {
    case Wait::kPacket:
      break;
    case Wait::kTimeout:
      return fail(Code::kUnavailable, "the decoder process did not get ready in time");
    case Wait::kHangUp:
      return fail(Code::kUnavailable,
                  "the decoder process ended while starting: " + kill_and_explain().error.message);
  }
  if (packet.size() != sizeof hello)
    return fail(Code::kUnavailable, "the decoder process speaks another protocol");
  std::memcpy(&hello, packet.data(), sizeof hello);
  if (hello.magic != kWireMagic)
    return fail(Code::kUnavailable, "the decoder process speaks another protocol");
  start_bytes_ = hello.address_space_bytes;
  return {};
}

WorkerProcess::~WorkerProcess() {
  if (pid_ > 0) (void)kill_and_explain();
}

void WorkerProcess::limit_job(std::uint64_t memory_bytes_max, int time_ms_max) {
  if (!kSanitized && memory_bytes_max != memory_bytes_now_) {
    const rlim_t hard = start_bytes_ + memory_bytes_max_;
    const rlimit memory{start_bytes_ + std::min(memory_bytes_max, memory_bytes_max_), hard};
    ::prlimit(pid_, RLIMIT_AS, &memory, nullptr);
    memory_bytes_now_ = memory_bytes_max;
  }
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return;
  // Whole seconds is all there is; two are added so that the wall clock, which names the reason, comes first.
  cpu_seconds_max_ = (time_ms_max + 999) / 1000 + 2;
  const rlimit cpu{static_cast<rlim_t>(used.tv_sec + cpu_seconds_max_), RLIM_INFINITY};
  ::prlimit(pid_, RLIMIT_CPU, &cpu, nullptr);
}

bool WorkerProcess::send(std::span<const std::byte> packet) const {
  return ::send(channel_.get(), packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT) ==
         static_cast<ssize_t>(packet.size());
}

bool WorkerProcess::send_with_file(std::span<const std::byte> packet, int file) const {
  iovec bytes{const_cast<std::byte*>(packet.data()), packet.size()};
  alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(head), &file, sizeof file);
  return ::sendmsg(channel_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT) ==
         static_cast<ssize_t>(packet.size());
}

Wait WorkerProcess::receive(std::span<std::byte>& packet,
                            std::chrono::steady_clock::time_point deadline) const {
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd waiting{channel_.get(), POLLIN, 0};
    const int timeout_ms = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, INT_MAX));
    const int ready = ::poll(&waiting, 1, timeout_ms);
    if (ready < 0 && errno == EINTR) continue;
    if (ready == 0) return Wait::kTimeout;
    const ssize_t got = ::recv(channel_.get(), packet.data(), packet.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) return Wait::kHangUp;
    packet = packet.first(static_cast<std::size_t>(got));
    return Wait::kPacket;
  }
}

int WorkerProcess::reap() {
  int status = 0;
  pid_t got = 0;
  do got = ::waitpid(pid_, &status, 0);
  while (got < 0 && errno == EINTR);
  pid_ = -1;
  return got > 0 ? status : 0;
}

bool WorkerProcess::has_hung_up() const {
  pollfd asked{channel_.get(), 0, 0};
  return ::poll(&asked, 1, 0) == 1 && (asked.revents & (POLLHUP | POLLERR)) != 0;
}

WorkerEnd WorkerProcess::kill_and_explain() {
  // A worker that has hung up is already ending by itself, and its own signal is the one to name.
  const bool ended_before = has_hung_up();
  ::kill(pid_, SIGKILL);
  const int status = reap();
  if (!WIFSIGNALED(status)) {
    return {{Code::kDecoderCrashed, "the decoder exited with status " + std::to_string(WEXITSTATUS(status))}};
  }
  const int number = WTERMSIG(status);
  if (number == SIGXCPU) {
    return {{Code::kLimitExceeded,
             "decoding took more CPU time than the limit of " + std::to_string(cpu_seconds_max_) + " s"}};
  }
  if (number == SIGSYS)
    return {{Code::kDecoderCrashed, "the decoder tried a forbidden system call (SIGSYS)"}};
  if (number == SIGKILL && ended_before) {
    return {{Code::kDecoderCrashed, "the decoder was killed from outside (SIGKILL); is memory short?"}, true};
  }
  return {{Code::kDecoderCrashed, "the decoder died of " + signal_name(number)}};
}

}  // namespace seawall::media_sandbox
