#include "service_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace seawall::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

double us_since(SteadyClock::time_point begun) {
  return std::chrono::duration<double, std::micro>(SteadyClock::now() - begun).count();
}

struct ProcessLine {
  int parent = 0;
  double cpu_s = 0;
};

ProcessLine process_line(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(file, line);
  const auto end = line.rfind(')');
  if (end == std::string::npos) return {};
  std::istringstream rest(line.substr(end + 2));
  std::string state;
  ProcessLine out;
  rest >> state >> out.parent;
  std::string skipped;
  for (int i = 0; i < 9; ++i) rest >> skipped;
  double user = 0, system = 0;
  rest >> user >> system;
  out.cpu_s = (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  return out;
}

void merge(LoadResult& into, LoadResult&& part) {
  into.ok_us.insert(into.ok_us.end(), part.ok_us.begin(), part.ok_us.end());
  into.refused += part.refused;
  into.failed += part.failed;
}

void count(LoadResult& result, int status, double us) {
  if (status == 200) {
    result.ok_us.push_back(us);
  } else {
    ++(status == 503 ? result.refused : result.failed);
  }
}

/// Runs `work` on so many threads and joins what they got.
template <class Work>
LoadResult on_threads(unsigned clients, const Work& work) {
  std::vector<LoadResult> parts(clients);
  std::vector<std::thread> threads;
  const auto begun = SteadyClock::now();
  for (unsigned i = 0; i < clients; ++i) threads.emplace_back([&, i] { parts[i] = work(i); });
  for (std::thread& thread : threads) thread.join();
  LoadResult all;
  all.seconds = 1e-6 * us_since(begun);
  for (LoadResult& part : parts) merge(all, std::move(part));
  std::ranges::sort(all.ok_us);
  return all;
}

}  // namespace

std::string http_request(const std::string& path, const std::string& key, const std::string& content_type,
                         const std::string& body) {
  std::string out = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\n";
  if (!key.empty()) out += "Authorization: Bearer " + key + "\r\n";
  return out + "Content-Type: " + content_type + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

HttpClient::HttpClient(int port) : port_(port) { open(); }

HttpClient::~HttpClient() {
  if (fd_ >= 0) ::close(fd_);
}

void HttpClient::open() {
  if (fd_ >= 0) ::close(fd_);
  buffer_.clear();
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(static_cast<std::uint16_t>(port_));
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
    ::close(fd_);
    fd_ = -1;
  }
}

HttpClient::Answer HttpClient::ask(const std::string& request) {
  if (fd_ < 0) open();
  std::size_t sent = 0;
  while (sent < request.size()) {
    const auto count = ::send(fd_, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) {
      open();
      return {};
    }
    sent += static_cast<std::size_t>(count);
  }
  buffer_.clear();
  char chunk[65536];
  for (;;) {
    const auto head = buffer_.find("\r\n\r\n");
    if (head != std::string::npos) {
      const auto field = buffer_.find("Content-Length: ");
      std::size_t length = 0;
      if (field < head) std::from_chars(buffer_.data() + field + 16, buffer_.data() + head, length);
      if (buffer_.size() >= head + 4 + length) {
        Answer answer;
        std::from_chars(buffer_.data() + 9, buffer_.data() + 12, answer.status);
        answer.body = buffer_.substr(head + 4, length);
        if (buffer_.find("Connection: close") < head) open();
        return answer;
      }
    }
    const auto count = ::recv(fd_, chunk, sizeof chunk, 0);
    if (count <= 0) {
      open();
      return {};
    }
    buffer_.append(chunk, static_cast<std::size_t>(count));
  }
}

LoadResult closed_load(int port, const std::vector<std::string>& requests, unsigned clients,
                       std::chrono::milliseconds time) {
  const auto end = SteadyClock::now() + time;
  return on_threads(clients, [&](unsigned number) {
    LoadResult result;
    HttpClient client(port);
    for (std::size_t i = number; SteadyClock::now() < end; ++i) {
      const auto begun = SteadyClock::now();
      const auto answer = client.ask(requests[i % requests.size()]);
      count(result, answer.status, us_since(begun));
    }
    return result;
  });
}

LoadResult open_load(int port, const std::vector<std::string>& requests, unsigned clients, double rate,
                     std::chrono::milliseconds time) {
  std::atomic<std::uint64_t> next{0};
  const auto begun = SteadyClock::now();
  const auto end = begun + time;
  return on_threads(clients, [&](unsigned) {
    LoadResult result;
    HttpClient client(port);
    for (;;) {
      const auto number = next.fetch_add(1);
      const auto due = begun + std::chrono::nanoseconds(
                                   static_cast<std::int64_t>(1e9 * static_cast<double>(number) / rate));
      if (due >= end) return result;
      std::this_thread::sleep_until(due);
      const auto answer = client.ask(requests[number % requests.size()]);
      count(result, answer.status, us_since(due));
    }
  });
}

double cpu_of_tree(int pid) {
  double sum = process_line(pid).cpu_s;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    int other = 0;
    const std::string name = entry.path().filename();
    if (std::from_chars(name.data(), name.data() + name.size(), other).ec != std::errc{}) continue;
    if (const ProcessLine line = process_line(other); line.parent == pid) sum += line.cpu_s;
  }
  return sum;
}

std::uint64_t resident_of(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
  std::uint64_t size = 0, resident = 0;
  file >> size >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace seawall::bench
