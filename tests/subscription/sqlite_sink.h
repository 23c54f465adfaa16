#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "seawall/sqlite/database.h"
#include "seawall/subscription/list_sink.h"

namespace seawall::test {

/// A sink that keeps releases in a database as they come, a few records a transaction, with the promises of
/// the port and nothing more: no guards, no comparing.
class SqliteSink final : public ListSink {
 public:
  /// `tick` is called before and after each transaction: where a test may end the process.
  static std::unique_ptr<SqliteSink> open(
      const std::string& path, std::function<void()> tick = [] {});

  Result<SinkReport> take(ExchangeReader& reader, const SinkRequest& request) override;
  Result<bool> is_sealed(std::uint32_t release) override;

  /// Key and whether it was withdrawn, of all sealed releases in order.
  std::vector<std::pair<std::string, bool>> sealed_records();
  std::int64_t sealed_releases();
  /// As if people had taken away what was not finished.
  void forget_unsealed();

 private:
  SqliteSink(Database database, std::function<void()> tick)
      : database_(std::move(database)), tick_(std::move(tick)) {}
  std::int64_t number(const std::string& query);
  void run(const std::string& text);
  void write(std::uint32_t release, std::int64_t done, const std::vector<ExchangeRecord>& records);

  Database database_;
  std::function<void()> tick_;
};

}  // namespace seawall::test
