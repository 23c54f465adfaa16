#include "seawall/streams/stream_store.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <limits>

#include "seawall/base/unique_fd.h"
#include "seawall/crypto/sealing.h"
#include "seawall/json/json.h"

namespace seawall {
namespace {

constexpr std::string_view kSchema = R"(
CREATE TABLE streams (
  id TEXT PRIMARY KEY, tenant TEXT NOT NULL, name TEXT NOT NULL, url BLOB NOT NULL, banks TEXT NOT NULL,
  labels TEXT NOT NULL, webhook BLOB, tier INTEGER NOT NULL, action INTEGER NOT NULL,
  by_hook INTEGER NOT NULL,
  who TEXT NOT NULL, caller TEXT NOT NULL, key_id TEXT NOT NULL, attached INTEGER NOT NULL,
  UNIQUE (tenant, name)) STRICT;
CREATE TABLE alerts (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, tenant TEXT NOT NULL,
  stream TEXT NOT NULL, stream_id TEXT NOT NULL, at INTEGER NOT NULL, bank INTEGER NOT NULL,
  silent INTEGER NOT NULL, is_rise INTEGER NOT NULL, body TEXT NOT NULL, webhook BLOB,
  caller TEXT NOT NULL, key_id TEXT NOT NULL) STRICT;
CREATE INDEX alerts_of_tenant ON alerts (tenant, number);
CREATE INDEX alerts_of_stream ON alerts (stream_id, silent, is_rise, at);
CREATE INDEX alerts_by_time ON alerts (at);
CREATE INDEX alerts_to_send ON alerts (number) WHERE webhook IS NOT NULL;
PRAGMA user_version = 1;
)";
/// From version 1 on.
constexpr std::string_view kSecondSchema = R"(
ALTER TABLE alerts ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
UPDATE alerts SET bytes = length(CAST(body AS BLOB));
DROP INDEX alerts_to_send;
DROP INDEX alerts_of_tenant;
CREATE INDEX alerts_of_tenant ON alerts (tenant, number, bytes);
CREATE INDEX alerts_settled ON alerts (tenant, number) WHERE webhook IS NULL;
CREATE INDEX alerts_to_send ON alerts (caller, number) WHERE webhook IS NOT NULL;
PRAGMA user_version = 2;
)";
constexpr std::int64_t kVersion = 2;
/// By one change: what an upgrade finds over the limits goes with those that follow.
constexpr std::uint64_t kDroppedAtOnce = 1'000;
constexpr std::size_t kTidyMax = 10'000;
constexpr std::size_t kUnsentMax = 1'000;

std::int64_t number(auto value) { return static_cast<std::int64_t>(value); }
std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }
std::int64_t ms_of(Time time) { return time.time_since_epoch().count(); }
Time time_of(std::int64_t ms) { return Time(std::chrono::milliseconds(ms)); }

/// "3,17"
std::string text_of(const std::vector<BankId>& banks) {
  std::string text;
  for (const BankId bank : banks) {
    text += (text.empty() ? "" : ",") + std::to_string(static_cast<std::uint32_t>(bank));
  }
  return text;
}

Result<std::vector<BankId>> banks_of(std::string_view text) {
  std::vector<BankId> banks;
  while (!text.empty()) {
    std::uint32_t bank = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bank);
    if (error != std::errc{}) return fail(Code::kCorrupt, "the file of attached streams is damaged");
    banks.push_back(BankId{bank});
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.empty()) text.remove_prefix(1);
  }
  return banks;
}

std::string text_of(const std::vector<std::pair<std::string, std::string>>& labels) {
  Json json = Json::object();
  for (const auto& [name, value] : labels) json[name] = value;
  return to_line(json);
}

Result<std::vector<std::pair<std::string, std::string>>> labels_of(std::string_view text) {
  const auto json = parse_json(text);
  std::vector<std::pair<std::string, std::string>> labels;
  if (!json || !json->is_object()) return fail(Code::kCorrupt, "the file of attached streams is damaged");
  for (const auto& [name, value] : json->items()) {
    if (!value.is_string()) return fail(Code::kCorrupt, "the file of attached streams is damaged");
    labels.emplace_back(name, value.get<std::string>());
  }
  return labels;
}

