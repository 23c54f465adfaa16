#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace seawall::bench {

/// One request as it goes over the wire, head and body.
[[nodiscard]] std::string http_request(const std::string& path, const std::string& key,
                                       const std::string& content_type, const std::string& body);

/// One keep-alive connection to 127.0.0.1. Threads: one.
class HttpClient {
 public:
  explicit HttpClient(int port);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  struct Answer {
    int status = 0;  ///< 0: the connection ended.
    std::string body;
  };
  Answer ask(const std::string& request);

 private:
  void open();
  int port_;
  int fd_ = -1;
  std::string buffer_;
};

/// What many clients got.
struct LoadResult {
  std::vector<double> ok_us;  ///< Of answers with 200, sorted.
  std::uint64_t refused = 0;  ///< 503.
  std::uint64_t failed = 0;   ///< Anything else.
  double seconds = 0;

  [[nodiscard]] double at(double part) const {
    return ok_us.empty() ? 0 : ok_us[static_cast<std::size_t>(part * static_cast<double>(ok_us.size() - 1))];
  }
  [[nodiscard]] double rate() const { return static_cast<double>(ok_us.size()) / seconds; }
};

/// `clients` connections, each asking `requests` in turn as fast as it is answered, for `time`.
LoadResult closed_load(int port, const std::vector<std::string>& requests, unsigned clients,
                       std::chrono::milliseconds time);
/// `clients` connections that ask `rate` times a second together, at times fixed before: a late answer does
/// not put off the next request of the others. Latency counts from when the request was to be sent.
LoadResult open_load(int port, const std::vector<std::string>& requests, unsigned clients, double rate,
                     std::chrono::milliseconds time);

/// CPU seconds of a process and its children so far; resident bytes of the process alone.
double cpu_of_tree(int pid);
std::uint64_t resident_of(int pid);

}  // namespace seawall::bench
