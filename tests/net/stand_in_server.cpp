#include "net/stand_in_server.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace seawall::test {
namespace {

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::abort();
}

std::string first_line(int fd) {
  std::string line;
  for (char c = 0; ::read(fd, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

}  // namespace

StandInServer::StandInServer() {
  int input[2];
  int output[2];
  if (::pipe2(input, O_CLOEXEC) != 0 || ::pipe2(output, O_CLOEXEC) != 0) give_up("pipe");
  process_ = ::fork();
  if (process_ < 0) give_up("fork");
  if (process_ == 0) {
    ::dup2(input[0], 0);
    ::dup2(output[1], 1);
    ::execl(SEAWALL_TEST_PYTHON, SEAWALL_TEST_PYTHON, "-B", SEAWALL_STAND_IN, static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::close(input[0]);
  ::close(output[1]);
  input_ = input[1];
  std::istringstream words(first_line(output[0]));
  ::close(output[0]);
  if (!(words >> port_ >> tls_port_ >> ca_file_)) give_up("the stand-in server did not start");
}

StandInServer::~StandInServer() {
  ::close(input_);
  ::waitpid(process_, nullptr, 0);
}

std::string StandInServer::url(std::string_view path) const {
  return "http://127.0.0.1:" + port_ + std::string(path);
}

std::string StandInServer::tls_url(std::string_view path) const {
  return "https://127.0.0.1:" + tls_port_ + std::string(path);
}

StandInServer& stand_in() {
  static StandInServer server;
  return server;
}

}  // namespace seawall::test
