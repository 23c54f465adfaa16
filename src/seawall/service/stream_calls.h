#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "seawall/api/stream_asks.h"
#include "seawall/jobs/notices.h"
#include "seawall/metrics/metrics_text.h"
#include "seawall/net/reach.h"
#include "seawall/service/call.h"
#include "seawall/service/list_names.h"
#include "seawall/stream_hooks/hook_words.h"
#include "seawall/streams/stream_desk.h"

namespace seawall {

/// /v1/streams, /v1/stream-alerts and /v1/stream-hooks: live streams under a caller's rights. Without a desk
/// each says how streams are switched on.
///
/// Guarantees: no answer holds an address, of a stream or of a webhook; what is not of the caller's tenant is
/// not there, nor an alert of a bank that its key is not bound to. Threads: any; blocks for the desk's file.
/// Lifetime: borrows its parts.
class StreamCalls {
 public:
  struct Parts {
    StreamDesk* desk = nullptr;  ///< Null: this service follows no streams.
    const ListNames& names;
    const Notices& notices;
    Reach reach;                                    ///< Where streams may be.
    std::function<void(const std::string&)> event;  ///< For the log: what a media server's call came to.
  };
  explicit StreamCalls(Parts parts) : parts_(std::move(parts)) {}
  void serve(ServedOperations& operations);
  /// Nothing without a desk.
  void write_metrics(MetricsText& out) const;

 private:
  template <class T>
  using Checked = tl::expected<T, CallProblem>;

  CallResult list(const Call& call);
  CallResult attach(const Call& call);
  CallResult show(const Call& call);
  CallResult detach(const Call& call);
  CallResult alerts(const Call& call);
  CallResult hook(const Call& call);
  Checked<AttachedStream> wish(const Call& call, NewStreamAsk ask) const;
  Checked<void> check_address(const AttachedStream& stream) const;
  Checked<StreamView> view_in(const Call& call) const;
  [[nodiscard]] std::string text_of(const StreamView& view) const;
  [[nodiscard]] std::vector<BankId> bound_banks(const Identity& who) const;
  /// Follows, or not, what a media server says.
  void obey(const StreamHook& said, const Identity& who, AttachedStream stream);
  void fail_hook(const std::string& why);

  Parts parts_;
  std::atomic<std::uint64_t> hooks_begun_{0}, hooks_ended_{0}, hooks_failed_{0};
};

}  // namespace seawall