Result<void> make_private(const std::filesystem::path& folder, const std::filesystem::path& file) {
  std::error_code error;
  std::filesystem::create_directories(folder.parent_path(), error);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return fail(Code::kUnavailable, folder.string() + ": " + std::strerror(errno));
  const UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd || ::fchmod(fd.get(), 0600) != 0)
    return fail(Code::kUnavailable, file.string() + ": " + std::strerror(errno));
  return {};
}

Result<void> make_schema(Database& database) {
  SEAWALL_TRY(Statement version, database.prepare("PRAGMA user_version"));
  SEAWALL_TRY([[maybe_unused]] const bool any, version.step());
  const std::int64_t found = version.integer(0);
  version.reset();
  if (found == kVersion) return {};
  if (found < 0 || found > kVersion)
    return fail(Code::kInvalidInput, "the file of attached streams is of a newer Seawall: upgrade this one");
  SEAWALL_TRY(auto transaction, Transaction::begin(database));
  if (found == 0) SEAWALL_CHECK(database.run(kSchema));
  SEAWALL_CHECK(database.run(kSecondSchema));
  return transaction.commit();
}

bool is_alert_id(std::string_view id) {
  const auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return id.size() == 34 && id.starts_with("a_") && std::ranges::all_of(id.substr(2), hex);
}

std::string own_key(std::string_view record) { return "streams/" + std::string(record); }

}  // namespace

Result<std::unique_ptr<StreamStore>> StreamStore::open(const std::filesystem::path& folder,
                                                       const MasterKey& master, const Limits& limits) {
  const std::filesystem::path file = folder / "streams.db";
  SEAWALL_CHECK(make_private(folder, file));
  SEAWALL_TRY(Database database, Database::open(file, {.create = true}));
  SEAWALL_CHECK(make_schema(database));
  std::unique_ptr<StreamStore> store(new StreamStore(std::move(database), master, limits));
  SEAWALL_CHECK(store->read_sizes());
  return store;
}

Result<std::string> StreamStore::seal(std::string_view text, std::string_view record) const {
  Sha256 key = master_.derive(own_key(record));
  auto sealed = SealingKey(std::span<const std::byte, SealingKey::kBytes>(key)).seal(text, record);
  wipe_bytes(key.data(), key.size());
  return sealed;
}

Result<std::string> StreamStore::open_sealed(std::span<const std::byte> sealed,
                                             std::string_view record) const {
  Sha256 key = master_.derive(own_key(record));
  const std::string_view text(reinterpret_cast<const char*>(sealed.data()), sealed.size());
  auto opened = SealingKey(std::span<const std::byte, SealingKey::kBytes>(key)).open(text, record);
  wipe_bytes(key.data(), key.size());
  return opened;
}

Result<void> StreamStore::add(const AttachedStream& stream) {
  SEAWALL_TRY(const std::string url, seal(stream.url, stream.id));
  std::string webhook;
  if (stream.cut_off) {
    SEAWALL_TRY(webhook, seal(stream.cut_off->webhook, stream.id + "/webhook"));
  }
  const std::string banks = text_of(stream.banks);
  const std::string labels = text_of(stream.labels);
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(Statement put, database_.prepare("INSERT INTO streams VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
                                               "?9, ?10, ?11, ?12, ?13, ?14) ON CONFLICT DO NOTHING"));
  put.bind(1, std::string_view(stream.id)).bind(2, std::string_view(stream.tenant));
  put.bind(3, std::string_view(stream.name)).bind(4, bytes_of(url)).bind(5, std::string_view(banks));
  put.bind(6, std::string_view(labels));
  if (stream.cut_off) put.bind(7, bytes_of(webhook));
  put.bind(8, stream.cut_off ? number(stream.cut_off->tier) : 0);
  put.bind(9, stream.cut_off ? number(stream.cut_off->action) : 0).bind(10, stream.by_hook ? 1 : 0);
  put.bind(11, std::string_view(stream.who)).bind(12, std::string_view(stream.caller));
  put.bind(13, std::string_view(stream.key_id)).bind(14, ms_of(stream.attached));
  SEAWALL_CHECK(put.run());
  if (database_.rows_changed() == 0) return fail(Code::kConflict, "there is a stream of that name");
  return {};
}

