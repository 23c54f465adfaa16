#include "seawall/media_sandbox/detail/confinement.h"

#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <memory>

#include "seawall/media_sandbox/detail/errno_error.h"

namespace seawall::media_sandbox {
namespace {

Result<void> limit(__rlimit_resource resource, rlim_t most, const char* what) {
  const rlimit both{most, most};
  if (::setrlimit(resource, &both) != 0) return fail_errno(what, errno);
  return {};
}

struct FilterRelease {
  void operator()(void* filter) const { ::seccomp_release(filter); }
};

/// Collects rules and remembers the first failure.
class Filter {
 public:
  Filter() : context_(::seccomp_init(SCMP_ACT_KILL_PROCESS)) {
    if (!context_) error_ = ENOMEM;
  }

  template <class... Conditions>
  void allow(int call, Conditions... conditions) {
    add(SCMP_ACT_ALLOW, call, conditions...);
  }
  void answer(int call, int error) { add(SCMP_ACT_ERRNO(static_cast<unsigned>(error)), call); }

  Result<void> load() {
    if (error_ == 0) error_ = -::seccomp_load(context_.get());
    if (error_ != 0) return fail_errno("installing the system call filter", error_);
    return {};
  }

 private:
  template <class... Conditions>
  void add(std::uint32_t action, int call, Conditions... conditions) {
    if (error_ != 0) return;
    const std::array<scmp_arg_cmp, sizeof...(Conditions) + 1> list{conditions...};
    error_ = -::seccomp_rule_add_array(context_.get(), action, call, sizeof...(Conditions), list.data());
  }

  std::unique_ptr<void, FilterRelease> context_;
  int error_ = 0;
};

constexpr scmp_arg_cmp equals(unsigned argument, std::uint64_t value) {
  return {argument, SCMP_CMP_EQ, value, 0};
}
constexpr scmp_arg_cmp has_bits(unsigned argument, std::uint64_t mask, std::uint64_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

void allow_memory(Filter& filter) {
  // No memory can become executable, so bytes of a file never turn into code.
  filter.allow(SCMP_SYS(mmap), has_bits(2, PROT_EXEC, 0));
  filter.allow(SCMP_SYS(mprotect), has_bits(2, PROT_EXEC, 0));
  for (const int call : {SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(brk), SCMP_SYS(madvise)})
    filter.allow(call);
}

void allow_threads(Filter& filter) {
  filter.allow(SCMP_SYS(clone), has_bits(0, CLONE_THREAD | CLONE_VM, CLONE_THREAD | CLONE_VM));
  filter.answer(SCMP_SYS(clone3), ENOSYS);  // its flags lie in memory; glibc then takes clone
  for (const int call :
       {SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(sched_getaffinity),
        SCMP_SYS(sched_yield), SCMP_SYS(exit), SCMP_SYS(gettid), SCMP_SYS(getpid)}) {
    filter.allow(call);
  }
  filter.allow(SCMP_SYS(prctl), equals(0, PR_SET_NAME));
}

void allow_signals_and_time(Filter& filter) {
  for (const int call : {SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigreturn),
                         SCMP_SYS(exit_group), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
                         SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(getrandom)}) {
    filter.allow(call);
  }
  filter.allow(SCMP_SYS(tgkill), equals(0, static_cast<std::uint64_t>(::getpid())));  // abort()
}

void allow_channel(Filter& filter, int channel_fd) {
  const auto fd = static_cast<std::uint64_t>(channel_fd);
  filter.allow(SCMP_SYS(recvfrom), equals(0, fd));
  filter.allow(SCMP_SYS(sendto), equals(0, fd), equals(4, 0));
  if (!kSanitized) filter.allow(SCMP_SYS(write), equals(0, STDERR_FILENO));  // which is /dev/null
}

void allow_file(Filter& filter, int channel_fd, int file_fd) {
  filter.allow(SCMP_SYS(recvmsg), equals(0, static_cast<std::uint64_t>(channel_fd)));
  filter.allow(SCMP_SYS(pread64), equals(0, static_cast<std::uint64_t>(file_fd)));
  if (!kSanitized) filter.allow(SCMP_SYS(close), equals(0, static_cast<std::uint64_t>(file_fd)));
  // iconv looks for character sets when a transport stream names one. None is there: not a reason to die.
  for (const int call : {SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(newfstatat), SCMP_SYS(stat),
                         SCMP_SYS(access), SCMP_SYS(faccessat)}) {
    filter.answer(call, ENOENT);
  }
}

/// UBSan's check of virtual calls finds out through a pipe whether memory can be read.
void allow_sanitizer_runtime(Filter& filter) {
  for (const int call : {SCMP_SYS(sigaltstack), SCMP_SYS(readlink), SCMP_SYS(getuid), SCMP_SYS(getppid),
                         SCMP_SYS(pipe2), SCMP_SYS(pipe), SCMP_SYS(read), SCMP_SYS(close)}) {
    filter.allow(call);
  }
  filter.allow(SCMP_SYS(write));
}

}  // namespace

Result<void> renounce_privileges(int parent_pid, int descriptors) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return fail_errno("PR_SET_PDEATHSIG", errno);
  // The parent may have died before that line; then nobody would ever end this process.
  if (::getppid() != parent_pid) return fail(Code::kUnavailable, "the parent of the worker is gone");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail_errno("PR_SET_NO_NEW_PRIVS", errno);
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) return fail_errno("PR_SET_DUMPABLE", errno);
  ::close_range(static_cast<unsigned>(descriptors), ~0U, 0);
  if (auto r = limit(RLIMIT_CORE, 0, "RLIMIT_CORE"); !r) return r;
  return limit(RLIMIT_FSIZE, 0, "RLIMIT_FSIZE");
}

Result<std::uint64_t> address_space_bytes() {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/proc/self/statm", "re"),
                                                             std::fclose);
  unsigned long pages = 0;
  if (!file || std::fscanf(file.get(), "%lu", &pages) != 1) {
    return fail(Code::kUnavailable, "cannot read /proc/self/statm");
  }
  return std::uint64_t{pages} * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

Result<void> limit_resources(std::uint64_t bytes, int descriptors) {
  if (kSanitized) return {};
  if (auto r = limit(RLIMIT_NOFILE, static_cast<rlim_t>(descriptors), "RLIMIT_NOFILE"); !r) return r;
  return limit(RLIMIT_AS, bytes, "RLIMIT_AS");
}

Result<void> forbid_system_calls(int channel_fd, int file_fd) {
  Filter filter;
  allow_memory(filter);
  allow_threads(filter);
  allow_signals_and_time(filter);
  allow_channel(filter, channel_fd);
  if (file_fd >= 0) allow_file(filter, channel_fd, file_fd);
  if (kSanitized) allow_sanitizer_runtime(filter);
  return filter.load();
}

}  // namespace seawall::media_sandbox
