#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "seawall/api/json_fields.h"
#include "seawall/api/padded_body.h"
#include "seawall/lists/list_service.h"
#include "seawall/media/decoder.h"
#include "seawall/media/video_decoder.h"
#include "seawall/service/call.h"
#include "seawall/service/query.h"
#include "seawall/store/feedback.h"
#include "seawall/store/requests.h"
#include "seawall/store/store.h"

namespace seawall {

/// Of a body of JSON about lists.
inline constexpr std::size_t kListBodyBytesMax = std::size_t{8} << 20;

/// What the operations on lists work with. Lifetime: all outlive the calls.
struct ListParts {
  Store& store;
  RequestStore& requests;
  FeedbackStore& feedback;
  ListService& lists;
  const Clock& clock;
  MediaDecoder& decoder;           ///< For files that are to be listed.
  VideoDecoder* videos = nullptr;  ///< None: videos are not listed here.
  VideoLimits video_limits{};
};

template <class T>
using Called = tl::expected<T, CallProblem>;

/// One consistent look at the lists, through the eyes of a caller: what is not of their tenant, or not of the
/// banks that their key is bound to, is answered as if it were not there, with the same words.
/// Threads: one. Lifetime: ends before the call. Errors everywhere: kNotFound, the store's.
class ListScope {
 public:
  static Called<ListScope> open(Store& store, const Identity& who);

  [[nodiscard]] StoreView& view() { return *view_; }
  /// Null: not for this caller, or not there.
  Called<const ListBank*> seen(BankId id);
  [[nodiscard]] bool sees(const ListBank& bank) const;

  Called<ListBank> bank(std::string_view name);
  Called<Entry> entry(EntryId id);
  Called<Release> release(ReleaseId id);
  Called<ChangeRequest> request(RequestStore& requests, RequestId id);
  /// Precondition: seen.
  Called<std::string> bank_name(BankId id);
  Called<std::string> source_name(SourceId id);

 private:
  ListScope(std::unique_ptr<StoreView> view, const Identity& who) : view_(std::move(view)), who_(&who) {}

  std::unique_ptr<StoreView> view_;
  const Identity* who_;
  std::map<BankId, std::optional<ListBank>> banks_;  // Those that were asked for; none: not seen.
  std::map<SourceId, std::string> sources_;          // Empty until one is asked for.
};

/// A change of the lists: the operation, with JSON of at most 8 MiB if `takes_body`, on the lane of the
/// store.
void serve_list(ServedOperations& operations, Operation operation, bool takes_body,
                std::function<CallResult(Call&)> run);

/// For operations without parameters in the address. Errors: kInvalidInput if there are any.
Called<void> no_parameters(const Call& call);

/// The segments of the path. Errors: kInvalidInput.
Called<EntryId> entry_in(const Call& call);
Called<ReleaseId> release_in(const Call& call);
Called<RequestId> request_in(const Call& call);

/// `after` and `limit`.
struct PageAsk {
  static constexpr std::size_t kLimitMax = 1000;
  std::string after;  ///< Empty: from the start.
  std::size_t limit = 100;
};
Called<PageAsk> page_from(Query& query);
tl::unexpected<CallProblem> wrong_after();

/// The body, by one of the readers of api/*_asks.h. Errors: kInvalidInput with the place.
Called<void> body_fault(JsonFault fault);
template <class T>
Called<T> read_body(const Call& call, JsonRead<T> (*read)(std::string_view)) {
  auto ask = read(PaddedBody(call.body.text()).text());
  if (!ask) return tl::unexpected(body_fault(std::move(ask).error()).error());
  return *std::move(ask);
}
/// The same, of an operation without parameters in the address.
template <class T>
Called<T> body_as(const Call& call, JsonRead<T> (*read)(std::string_view)) {
  if (auto none = no_parameters(call); !none) return tl::unexpected(std::move(none).error());
  return read_body(call, read);
}

/// The caller, for the reason that they gave.
[[nodiscard]] inline Actor actor_of(const Call& call, std::string why) {
  return {call.who().who, std::move(why)};
}

}  // namespace seawall
