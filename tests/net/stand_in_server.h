#pragma once

#include <string>
#include <string_view>

namespace seawall::test {

/// The stand-in server (stand_in.py) as a process of its own, for as long as this lives. It listens on
/// 127.0.0.1 only. Ends the program with a message when it cannot be started.
class StandInServer {
 public:
  StandInServer();
  StandInServer(const StandInServer&) = delete;
  StandInServer& operator=(const StandInServer&) = delete;
  ~StandInServer();

  /// "http://127.0.0.1:<port>" + path.
  [[nodiscard]] std::string url(std::string_view path) const;
  /// The same over TLS, under a certificate that no authority signed.
  [[nodiscard]] std::string tls_url(std::string_view path) const;
  /// That certificate's file.
  [[nodiscard]] const std::string& ca_file() const { return ca_file_; }

 private:
  int process_ = -1;
  int input_ = -1;  // Closing it ends the server.
  std::string port_, tls_port_, ca_file_;
};

/// One for all tests of a program.
StandInServer& stand_in();

}  // namespace seawall::test
