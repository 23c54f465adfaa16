#include "seawall/store_sql/detail/key_runs.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "seawall/store_sql/detail/reader.h"

namespace seawall::store_sql_detail {
namespace {

constexpr std::size_t kPairBytes = 12;
constexpr std::size_t kFoldKeys = 250'000;

unsigned part_of(std::uint64_t hash) { return static_cast<unsigned>(hash >> 58); }

/// The database orders hashes as signed numbers: those with the top bit set come first.
bool index_order(unsigned a, unsigned b) { return (a ^ 32U) < (b ^ 32U); }

void put_little_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

std::uint64_t get_little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    value |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return value;
}

}  // namespace

std::string encode_run(std::span<const KeyPlace> keys) {
  std::string bytes;
  bytes.reserve(keys.size() * kPairBytes);
  for (const KeyPlace& key : keys) {
    put_little_endian(bytes, key.hash, 8);
    put_little_endian(bytes, key.place, 4);
  }
  return bytes;
}

Result<void> append_run(std::string_view bytes, std::vector<KeyPlace>& keys) {
  if (bytes.size() % kPairBytes != 0) return fail(Code::kCorrupt, "a run of keys is cut off");
  const std::size_t first = keys.size();
  for (; !bytes.empty(); bytes.remove_prefix(kPairBytes)) {
    keys.push_back({get_little_endian(bytes.substr(0, 8)),
                    static_cast<std::uint32_t>(get_little_endian(bytes.substr(8, 4)))});
  }
  if (std::is_sorted(keys.begin() + static_cast<std::ptrdiff_t>(first), keys.end())) return {};
  return fail(Code::kCorrupt, "a run of keys is not sorted");
}

Result<std::vector<KeyPlace>> KeyRuns::load_part(unsigned part) {
  SEAWALL_TRY(
      SqlStatement * query,
      connection_->statement("SELECT pairs FROM load_keys WHERE release = $1 AND part = $2 ORDER BY step"));
  query->bind(1, db(release_)).bind(2, std::int64_t{part});
  std::vector<KeyPlace> keys;
  for (;;) {
    SEAWALL_TRY(const bool row, query->step());
    if (!row) break;
    SEAWALL_CHECK(append_run(text_of(query->blob(0)), keys));
  }
  query->reset();
  return keys;
}

Result<void> KeyRuns::recall() {
  for (unsigned part = 0; part < kParts; ++part) {
    SEAWALL_TRY(const auto keys, load_part(part));
    stored(keys);
  }
  return {};
}

Result<std::vector<std::uint32_t>> KeyRuns::places(std::uint64_t hash) {
  SEAWALL_TRY(const auto keys, load_part(part_of(hash)));
  std::vector<std::uint32_t> places;
  for (const KeyPlace& key : keys) {
    if (key.hash == hash) places.push_back(key.place);
  }
  return places;
}

Result<void> KeyRuns::store(std::uint64_t step, std::span<const KeyPlace> keys) {
  if (keys.empty()) return {};
  SEAWALL_TRY(auto bulk, connection_->bulk("load_keys", "release, part, step, pairs"));
  for (auto at = keys.begin(); at != keys.end();) {
    const unsigned part = part_of(at->hash);
    const auto end =
        std::find_if(at, keys.end(), [&](const KeyPlace& key) { return part_of(key.hash) != part; });
    const std::string run = encode_run({at, end});
    bulk->add(db(release_)).add(std::int64_t{part}).add(static_cast<std::int64_t>(step));
    SEAWALL_CHECK(bulk->add(bytes_of(run)).end_row());
    at = end;
  }
  return bulk->finish();
}

void KeyRuns::stored(std::span<const KeyPlace> keys) {
  for (const KeyPlace& key : keys) filter_.add(key.hash);
}

Result<std::vector<unsigned>> KeyRuns::parts_left() {
  SEAWALL_TRY(SqlStatement * query,
              connection_->statement("SELECT DISTINCT part FROM load_keys WHERE release = $1"));
  query->bind(1, db(release_));
  std::vector<unsigned> parts;
  for (;;) {
    SEAWALL_TRY(const bool row, query->step());
    if (!row) break;
    parts.push_back(static_cast<unsigned>(query->integer(0)));
  }
  query->reset();
  std::sort(parts.begin(), parts.end(), index_order);
  return parts;
}

Result<bool> KeyRuns::fold_some(std::int64_t scope) {
  SEAWALL_TRY(const auto parts, parts_left());
  std::size_t folded = 0;
  for (const unsigned part : parts) {
    if (folded >= kFoldKeys) break;
    SEAWALL_TRY(auto keys, load_part(part));
    std::sort(keys.begin(), keys.end());
    SEAWALL_TRY(auto bulk, connection_->bulk("entry_keys", "scope, hash, entry"));
    for (const KeyPlace& key : keys) {
      bulk->add(scope).add(static_cast<std::int64_t>(key.hash));
      SEAWALL_CHECK(bulk->add(db(entry_id(release_, key.place))).end_row());
    }
    SEAWALL_CHECK(bulk->finish());
    SEAWALL_TRY(SqlStatement * remove,
                connection_->statement("DELETE FROM load_keys WHERE release = $1 AND part = $2"));
    SEAWALL_CHECK(remove->bind(1, db(release_)).bind(2, std::int64_t{part}).run());
    folded += keys.size();
  }
  return !parts.empty();
}

}  // namespace seawall::store_sql_detail
