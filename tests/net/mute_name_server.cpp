#include "mute_name_server.h"

#include <dlfcn.h>
#include <netdb.h>

namespace seawall::test {

void MuteNameServer::begin() {
  const std::scoped_lock lock(mutex_);
  mute_ = true;
}

void MuteNameServer::answer() {
  std::unique_lock lock(mutex_);
  mute_ = false;
  changed_.notify_all();
  changed_.wait(lock, [&] { return waiting_ == 0; });
}

void MuteNameServer::wait() {
  std::unique_lock lock(mutex_);
  ++waiting_;
  changed_.wait(lock, [&] { return !mute_; });
  --waiting_;
  changed_.notify_all();
}

MuteNameServer& mute_name_server() {
  static MuteNameServer server;
  return server;
}

}  // namespace seawall::test

/// In front of the C library's, for all of this program.
extern "C" __attribute__((visibility("default"))) int getaddrinfo(const char* node, const char* service,
                                                                  const addrinfo* hints, addrinfo** found) {
  using Function = int(const char*, const char*, const addrinfo*, addrinfo**);
  static auto* const real = reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (node == nullptr || seawall::test::MuteNameServer::kHost != node)
    return real(node, service, hints, found);
  seawall::test::mute_name_server().wait();
  return EAI_NONAME;
}
