// Property: a backup's row of any bytes is refused, or gives as many values as its table has columns, and a
// backup file of any bytes is refused or read to its end.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>

#include "seawall/store_sql/detail/backup_format.h"

namespace {

class CountingBulk final : public seawall::SqlBulk {
 public:
  SqlBulk& add(std::int64_t) override { return count(); }
  SqlBulk& add(std::string_view) override { return count(); }
  SqlBulk& add(std::span<const std::byte>) override { return count(); }
  SqlBulk& add_null() override { return count(); }
  seawall::Result<void> end_row() override {
    ended = true;
    return {};
  }
  seawall::Result<void> finish() override { return {}; }

  std::size_t values = 0;
  bool ended = false;

 private:
  SqlBulk& count() {
    ++values;
    return *this;
  }
};

/// One file for the whole run, in memory.
const std::string& file() {
  static const std::string kPath = "/dev/shm/seawall-backup-fuzz-" + std::to_string(::getpid());
  return kPath;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace detail = seawall::store_sql_detail;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (size == 0) return 0;
  const auto tables = detail::table_shapes();
  const auto& table = tables[data[0] % tables.size()];
  CountingBulk bulk;
  const bool read = detail::add_row(bulk, table, bytes.substr(1)).has_value();
  if (read != bulk.ended || (read && bulk.values != table.columns.size())) std::abort();
  std::ofstream(file(), std::ios::binary | std::ios::trunc) << bytes;
  auto backup = detail::BackupReader::open(file());
  ::unlink(file().c_str());
  if (!backup) return 0;
  for (;;) {
    const auto frame = backup->next();
    if (!frame || !*frame) break;
  }
  if (backup->bytes() > size) std::abort();
  return 0;
}
