#include <algorithm>

#include "seawall/base/hex.h"
#include "seawall/crypto/random_bytes.h"
#include "seawall/key_vault/detail/rows.h"
#include "seawall/key_vault/key_vault.h"

namespace seawall {
namespace {

using vault_rows::count_of;
using vault_rows::ms_of;

constexpr std::size_t kMarkBytes = 16;
constexpr std::string_view kOfCase = "case:";  // The selector that a demand can be held against.

bool is_limit(KeyRefusal why) {
  return why == KeyRefusal::kPersonHour || why == KeyRefusal::kPersonDay || why == KeyRefusal::kPersonCases ||
         why == KeyRefusal::kTotalHour || why == KeyRefusal::kExportMax;
}

Json record_of(const KeyUse& use, const std::string& statement) {
  std::vector<std::string> records;
  for (const WantedKey& one : use.records) records.push_back(one.record);
  Json json = {{"action", name_of(use.action)}, {"by", use.person},
               {"case", use.case_id},           {"order", use.order},
               {"purpose", use.purpose},        {"records", records},
               {"statement", statement},        {"tenant", use.tenant}};
  if (!use.recipient.empty()) json["recipient"] = use.recipient;
  return json;
}

OrderUse order_use_of(const KeyUse& use, const OrderEvidence& evidence) {
  OrderUse wanted{.order = use.order, .person = use.person, .tenant = use.tenant, .action = use.action};
  for (const WantedKey& one : use.records) wanted.records.push_back(one.record);
  wanted.count = use.records.size();
  wanted.evidence = evidence;
  return wanted;
}

std::string digest_text(const SignedStatement& statement) { return to_hex(statement.id()); }

Result<std::string> new_mark() {
  std::array<std::byte, kMarkBytes> bytes{};
  SEAWALL_CHECK(fill_with_random_bytes(bytes));
  return to_hex(bytes);
}

}  // namespace

/// nullopt: everybody who is to sign has, now, and it is the first time.
Result<std::optional<KeyRefusal>> KeyVault::refusal_of_signature(const SignedStatement& statement,
                                                                 std::chrono::minutes fresh, Time now) {
  using Refusal = std::optional<KeyRefusal>;
  SEAWALL_TRY(const Roster roster, book_->roster());
  if (!statement.is_complete() || !roster.check_signatures(statement, now))
    return Refusal(KeyRefusal::kSignature);
  if (statement.at() > now + kClockSkewMax || statement.at() + fresh <= now)
    return Refusal(KeyRefusal::kStale);
  const std::string id = digest_text(statement);
  SEAWALL_TRY(Statement find, database_.prepare("SELECT 1 FROM said WHERE id = ?1"));
  SEAWALL_TRY(const bool said, find.bind(1, vault_rows::blob_of(id)).step());
  return said ? Refusal(KeyRefusal::kReplayed) : Refusal();
}

/// Kept for as long as it would be fresh, by a time that never goes back.
Result<void> KeyVault::keep_said(const SignedStatement& statement, Time now) {
  SEAWALL_TRY(Statement drop, database_.prepare("DELETE FROM said WHERE until < ?1"));
  SEAWALL_CHECK(drop.bind(1, ms_of(now)).run());
  const std::string id = digest_text(statement);
  SEAWALL_TRY(Statement put, database_.prepare("INSERT INTO said VALUES (?1, ?2)"));
  put.bind(1, vault_rows::blob_of(id));
  return put.bind(2, ms_of(statement.at() + kFreshTogether)).run();
}

KeyAnswer KeyVault::refuse_silently(KeyRefusal why) {
  ++counts_.refused[static_cast<std::size_t>(why)];
  KeyAnswer answer;
  answer.refusal = why;
  return answer;
}

Result<KeyAnswer> KeyVault::refuse_unsigned(KeyRefusal why, Time now) {
  KeyAnswer answer = refuse_silently(why);
  if (why != KeyRefusal::kStale) SEAWALL_CHECK(raise({.kind = VaultAlarm::Kind::kForged, .at = now}));
  return answer;
}

Result<KeyAnswer> KeyVault::refuse(const Asked& asked, KeyRefusal why, std::optional<OrderRefusal> by_order) {
  KeyAnswer answer = refuse_silently(why);
  SEAWALL_TRY(Statement drop, database_.prepare("DELETE FROM refusals WHERE at <= ?1"));
  SEAWALL_CHECK(drop.bind(1, ms_of(asked.now) - vault_rows::kHourMs).run());
  SEAWALL_TRY(Statement put, database_.prepare("INSERT INTO refusals (person, at) VALUES (?1, ?2)"));
  SEAWALL_CHECK(put.bind(1, std::string_view(asked.use.person)).bind(2, ms_of(asked.now)).run());
  Json record = record_of(asked.use, asked.statement);
  record["refused"] = name_of(why);
  if (by_order) record["by-order"] = name_of(*by_order);
  SEAWALL_CHECK(tell(LogKind::kLimit, asked.now, std::move(record)));
  if (is_limit(why)) SEAWALL_CHECK(alarm_of_limit(asked, why));
  SEAWALL_CHECK(freeze_flooder(asked));
  answer.by_order = by_order;
  return answer;
}

Result<void> KeyVault::alarm_of_limit(const Asked& asked, KeyRefusal why) {
  const bool total = why == KeyRefusal::kTotalHour;
  return raise({.kind = total ? VaultAlarm::Kind::kTotal : VaultAlarm::Kind::kLimit,
                .at = asked.now,
                .person = total ? "" : asked.use.person,
                .detail = std::string(name_of(why)),
                .told = {}});
}

Result<std::uint64_t> KeyVault::refusals_in_hour(const Asked& asked) {
  SEAWALL_TRY(Statement count,
              database_.prepare("SELECT count(*) FROM refusals WHERE person = ?1 AND at > ?2"));
  count.bind(1, std::string_view(asked.use.person)).bind(2, ms_of(asked.now) - vault_rows::kHourMs);
  SEAWALL_TRY([[maybe_unused]] const bool any, count.step());
  return count_of(count.integer(0));
}

Result<void> KeyVault::freeze_flooder(const Asked& asked) {
  SEAWALL_TRY(const VaultLimits limits, this->limits());
  SEAWALL_TRY(const std::uint64_t refusals, refusals_in_hour(asked));
  if (refusals <= limits.refusals_hour) return {};
  SEAWALL_TRY(const bool anew, freeze(asked.use.person, "flood", asked.now));
  if (!anew) return {};
  return raise({.kind = VaultAlarm::Kind::kFlood, .at = asked.now, .person = asked.use.person, .told = {}});
}

/// Whoever is frozen and goes on is counted, but fills neither the log nor the store.
Result<bool> KeyVault::is_flood(const Asked& asked, const VaultLimits& limits) {
  SEAWALL_TRY(const bool frozen, is_frozen(asked.use.person));
  if (!frozen) return false;
  SEAWALL_TRY(const std::uint64_t refusals, refusals_in_hour(asked));
  if (refusals <= limits.refusals_hour) return false;
  SEAWALL_CHECK(
      raise({.kind = VaultAlarm::Kind::kFlood, .at = asked.now, .person = asked.use.person, .told = {}}));
  return true;
}

Result<bool> KeyVault::is_frozen(std::string_view person) {
  SEAWALL_TRY(Statement find, database_.prepare("SELECT 1 FROM frozen WHERE person = ?1"));
  return find.bind(1, person).step();
}

Result<bool> KeyVault::is_any_frozen(const std::vector<StatementSigner>& people) {
  for (const StatementSigner& one : people) {
    SEAWALL_TRY(const bool frozen, is_frozen(one.by));
    if (frozen) return true;
  }
  return false;
}

/// For good. False: it was so already.
Result<bool> KeyVault::freeze(std::string_view person, std::string_view why, Time now) {
  SEAWALL_TRY(Statement put,
              database_.prepare("INSERT INTO frozen (person, since, why) VALUES (?1, ?2, ?3) ON CONFLICT "
                                "(person) DO UPDATE SET why = excluded.why, ends = NULL WHERE ends IS NOT "
                                "NULL"));
  SEAWALL_CHECK(put.bind(1, person).bind(2, ms_of(now)).bind(3, why).run());
  return database_.rows_changed() != 0;
}

Result<std::optional<std::string>> KeyVault::touched_canary(const KeyUse& use) {
  SEAWALL_TRY(Statement find,
              database_.prepare("SELECT guards FROM canaries WHERE tenant = ?1 AND record = ?2"));
  for (const WantedKey& one : use.records) {
    find.bind(1, std::string_view(use.tenant)).bind(2, std::string_view(one.record));
    SEAWALL_TRY(const bool any, find.step());
    if (any) return std::optional(std::string(find.text(0)));
    find.reset();
  }
  return std::optional<std::string>();
}

Result<bool> KeyVault::is_log_behind(const VaultLimits& limits, Time now) {
  SEAWALL_TRY(const Unsettled waiting, unsettled());
  return waiting.count >= limits.unsettled_max ||
         (waiting.oldest && now - *waiting.oldest > std::chrono::seconds(limits.unsettled_age_s));
}

Result<GivenOut> KeyVault::given_out(const Asked& asked) {
  SEAWALL_TRY(Statement sums,
              database_.prepare("SELECT (SELECT coalesce(sum(records), 0) FROM uses WHERE person = ?1 AND "
                                "at > ?2), (SELECT coalesce(sum(records), 0) FROM uses WHERE person = ?1 "
                                "AND at > ?3), (SELECT count(*) FROM (SELECT DISTINCT tenant, case_id FROM "
                                "uses WHERE person = ?1 AND at > ?3 AND NOT (tenant = ?4 AND case_id = "
                                "?5))), (SELECT coalesce(sum(records), 0) FROM uses WHERE at > ?2)"));
  sums.bind(1, std::string_view(asked.use.person)).bind(2, ms_of(asked.now) - vault_rows::kHourMs);
  sums.bind(3, ms_of(asked.now) - vault_rows::kDayMs).bind(4, std::string_view(asked.use.tenant));
  SEAWALL_TRY([[maybe_unused]] const bool any, sums.bind(5, std::string_view(asked.use.case_id)).step());
  return GivenOut{.person_hour = count_of(sums.integer(0)),
                  .person_day = count_of(sums.integer(1)),
                  .other_cases_day = count_of(sums.integer(2)),
                  .total_hour = count_of(sums.integer(3))};
}

/// Empty: one of them is not this record's key.
Result<std::vector<KeyBytes>> KeyVault::opened(const Asked& asked, const KeyBytes& case_key) {
  std::vector<KeyBytes> keys;
  for (const WantedKey& one : asked.use.records) {
    auto key = open_record_key(case_key, one.wrapped,
                               {asked.use.tenant, asked.use.case_id, one.record, one.version});
    if (!key && key.error().code == Code::kCorrupt) return std::vector<KeyBytes>();
    if (!key) return tl::unexpected(std::move(key).error());
    keys.push_back(*std::move(key));
  }
  return keys;
}

/// What the order's gate is asked; the order's book remembers the demand, too, so a vault that was set back
/// opens nothing twice. nullopt: the order reaches by what the vault cannot see. Where there is no such order
/// the gate says so.
Result<std::optional<OrderUse>> KeyVault::bound_use(const Asked& asked, const OrderEvidence& evidence) {
  using Bound = std::optional<OrderUse>;
  OrderUse wanted = order_use_of(asked.use, evidence);
  wanted.demand = OrderDemand{.id = asked.statement, .until = asked.until};
  const auto found = book_->order(asked.use.order);
  if (!found && found.error().code != Code::kNotFound) return tl::unexpected(found.error());
  if (!found) return Bound(std::move(wanted));
  const OrderScope& scope = found->order.document().scope;
  if (scope.from || scope.until) return Bound();
  if (scope.selector.empty()) return Bound(std::move(wanted));
  if (!scope.selector.starts_with(kOfCase)) return Bound();
  wanted.selector = std::string(kOfCase) + asked.use.case_id;
  return Bound(std::move(wanted));
}

Result<KeyAnswer> KeyVault::judge(const Asked& asked, const OrderEvidence& evidence) {
  const KeyUse& use = asked.use;
  SEAWALL_TRY(const bool frozen, is_any_frozen(asked.signers));
  if (frozen) return refuse(asked, KeyRefusal::kFrozen);
  SEAWALL_TRY(const VaultLimits limits, this->limits());
  if (use.action == OrderAction::kExport && use.records.size() > limits.export_records)
    return refuse(asked, KeyRefusal::kExportMax);
  SEAWALL_TRY(const GivenOut before, given_out(asked));
  if (const auto why = refusal_by(limits, before, use.records.size())) return refuse(asked, *why);
  SEAWALL_TRY(const auto found, case_key(use.tenant, use.case_id));
  if (!found) return refuse(asked, KeyRefusal::kNoKey);
  SEAWALL_TRY(const auto keys, opened(asked, found->key));
  if (keys.empty()) return refuse(asked, KeyRefusal::kWrapped);
  SEAWALL_TRY(std::string sealed, seal_answer(use.reply_to, asked.statement, keys));
  SEAWALL_TRY(const auto wanted, bound_use(asked, evidence));
  if (!wanted) return refuse(asked, KeyRefusal::kScope);
  const auto in_log = [this](std::string_view entry, std::string_view proof) -> Result<bool> {
    return place_in_log(log_, entry, proof).has_value();
  };
  // The order is counted before this transaction commits: killed in between, a count is lost to the person.
  SEAWALL_TRY(const OrderUseAnswer gate, book_->use(*wanted, in_log));
  if (gate.refusal == OrderRefusal::kRepeated) return refuse_unsigned(KeyRefusal::kReplayed, asked.now);
  if (!gate.is_allowed()) return refuse(asked, KeyRefusal::kOrder, gate.refusal);
  return give(asked, std::move(sealed));
}

Result<KeyAnswer> KeyVault::give(const Asked& asked, std::string sealed) {
  const KeyUse& use = asked.use;
  const std::size_t count = use.records.size();
  SEAWALL_TRY(Statement drop, database_.prepare("DELETE FROM uses WHERE at <= ?1"));
  SEAWALL_CHECK(drop.bind(1, ms_of(asked.now) - vault_rows::kDayMs).run());
  SEAWALL_TRY(Statement put, database_.prepare("INSERT INTO uses (person, tenant, case_id, at, records) "
                                               "VALUES (?1, ?2, ?3, ?4, ?5)"));
  put.bind(1, std::string_view(use.person)).bind(2, std::string_view(use.tenant));
  put.bind(3, std::string_view(use.case_id)).bind(4, ms_of(asked.now));
  SEAWALL_CHECK(put.bind(5, static_cast<std::int64_t>(count)).run());
  KeyAnswer answer;
  Json record = record_of(use, asked.statement);
  if (use.action == OrderAction::kExport) {
    SEAWALL_TRY(answer.mark, new_mark());
    record["mark"] = answer.mark;
  }
  SEAWALL_CHECK(tell(LogKind::kLimit, asked.now, std::move(record), count));
  counts_.given += count;
  answer.sealed = std::move(sealed);
  return answer;
}

Result<KeyAnswer> KeyVault::use(const SignedStatement& statement, const OrderEvidence& evidence) {
  SEAWALL_TRY(KeyUse use, key_use_from(statement));
  const bool together = use.action == OrderAction::kExport;
  const std::scoped_lock lock(mutex_);
  to_tell_.clear();
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(const Time now, advance());
  SEAWALL_CHECK(end_freezes(now));
  SEAWALL_TRY(const auto bad, refusal_of_signature(statement, together ? kFreshTogether : kFreshAlone, now));
  const Asked asked{.use = std::move(use),
                    .statement = digest_text(statement),
                    .now = now,
                    .until = statement.at() + kFreshTogether,
                    .signers = statement.signers()};
  auto answer = [&]() -> Result<KeyAnswer> {
    if (bad) return refuse_unsigned(*bad, now);
    SEAWALL_TRY(const auto canary, touched_canary(asked.use));
    if (canary) {
      SEAWALL_CHECK(freeze(asked.use.person, "canary", now));
      SEAWALL_CHECK(raise({VaultAlarm::Kind::kCanary, now, asked.use.person, *canary, {}}));
    }
    SEAWALL_TRY(const VaultLimits limits, this->limits());
    SEAWALL_TRY(const bool behind, is_log_behind(limits, now));
    if (behind) return refuse_silently(KeyRefusal::kLogBehind);
    SEAWALL_TRY(const bool flood, is_flood(asked, limits));
    if (flood) return refuse_silently(KeyRefusal::kFrozen);
    SEAWALL_CHECK(keep_said(statement, now));
    return judge(asked, evidence);
  }();
  if (!answer) return answer;
  SEAWALL_CHECK(commit(transaction));
  return answer;
}

}  // namespace seawall
