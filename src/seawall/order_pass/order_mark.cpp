#include "seawall/order_pass/order_mark.h"

#include <algorithm>
#include <array>
#include <string>

#include "seawall/base/hex.h"
#include "seawall/durable_file/file_system.h"
#include "seawall/durable_file/posix_file_system.h"
#include "seawall/orders/order_book.h"

namespace seawall {
namespace {

constexpr const char* kName = "under-orders";
constexpr const char* kStaging = "under-orders.new";
constexpr std::string_view kAnyRoster = "any roster\n";
constexpr std::size_t kLineBytes = 65;  // 64 hex digits and a line end.

Result<bool> is_there(durable::FileSystem& files) {
  SEAWALL_TRY(const auto names, files.list());
  return std::ranges::find(names, kName) != names.end();
}

}  // namespace

Result<void> mark_under_orders(const std::filesystem::path& folder, const OrderMark& mark) {
  SEAWALL_TRY(const auto files, durable::posix_file_system(folder, true));
  SEAWALL_TRY(const bool known, is_there(*files));
  if (known) return {};
  const std::string line = mark.roster ? to_hex(*mark.roster) + "\n" : std::string(kAnyRoster);
  return durable::replace_file(*files, kStaging, kName, std::as_bytes(std::span(line)));
}

Result<std::optional<OrderMark>> order_mark_of(const std::filesystem::path& folder) {
  std::error_code failed;
  if (!std::filesystem::is_directory(folder, failed)) return std::nullopt;
  SEAWALL_TRY(const auto files, durable::posix_file_system(folder, false));
  SEAWALL_TRY(const bool known, is_there(*files));
  if (!known) return std::nullopt;
  SEAWALL_TRY(const auto file, files->open_read(kName));
  std::array<std::byte, kLineBytes> bytes{};
  const std::size_t size = std::min<std::size_t>(file->size_bytes(), bytes.size());
  SEAWALL_CHECK(file->read(0, std::span(bytes).first(size)));
  const std::string_view line(reinterpret_cast<const char*>(bytes.data()), size);
  if (line == kAnyRoster) return OrderMark{};
  const auto roster = roster_id_from(line.substr(0, size == 0 ? 0 : size - 1));
  if (roster && line.back() == '\n' && file->size_bytes() == kLineBytes) return OrderMark{.roster = *roster};
  return fail(Code::kCorrupt, "the folder's mark that it is under orders cannot be read");
}

}  // namespace seawall
