#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "seawall/api/match_ask.h"
#include "seawall/follow/list_follower.h"
#include "seawall/jobs/async_lookups.h"
#include "seawall/lookup/lookup_service.h"
#include "seawall/service/call.h"
#include "seawall/service/gatekeeper.h"
#include "seawall/service/json_log.h"
#include "seawall/service/lanes.h"
#include "seawall/service/list_names.h"
#include "seawall/service/media_fetch.h"
#include "seawall/service/review_intake.h"
#include "seawall/service/service_metrics.h"

namespace seawall {

/// POST /v1/match, and what became of asynchronous ones. Threads: any. Lifetime: borrows its parts.
class MatchCalls {
 public:
  struct Parts {
    LookupService& lookup;
    const ListFollower& lists;
    ListNames& names;
    MediaFetch& fetch;
    Gatekeeper& gate;
    ServiceMetrics& metrics;
    Lanes& lanes;
    AsyncLookups& later;
    JsonLog& log;
    bool lookups_block = true;  ///< A look-up may wait for a disk: it does not run on the server's threads.
    ReviewIntake* review = nullptr;  ///< None: nothing is kept for reviewers.
  };
  explicit MatchCalls(const Parts& parts) : parts_(parts) {}
  void serve(ServedOperations& operations);

 private:
  struct State;
  struct Later;
  template <class T>
  using Checked = tl::expected<T, CallProblem>;

  std::variant<Lane, CallResult> begin(Call& call);
  CallResult run(Call& call);

  Checked<void> read_ask(Call& call, State& state);
  Checked<void> read_media_ask(Call& call, State& state);
  Checked<void> check(Call& call, State& state);
  [[nodiscard]] bool may_stay(const State& state) const;
  [[nodiscard]] bool knows_names(const State& state) const;
  Checked<void> look_up(State& state);
  void read_names(const State& state);
  [[nodiscard]] static bool has_video(const State& state);
  void keep_for_review(const State& state, std::span<const std::byte> file, const LookupAnswer& answer,
                       std::size_t place);
  Checked<void> look_up_media(State& state);
  Checked<void> look_up_items(State& state);
  Checked<LookupAnswer> look_up_url(const MatchAsk::Item& item, State& state);
  /// How an answer names itself, and how long it took.
  struct Told {
    std::string_view request_id;
    std::chrono::steady_clock::time_point begun;
    std::chrono::nanoseconds waited{};
  };
  Checked<std::string> written(const State& state, const Told& told);
  CallResult answer(Call& call, State& state);
  CallResult take_on(Call& call);
  void run_later(Later& later, std::chrono::nanoseconds waited);
  void fail_later(Later& later, const CallProblem& problem);
  CallResult result(Call& call);
  CallResult replay(Call& call);
  void count(const State& state);

  Parts parts_;
};

/// The lane of a body that is not JSON: videos have one of their own. Of a form its first file decides.
[[nodiscard]] Lane media_lane_of(const Call& call);

/// The files of a body: the body itself, or the parts of a form that are called `one` or `many`. A part's
/// file name is its id. Lifetime: views into the body. Errors: kInvalidInput, kUnsupported, kLimitExceeded.
struct SentFile {
  std::string name;  ///< Of the part.
  std::string id;
  std::span<const std::byte> bytes;
};
tl::expected<std::vector<SentFile>, CallProblem> sent_files(const Call& call, std::size_t files_max);

}  // namespace seawall
