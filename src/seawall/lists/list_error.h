#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "seawall/base/result.h"

namespace seawall {

/// Which rule of docs/lists.md a kConflict comes from, for callers that must tell them apart.
enum class ListRule : std::uint8_t {
  kNone,             ///< None of those below.
  kStale,            ///< It has changed since it was read, or since it was asked for.
  kApprovalMissing,  ///< Other persons must approve first.
  kMayNotApprove,    ///< This account proposed it, or has approved it already.
  kOrderOfReleases,  ///< Another release of the same source goes first.
};

/// An Error that says which rule it comes from. Becomes an Error wherever nobody asks for the rule.
struct ListError : Error {
  ListError(Error error) : Error(std::move(error)) {}  // NOLINT(google-explicit-constructor): SEAWALL_TRY.
  ListError(ListRule broken, std::string words) : Error{Code::kConflict, std::move(words)}, rule(broken) {}

  ListRule rule = ListRule::kNone;
};

/// A `T` or a ListError; converts to Result<T>.
template <class T>
class [[nodiscard]] ListResult : public tl::expected<T, ListError> {
 public:
  using tl::expected<T, ListError>::expected;
};

template <>
class [[nodiscard]] ListResult<void> : public tl::expected<void, ListError> {
 public:
  using tl::expected<void, ListError>::expected;
  // tl::expected converts no void of one error into that of another.
  ListResult(Result<void> other) {  // NOLINT(google-explicit-constructor): as all others.
    if (!other) *this = tl::unexpected(ListError(std::move(other).error()));
  }
  operator Result<void>() const {  // NOLINT(google-explicit-constructor): likewise.
    if (!*this) return tl::unexpected(Error(error()));
    return {};
  }
};

/// `return breaks(ListRule::kStale, "the bank has changed since it was read: read it again");`
inline tl::unexpected<ListError> breaks(ListRule rule, std::string words) {
  return tl::unexpected(ListError(rule, std::move(words)));
}

}  // namespace seawall
