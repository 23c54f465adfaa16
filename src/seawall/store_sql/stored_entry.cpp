#include "seawall/store_sql/detail/stored_entry.h"

#include <algorithm>

#include "seawall/store/canonical.h"
#include "seawall/store/compact_bytes.h"

namespace seawall::store_sql_detail {
namespace {

tl::unexpected<Error> corrupt() { return fail(Code::kCorrupt, "an entry is not as Seawall stores it"); }

std::optional<Time> time_of(const SqlStatement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return Time(std::chrono::milliseconds(row.integer(column)));
}

/// None: NULL, or not of `least` to `most`: then `bad` is set.
std::optional<int> small_of(const SqlStatement& row, int column, int least, int most, bool& bad) {
  if (row.is_null(column)) return std::nullopt;
  const std::int64_t value = row.integer(column);
  bad = bad || value < least || value > most;
  return static_cast<int>(value);
}

void add_maybe(SqlBulk& bulk, bool there, std::int64_t value) {
  if (there) {
    bulk.add(value);
  } else {
    bulk.add_null();
  }
}

void add_time(SqlBulk& bulk, const std::optional<Time>& time) {
  add_maybe(bulk, time.has_value(), time ? time->time_since_epoch().count() : 0);
}

}  // namespace

Result<Entry> entry_from(const StoredEntry& stored, const ReleaseHead& release) {
  Entry entry;
  entry.id = EntryId{static_cast<std::uint64_t>(stored.id)};
  entry.bank = release.bank;
  entry.source = release.source;
  entry.key = stored.key;
  auto content = read_canonical(stored.content);
  if (!content)
    return tl::unexpected(std::move(content).error().within("entry " + std::to_string(stored.id)));
  entry.content = *std::move(content);
  entry.state = entry_state_in(release.state, stored.own_state);
  entry.state_reason = stored.reason;
  entry.radius_bits = stored.radius;
  entry.action = stored.action;
  entry.review_at = stored.review_at;
  entry.expires_at = stored.expires_at;
  entry.version = std::max(stored.own_version, release.state_version);
  return entry;
}

StoredEntry stored_from(const Entry& entry, const ReleaseHead& release) {
  StoredEntry stored;
  stored.id = static_cast<std::int64_t>(entry.id);
  stored.key = entry.key;
  append_canonical(stored.content, entry.content);
  const bool follows = entry.state == entry_state_in(release.state) && entry.state_reason.empty();
  if (!follows) stored.own_state = entry.state;
  stored.reason = entry.state_reason;
  stored.radius = entry.radius_bits;
  stored.action = entry.action;
  stored.review_at = entry.review_at;
  stored.expires_at = entry.expires_at;
  stored.own_version = entry.version;
  return stored;
}

Result<StoredEntry> stored_entry_of(const SqlStatement& row) {
  StoredEntry stored;
  bool bad = false;
  stored.id = row.integer(0);
  stored.key = row.text(1);
  stored.content = text_of(row.blob(2));
  if (const auto state = small_of(row, 3, 1, 5, bad)) stored.own_state = static_cast<EntryState>(*state);
  stored.reason = row.text(4);
  stored.radius = small_of(row, 5, 0, 256, bad);
  if (const auto action = small_of(row, 6, 0, 2, bad)) stored.action = static_cast<BankAction>(*action);
  stored.review_at = time_of(row, 7);
  stored.expires_at = time_of(row, 8);
  stored.own_version = static_cast<std::uint64_t>(row.integer(9));
  if (bad) return corrupt();
  return stored;
}

Result<void> add_stored_entry(SqlBulk& bulk, const StoredEntry& stored) {
  bulk.add(stored.id).add(std::string_view(stored.key)).add(bytes_of(stored.content));
  add_maybe(bulk, stored.own_state.has_value(), stored.own_state ? static_cast<int>(*stored.own_state) : 0);
  if (stored.reason.empty()) {
    bulk.add_null();
  } else {
    bulk.add(std::string_view(stored.reason));
  }
  add_maybe(bulk, stored.radius.has_value(), stored.radius.value_or(0));
  add_maybe(bulk, stored.action.has_value(), stored.action ? static_cast<int>(*stored.action) : 0);
  add_time(bulk, stored.review_at);
  add_time(bulk, stored.expires_at);
  add_maybe(bulk, stored.own_version != 0, static_cast<std::int64_t>(stored.own_version));
  return bulk.end_row();
}

std::string encode_past(const StoredEntry& stored) {
  std::string bytes;
  CompactWriter out(bytes);
  out.number(stored.own_version).number(stored.own_state ? static_cast<std::uint64_t>(*stored.own_state) : 0);
  out.text(stored.reason).number(stored.radius ? static_cast<std::uint64_t>(*stored.radius) + 1 : 0);
  out.number(stored.action ? static_cast<std::uint64_t>(*stored.action) + 1 : 0);
  out.time(stored.review_at).time(stored.expires_at).raw(stored.content);
  return bytes;
}

Result<void> decode_past(std::string_view bytes, StoredEntry& stored) {
  CompactReader in(bytes);
  stored.own_version = in.number();
  const std::uint64_t state = in.number_up_to(5);
  stored.own_state = state == 0 ? std::nullopt : std::optional(static_cast<EntryState>(state));
  stored.reason = in.text(Entry::kReasonBytesMax);
  const std::uint64_t radius = in.number_up_to(257);
  stored.radius = radius == 0 ? std::nullopt : std::optional(static_cast<int>(radius) - 1);
  const std::uint64_t action = in.number_up_to(3);
  stored.action = action == 0 ? std::nullopt : std::optional(static_cast<BankAction>(action - 1));
  stored.review_at = in.maybe_time();
  stored.expires_at = in.maybe_time();
  stored.content = in.rest();
  if (in.bad() || !read_canonical(stored.content)) return corrupt();
  return {};
}

}  // namespace seawall::store_sql_detail