Result<bool> StreamStore::remove(std::string_view tenant, std::string_view name) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(Statement drop, database_.prepare("DELETE FROM streams WHERE tenant = ?1 AND name = ?2"));
  SEAWALL_CHECK(drop.bind(1, tenant).bind(2, name).run());
  return database_.rows_changed() != 0;
}

Result<void> StreamStore::read_kept(Statement& row, Kept& kept) {
  AttachedStream& stream = kept.stream;
  stream.id = row.text(0);
  stream.tenant = row.text(1);
  stream.name = row.text(2);
  SEAWALL_TRY(stream.banks, banks_of(row.text(4)));
  SEAWALL_TRY(stream.labels, labels_of(row.text(5)));
  stream.by_hook = row.integer(9) != 0;
  stream.who = row.text(10);
  stream.caller = row.text(11);
  stream.key_id = row.text(12);
  stream.attached = time_of(row.integer(13));
  auto url = open_sealed(row.blob(3), stream.id);
  kept.opens = url.has_value();
  if (url) stream.url = *std::move(url);
  if (!row.is_null(6)) {
    auto webhook = open_sealed(row.blob(6), stream.id + "/webhook");
    kept.opens = kept.opens && webhook.has_value();
    stream.cut_off = StreamCutOff{.webhook = webhook ? *std::move(webhook) : std::string(),
                                  .tier = static_cast<ClipTier>(row.integer(7)),
                                  .action = static_cast<BankAction>(row.integer(8))};
  }
  return {};
}

Result<std::vector<StreamStore::Kept>> StreamStore::streams() {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(Statement each, database_.prepare("SELECT * FROM streams ORDER BY tenant, name"));
  std::vector<Kept> all;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) break;
    SEAWALL_CHECK(read_kept(each, all.emplace_back()));
  }
  SEAWALL_TRY(Statement count, database_.prepare("SELECT count(*), max(at) FROM alerts WHERE stream_id = ?1 "
                                                 "AND silent = 0 AND is_rise = 0"));
  for (Kept& kept : all) {
    SEAWALL_TRY([[maybe_unused]] const bool any, count.bind(1, std::string_view(kept.stream.id)).step());
    kept.count.alerts = static_cast<std::uint64_t>(count.integer(0));
    if (!count.is_null(1)) kept.count.last = time_of(count.integer(1));
    count.reset();
  }
  return all;
}

Result<void> StreamStore::read_sizes() {
  SEAWALL_TRY(Statement each,
              database_.prepare("SELECT tenant, count(*), sum(bytes) FROM alerts GROUP BY tenant"));
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) return {};
    sizes_.emplace(each.text(0), Size{static_cast<std::uint64_t>(each.integer(1)),
                                      static_cast<std::uint64_t>(each.integer(2))});
  }
}

Result<bool> StreamStore::insert(const StreamAlert& alert, std::span<const std::byte> webhook) {
  SEAWALL_TRY(Statement put,
              database_.prepare("INSERT INTO alerts (id, tenant, stream, stream_id, at, bank, silent, "
                                "is_rise, body, webhook, caller, key_id, bytes) VALUES (?1, ?2, ?3, ?4, ?5, "
                                "?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT DO NOTHING"));
  put.bind(1, std::string_view(alert.id)).bind(2, std::string_view(alert.tenant));
  put.bind(3, std::string_view(alert.stream)).bind(4, std::string_view(alert.stream_id));
  put.bind(5, ms_of(alert.at)).bind(6, number(alert.bank)).bind(7, alert.silent ? 1 : 0);
  put.bind(8, alert.is_rise ? 1 : 0).bind(9, std::string_view(alert.body));
  if (!webhook.empty()) put.bind(10, webhook);
  put.bind(11, std::string_view(alert.caller)).bind(12, std::string_view(alert.key_id));
  put.bind(13, number(alert.body.size()));
  SEAWALL_CHECK(put.run());
  return database_.rows_changed() != 0;
}

