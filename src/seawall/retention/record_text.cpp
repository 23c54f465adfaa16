#include "seawall/model/time_text.h"
#include "seawall/retention/rules.h"
#include "seawall/statement/canonical_json.h"
#include "seawall/statement/members.h"

namespace seawall {
namespace {

constexpr std::size_t kTimeBytesMax = 40;
constexpr Time kFirst{};  // 1970
constexpr Time kLast = std::chrono::sys_days(std::chrono::year(2999) / 12 / 31);

Time time_of(Members& members, std::string_view name) {
  const auto time = time_from_text(members.text(name, kTimeBytesMax));
  if (!time || *time < kFirst || *time > kLast) {
    members.refuse(std::string(name) + " is not a time in the years 1970 to 2999");
    return {};
  }
  return std::chrono::floor<std::chrono::seconds>(*time);
}

std::optional<unsigned> days_of(Members& members, std::string_view name) {
  const auto days = members.optional_number(name, 0, RetainedRecord::kDaysMax);
  return days ? std::optional(static_cast<unsigned>(*days)) : std::nullopt;
}

bool is_hold(RetentionEventKind what) {
  return what == RetentionEventKind::kHoldSet || what == RetentionEventKind::kHoldLifted;
}

Result<RetentionEvent> event_from(const Json& json) {
  Members members(json);
  RetentionEvent event;
  const auto what = retention_event_named(members.text("what", 64));
  if (!what || *what == RetentionEventKind::kCreated)
    members.refuse("what is no event (see: retention explain)");
  event.what = what.value_or(RetentionEventKind::kCreated);
  event.at = time_of(members, "at");
  if (members.has("until")) event.until = time_of(members, "until");
  if (event.until && *event.until <= event.at) members.refuse("until is not after at");
  if (is_hold(event.what)) event.ref = members.text("ref", RetainedRecord::kRefBytesMax);
  SEAWALL_CHECK(members.done("an event"));
  return event;
}

Json json_of(const RetentionEvent& event) {
  Json json{{"what", name_of(event.what)}, {"at", second_text(event.at)}};
  if (event.until) json["until"] = second_text(*event.until);
  if (!event.ref.empty()) json["ref"] = event.ref;
  return json;
}

}  // namespace

Result<RetainedRecord> retained_record_from(std::string_view line) {
  SEAWALL_TRY(const Json json, read_strict_json(line, kRetainedLineBytesMax));
  Members members(json);
  RetainedRecord record;
  record.id = members.text("id", RetainedRecord::kIdBytesMax);
  const auto kind = retained_kind_named(members.text("kind", 64));
  if (!kind) members.refuse("kind is none that is known (see: retention explain)");
  record.kind = kind.value_or(RetainedKind::kReportContent);
  record.created = time_of(members, "created");
  record.limit_days = days_of(members, "limit_days");
  record.keep_days = days_of(members, "keep_days");
  if (members.has("events")) {
    for (const Json& one : members.array("events", RetainedRecord::kEventsMax)) {
      SEAWALL_TRY(RetentionEvent event, event_from(one));
      record.events.push_back(std::move(event));
    }
  }
  SEAWALL_CHECK(members.done("a record"));
  return record;
}

std::string to_text(const RetainedRecord& record) {
  Json json{{"id", record.id}, {"kind", name_of(record.kind)}, {"created", second_text(record.created)}};
  if (record.limit_days) json["limit_days"] = *record.limit_days;
  if (record.keep_days) json["keep_days"] = *record.keep_days;
  json["events"] = Json::array();
  for (const RetentionEvent& event : record.events) json["events"].push_back(json_of(event));
  return canonical_json(json).value_or("");
}

}  // namespace seawall
