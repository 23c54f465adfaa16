#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "seawall/service/event_hub.h"
#include "seawall/store/requests.h"
#include "seawall/store/store.h"
#include "seawall/streams/stream_desk.h"

namespace seawall {

/// Looks at what the service knows, and tells an EventHub what is new since the last look.
/// Guarantees: each step reads a bounded amount: what is more, is told as one `list` event, after which a
/// listener asks. Nothing of before begin() is told. Threads: each step one at a time; different steps at
/// once. Lifetime: borrows its parts.
class EventWatch {
 public:
  struct Parts {
    EventHub& hub;
    Store& store;
    RequestStore& requests;
    std::function<std::uint64_t()> list_version;  ///< That look-ups are answered from; must not block.
    std::function<std::string_view()> readiness;  ///< One word; likewise.
    std::function<bool()> lists_lag;  ///< Whether the lists were not confirmed for a minute; likewise.
    StreamDesk* desk = nullptr;       ///< None: no streams are followed.
  };
  explicit EventWatch(Parts parts) : parts_(std::move(parts)) {}

  /// Notes how all stands. Blocks for the store. To be called first.
  Result<void> begin();
  /// Versions of the lists, and releases. Blocks for the store where something changed.
  Result<void> step_lists();
  /// Change requests. Blocks for the store.
  Result<void> step_requests();
  /// Live streams and their alerts, of tenants that somebody listens in.
  Result<void> step_streams();
  Result<void> step_health();

 private:
  struct Request {
    std::string tenant, bank;
    std::size_t approvals = 0;
    friend bool operator==(const Request&, const Request&) = default;
  };
  struct Stream {
    std::string phase;
    std::uint64_t alerts = 0;
  };
  using Streams = std::map<std::string, Stream>;

  using Banks = std::map<BankId, ListBank>;

  Result<Banks> banks_now();
  Result<void> tell_release(StoreView& view, const FeedItem& item);
  void tell_request(RequestId id, const Request& request, std::string_view state);
  [[nodiscard]] Streams streams_of(const std::string& tenant) const;
  void tell_streams(const std::string& tenant, const Streams& before, const Streams& now);

  Parts parts_;
  std::uint64_t version_ = 0;
  std::optional<std::map<RequestId, Request>> requests_;
  std::map<std::string, Streams> streams_;
  std::string health_;
};

}  // namespace seawall
