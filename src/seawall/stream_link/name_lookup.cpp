#include "seawall/stream_link/detail/name_lookup.h"

#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <mutex>
#include <thread>

#include "seawall/base/bounded_queue.h"
#include "seawall/base/unique_fd.h"

namespace seawall::stream_link_detail {
namespace {

constexpr int kThreads = 2;

struct Asked {
  std::uint64_t id = 0;
  std::string host;
};

struct ListRelease {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

std::vector<PeerAddress> addresses_of(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  std::vector<PeerAddress> addresses;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return addresses;
  const std::unique_ptr<addrinfo, ListRelease> list(found);
  for (const addrinfo* each = found; each != nullptr && addresses.size() < NameLookup::kAddressesMax;
       each = each->ai_next) {
    if (const auto address = PeerAddress::of(each->ai_addr, each->ai_addrlen)) addresses.push_back(*address);
  }
  return addresses;
}

}  // namespace

struct NameLookup::Shared {
  BoundedQueue<Asked> asked{kWaitingMax};
  std::mutex mutex;
  std::vector<LookedUp> answers;  // Guarded by mutex.
  UniqueFd wake;
};

NameLookup::NameLookup(int wake) : shared_(std::make_shared<Shared>()) {
  shared_->wake = UniqueFd(::fcntl(wake, F_DUPFD_CLOEXEC, 3));
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  for (int i = 0; i < kThreads; ++i) {
    // Detached: getaddrinfo() cannot be stopped, and nobody shall wait for it.
    std::thread([shared = shared_] {
      while (auto asked = shared->asked.pop()) {
        LookedUp answer{asked->id, addresses_of(asked->host)};
        {
          const std::scoped_lock lock(shared->mutex);
          shared->answers.push_back(std::move(answer));
        }
        const std::uint64_t one = 1;
        (void)!::write(shared->wake.get(), &one, sizeof one);
      }
    }).detach();
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

NameLookup::~NameLookup() { shared_->asked.close(); }

bool NameLookup::ask(std::uint64_t id, std::string host) {
  Asked asked{id, std::move(host)};
  return shared_->asked.try_push(asked);
}

std::vector<LookedUp> NameLookup::take() {
  const std::scoped_lock lock(shared_->mutex);
  return std::exchange(shared_->answers, {});
}

}  // namespace seawall::stream_link_detail
