#include <array>
#include <string>
#include <utility>
#include <vector>

#include "seawall/base/hex.h"
#include "seawall/crypto/sha256.h"
#include "seawall/json/json.h"
#include "seawall/oversight_register/oversight_register.h"
#include "seawall/statement/canonical_json.h"
#include "seawall/statement/members.h"

namespace seawall {
namespace {

/// Where cases of one kind stand, which of them are closed and still have words, and how those go.
struct Cases {
  LogKind kind;
  std::string_view closed;
  std::string_view blank;
};
constexpr std::array<Cases, 3> kCases{
    {{LogKind::kError,
      "SELECT number FROM errors c WHERE what != '' AND (reportable = 0 OR reported IS NOT NULL) AND "
      "(serious = 0 OR told IS NOT NULL)",
      "UPDATE errors SET what = '', concerns = '', untold_why = '' WHERE number = ?1"},
     {LogKind::kRecommendation, "SELECT number FROM recommendations c WHERE what != '' AND state >= 2",
      "UPDATE recommendations SET what = '', whom = '', answer = '' WHERE number = ?1"},
     {LogKind::kDraw, "SELECT number FROM draws c WHERE entered_by != '' AND ended IS NOT NULL",
      "UPDATE draws SET entered_by = '', entered_why = '', ended_by = '', ended_why = '' WHERE number = "
      "?1"}}};
constexpr std::string_view kOldSteps =
    " AND NOT EXISTS (SELECT 1 FROM steps s LEFT JOIN log_records l ON l.id = s.log_id WHERE s.kind = ?1 AND "
    "s.of = c.number AND (s.at >= ?2 OR l.leaf IS NULL)) ORDER BY number LIMIT ?3";

using Numbers = std::vector<std::int64_t>;

Result<Numbers> due_of(Database& database, const Cases& cases, Time before) {
  SEAWALL_TRY(Statement each, database.prepare(std::string(cases.closed) + std::string(kOldSteps)));
  each.bind(1, static_cast<std::int64_t>(cases.kind)).bind(2, before.time_since_epoch().count());
  each.bind(3, static_cast<std::int64_t>(OversightRegister::kDestroyMax));
  Numbers numbers;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) return numbers;
    numbers.push_back(each.integer(0));
  }
}

/// The entries of a case, each ended by a line end.
Result<std::string> entries_of(Database& database, LogKind kind, std::int64_t number) {
  SEAWALL_TRY(Statement each,
              database.prepare("SELECT l.entry FROM steps s JOIN log_records l ON l.id = s.log_id "
                               "WHERE s.kind = ?1 AND s.of = ?2 ORDER BY l.id"));
  each.bind(1, static_cast<std::int64_t>(kind)).bind(2, number);
  std::string text;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) return text;
    text += std::string(each.text(0)) + "\n";
  }
}

Result<void> destroy_case(Database& database, const Cases& cases, std::int64_t number, Time now) {
  const auto kind = static_cast<std::int64_t>(cases.kind);
  SEAWALL_TRY(Statement blank, database.prepare(cases.blank));
  SEAWALL_CHECK(blank.bind(1, number).run());
  SEAWALL_TRY(Statement records,
              database.prepare("UPDATE log_records SET salt = NULL, record = NULL, erased = ?3 WHERE id IN "
                               "(SELECT log_id FROM steps WHERE kind = ?1 AND of = ?2)"));
  SEAWALL_CHECK(records.bind(1, kind).bind(2, number).bind(3, now.time_since_epoch().count()).run());
  SEAWALL_TRY(Statement steps,
              database.prepare("UPDATE steps SET record = '', salt = NULL WHERE kind = ?1 AND of = ?2"));
  return steps.bind(1, kind).bind(2, number).run();
}

}  // namespace

Result<std::uint64_t> OversightRegister::destroy_before(Time before) {
  const std::scoped_lock lock(mutex_);
  const Time now = clock_.now();
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  std::string entries;
  Json named = Json::array();
  for (const Cases& cases : kCases) {
    SEAWALL_TRY(const Numbers numbers, due_of(database_, cases, before));
    for (const std::int64_t number : numbers) {
      SEAWALL_TRY(const std::string of, entries_of(database_, cases.kind, number));
      entries += of;
      named.push_back(Json::array({name_of(cases.kind), number}));
      SEAWALL_CHECK(destroy_case(database_, cases, number, now));
    }
  }
  const std::uint64_t count = named.size();
  if (count == 0) return 0;
  const Json record{{"what", "destruction"}, {"why", "papers-limit"}, {"at", second_text(now)},
                    {"cases", named},        {"count", count},        {"digest", to_hex(sha256_of(entries))}};
  LogTelling telling{.kind = LogKind::kDestruction, .at = now, .record = {}, .count = count};
  SEAWALL_TRY(telling.record, canonical_json(record));
  SEAWALL_TRY([[maybe_unused]] const std::int64_t told, LogOutbox(database_).add(telling));
  SEAWALL_CHECK(transaction.commit());
  return count;
}

}  // namespace seawall