Result<void> StreamStore::add(const StreamAlert& alert) {
  std::string webhook;
  if (!alert.webhook.empty()) {
    SEAWALL_TRY(webhook, seal(alert.webhook, alert.id));
  }
  const std::scoped_lock lock(mutex_);
  Sizes sizes = sizes_;
  SEAWALL_TRY(const std::uint64_t dropped, add_within(alert, bytes_of(webhook), sizes));
  sizes_ = std::move(sizes);
  dropped_unsent_ += dropped;
  return {};
}

Result<std::uint64_t> StreamStore::add_within(const StreamAlert& alert, std::span<const std::byte> webhook,
                                              Sizes& sizes) {
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(const bool added, insert(alert, webhook));
  if (!added) return 0;
  Size& own = sizes[alert.tenant];
  ++own.alerts;
  own.bytes += alert.body.size();
  std::uint64_t dropped = 0;
  if (over_full(sizes)) {
    SEAWALL_TRY(const std::int64_t at, number_of(alert.tenant, alert.id));
    SEAWALL_TRY(dropped, make_room(at, sizes));
  }
  SEAWALL_CHECK(transaction.commit());
  return dropped;
}

std::optional<std::string> StreamStore::over_full(const Sizes& sizes) const {
  std::uint64_t bytes = 0;
  auto most = sizes.end();
  for (auto one = sizes.begin(); one != sizes.end(); ++one) {
    if (one->second.alerts > limits_.of_tenant || one->second.bytes > limits_.bytes_of_tenant)
      return one->first;
    bytes += one->second.bytes;
    if (most == sizes.end() || one->second.bytes > most->second.bytes) most = one;
  }
  if (bytes <= limits_.bytes) return std::nullopt;
  return most->first;
}

Result<std::uint64_t> StreamStore::make_room(std::int64_t below, Sizes& sizes) {
  SEAWALL_TRY(
      Statement settled,
      database_.prepare("DELETE FROM alerts WHERE number = (SELECT min(number) FROM alerts WHERE tenant "
                        "= ?1 AND webhook IS NULL AND number < ?2) RETURNING tenant, bytes"));
  SEAWALL_TRY(
      Statement any,
      database_.prepare("DELETE FROM alerts WHERE number = (SELECT min(number) FROM alerts WHERE tenant "
                        "= ?1 AND number < ?2) RETURNING tenant, bytes"));
  std::uint64_t unsent = 0;
  for (std::uint64_t dropped = 0; dropped < kDroppedAtOnce; ++dropped) {
    const auto tenant = over_full(sizes);
    if (!tenant) break;
    settled.bind(1, std::string_view(*tenant)).bind(2, below);
    SEAWALL_TRY(std::uint64_t gone, drop(settled, sizes));
    if (gone != 0) continue;
    any.bind(1, std::string_view(*tenant)).bind(2, below);
    SEAWALL_TRY(gone, drop(any, sizes));
    unsent += gone;
    if (gone == 0) break;
  }
  return unsent;
}

Result<std::uint64_t> StreamStore::drop(Statement& each, Sizes& sizes) {
  for (std::uint64_t gone = 0;; ++gone) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) {
      each.reset();
      return gone;
    }
    const auto size = sizes.find(each.text(0));
    --size->second.alerts;
    size->second.bytes -= static_cast<std::uint64_t>(each.integer(1));
    if (size->second.alerts == 0) sizes.erase(size);
  }
}

Result<std::int64_t> StreamStore::number_of(std::string_view tenant, std::string_view id) {
  SEAWALL_TRY(Statement find, database_.prepare("SELECT number FROM alerts WHERE id = ?1 AND tenant = ?2"));
  SEAWALL_TRY(const bool any, find.bind(1, id).bind(2, tenant).step());
  if (any) return find.integer(0);
  // The oldest go first: what was tidied away came before all that is kept.
  if (is_alert_id(id)) return 0;
  return fail(Code::kInvalidInput, "an alert's id is a_ and 32 hex digits");
}

