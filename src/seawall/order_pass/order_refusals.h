#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "seawall/base/result.h"
#include "seawall/orders/order_use.h"
#include "seawall/sqlite/database.h"

namespace seawall {

/// How often the gate of an installation refused, by who asked it and why, in the order book's folder
/// ("refusals.db"): commands end before anybody could ask them. Nothing of persons, orders or records is
/// kept. Guarantees: a count survives a kill; a power cut may lose the last seconds. Threads: one at a time.
/// Several processes may have it open. Errors everywhere: those of Database.
class OrderRefusals {
 public:
  static constexpr std::string_view kService = "service", kCommand = "command";
  using Counts = std::map<std::pair<std::string, std::string>, std::uint64_t>;  ///< Of (by, reason).

  /// The folder is there.
  static Result<OrderRefusals> open(const std::filesystem::path& folder);
  Result<void> add(std::string_view by, OrderRefusal why);
  /// Those that happened.
  Result<Counts> counts();

 private:
  explicit OrderRefusals(Database database) : database_(std::move(database)) {}
  Database database_;
};

}  // namespace seawall
