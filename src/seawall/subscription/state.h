#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/model/list_ids.h"

namespace seawall {

/// How a feed is doing: for the command line, the console and metrics.
struct SubscriptionHealth {
  std::optional<Time> last_attempt;
  std::optional<Time> last_success;  ///< A pull that reached the end of the remote list.
  std::optional<Time> newest;        ///< The newest change read, where the remote says so.
  Time next_at{};                    ///< Not before this.
  std::string last_error;            ///< Of the last attempt; empty: it went well.
  std::uint32_t consecutive_failures = 0;
  bool needs_person = false;     ///< The last error is one that waiting does not mend.
  std::optional<Time> moved_at;  ///< When the checkpoint last moved, or was found to be the newest.
  std::uint64_t pages = 0;       ///< Since the subscription began, as all below.
  std::uint64_t records = 0;     ///< Tombstones included.
  std::uint64_t left_aside = 0;  ///< Signals of kinds that are not carried.
  std::uint64_t releases = 0;    ///< Proposed to the lists.
  std::uint64_t added = 0;       ///< In them, as the next five.
  std::uint64_t updated = 0;
  std::uint64_t withdrawn = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t refused = 0;    ///< Records that could not be used, or that a guard refused.
  std::uint64_t conflicts = 0;  ///< Changes of entries that people here have changed.
  friend bool operator==(const SubscriptionHealth&, const SubscriptionHealth&) = default;

  /// How far behind the lists may be: since the last success, or none.
  [[nodiscard]] std::optional<std::chrono::milliseconds> lag(Time now) const {
    return last_success ? std::optional(now - *last_success) : std::nullopt;
  }
};

/// How a feed is doing, in one word.
enum class FeedGrade : std::uint8_t {
  kNew,      ///< Never asked yet.
  kOk,       ///< The last pull came to its end, and the next one is not overdue.
  kLate,     ///< The last pull did not come to its end, or there was none for twice its interval.
  kFailing,  ///< Three pulls in a row failed, or one that waiting does not mend.
};
/// "new", "ok", "late", "failing".
[[nodiscard]] std::string_view name_of(FeedGrade grade);
/// `interval`: how often it is to be asked.
[[nodiscard]] FeedGrade grade_of(const SubscriptionHealth& health, std::chrono::milliseconds interval,
                                 Time now);

/// One more attempt that failed; `error.message` is kept up to kErrorBytesMax.
void note_failure(SubscriptionHealth& health, const Error& error, Time now, Time next_at);

/// When it is to be asked next. At once when the clock was set back since the last attempt.
[[nodiscard]] Time due_at(const SubscriptionHealth& health, Time now);

/// Of an error's message in the state.
inline constexpr std::size_t kErrorBytesMax = 1024;

/// All that a subscription keeps between runs, written as one file. Holds no secret.
struct SubscriptionState {
  static constexpr std::size_t kTextBytesMax = 256 * 1024;

  std::string feed;        ///< Whose checkpoints these are: a digest of kind and address.
  std::string checkpoint;  ///< Everything up to here has been proposed to the lists.
  std::string next;        ///< The pages kept reach up to here.
  std::uint64_t first_page = 1;
  std::uint64_t page_count = 0;
  std::uint64_t page_bytes = 0;
  std::uint64_t page_records = 0;
  bool snapshot = false;      ///< The page kept is a whole list.
  bool importing = false;     ///< The pages kept are on their way into the lists; none is added.
  std::uint32_t release = 0;  ///< Importing: what is being loaded, once that is known.
  /// Where the lists stood when this subscription last gave them something: ListSink::mark(). "": never.
  std::string mark;
  SubscriptionHealth health;
  friend bool operator==(const SubscriptionState&, const SubscriptionState&) = default;
};

/// One line of text. state_from_text(to_text(x)) = x.
[[nodiscard]] std::string to_text(const SubscriptionState& state);
/// Errors: kCorrupt.
Result<SubscriptionState> state_from_text(std::string_view text);

}  // namespace seawall