Result<StreamAlertPage> StreamStore::alerts(const StreamAlertAsk& ask) {
  const std::scoped_lock lock(mutex_);
  std::int64_t after = ask.newest_first ? std::numeric_limits<std::int64_t>::max() : 0;
  if (!ask.after.empty()) {
    SEAWALL_TRY(after, number_of(ask.tenant, ask.after));
  }
  const std::string order =
      ask.newest_first ? "number < ?2 ORDER BY number DESC" : "number > ?2 ORDER BY number";
  SEAWALL_TRY(Statement each, database_.prepare("SELECT id, bank, body FROM alerts WHERE tenant = ?1 AND "
                                                "(?3 = '' OR stream = ?3) AND silent <= ?4 AND " +
                                                order));
  each.bind(1, ask.tenant).bind(2, after).bind(3, ask.stream).bind(4, ask.with_silent ? 1 : 0);
  StreamAlertPage page;
  std::size_t bytes = 0;
  std::string last;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) return page;
    const BankId bank{static_cast<std::uint32_t>(each.integer(1))};
    if (!ask.banks.empty() && std::ranges::find(ask.banks, bank) == ask.banks.end()) continue;
    const std::string_view body = each.text(2);
    const bool full = page.bodies.size() == ask.limit || bytes + body.size() > ask.bytes_max;
    if (full && !page.bodies.empty()) break;
    bytes += body.size();
    page.bodies.emplace_back(body);
    last = each.text(0);
  }
  page.next = std::move(last);
  return page;
}

Result<std::optional<std::string>> StreamStore::unsent_caller(std::string_view after) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(Statement next,
              database_.prepare("SELECT min(caller) FROM alerts WHERE webhook IS NOT NULL AND caller > ?1"));
  SEAWALL_TRY(const bool any, next.bind(1, after).step());
  if (!any || next.is_null(0)) return std::nullopt;
  return std::string(next.text(0));
}

Result<std::vector<UnsentAlert>> StreamStore::unsent(std::string_view caller, std::int64_t after,
                                                     std::size_t limit) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(
      Statement each,
      database_.prepare("SELECT number, id, tenant, body, webhook, caller, key_id, at FROM alerts WHERE "
                        "webhook IS NOT NULL AND caller = ?1 AND number > ?2 ORDER BY number LIMIT ?3"));
  each.bind(1, caller).bind(2, after);
  each.bind(3, number(std::clamp<std::size_t>(limit, 1, kUnsentMax)));
  std::vector<UnsentAlert> all;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) return all;
    UnsentAlert& one = all.emplace_back();
    one.number = each.integer(0);
    one.alert.id = each.text(1);
    one.alert.tenant = each.text(2);
    one.alert.body = each.text(3);
    auto webhook = open_sealed(each.blob(4), one.alert.id);
    if (webhook) one.alert.webhook = *std::move(webhook);
    one.alert.caller = each.text(5);
    one.alert.key_id = each.text(6);
    one.alert.at = time_of(each.integer(7));
  }
}

Result<std::uint64_t> StreamStore::count_unsent() {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(Statement count, database_.prepare("SELECT count(*) FROM alerts WHERE webhook IS NOT NULL"));
  SEAWALL_TRY([[maybe_unused]] const bool any, count.step());
  return static_cast<std::uint64_t>(count.integer(0));
}

Result<void> StreamStore::settle(std::int64_t number) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(Statement put, database_.prepare("UPDATE alerts SET webhook = NULL WHERE number = ?1"));
  return put.bind(1, number).run();
}

Result<std::uint64_t> StreamStore::tidy(Time time) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(Statement old,
              database_.prepare("DELETE FROM alerts WHERE number IN (SELECT number FROM alerts WHERE at < ?1 "
                                "AND webhook IS NULL LIMIT ?2) RETURNING tenant, bytes"));
  old.bind(1, ms_of(time)).bind(2, number(kTidyMax));
  Sizes sizes = sizes_;
  SEAWALL_TRY(const std::uint64_t gone, drop(old, sizes));
  SEAWALL_CHECK(transaction.commit());
  sizes_ = std::move(sizes);
  return gone;
}

}  // namespace seawall
