#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "seawall/base/clock.h"
#include "seawall/follow/list_follower.h"
#include "seawall/service/call.h"
#include "seawall/service/hma_words.h"
#include "seawall/store/store.h"
#include "seawall/subscription/settings.h"

namespace seawall {

/// What HMA's paths say of the server itself: /site-map, /m/index/status, /c/signal_type..., /c/content_type
/// and /c/exchanges...; what they would change is refused, since it is the operator's. Threads: any.
/// Lifetime: borrows its parts.
class HmaInfoCalls {
 public:
  struct Parts {
    Store& store;
    const ListFollower& lists;
    const Clock& clock;
    std::string subscriptions_file;  ///< Empty: there are none.
  };
  explicit HmaInfoCalls(Parts parts) : parts_(std::move(parts)) {}
  /// The last of all, since it says what is served.
  void serve(ServedOperations& operations);

 private:
  void serve_exchanges(ServedOperations& operations);
  CallResult index_status(Call& call, bool of_curator);
  Result<std::int64_t> time_of(StoreView& view, std::uint64_t version);

  /// The subscriptions that the caller may know of.
  HmaRead<SubscriptionsFile> subscriptions(const Call& call);
  HmaRead<SubscriptionSettings> subscription(const Call& call, std::filesystem::path& folder);
  CallResult exchange_names(Call& call);
  CallResult exchange(Call& call);
  CallResult exchange_status(Call& call);
  CallResult exchange_kind(Call& call);

  Parts parts_;
};

/// The names, and the fields of subscriptions.toml, of each kind of subscription. Pure.
[[nodiscard]] std::string hma_exchange_kinds();
/// None: no such kind.
[[nodiscard]] std::optional<std::string> hma_exchange_schema(std::string_view kind);

}  // namespace seawall
