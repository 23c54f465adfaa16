#include "seawall/retention/destruction.h"

#include <algorithm>
#include <map>

#include "seawall/base/hex.h"
#include "seawall/crypto/sha256.h"
#include "seawall/list_log/list_log.h"
#include "seawall/statement/canonical_json.h"
#include "seawall/statement/members.h"

namespace seawall {
namespace {

constexpr std::string_view kHoldSet = "hold-set";
constexpr std::string_view kHoldLifted = "hold-lifted";
constexpr std::string_view kDestruction = "destruction";
constexpr std::string_view kDestroyed = "destroyed";
constexpr std::size_t kPage = 1'000;

std::string digest_of(const std::vector<LogRecord>& records) {
  std::string text;
  for (const LogRecord& record : records) text += record.entry + "\n";
  return to_hex(sha256_of(text));
}

Json ranges_json(const Destruction& told) {
  Json ranges = Json::array();
  for (const auto& [first, last] : told.ids) ranges.push_back(Json::array({first, last}));
  return ranges;
}

/// Empty where there is none: what others may write into the store is not trusted to have a shape.
std::string text_of(const Json& body, const char* name) {
  const auto found = body.is_object() ? body.find(name) : body.end();
  return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::uint64_t number_of(const Json& body, const char* name) {
  const auto found = body.is_object() ? body.find(name) : body.end();
  return found != body.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

Result<Destruction> destruction_from(std::uint64_t number, const Json& body) {
  Members members(body);
  Destruction told{.number = number, .count = members.number("count", 1, kLogCountMax)};
  members.take_rest("what");
  members.take_rest("why");
  told.digest = members.text("digest", 64);
  told.at = members.time("at");
  for (const Json& one : members.array("ids", LogRecordRetention::kRangesMax)) {
    const bool pair =
        one.is_array() && one.size() == 2 && one[0].is_number_unsigned() && one[1].is_number_unsigned();
    if (!pair || one[0] > one[1]) return fail(Code::kCorrupt, "a destruction names no range of records");
    told.ids.emplace_back(one[0].get<std::uint64_t>(), one[1].get<std::uint64_t>());
  }
  SEAWALL_CHECK(members.done("a destruction"));
  return told;
}

/// What a batch tells of itself. `records`: ascending by id.
Destruction telling_of(const std::vector<LogRecord>& records, std::uint64_t number, Time at) {
  Destruction told{.number = number, .count = records.size(), .digest = digest_of(records), .at = at};
  for (const LogRecord& record : records) {
    if (!told.ids.empty() && told.ids.back().second + 1 == record.id) {
      told.ids.back().second = record.id;
    } else {
      told.ids.emplace_back(record.id, record.id);
    }
  }
  return told;
}

bool is_held(const LogRecord& record, const std::vector<StoreHold>& holds) {
  return std::ranges::any_of(holds, [&](const StoreHold& one) {
    return one.on == "all" || one.on == record.source ||
           (record.source == kRetentionSource && record.source_id == one.number);
  });
}

Result<void> check_words(std::string_view ref, std::string_view who, std::string_view why) {
  const auto fits = [](std::string_view text, std::size_t bytes_max) {
    return !text.empty() && text.size() <= bytes_max;
  };
  const bool all = fits(ref, LogRecordRetention::kRefBytesMax) &&
                   fits(who, LogRecordRetention::kRefBytesMax) && fits(why, LogRecordRetention::kWhyBytesMax);
  if (all) return {};
  return fail(Code::kInvalidInput,
              "a hold needs a ref and who sets it (1 to 128 bytes), and why (1 to 2,000)");
}

Json words(std::string_view what, std::string_view ref, std::string_view who, std::string_view why) {
  return Json{{"what", what}, {"ref", ref}, {"who", who}, {"why", why}};
}

}  // namespace

/// What the records of kRetentionSource say.
struct LogRecordRetention::Own {
  std::uint64_t last = 0;
  std::vector<StoreHold> holds;
  std::vector<Destruction> destructions;  ///< By number.
  std::vector<std::uint64_t> done;

  [[nodiscard]] bool is_done(const Destruction& told) const {
    return std::ranges::find(done, told.number) != done.end();
  }
  Result<void> take(const LogRecord& record);
};

Result<void> LogRecordRetention::Own::take(const LogRecord& record) {
  if (record.record.empty()) return {};
  SEAWALL_TRY(const Json body, read_canonical_json(record.record, LogRecord::kRecordBytesMax));
  const std::string what = text_of(body, "what");
  const std::string ref = text_of(body, "ref");
  if (what == kHoldSet) holds.push_back({ref, text_of(body, "on"), record.at, record.source_id});
  if (what == kHoldLifted) std::erase_if(holds, [&](const StoreHold& one) { return one.ref == ref; });
  if (what == kDestroyed) done.push_back(number_of(body, "destruction"));
  if (what == kDestruction) {
    SEAWALL_TRY(Destruction told, destruction_from(record.source_id, body));
    destructions.push_back(std::move(told));
  }
  return {};
}

Result<LogRecordRetention::Own> LogRecordRetention::own() {
  Own all;
  SEAWALL_TRY(all.last, records_.last_of(kRetentionSource));
  if (all.last > kOwnMax) return fail(Code::kLimitExceeded, "too many holds and destructions were told");
  for (std::uint64_t number = 1; number <= all.last; ++number) {
    SEAWALL_TRY(const auto record, records_.record_of(kRetentionSource, number));
    if (record) SEAWALL_CHECK(all.take(*record));
  }
  return all;
}

Result<void> LogRecordRetention::write(LogKind kind, std::uint64_t number, Json body, std::uint64_t count) {
  const Time now = clock_.now();
  body["at"] = second_text(now);
  SEAWALL_TRY(std::string text, canonical_json(body));
  SEAWALL_TRY(auto made, make_log_record(kRetentionSource, number, kind, now, std::move(text), count));
  SEAWALL_TRY(const std::size_t added, records_.add(std::span(&made, 1)));
  if (added == 1) return {};
  return fail(Code::kConflict, "somebody else changes what is held or destroyed: try again");
}

Result<void> LogRecordRetention::hold(std::string_view ref, std::string_view on, std::string_view who,
                                      std::string_view why) {
  SEAWALL_CHECK(check_words(ref, who, why));
  if (on.empty() || on.size() > LogRecord::kSourceBytesMax)
    return fail(Code::kInvalidInput, "a hold is on a source of records, or on all");
  SEAWALL_TRY(const Own all, own());
  if (std::ranges::find(all.holds, ref, &StoreHold::ref) != all.holds.end())
    return fail(Code::kConflict, "a hold of that ref stands already");
  Json body = words(kHoldSet, ref, who, why);
  body["on"] = on;
  return write(LogKind::kRetention, all.last + 1, std::move(body), 1);
}

Result<void> LogRecordRetention::lift(std::string_view ref, std::string_view who, std::string_view why) {
  SEAWALL_CHECK(check_words(ref, who, why));
  SEAWALL_TRY(const Own all, own());
  if (std::ranges::find(all.holds, ref, &StoreHold::ref) == all.holds.end())
    return fail(Code::kNotFound, "no hold of that ref stands");
  return write(LogKind::kRetention, all.last + 1, words(kHoldLifted, ref, who, why), 1);
}

Result<std::vector<StoreHold>> LogRecordRetention::holds() {
  SEAWALL_TRY(Own all, own());
  return std::move(all.holds);
}

Result<RetainedRecord> LogRecordRetention::as_retained(const LogRecord& record,
                                                       const std::vector<StoreHold>& holds) {
  RetainedRecord retained{.id = record.source + " " + std::to_string(record.source_id),
                          .kind = RetainedKind::kLogRecord,
                          .created = record.at};
  SEAWALL_TRY(const LogEntry entry, log_entry_from_text(record.entry));
  retained.created = std::max({retained.created, entry.at, entry.due.value_or(entry.at)});
  for (const StoreHold& one : holds) {
    if (is_held(record, {one}))
      retained.events.push_back({.what = RetentionEventKind::kHoldSet, .at = one.at, .ref = one.ref});
  }
  return retained;
}

Result<std::vector<LogRecord>> LogRecordRetention::due(const Own& own) {
  std::vector<LogRecord> found;
  std::size_t ranges = 0;
  const Time now = clock_.now();
  for (;;) {
    SEAWALL_TRY(auto page, records_.records(looked_at_, kPage));
    for (LogRecord& record : page) {
      SEAWALL_TRY(const RetainedRecord retained, as_retained(record, own.holds));
      const bool goes =
          record.salt && record.leaf && decide_retention(retained, now).state == RetentionState::kDue;
      const bool apart = goes && (found.empty() || found.back().id + 1 != record.id);
      if (found.size() == kBatchMax || (apart && ranges == kRangesMax)) return found;
      looked_at_ = record.id;
      ranges += apart ? 1 : 0;
      if (goes) found.push_back(std::move(record));
    }
    if (page.size() < kPage) return found;
  }
}

Result<std::vector<LogRecord>> LogRecordRetention::named_by(const Destruction& told) {
  std::vector<LogRecord> all;
  for (const auto& [first, last] : told.ids) {
    if (last - first >= kBatchMax || first == 0)
      return fail(Code::kCorrupt, "a destruction names too many records");
    SEAWALL_TRY(auto page, records_.records(first - 1, last - first + 1));
    for (LogRecord& record : page)
      if (record.id <= last) all.push_back(std::move(record));
  }
  return all;
}

Result<std::size_t> LogRecordRetention::destroy(const Destruction& told, const Own& own) {
  SEAWALL_TRY(const auto records, named_by(told));
  std::vector<std::uint64_t> ids;
  for (const LogRecord& record : records)
    if (record.erased || !is_held(record, own.holds)) ids.push_back(record.id);
  if (ids.size() != told.count)
    return fail(Code::kConflict, "a hold was set on what is told as destroyed: lift it");
  SEAWALL_TRY(const std::size_t erased, records_.erase(ids, clock_.now()));
  SEAWALL_TRY(const std::uint64_t last, records_.last_of(kRetentionSource));
  SEAWALL_CHECK(write(LogKind::kRetention, last + 1,
                      Json{{"what", kDestroyed}, {"destruction", told.number}, {"count", told.count}},
                      told.count));
  return erased;
}

Result<std::size_t> LogRecordRetention::end_what_was_told() {
  SEAWALL_TRY(const Own all, own());
  std::size_t ended = 0;
  for (const Destruction& told : all.destructions) {
    if (all.is_done(told)) continue;
    SEAWALL_TRY(const std::size_t more, destroy(told, all));
    ended += more;
  }
  return ended;
}

Result<std::size_t> LogRecordRetention::step() {
  SEAWALL_TRY(const std::size_t ended, end_what_was_told());
  SEAWALL_TRY(const Own all, own());
  SEAWALL_TRY(const auto records, due(all));
  if (records.empty()) return ended;
  // A hold that was set since all was read has taken this number, and this is a conflict.
  const Destruction told = telling_of(records, all.last + 1, clock_.now());
  SEAWALL_CHECK(write(LogKind::kDestruction, told.number,
                      Json{{"what", kDestruction},
                           {"why", "papers-limit"},
                           {"ids", ranges_json(told)},
                           {"count", told.count},
                           {"digest", told.digest}},
                      told.count));
  SEAWALL_TRY(const std::size_t destroyed, destroy(told, all));
  return ended + destroyed;
}

Result<void> LogRecordRetention::check_one(const Destruction& told, DestructionCheck& check) {
  SEAWALL_TRY(const auto records, named_by(told));
  const auto add = [&](std::string what) { check.faults.push_back({told.number, std::move(what)}); };
  ++check.destructions;
  check.records += told.count;
  if (records.size() != told.count || digest_of(records) != told.digest)
    add("what it names is not what it told of");
  const auto left = std::ranges::count_if(records, [](const LogRecord& one) {
    return one.salt.has_value() || !one.record.empty() || !one.erased;
  });
  if (left != 0) add(std::to_string(left) + " records are still there");
  return {};
}

Result<DestructionCheck> LogRecordRetention::check() {
  SEAWALL_TRY(const Own all, own());
  DestructionCheck check;
  for (const Destruction& told : all.destructions) {
    SEAWALL_CHECK(check_one(told, check));
    if (!all.is_done(told))
      check.faults.push_back({told.number, "it was told and is not done: seawall retention run"});
  }
  return check;
}

}  // namespace seawall
