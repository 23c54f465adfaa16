#include "seawall/overseer/log_query.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <set>

#include "seawall/model/time_text.h"
#include "seawall/statement/log_promise.h"
#include "seawall/statement/members.h"

namespace seawall {
namespace {

constexpr std::array<std::string_view, 5> kByNames{"", "kind", "day", "month", "source"};
constexpr std::size_t kSourcesMax = 32;

Error wrong(std::size_t place, std::string_view what) {
  return {Code::kInvalidInput, "word " + std::to_string(place) + " of the query " + std::string(what) +
                                   "; see: seawall oversee query --help"};
}

std::vector<std::string_view> split(std::string_view text, char mark) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(mark);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

template <typename Value>
void sort_once(std::vector<Value>& values) {
  std::ranges::sort(values);
  const auto [first, last] = std::ranges::unique(values);
  values.erase(first, last);
}

bool read_kinds(std::string_view text, LogQuery& query) {
  for (const std::string_view name : split(text, ',')) {
    const auto kind = log_kind_named(name);
    if (!kind) return false;
    query.kinds.push_back(*kind);
  }
  sort_once(query.kinds);
  return true;
}

bool is_source(std::string_view name) {
  const auto plain = [](char one) {
    return (one >= 'a' && one <= 'z') || (one >= '0' && one <= '9') || one == '-';
  };
  return !name.empty() && name.size() <= LogRecord::kSourceBytesMax && std::ranges::all_of(name, plain);
}

bool read_sources(std::string_view text, LogQuery& query) {
  const auto names = split(text, ',');
  if (names.size() > kSourcesMax || !std::ranges::all_of(names, is_source)) return false;
  query.sources.assign(names.begin(), names.end());
  sort_once(query.sources);
  return true;
}

bool read_time(std::string_view text, std::optional<Time>& into) {
  const auto time = time_from_text(text);
  if (!time) return false;
  into = std::chrono::floor<std::chrono::seconds>(*time);
  return true;
}

bool read_by(std::string_view text, LogQuery& query) {
  const auto found = std::ranges::find(kByNames, text);
  if (text.empty() || found == kByNames.end()) return false;
  query.by = static_cast<LogQuery::By>(found - kByNames.begin());
  query.count = true;
  return true;
}

bool read_limit(std::string_view text, LogQuery& query) {
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), query.limit);
  return fault == std::errc() && end == text.data() + text.size() && query.limit >= 1 &&
         query.limit <= LogQuery::kRowsMax;
}

bool read_word(std::string_view name, std::string_view value, LogQuery& query) {
  if (name == "kind") return read_kinds(value, query);
  if (name == "source") return read_sources(value, query);
  if (name == "from") return read_time(value, query.from);
  if (name == "to") return read_time(value, query.to);
  if (name == "by") return read_by(value, query);
  if (name == "limit") return read_limit(value, query);
  bool* flag = name == "erased"    ? &query.erased
               : name == "waiting" ? &query.waiting
               : name == "overdue" ? &query.overdue
               : name == "count"   ? &query.count
                                   : nullptr;
  if (flag == nullptr || !value.empty()) return false;
  *flag = true;
  return true;
}

void append(std::string& text, std::string_view name, const std::string& value) {
  if (!text.empty()) text += ' ';
  text.append(name).append(value.empty() ? "" : "=").append(value);
}

std::string joined(const auto& all, auto name) {
  std::string text;
  for (const auto& one : all) text.append(text.empty() ? "" : ",").append(name(one));
  return text;
}

std::uint64_t sum(std::uint64_t one, std::uint64_t other) {
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  return other > kMost - one ? kMost : one + other;
}

}  // namespace

Result<LogQuery> log_query_from(std::string_view text) {
  if (text.size() > LogQuery::kTextBytesMax) return fail(Code::kLimitExceeded, "the query is too long");
  LogQuery query;
  std::set<std::string_view> seen;
  std::size_t place = 0;
  for (const std::string_view word : split(text, ' ')) {
    if (word.empty()) continue;
    ++place;
    const auto mark = word.find('=');
    const std::string_view name = word.substr(0, mark);
    const std::string_view value =
        mark == std::string_view::npos ? std::string_view() : word.substr(mark + 1);
    if (mark != std::string_view::npos && value.empty()) return tl::unexpected(wrong(place, "has no value"));
    if (!read_word(name, value, query)) return tl::unexpected(wrong(place, "is not understood"));
    if (!seen.insert(name).second) return tl::unexpected(wrong(place, "stands there twice"));
  }
  if (query.from && query.to && *query.to <= *query.from)
    return fail(Code::kInvalidInput, "the query's from is not before its to");
  return query;
}

