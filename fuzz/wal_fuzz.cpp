// Property: what is read of any log is what writing those records again would have put there.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "seawall/index/detail/files.h"
#include "seawall/index/detail/wal.h"

// Byte 0: bit 0 puts a right header in front; bit 1 puts a whole record after it, so that damage is followed
// by one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace detail = seawall::index_detail;
  if (size == 0) return 0;
  detail::ByteWriter file;
  const auto header = detail::encode_wal_header(detail::Kind::kRadius, 1);
  const seawall::EntryId removed[] = {seawall::EntryId{3}};
  const auto record = detail::encode_wal_record({{}, removed, 5});
  if ((data[0] & 1U) != 0) file.put_bytes(header);
  if ((data[0] & 2U) != 0) file.put_bytes(record);
  file.put_bytes(std::as_bytes(std::span(data + 1, size - 1)));
  const auto read = detail::decode_wal(file.bytes(), "fuzzed", detail::Kind::kRadius, 1);
  if (!read) return 0;
  detail::ByteWriter again;
  if (read->valid_bytes != 0) again.put_bytes(header);
  for (const auto& one : read->records) {
    again.put_bytes(detail::encode_wal_record({one.add, one.remove, one.position}));
  }
  if (again.size() != read->valid_bytes) std::abort();
  if (!std::equal(again.bytes().begin(), again.bytes().end(), file.bytes().begin())) std::abort();
  return 0;
}
