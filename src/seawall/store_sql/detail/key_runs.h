#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "seawall/model/list_ids.h"
#include "seawall/sql/connection.h"
#include "seawall/store_sql/detail/key_filter.h"

namespace seawall::store_sql_detail {

/// The hash of a key and the place of its entry in the release.
struct KeyPlace {
  std::uint64_t hash = 0;
  std::uint32_t place = 0;
  friend auto operator<=>(const KeyPlace&, const KeyPlace&) = default;
};

/// The keys of a release that is loading. Each step leaves them as sorted runs, one for each of 64 ranges of
/// the hash; fold() merges the runs of a range and puts them into the index of keys, in its order. An index
/// of ten million random hashes would have every page of it written anew by each step. Threads: as the
/// connection. Memory: the filter's; in fold() a 64th of all keys at 12 bytes.
class KeyRuns {
 public:
  static constexpr unsigned kParts = 64;

  KeyRuns(SqlConnection& connection, ReleaseId release) : connection_(&connection), release_(release) {}

  /// Reads all runs that are stored, for the filter.
  Result<void> recall();
  [[nodiscard]] bool may_hold(std::uint64_t hash) const { return filter_.may_hold(hash); }
  /// The places with that hash in stored runs.
  Result<std::vector<std::uint32_t>> places(std::uint64_t hash);
  /// `keys`: sorted. In the caller's transaction.
  Result<void> store(std::uint64_t step, std::span<const KeyPlace> keys);
  /// Once store()'s transaction is committed.
  void stored(std::span<const KeyPlace> keys);

  /// Moves some parts, at least one and about 250,000 keys, into entry_keys, in the caller's transaction.
  /// False: all were moved before.
  Result<bool> fold_some(std::int64_t scope);

 private:
  Result<std::vector<KeyPlace>> load_part(unsigned part);
  Result<std::vector<unsigned>> parts_left();

  SqlConnection* connection_;
  ReleaseId release_;
  KeyFilter filter_;
};

/// A run as stored: 12 bytes a key. Errors: kCorrupt.
[[nodiscard]] std::string encode_run(std::span<const KeyPlace> keys);
Result<void> append_run(std::string_view bytes, std::vector<KeyPlace>& keys);

}  // namespace seawall::store_sql_detail
