#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "seawall/base/clock.h"
#include "seawall/base/random_source.h"
#include "seawall/lists/list_service.h"
#include "seawall/net/fetcher.h"
#include "seawall/subscription/settings.h"
#include "seawall/subscription/subscription.h"

namespace seawall {

/// A fetcher that trusts the authorities of `ca_file` besides the system's; "": only those.
using FetcherMaker = std::function<Result<std::unique_ptr<Fetcher>>(const std::string& ca_file)>;

/// What the program gives to each subscription. Lifetime: outlives them.
struct FollowContext {
  Store& store;
  ListService& lists;
  const Clock& clock;
  FetcherMaker make_fetcher;
  std::string who;               ///< The account that proposes.
  std::string why;               ///< The reason in the history; "": "subscription NAME".
  std::filesystem::path folder;  ///< Where each has its folder, by its name.
};

/// How a run ended.
struct FollowOutcome {
  Result<RunReport> report;
  SubscriptionHealth health;  ///< After it; `health.next_at`: when to run again.
  bool stopped = false;       ///< It was told to stop, which is no failure; the next run goes on from there.
};

/// One subscription of the settings, from its address to its bank. Whatever it needs is opened for each run
/// and closed after it: new credentials count from the next run, and nothing is held in between.
/// Guarantees: those of Subscription; what cannot even be opened counts as a failed run and stands in the
/// health. It never activates a release. Threads: one at a time; different lists side by side.
class FollowedList {
 public:
  FollowedList(SubscriptionSettings settings, const FollowContext& context)
      : settings_(std::move(settings)), context_(context) {}

  [[nodiscard]] const SubscriptionSettings& settings() const { return settings_; }
  [[nodiscard]] std::filesystem::path folder() const { return context_.folder / settings_.name; }

  /// One pull, due or not.
  FollowOutcome run(const std::stop_token& stop, const std::function<void(const RunProgress&)>& progress);
  /// What a pull would propose. Writes nothing, neither into the lists nor into the folder, which another
  /// process may have; pages lie in a temporary folder meanwhile.
  Result<RunReport> rehearse(const std::stop_token& stop,
                             const std::function<void(const RunProgress&)>& progress);

 private:
  struct Parts;
  Result<std::unique_ptr<Parts>> open_parts(bool dry);
  Result<std::unique_ptr<Subscription>> open(Parts& parts, const std::filesystem::path& folder,
                                             const std::function<void(const RunProgress&)>& progress);
  FollowOutcome could_not_begin(const Error& error);
  Result<SubscriptionHealth> note(const Error& error);

  SubscriptionSettings settings_;
  const FollowContext& context_;
  SystemRandom random_;
};

/// The bank that the settings name. Errors: kNotFound with the command that makes it.
Result<ListBank> bank_of(StoreView& view, const SubscriptionSettings& settings);

}  // namespace seawall
