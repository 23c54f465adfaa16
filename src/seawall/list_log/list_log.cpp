#include "seawall/list_log/list_log.h"

#include <algorithm>

#include "seawall/base/hex.h"
#include "seawall/json/json.h"
#include "seawall/statement/canonical_json.h"
#include "seawall/statement/commitment.h"

namespace seawall {
namespace {

constexpr std::string_view kFeedKinds[] = {"bank", "release", "entry", "source"};
constexpr std::string_view kSteps[] = {"asked", "approved", "done", "dropped"};

std::int64_t ms_of(Time time) { return time.time_since_epoch().count(); }

void add_authorship(Json& record, const Authorship& by) {
  record["at"] = ms_of(by.when);
  record["who"] = by.who;
  record["why"] = by.why;
}

std::string text_of(const FeedItem& item) {
  Json record;
  record["version"] = item.version.number;
  record["chain"] = to_hex(item.version.chain);
  record["kind"] = kFeedKinds[static_cast<std::size_t>(item.kind) - 1];
  record["subject"] = std::to_string(item.subject);  // An EntryId is beyond what JSON's numbers hold exactly.
  if (item.kind == FeedItem::Kind::kRelease) record["state"] = name_of(item.release_state);
  record["digest"] = to_hex(item.digest);
  add_authorship(record, item.by);
  return canonical_json(record).value_or("");
}

std::string text_of(const AccessChange& change) {
  Json record;
  record["version"] = change.version;
  record["deed"] = name_of(change.deed);
  record["subject"] = change.subject;
  add_authorship(record, change.by);
  return canonical_json(record).value_or("");
}

std::string text_of(const RequestEvent& event) {
  Json record;
  record["number"] = event.number;
  record["request"] = event.request;
  record["step"] = kSteps[static_cast<std::size_t>(event.what) - 1];
  add_authorship(record, event.by);
  return canonical_json(record).value_or("");
}

/// An approval is a change of its release by whoever approved it, at that moment.
Result<LogKind> kind_of(StoreView& view, const FeedItem& item) {
  if (item.kind != FeedItem::Kind::kRelease) return LogKind::kListChange;
  SEAWALL_TRY(const auto release, view.release(ReleaseId{static_cast<std::uint32_t>(item.subject)}));
  const bool approval = release && std::ranges::find(release->approvals, item.by) != release->approvals.end();
  return approval ? LogKind::kApproval : LogKind::kRelease;
}

Error ahead(const std::string& what) {
  return {Code::kCorrupt, "the log has records of " + what +
                              " that never were: the store was put back, or somebody wrote into it"};
}

bool is_of_lists(LogKind kind) {
  return kind == LogKind::kListChange || kind == LogKind::kApproval || kind == LogKind::kRelease;
}

/// As text_of(FeedItem) writes it.
std::optional<ListVersion> version_in(std::string_view record) {
  const auto said = parse_json(record, LogRecord::kRecordBytesMax);
  if (!said || !said->is_object()) return std::nullopt;
  const auto number = said->find("version"), chain = said->find("chain"), digest = said->find("digest");
  if (number == said->end() || chain == said->end() || digest == said->end()) return std::nullopt;
  if (!number->is_number_unsigned() || !chain->is_string()) return std::nullopt;
  ListVersion version{.number = number->get<std::uint64_t>(), .chain = {}};
  if (!from_hex(chain->get_ref<const std::string&>(), version.chain)) return std::nullopt;
  return version;
}

bool is_of_keys(AccessDeed deed) {
  return deed == AccessDeed::kKeyMade || deed == AccessDeed::kKeyRotated || deed == AccessDeed::kKeyRevoked;
}

}  // namespace

Result<LogRecord> make_log_record(std::string_view source, std::uint64_t source_id, LogKind kind, Time at,
                                  std::string record, std::uint64_t count) {
  LogRecord made;
  SEAWALL_TRY(made.salt, new_commitment_salt());
  LogEntry entry{.at = std::chrono::floor<std::chrono::seconds>(at), .kind = kind, .count = count};
  entry.commitment = commitment_of(name_of(kind), *made.salt, record);
  made.source = source;
  made.source_id = source_id;
  made.entry = to_text(entry);
  made.record = std::move(record);
  made.at = at;
  return made;
}

Result<ListVersion> list_version_of(const LogRecord& record) {
  const auto entry = log_entry_from_text(record.entry);
  const bool own =
      entry && record.salt && is_of_lists(entry->kind) && opens(*entry, *record.salt, record.record);
  const auto version = own ? version_in(record.record) : std::nullopt;
  if (version) return *version;
  return fail(Code::kCorrupt,
              "a record of a change of the lists is not what its entry of the log stands for");
}

Result<std::size_t> ListLog::take_lists() {
  SEAWALL_TRY(const std::uint64_t last, records_.last_of(kListsSource));
  SEAWALL_TRY(const auto view, store_.view());
  SEAWALL_TRY(const ListVersion newest, view->version());
  if (last > newest.number) return tl::unexpected(ahead("lists"));
  SEAWALL_TRY(const auto items, view->feed(last, kStepMax));
  std::vector<LogRecord> made;
  for (const FeedItem& item : items) {
    SEAWALL_TRY(const LogKind kind, kind_of(*view, item));
    SEAWALL_TRY(LogRecord record,
                make_log_record(kListsSource, item.version.number, kind, item.by.when, text_of(item)));
    made.push_back(std::move(record));
  }
  return made.empty() ? Result<std::size_t>(0) : records_.add(made);
}

Result<std::size_t> ListLog::take_access() {
  SEAWALL_TRY(const std::uint64_t last, records_.last_of(kAccessSource));
  SEAWALL_TRY(const std::uint64_t newest, access_.access_version());
  if (last > newest) return tl::unexpected(ahead("keys and accounts"));
  SEAWALL_TRY(const auto changes, access_.access_changes(last, kStepMax));
  std::vector<LogRecord> made;
  for (const AccessChange& change : changes) {
    const LogKind kind = is_of_keys(change.deed) ? LogKind::kKeyChange : LogKind::kRoleChange;
    SEAWALL_TRY(LogRecord record,
                make_log_record(kAccessSource, change.version, kind, change.by.when, text_of(change)));
    made.push_back(std::move(record));
  }
  return made.empty() ? Result<std::size_t>(0) : records_.add(made);
}

Result<std::size_t> ListLog::take_requests() {
  SEAWALL_TRY(const std::uint64_t last, records_.last_of(kRequestsSource));
  SEAWALL_TRY(const auto events, records_.request_events(last, kStepMax));
  std::vector<LogRecord> made;
  for (const RequestEvent& event : events) {
    const bool approval = event.what == RequestEvent::What::kApproved;
    const LogKind kind = approval ? LogKind::kApproval : LogKind::kListChange;
    SEAWALL_TRY(LogRecord record,
                make_log_record(kRequestsSource, event.number, kind, event.by.when, text_of(event)));
    made.push_back(std::move(record));
  }
  return made.empty() ? Result<std::size_t>(0) : records_.add(made);
}

Result<std::size_t> ListLog::step() {
  SEAWALL_TRY(const std::size_t lists, take_lists());
  SEAWALL_TRY(const std::size_t access, take_access());
  SEAWALL_TRY(const std::size_t requests, take_requests());
  return lists + access + requests;
}

}  // namespace seawall
