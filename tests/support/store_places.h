#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "postgres_cluster.h"

namespace seawall::test_support {

/// An empty place where one test may make a store, gone at its end.
class StorePlace {
 public:
  virtual ~StorePlace() = default;
  [[nodiscard]] virtual std::string url() const = 0;
};

/// The server of this run, with fsync on; started at its first use and ended after the last test.
PostgresCluster& cluster();

/// One database that a store can lie in: SQLite's is a file in a folder of its own, PostgreSQL's a database
/// of cluster().
struct Backend {
  std::string name;
  std::unique_ptr<StorePlace> (*make)();
};
/// "Sqlite" and "Postgres": what runs over a store runs over both.
const std::vector<Backend>& backends();
/// As backends(), but nothing waits for a disk: for suites of what lies over the store, which say nothing
/// about the loss of power. SQLite's file is in memory where the machine has /dev/shm; PostgreSQL's server is
/// one with fsync off.
const std::vector<Backend>& quick_backends();
std::string backend_name(const testing::TestParamInfo<Backend>& backend);

}  // namespace seawall::test_support
