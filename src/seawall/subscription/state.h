#pragma once

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
  std::uint64_t pages = 0;       ///< Since the subscription began, as the next three.
  std::uint64_t records = 0;     ///< Tombstones included.
  std::uint64_t refused = 0;     ///< Records that could not be used.
  std::uint64_t left_aside = 0;  ///< Signals of kinds that are not carried.
  std::uint64_t releases = 0;    ///< Proposed to the lists.
  friend bool operator==(const SubscriptionHealth&, const SubscriptionHealth&) = default;

  /// How far behind the lists may be: since the last success, or none.
  [[nodiscard]] std::optional<std::chrono::milliseconds> lag(Time now) const {
    return last_success ? std::optional(now - *last_success) : std::nullopt;
  }
};

/// All that a subscription keeps between runs, written as one file. Holds no secret.
struct SubscriptionState {
  static constexpr std::size_t kErrorBytesMax = 1024;
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
  SubscriptionHealth health;
  friend bool operator==(const SubscriptionState&, const SubscriptionState&) = default;
};

/// One line of text. state_from_text(to_text(x)) = x.
[[nodiscard]] std::string to_text(const SubscriptionState& state);
/// Errors: kCorrupt.
Result<SubscriptionState> state_from_text(std::string_view text);

}  // namespace seawall
