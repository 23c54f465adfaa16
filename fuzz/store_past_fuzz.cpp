// Property: an entry's past that is read of any bytes, written again, is those bytes; a run of keys likewise.
#include <cstdint>
#include <cstdlib>

#include "seawall/store_sql/detail/key_runs.h"
#include "seawall/store_sql/detail/stored_entry.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace detail = seawall::store_sql_detail;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  detail::StoredEntry stored;
  if (detail::decode_past(bytes, stored) && detail::encode_past(stored) != bytes) std::abort();
  std::vector<detail::KeyPlace> keys;
  if (detail::append_run(bytes, keys) && detail::encode_run(keys) != bytes) std::abort();
  return 0;
}
