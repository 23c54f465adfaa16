#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/store/store.h"
#include "seawall/subscription/list_sink.h"

namespace seawall::test {

/// A sink over the real store (SQLite), a few records a step, with the promises of the port and nothing more:
/// no guards, no comparing. A tombstone is kept as a refusal, so that it can be counted.
class StoreSink final : public ListSink {
 public:
  /// `tick` is called before and after each change of the store: where a test may end the process.
  static std::unique_ptr<StoreSink> open(
      const std::string& path, std::function<void()> tick = [] {});

  Result<SinkReport> take(ExchangeReader& reader, const SinkRequest& request) override;
  Result<bool> is_sealed(std::uint32_t release) override;
  Result<SinkReport> settle(std::uint32_t release) override { return SinkReport{.release = release}; }
  Result<std::string> mark() override;
  Result<bool> holds(std::string_view mark) override;

  /// Key and whether it was withdrawn, of all sealed releases; sorted.
  std::vector<std::pair<std::string, bool>> sealed_records();
  std::size_t sealed_releases();
  /// As if people had taken away what was not finished.
  void forget_unsealed();

 private:
  StoreSink(std::unique_ptr<Store> store, std::function<void()> tick)
      : store_(std::move(store)), tick_(std::move(tick)) {}
  void ensure_bank();
  Result<std::unique_ptr<ReleaseLoad>> load(const SinkRequest& request);
  Result<void> write(ReleaseLoad& load, const std::vector<ExchangeRecord>& records, std::uint64_t done);
  std::vector<Release> releases();

  std::unique_ptr<Store> store_;
  std::function<void()> tick_;
  BankId bank_{};
  SourceId source_{};
};

}  // namespace seawall::test
