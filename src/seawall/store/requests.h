#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/model/list_bank.h"
#include "seawall/model/list_ids.h"

namespace seawall {

enum class RequestId : std::uint64_t {};  ///< From 1.

enum class RequestState : std::uint8_t { kOpen = 1, kDone = 2, kDropped = 3 };
/// "open", "done", "dropped".
[[nodiscard]] std::string_view name_of(RequestState state);

/// A change that waits for a second person and is not a release: of a bank's settings, of one entry's, or
/// the taking back of a release.
struct ChangeRequest {
  static constexpr std::size_t kBodyBytesMax = 4096;

  RequestId id{};
  BankId bank{};
  std::string body;  ///< What is asked, in the words of `lists`; UTF-8.
  RequestState state = RequestState::kOpen;
  Authorship proposed;
  std::vector<Authorship> approvals;
  std::optional<Authorship> closed;  ///< By whom it was done or dropped.
  friend bool operator==(const ChangeRequest&, const ChangeRequest&) = default;
};

/// Port: change requests. Every call is a transaction of its own, durable on return.
/// Threads: any. Errors everywhere: kUnavailable, kCorrupt, kLimitExceeded (disk full), kInvalidInput.
class RequestStore {
 public:
  virtual ~RequestStore() = default;
  virtual Result<RequestId> add_request(BankId bank, std::string_view body, const Authorship& by) = 0;
  virtual Result<std::optional<ChangeRequest>> request(RequestId id) = 0;
  /// Open ones, in ascending order of id; `limit` 1..10,000.
  virtual Result<std::vector<ChangeRequest>> open_requests(RequestId after, std::size_t limit) = 0;
  /// Those that were done or dropped, too.
  virtual Result<std::vector<ChangeRequest>> all_requests(RequestId after, std::size_t limit) = 0;
  /// Errors: kNotFound, kConflict (closed, or approved by exactly this account already).
  virtual Result<void> approve_request(RequestId id, const Authorship& by) = 0;
  /// kOpen -> `state`. Errors: kNotFound, kConflict (closed already).
  virtual Result<void> close_request(RequestId id, RequestState state, const Authorship& by) = 0;
};

}  // namespace seawall
