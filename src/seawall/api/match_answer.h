#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "seawall/base/function_ref.h"
#include "seawall/lookup/lookup.h"
#include "seawall/model/entry.h"

namespace seawall {

/// What an answer says of a match besides the match itself.
struct MatchNames {
  std::string bank;
  std::string source;
  std::optional<Classification> classification;
  std::string series;
  std::uint64_t version = 0;  ///< The list version that made the entry as it is.
};

/// How an answer is written.
struct AnswerStyle {
  std::string_view request_id;
  bool include_silent = false;  ///< Also matches that do not count.
  bool timings = false;
  OnError on_error = OnError::kTell;
  std::chrono::nanoseconds total{};  ///< With timings; likewise what it waited and fetched.
  std::chrono::nanoseconds queue{};
  std::chrono::nanoseconds fetch{};
};

/// Gives a match's names; called for those that are written only.
using NamesOf = FunctionRef<MatchNames(const LookupMatch&)>;

/// The verdict of a batch as a whole: the strongest of its items. None where an item is undecided and no
/// other says block or review: whoever reads the top alone must not take what is unknown for harmless. Pure.
[[nodiscard]] std::optional<BankAction> batch_verdict(std::span<const LookupAnswer> answers);

/// Appends MatchAnswer, or BatchAnswer, of docs/openapi.yaml. `answer`: decided. Of a batch's undecided ones
/// the item's error is written. Reasons of matches that are not shown are not written either. Pure.
void append_answer(std::string& out, const LookupAnswer& answer, const AnswerStyle& style, NamesOf names);
void append_batch(std::string& out, std::span<const LookupAnswer> answers, const AnswerStyle& style,
                  NamesOf names);

}  // namespace seawall
