#include "store_places.h"

#include <unistd.h>

#include <filesystem>

namespace seawall::test_support {
namespace {

using Sync = PostgresCluster::Sync;

/// Where a file's syncs cost nothing, if there is such a place.
std::string quick_folder() {
  return ::access("/dev/shm", R_OK | W_OK | X_OK) == 0 ? "/dev/shm" : testing::TempDir();
}

class SqlitePlace final : public StorePlace {
 public:
  explicit SqlitePlace(const std::string& parent) {
    std::string name = parent + "/seawall-store-XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~SqlitePlace() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string url() const override { return "sqlite:" + (folder_ / "lists.db").string(); }

 private:
  std::filesystem::path folder_;
};

std::unique_ptr<PostgresCluster> cluster_;
std::unique_ptr<PostgresCluster> quick_cluster_;

class StopClusters final : public testing::Environment {
 public:
  void TearDown() override {
    cluster_.reset();
    quick_cluster_.reset();
  }
};
const auto* const kStopClusters = testing::AddGlobalTestEnvironment(new StopClusters);

PostgresCluster& started(std::unique_ptr<PostgresCluster>& cluster, Sync sync) {
  if (cluster == nullptr) cluster = std::make_unique<PostgresCluster>(sync);
  return *cluster;
}

class PostgresPlace final : public StorePlace {
 public:
  explicit PostgresPlace(PostgresCluster& cluster) : url_(cluster.new_database()) {}
  [[nodiscard]] std::string url() const override { return url_; }

 private:
  std::string url_;
};

std::unique_ptr<StorePlace> sqlite_place() { return std::make_unique<SqlitePlace>(testing::TempDir()); }
std::unique_ptr<StorePlace> postgres_place() { return std::make_unique<PostgresPlace>(cluster()); }
std::unique_ptr<StorePlace> quick_sqlite_place() { return std::make_unique<SqlitePlace>(quick_folder()); }
std::unique_ptr<StorePlace> quick_postgres_place() {
  return std::make_unique<PostgresPlace>(started(quick_cluster_, Sync::kOff));
}

}  // namespace

PostgresCluster& cluster() { return started(cluster_, Sync::kOn); }

const std::vector<Backend>& backends() {
  static const std::vector<Backend> kBackends = {{"Sqlite", sqlite_place}, {"Postgres", postgres_place}};
  return kBackends;
}

const std::vector<Backend>& quick_backends() {
  static const std::vector<Backend> kBackends = {{"Sqlite", quick_sqlite_place},
                                                 {"Postgres", quick_postgres_place}};
  return kBackends;
}

std::string backend_name(const testing::TestParamInfo<Backend>& backend) { return backend.param.name; }

}  // namespace seawall::test_support
