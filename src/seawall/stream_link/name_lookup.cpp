#include "seawall/stream_link/detail/name_lookup.h"

#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "seawall/base/unique_fd.h"

namespace seawall::stream_link_detail {
namespace {

/// The last two labels.
std::string domain_of(const std::string& host) {
  const std::size_t last = host.rfind('.', host.size() < 2 ? 0 : host.size() - 2);
  if (last == std::string::npos || last == 0) return host;
  const std::size_t before = host.rfind('.', last - 1);
  return before == std::string::npos ? host : host.substr(before + 1);
}

struct ListRelease {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

}  // namespace

std::vector<PeerAddress> resolve_by_system(const std::string& host) {
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

struct NameLookup::Shared {
  /// A name that is asked for, and by whom.
  struct Name {
    std::string host;
    std::vector<std::uint64_t> ids;
  };

  void work();
  std::optional<std::string> next();
  std::vector<std::uint64_t>& ids_of(const std::string& host);
  void answer(const std::string& host, const std::vector<PeerAddress>& addresses);

  Resolve resolve;
  UniqueFd wake;
  std::mutex mutex;  // Guards all below.
  std::condition_variable changed;
  std::list<Name> waiting;
  std::map<std::string, std::vector<std::uint64_t>> running;  // Those that are looked up.
  std::map<std::string, std::size_t> domains;                 // How many of each are looked up.
  std::size_t questions = 0;                                  // Not answered yet.
  std::vector<LookedUp> answers;
  bool closed = false;
};

/// The first name that may be looked up now. Called with the mutex held.
std::optional<std::string> NameLookup::Shared::next() {
  const auto at = std::ranges::find_if(waiting, [this](const Name& name) {
    const auto domain = domains.find(domain_of(name.host));
    return domain == domains.end() || domain->second < kOfOneDomainMax;
  });
  if (at == waiting.end()) return std::nullopt;
  Name name = std::move(*at);
  waiting.erase(at);
  ++domains[domain_of(name.host)];
  running.emplace(name.host, std::move(name.ids));
  return std::move(name.host);
}

/// Who asks for that name now.
std::vector<std::uint64_t>& NameLookup::Shared::ids_of(const std::string& host) {
  if (const auto at = running.find(host); at != running.end()) return at->second;
  const auto same = std::ranges::find(waiting, host, &Name::host);
  return same != waiting.end() ? same->ids : waiting.emplace_back(Name{host, {}}).ids;
}

void NameLookup::Shared::answer(const std::string& host, const std::vector<PeerAddress>& addresses) {
  const std::scoped_lock lock(mutex);
  const std::vector<std::uint64_t> ids = std::move(running.extract(host).mapped());
  const auto domain = domains.find(domain_of(host));
  if (--domain->second == 0) domains.erase(domain);
  questions -= ids.size();
  for (const std::uint64_t id : ids) answers.push_back({id, addresses});
  changed.notify_all();
  const std::uint64_t one = 1;
  (void)!::write(wake.get(), &one, sizeof one);
}

void NameLookup::Shared::work() {
  for (;;) {
    std::optional<std::string> host;
    {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return closed || (host = next()); });
      if (closed) return;
    }
    answer(*host, resolve(*host));
  }
}

NameLookup::NameLookup(int wake, Resolve resolve) : shared_(std::make_shared<Shared>()) {
  shared_->resolve = std::move(resolve);
  shared_->wake = UniqueFd(::fcntl(wake, F_DUPFD_CLOEXEC, 3));
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  // Detached: getaddrinfo() cannot be stopped, and nobody shall wait for it.
  for (std::size_t i = 0; i < kThreads; ++i) std::thread([shared = shared_] { shared->work(); }).detach();
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

NameLookup::~NameLookup() {
  const std::scoped_lock lock(shared_->mutex);
  shared_->closed = true;
  shared_->changed.notify_all();
}

bool NameLookup::ask(std::uint64_t id, std::string host) {
  const std::scoped_lock lock(shared_->mutex);
  if (shared_->questions >= kWaitingMax) return false;
  std::vector<std::uint64_t>& ids = shared_->ids_of(host);
  if (std::ranges::find(ids, id) != ids.end()) return true;  // It asks again.
  ++shared_->questions;
  ids.push_back(id);
  shared_->changed.notify_one();
  return true;
}

std::vector<LookedUp> NameLookup::take() {
  const std::scoped_lock lock(shared_->mutex);
  return std::exchange(shared_->answers, {});
}

}  // namespace seawall::stream_link_detail
