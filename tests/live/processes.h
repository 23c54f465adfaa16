#pragma once

#include <string>
#include <vector>

namespace seawall::test {

/// A program under way, for as long as this lives; then it is killed. Its
/// output goes to /dev/null but for what first_line() reads.
class Program {
 public:
  /// Ends the test's program with a message where it cannot be started.
  explicit Program(std::vector<std::string> words);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() { kill(); }

  /// The first line that it prints; blocks.
  [[nodiscard]] std::string first_line();
  void kill();
  /// Whether it has ended by itself.
  [[nodiscard]] bool has_ended();

 private:
  int process_ = -1;
  int input_ = -1;
  int output_ = -1;
};

/// All that a program prints; blocks until it ends.
[[nodiscard]] std::string output_of(const std::string& command);

}  // namespace seawall::test
