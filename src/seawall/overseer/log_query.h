#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/statement/log_entry.h"
#include "seawall/store/log_records.h"

namespace seawall {

/// What an overseer asks of the log's entries. It reaches what is public in them (kind, time, count, promise)
/// and where they came from, and never the records behind them: no names.
struct LogQuery {
  enum class By : std::uint8_t { kNothing, kKind, kDay, kMonth, kSource };
  static constexpr std::size_t kTextBytesMax = 1024;
  static constexpr std::size_t kRowsMax = 10'000;

  std::vector<LogKind> kinds;        ///< Empty: all. Ascending, each once.
  std::vector<std::string> sources;  ///< Empty: all. Ascending, each once.
  std::optional<Time> from;          ///< At that time or later.
  std::optional<Time> to;            ///< Before that time.
  bool erased = false;               ///< Only those whose record is erased.
  bool waiting = false;              ///< Only those that are not in the log yet.
  bool overdue = false;              ///< Only what was promised, is late, and no later entry answers.
  bool count = false;                ///< Counts instead of rows.
  By by = By::kNothing;              ///< Counts, one for each.
  std::size_t limit = 1'000;         ///< Rows, 1..kRowsMax.
  friend bool operator==(const LogQuery&, const LogQuery&) = default;
};

/// Reads a query: words with blanks between, each once:
///   kind=order,error  source=lists  from=2026-01-01  to=2026-02-01  erased  waiting  overdue
///   count  by=kind|day|month|source  limit=50
/// Times: a day alone or RFC 3339. Errors: kInvalidInput (names the word that is wrong by its place),
/// kLimitExceeded.
Result<LogQuery> log_query_from(std::string_view text);
/// As log_query_from() reads it.
[[nodiscard]] std::string to_text(const LogQuery& query);

struct LogQueryRow {
  LogEntry entry;
  std::string source;
  std::optional<std::uint64_t> leaf;
  std::optional<Time> erased;
};

struct LogQueryCount {
  std::uint64_t entries = 0;
  std::uint64_t things = 0;  ///< The sum of what the entries stand for; at most 2^64 - 1.
};

/// The answer to one query, built record by record, in the order of their ids. Memory: kRowsMax rows, or one
/// count for each group, of which there are kGroupsMax at most; asked for what is overdue, kOpenMax promises.
/// Threads: one.
class LogQueryAnswer {
 public:
  static constexpr std::size_t kGroupsMax = 100'000;

  static constexpr std::size_t kOpenMax = 100'000;

  /// `now`: what is overdue then.
  explicit LogQueryAnswer(LogQuery query, Time now = {}) : query_(std::move(query)), now_(now) {}

  /// Errors: kCorrupt (an entry that is none), kLimitExceeded (too many groups or promises).
  Result<void> add(const LogRecord& record);
  /// After the last one. Errors: kLimitExceeded.
  Result<void> finish();
  [[nodiscard]] const std::vector<LogQueryRow>& rows() const { return rows_; }
  /// By kind's, day's, month's or source's name; without `by` the one group "all".
  [[nodiscard]] const std::map<std::string, LogQueryCount>& counts() const { return counts_; }
  /// Rows that the limit left out.
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

 private:
  [[nodiscard]] bool matches(const LogQueryRow& row) const;
  [[nodiscard]] std::string group_of(const LogQueryRow& row) const;
  Result<void> take(LogQueryRow row);
  Result<void> count(const LogQueryRow& row);
  Result<void> follow_promise(LogQueryRow row);

  LogQuery query_;
  Time now_;
  std::map<std::uint64_t, LogQueryRow> open_;  ///< Promises, by leaf.
  std::vector<LogQueryRow> open_waiting_;      ///< Those that the log does not hold yet.
  std::vector<LogQueryRow> rows_;
  std::map<std::string, LogQueryCount> counts_;
  std::uint64_t left_out_ = 0;
};

}  // namespace seawall
