#include "seawall/order_pass/order_refusals.h"

namespace seawall {
namespace {

constexpr std::string_view kTable = R"(
PRAGMA synchronous=NORMAL;
CREATE TABLE IF NOT EXISTS refusals (
  who TEXT NOT NULL, why TEXT NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (who, why)) STRICT;
)";

}  // namespace

Result<OrderRefusals> OrderRefusals::open(const std::filesystem::path& folder) {
  SEAWALL_TRY(Database database, Database::open(folder / "refusals.db", {.create = true}));
  SEAWALL_CHECK(database.run(kTable));
  return OrderRefusals(std::move(database));
}

Result<void> OrderRefusals::add(std::string_view by, OrderRefusal why) {
  SEAWALL_TRY(Statement put, database_.prepare("INSERT INTO refusals VALUES (?1, ?2, 1) ON CONFLICT "
                                               "(who, why) DO UPDATE SET times = times + 1"));
  return put.bind(1, by).bind(2, name_of(why)).run();
}

Result<OrderRefusals::Counts> OrderRefusals::counts() {
  SEAWALL_TRY(Statement each, database_.prepare("SELECT who, why, times FROM refusals"));
  Counts all;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) return all;
    all[{std::string(each.text(0)), std::string(each.text(1))}] = static_cast<std::uint64_t>(each.integer(2));
  }
}

}  // namespace seawall