std::string to_text(const LogQuery& query) {
  std::string text;
  const auto own = [](const std::string& one) { return one; };
  const auto kind = [](LogKind one) { return std::string(name_of(one)); };
  if (!query.kinds.empty()) append(text, "kind", joined(query.kinds, kind));
  if (!query.sources.empty()) append(text, "source", joined(query.sources, own));
  if (query.from) append(text, "from", second_text(*query.from));
  if (query.to) append(text, "to", second_text(*query.to));
  if (query.erased) append(text, "erased", "");
  if (query.waiting) append(text, "waiting", "");
  if (query.overdue) append(text, "overdue", "");
  if (query.count && query.by == LogQuery::By::kNothing) append(text, "count", "");
  if (query.by != LogQuery::By::kNothing)
    append(text, "by", std::string(kByNames[static_cast<std::size_t>(query.by)]));
  append(text, "limit", std::to_string(query.limit));
  return text;
}

bool LogQueryAnswer::matches(const LogQueryRow& row) const {
  const auto among = [](const auto& all, const auto& one) {
    return all.empty() || std::ranges::find(all, one) != all.end();
  };
  if (query_.from && row.entry.at < *query_.from) return false;
  if (query_.to && row.entry.at >= *query_.to) return false;
  if (query_.erased && !row.erased) return false;
  if (query_.waiting && row.leaf) return false;
  return among(query_.kinds, row.entry.kind) && among(query_.sources, row.source);
}

std::string LogQueryAnswer::group_of(const LogQueryRow& row) const {
  switch (query_.by) {
    case LogQuery::By::kKind:
      return std::string(name_of(row.entry.kind));
    case LogQuery::By::kDay:
      return second_text(row.entry.at).substr(0, 10);
    case LogQuery::By::kMonth:
      return second_text(row.entry.at).substr(0, 7);
    case LogQuery::By::kSource:
      return row.source;
    case LogQuery::By::kNothing:
      break;
  }
  return "all";
}

Result<void> LogQueryAnswer::count(const LogQueryRow& row) {
  LogQueryCount& group = counts_[group_of(row)];
  if (counts_.size() > kGroupsMax)
    return fail(Code::kLimitExceeded, "too many groups: ask for a shorter time");
  ++group.entries;
  group.things = sum(group.things, row.entry.count);
  return {};
}

Result<void> LogQueryAnswer::take(LogQueryRow row) {
  if (!matches(row)) return {};
  if (query_.count) return count(row);
  if (rows_.size() < query_.limit) {
    rows_.push_back(std::move(row));
  } else {
    ++left_out_;
  }
  return {};
}

Result<void> LogQueryAnswer::follow_promise(LogQueryRow row) {
  const auto of = row.entry.ref ? open_.find(*row.entry.ref) : open_.end();
  if (of != open_.end() && speaks_of_promise(of->second.entry.kind, row.entry.kind)) {
    if (row.entry.due) {
      of->second.entry.due = row.entry.due;
    } else if (row.entry.kind != LogKind::kOrderExtension) {
      open_.erase(of);
    }
    return {};
  }
  if (!row.entry.due) return {};
  if (open_.size() + open_waiting_.size() >= kOpenMax)
    return fail(Code::kLimitExceeded, "the log has over 100,000 open promises");
  if (row.leaf) {
    open_.emplace(*row.leaf, std::move(row));
  } else {
    open_waiting_.push_back(std::move(row));
  }
  return {};
}

Result<void> LogQueryAnswer::add(const LogRecord& record) {
  const auto entry = log_entry_from_text(record.entry);
  if (!entry) return fail(Code::kCorrupt, "an entry of the log is not as Seawall writes it");
  LogQueryRow row{*entry, record.source, record.leaf, record.erased};
  return query_.overdue ? follow_promise(std::move(row)) : take(std::move(row));
}

Result<void> LogQueryAnswer::finish() {
  for (auto& [leaf, row] : open_)
    if (*row.entry.due < now_) SEAWALL_CHECK(take(std::move(row)));
  for (LogQueryRow& row : open_waiting_)
    if (*row.entry.due < now_) SEAWALL_CHECK(take(std::move(row)));
  open_.clear();
  open_waiting_.clear();
  return {};
}

}  // namespace seawall
