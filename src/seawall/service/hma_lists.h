#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "seawall/json/json.h"
#include "seawall/lists/list_service.h"
#include "seawall/service/hma_words.h"
#include "seawall/store/store.h"

namespace seawall {

// What HMA's paths under /c/bank have in common. Harmless banks are not shown there: HMA has none, and a
// client that adds content to one would free what it means to block.

/// The bank of that name; none: there is none for this caller.
Result<std::optional<ListBank>> hma_bank_named(StoreView& view, const Identity& who, std::string_view name);
[[nodiscard]] bool hma_shows(const ListBank& bank, const Identity& who);
/// `bank 'NAME' not found`
[[nodiscard]] tl::unexpected<CallProblem> hma_no_bank(std::string_view name);

/// {"name", "matching_enabled_ratio"}: 1.0 while it is active.
[[nodiscard]] Json hma_bank_json(const ListBank& bank, Time now);

/// Adds what a change waits for: "request" and "approvals_missing".
void add_waits(Json& json, RequestId request, int approvals_missing);
/// "release" and "approvals_missing".
void add_waits(Json& json, ReleaseId release, int approvals_missing);

/// The open request that asks for just this, so that asking again makes no second one. Looks at the oldest
/// 10,000.
Result<std::optional<OpenRequest>> hma_open_request(ListService& lists, const WantedChange& wanted);

/// The body of a call whose body has a model in HMA: null where it is no JSON, whatever was sent.
[[nodiscard]] Json hma_model_body(const Call& call);

/// A call's answer with the statuses that HMA's paths have: what HMA does not know is 400.
[[nodiscard]] CallResult as_hma(CallResult result);

}  // namespace seawall
