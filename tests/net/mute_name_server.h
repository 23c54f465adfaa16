#pragma once

#include <condition_variable>
#include <mutex>
#include <string_view>

namespace seawall::test {

/// A name server that says nothing, for one host: the test program's getaddrinfo(), which libcurl calls in
/// place of the C library's, waits there. Every other name goes to the C library.
class MuteNameServer {
 public:
  static constexpr std::string_view kHost = "mute.example";
  ~MuteNameServer() { answer(); }

  void begin();
  /// Lets those that wait go on (the name is not known then), and waits until they have.
  void answer();
  void wait();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool mute_ = false;
  int waiting_ = 0;
};

MuteNameServer& mute_name_server();

}  // namespace seawall::test
