#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "seawall/clip_match/clip_match.h"
#include "seawall/model/bank_action.h"
#include "seawall/model/list_ids.h"

namespace seawall {

/// Who is told of matches so that the stream can be ended.
struct StreamCutOff {
  std::string webhook;                      ///< https; never told to anybody.
  ClipTier tier = ClipTier::kThreeAligned;  ///< The weakest match that is sent.
  BankAction action = BankAction::kBlock;   ///< kReview: matches of banks that ask for review, too.
  friend bool operator==(const StreamCutOff&, const StreamCutOff&) = default;
};

/// A stream that somebody wants to be watched, until it is detached.
struct AttachedStream {
  static constexpr std::size_t kLabelsMax = 16;
  static constexpr std::size_t kUrlBytesMax = 8 * 1024;

  std::string id;             ///< Of this attaching: "s_" and 32 hex digits.
  std::string tenant;         ///< Whose it is.
  std::string name;           ///< Unique within the tenant; is_stream_path().
  std::string url;            ///< Where it is played: never told to anybody, as it may hold keys.
  std::vector<BankId> banks;  ///< Whose videos it is watched for; empty: all banks of the tenant.
  std::vector<std::pair<std::string, std::string>>
      labels;  ///< The caller's own words; come back as they are.
  std::optional<StreamCutOff> cut_off;
  bool by_hook = false;  ///< A media server told of it: it goes when nothing has come of it for a while.
  std::string who;       ///< The account that attached it.
  std::string caller;    ///< caller_of() it.
  std::string key_id;    ///< Whose secrets sign; empty: a person attached it, and there is no webhook.
  Time attached{};

  /// Whether the same was asked for.
  [[nodiscard]] bool same_wish(const AttachedStream& other) const {
    return tenant == other.tenant && name == other.name && url == other.url && banks == other.banks &&
           labels == other.labels && cut_off == other.cut_off && by_hook == other.by_hook;
  }
  /// Whether it is watched for none but `its_banks`; empty: any is.
  [[nodiscard]] bool is_within(std::span<const BankId> its_banks) const {
    const auto among = [&](BankId bank) { return std::ranges::find(its_banks, bank) != its_banks.end(); };
    return its_banks.empty() || (!banks.empty() && std::ranges::all_of(banks, among));
  }
};

}  // namespace seawall
