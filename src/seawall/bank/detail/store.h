#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "seawall/bank/bank.h"
#include "seawall/base/result.h"
#include "seawall/json/object_reader.h"
#include "seawall/sqlite/database.h"

namespace seawall::bank_detail {

/// A change is closed when it has this many rows, removals or hashes, which is within what one change of an
/// index holds (65,536) whatever the last row brings. A large import is many changes in one transaction.
inline constexpr std::uint64_t kChangeRowsMax = 65'000;
inline constexpr std::uint64_t kChangeHashesMax = 65'000;
static_assert(kChangeHashesMax + SignalRecord::kPdqMax <= 65'536);

/// The tables of entries.db (docs/formats/bank.md).
extern const std::string_view kSchema;
/// The table of listed videos' prints, which banks made before version 2 lack. Harmless where it is.
extern const std::string_view kClipSchema;
/// Whether the bank has that table.
Result<bool> has_clips(Database& database);

/// One entry is immutable under its row number; a change of its content is a removal and a new row.
struct StoredRow {
  std::int64_t row = 0;
  SignalRecord record;
};

/// Blob of n x 33 bytes: the hash, most significant byte first, and its quality (255: unknown).
void encode_pdq(std::span<const ListedPdq> pdq, std::string& blob);
/// Errors: kCorrupt.
Result<void> decode_pdq(std::span<const std::byte> blob, std::vector<ListedPdq>& pdq);

/// Binds and reads the columns `row, id, pdq, md5, sha1, sha256, attributes` in that order.
class RowCodec {
 public:
  /// Binds from place 1 on. The record must live until the statement is reset.
  void bind(Statement& statement, std::int64_t row, const SignalRecord& record);
  /// Errors: kCorrupt.
  Result<void> read(const Statement& statement, StoredRow& stored);

 private:
  std::string pdq_;
  std::string attributes_;
  JsonObjectReader objects_;
};
inline constexpr std::string_view kRowColumns = "row, id, pdq, md5, sha1, sha256, attributes";

/// The position of the last change, 0 when there is none.
Result<std::uint64_t> last_position(Database& database);

}  // namespace seawall::bank_detail
