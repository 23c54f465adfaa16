#include <filesystem>
#include <memory>

#include "seawall/store_sql/detail/change.h"
#include "seawall/store_sql/detail/load.h"
#include "seawall/store_sql/detail/sql_store.h"

namespace seawall::store_sql_detail {
namespace {

Result<std::uint64_t> current_version(SqlConnection& connection) {
  SEAWALL_TRY(const ListVersion version, Reader(connection).version());
  return version.number;
}

class SqlStore final : public Store {
 public:
  SqlStore(StorePlace place, Pool::Connect connect, std::size_t connections_max)
      : place_(std::move(place)), pool_(std::move(connect), connections_max) {}

  Result<std::unique_ptr<StoreView>> view() override { return begin_view(pool_); }
  Result<std::unique_ptr<StoreChange>> change() override { return begin_change(pool_); }
  Result<std::unique_ptr<ReleaseLoad>> begin_load(BankId bank, SourceId source,
                                                  const Authorship& by) override {
    Release release;
    release.bank = bank;
    release.source = source;
    release.proposed = by;
    return store_sql_detail::begin_load(pool_, place_.sqlite_file, release);
  }
  Result<std::unique_ptr<ReleaseLoad>> resume_load(ReleaseId release) override {
    return store_sql_detail::resume_load(pool_, place_.sqlite_file, release);
  }
  Result<bool> wait_for_change(std::uint64_t after, std::chrono::milliseconds deadline) override;

 private:
  StorePlace place_;
  Pool pool_;
};

Result<bool> SqlStore::wait_for_change(std::uint64_t after, std::chrono::milliseconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  SEAWALL_TRY(auto loan, pool_.take());
  SEAWALL_CHECK(loan->listen("seawall_lists"));
  for (;;) {
    SEAWALL_TRY(const std::uint64_t now, current_version(*loan));
    if (now > after) return true;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    SEAWALL_CHECK(loan->wait_for_news(left));
  }
}

}  // namespace

std::unique_ptr<Store> make_store(StorePlace place, Pool::Connect connect, std::size_t connections_max) {
  return std::make_unique<SqlStore>(std::move(place), std::move(connect), connections_max);
}

}  // namespace seawall::store_sql_detail
