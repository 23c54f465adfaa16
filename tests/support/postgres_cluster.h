#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>

namespace seawall::test_support {

/// A PostgreSQL server of the test's own: a new cluster in a temporary folder, reached by a Unix socket in it
/// and by nothing else. Run by root, the server runs as the user postgres, or nobody.
/// Guarantees: it ends with this object, and with the thread that started it however that dies (the kernel
/// sends it SIGQUIT). Each cluster is a folder of its own, so any number may run side by side. Errors: the
/// constructor says on stderr what is missing, such as the package, and ends the program: a test of
/// PostgreSQL is never passed over. Cost: about 2 s to make.
class PostgresCluster {
 public:
  /// kOn: fsync is on, as people run it. kOff: commits do not wait for the disk; for tests of what lies over
  /// the store, not of its durability.
  enum class Sync { kOn, kOff };

  explicit PostgresCluster(Sync sync = Sync::kOn);
  PostgresCluster(const PostgresCluster&) = delete;
  PostgresCluster& operator=(const PostgresCluster&) = delete;
  ~PostgresCluster();

  /// The URL of a new, empty database.
  std::string new_database();
  /// Runs SQL as the cluster's owner in the database `postgres`; the first value of its result, or "".
  std::string run(const std::string& sql);
  /// SIGQUIT: as if the machine lost its power, but for what the kernel has in memory. Then starts it again.
  void crash_and_restart();

 private:
  void start();
  void wait_until_ready();
  void stop(int signal);
  [[nodiscard]] std::string url(const std::string& database) const;

  Sync sync_;
  std::filesystem::path folder_;
  pid_t server_ = -1;
  int databases_ = 0;
};

}  // namespace seawall::test_support
