#include "seawall/retention/destruction.h"

#include <algorithm>

#include "seawall/base/hex.h"
#include "seawall/crypto/sha256.h"
#include "seawall/list_log/list_log.h"
#include "seawall/statement/canonical_json.h"
#include "seawall/statement/members.h"

namespace seawall {
namespace {

constexpr std::string_view kHoldSet = "hold-set";
constexpr std::string_view kLiftAsked = "hold-lift-asked";
constexpr std::string_view kHoldLifted = "hold-lifted";
constexpr std::string_view kDestroyed = "destroyed";
constexpr std::size_t kPage = 1'000;
constexpr std::size_t kFaultsMax = 1'000;

std::string digest_of(const std::vector<LogRecord>& records) {
  std::string text;
  for (const LogRecord& record : records) text += record.entry + "\n";
  return to_hex(sha256_of(text));
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

/// What says that something was destroyed stays: it names nobody, and without it nobody could check.
bool tells_of_destruction(const LogRecord& record) {
  if (record.source != kRetentionSource) return false;
  const auto words = retention_words_from(record.record);
  return words && (std::holds_alternative<Destruction>(*words) || std::holds_alternative<Destroyed>(*words));
}

bool is_due(const LogRecord& record, const std::vector<StoreHold>& holds, Time now) {
  if (!record.salt || !record.leaf || tells_of_destruction(record)) return false;
  const auto retained = LogRecordRetention::as_retained(record, holds);
  return retained && decide_retention(*retained, now).state == RetentionState::kDue;
}

/// Whether the rules wanted it destroyed at that moment, as far as its entry still says; no hold is looked
/// at.
bool was_due(const LogRecord& record, Time at) {
  // A telling has whole seconds, records have milliseconds.
  const Time end = at + std::chrono::seconds(1);
  const auto retained = LogRecordRetention::as_retained(record, {});
  return retained && decide_retention(*retained, end).state == RetentionState::kDue;
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
  std::vector<LogRecord> erased;  ///< Own records.

  [[nodiscard]] bool is_done(const Destruction& told) const {
    return std::ranges::find(done, told.number) != done.end();
  }
  /// Told, not done, and of that record.
  [[nodiscard]] bool is_told(std::uint64_t id) const {
    return std::ranges::any_of(destructions, [&](const auto& one) { return !is_done(one) && one.names(id); });
  }
  [[nodiscard]] StoreHold* hold(std::string_view ref) {
    const auto found = std::ranges::find(holds, ref, &StoreHold::ref);
    return found == holds.end() ? nullptr : &*found;
  }
  Result<void> take(const LogRecord& record);
  void take_lifting(const HoldLifting& lifting);
  [[nodiscard]] Result<void> check_erased() const;
};

Result<void> LogRecordRetention::Own::take(const LogRecord& record) {
  const auto changed = [&] {
    return fail(Code::kCorrupt, "record " + std::to_string(record.source_id) +
                                    " of holds and destructions is not the one that the log was told of");
  };
  const auto entry = log_entry_from_text(record.entry);
  if (!entry) return changed();
  if (!record.salt) {
    // Where a destruction must stand for it; of a destruction itself nothing ever goes.
    if (!record.erased || entry->kind == LogKind::kDestruction) return changed();
    erased.push_back(record);
    return {};
  }
  if (!opens(*entry, *record.salt, record.record)) return changed();
  SEAWALL_TRY(RetentionWords words, retention_words_from(record.record));
  if (const auto* set = std::get_if<HoldSet>(&words))
    holds.push_back({set->ref, set->on, record.at, record.source_id});
  if (const auto* lifting = std::get_if<HoldLifting>(&words)) take_lifting(*lifting);
  if (const auto* one = std::get_if<Destroyed>(&words)) done.push_back(one->destruction);
  if (auto* told = std::get_if<Destruction>(&words)) {
    told->number = record.source_id;
    told->at = std::min(told->at, entry->at);
    destructions.push_back(std::move(*told));
  }
  return {};
}

// One person alone lifts nothing, whatever is written.
void LogRecordRetention::Own::take_lifting(const HoldLifting& lifting) {
  StoreHold* of = hold(lifting.ref);
  if (of == nullptr || lifting.who.empty()) return;
  if (lifting.asked_only && of->lift_asked_by.empty()) of->lift_asked_by = lifting.who;
  const bool second = !of->lift_asked_by.empty() && of->lift_asked_by != lifting.who;
  if (!lifting.asked_only && second)
    std::erase_if(holds, [&](const StoreHold& one) { return one.ref == lifting.ref; });
}

Result<void> LogRecordRetention::Own::check_erased() const {
  for (const LogRecord& record : erased) {
    if (std::ranges::any_of(destructions,
                            [&](const auto& one) { return one.names(record.id) && was_due(record, one.at); }))
      continue;
    return fail(Code::kCorrupt, "record " + std::to_string(record.source_id) +
                                    " of holds and destructions was erased before its time, or untold");
  }
  return {};
}

Result<LogRecordRetention::Own> LogRecordRetention::own() {
  Own all;
  SEAWALL_TRY(all.last, records_.last_of(kRetentionSource));
  if (all.last > kOwnMax) return fail(Code::kLimitExceeded, "too many holds and destructions were told");
  for (std::uint64_t number = 1; number <= all.last; ++number) {
    SEAWALL_TRY(const auto record, records_.record_of(kRetentionSource, number));
    if (!record)
      return fail(Code::kCorrupt, "record " + std::to_string(number) +
                                      " of holds and destructions was taken away: nothing is destroyed until "
                                      "it is put back from a backup");
    SEAWALL_CHECK(all.take(*record));
  }
  SEAWALL_CHECK(all.check_erased());
  return all;
}

Result<void> LogRecordRetention::write(LogKind kind, std::uint64_t number, Json body, std::uint64_t count) {
  body["at"] = second_text(clock_.now());
  SEAWALL_TRY(std::string text, canonical_json(body));
  return write_text(kind, number, std::move(text), count);
}

Result<void> LogRecordRetention::write_text(LogKind kind, std::uint64_t number, std::string text,
                                            std::uint64_t count) {
  SEAWALL_TRY(auto made,
              make_log_record(kRetentionSource, number, kind, clock_.now(), std::move(text), count));
  SEAWALL_TRY(const std::size_t added, records_.add(std::span(&made, 1)));
  if (added == 1) return {};
  return fail(Code::kConflict, "somebody else changes what is held or destroyed: try again");
}

Result<void> LogRecordRetention::hold(std::string_view ref, std::string_view on, std::string_view who,
                                      std::string_view why) {
  SEAWALL_CHECK(check_words(ref, who, why));
  if (on.empty() || on.size() > LogRecord::kSourceBytesMax)
    return fail(Code::kInvalidInput, "a hold is on a source of records, or on all");
  SEAWALL_TRY(Own all, own());
  if (all.hold(ref) != nullptr) return fail(Code::kConflict, "a hold of that ref stands already");
  Json body = words(kHoldSet, ref, who, why);
  body["on"] = on;
  return write(LogKind::kRetention, all.last + 1, std::move(body), 1);
}

Result<bool> LogRecordRetention::lift(std::string_view ref, std::string_view who, std::string_view why) {
  SEAWALL_CHECK(check_words(ref, who, why));
  SEAWALL_TRY(Own all, own());
  const StoreHold* found = all.hold(ref);
  if (found == nullptr) return fail(Code::kNotFound, "no hold of that ref stands");
  if (found->lift_asked_by == who)
    return fail(Code::kConflict, "you have asked for it: another person must lift it, too");
  const bool second = !found->lift_asked_by.empty();
  SEAWALL_CHECK(
      write(LogKind::kRetention, all.last + 1, words(second ? kHoldLifted : kLiftAsked, ref, who, why), 1));
  return second;
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
      const bool goes = is_due(record, own.holds, now) && !own.is_told(record.id);
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
    SEAWALL_TRY(auto page, records_.records(first - 1, last - first + 1));
    for (LogRecord& record : page)
      if (record.id <= last) all.push_back(std::move(record));
  }
  return all;
}

/// Erases what of it may go now; tells that it is done once all of it is gone. Errors: also kConflict
/// (something was told since its beginning).
Result<std::size_t> LogRecordRetention::destroy_once(const Destruction& told) {
  SEAWALL_TRY(const Own now, own());
  if (now.is_done(told)) return 0;
  SEAWALL_TRY(const auto records, named_by(told));
  if (records.size() != told.count || digest_of(records) != told.digest) return 0;  // check() says so.
  std::vector<std::uint64_t> ids;
  std::size_t gone = 0;
  for (const LogRecord& record : records) {
    if (record.erased) ++gone;
    if (is_due(record, now.holds, clock_.now())) ids.push_back(record.id);
  }
  SEAWALL_TRY(const std::size_t erased,
              records_.erase_unless_told(ids, clock_.now(), kRetentionSource, now.last));
  if (gone + erased < records.size()) return erased;
  SEAWALL_CHECK(write(LogKind::kRetention, now.last + 1,
                      Json{{"what", kDestroyed}, {"destruction", told.number}, {"count", told.count}},
                      told.count));
  return erased;
}

Result<std::size_t> LogRecordRetention::destroy(const Destruction& told) {
  std::size_t erased = 0;
  for (int tries = 1;; ++tries) {
    const auto more = destroy_once(told);
    erased += more.value_or(0);
    if (more) return erased;
    if (more.error().code != Code::kConflict || tries == kTriesMax) return tl::unexpected(more.error());
  }
}

Result<std::size_t> LogRecordRetention::end_what_was_told() {
  SEAWALL_TRY(const Own all, own());
  std::size_t ended = 0;
  for (const Destruction& told : all.destructions) {
    if (all.is_done(told)) continue;
    SEAWALL_TRY(const std::size_t more, destroy(told));
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
  const Time now = std::chrono::floor<std::chrono::seconds>(clock_.now());
  const Destruction told = telling_of(records, all.last + 1, now);
  SEAWALL_CHECK(write_text(LogKind::kDestruction, told.number, to_text(told), told.count));
  SEAWALL_TRY(const std::size_t destroyed, destroy(told));
  return ended + destroyed;
}

Result<std::size_t> LogRecordRetention::stopped() {
  SEAWALL_TRY(const Own all, own());
  return static_cast<std::size_t>(
      std::ranges::count_if(all.destructions, [&](const Destruction& told) { return !all.is_done(told); }));
}

Result<void> LogRecordRetention::check_one(const Destruction& told, const Own& own, DestructionCheck& check) {
  SEAWALL_TRY(const auto records, named_by(told));
  const auto add = [&](std::string what) { check.faults.push_back({told.number, std::move(what)}); };
  ++check.destructions;
  check.records += told.count;
  if (records.size() != told.count || digest_of(records) != told.digest)
    add("what it names is not what it told of");
  const auto is_left = [](const LogRecord& one) {
    return one.salt.has_value() || !one.record.empty() || !one.erased;
  };
  if (!std::ranges::all_of(records, [&](const LogRecord& one) { return was_due(one, told.at); }))
    add("it named what was not due yet");
  const bool held = std::ranges::any_of(
      records, [&](const LogRecord& one) { return is_left(one) && is_held(one, own.holds); });
  if (held && !own.is_done(told)) {
    ++check.stopped;
    return {};
  }
  const auto left = std::ranges::count_if(records, is_left);
  if (left != 0) add(std::to_string(left) + " records are still there");
  if (!own.is_done(told)) add("it was told and is not done: seawall retention run");
  return {};
}

// Ids go from 1 without gaps, and what is destroyed stays as a row that says nothing.
Result<void> LogRecordRetention::find_gaps(DestructionCheck& check) {
  for (std::uint64_t last = 0;;) {
    SEAWALL_TRY(const auto page, records_.records(last, kPage));
    for (const LogRecord& record : page) {
      if (record.id != last + 1)
        check.faults.push_back({0, "records " + std::to_string(last + 1) + " to " +
                                       std::to_string(record.id - 1) + " were taken away"});
      if (check.faults.size() >= kFaultsMax) return {};
      last = record.id;
    }
    if (page.size() < kPage) return {};
  }
}

Result<DestructionCheck> LogRecordRetention::check() {
  SEAWALL_TRY(const Own all, own());
  DestructionCheck check;
  for (const Destruction& told : all.destructions) SEAWALL_CHECK(check_one(told, all, check));
  SEAWALL_CHECK(find_gaps(check));
  return check;
}

Result<bool> LogRecordRetention::has(std::uint64_t leaf, std::string_view entry) {
  SEAWALL_TRY(const auto record, records_.record_of_leaf(leaf));
  if (!record || record->entry != entry) return false;
  const auto read = log_entry_from_text(entry);
  // The key service's destructions are its own; holds are nobody else's.
  return !read || read->kind != LogKind::kRetention || record->source == kRetentionSource;
}

}  // namespace seawall
