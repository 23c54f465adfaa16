#pragma once

#include <memory>
#include <string>
#include <vector>

#include "seawall/cli/command.h"
#include "seawall/cli/lists_session.h"
#include "seawall/subscription/followed_list.h"

namespace seawall::cli {

inline constexpr OptionSpec kSettingsOption{
    .name = "--settings",
    .value = "FILE",
    .help = "the subscriptions, a TOML file (default: $SEAWALL_SUBSCRIPTIONS)",
    .kind = ValueKind::kFile};
inline constexpr OptionSpec kOnlyOption{.name = "--only",
                                        .value = "NAME",
                                        .help = "only the subscription of that name",
                                        .kind = ValueKind::kText};

/// The subscriptions that a command is about.
struct ChosenSubscriptions {
  std::string path;    ///< Of the settings.
  std::string folder;  ///< As SubscriptionsFile::folder.
  std::vector<SubscriptionSettings> subscriptions;
};
/// By --settings or $SEAWALL_SUBSCRIPTIONS, and --only. Errors: kInvalidInput (no file named, nothing in it),
/// kNotFound (--only; names those there are), and those of the file.
Result<ChosenSubscriptions> subscriptions_from(const Arguments& arguments);

/// Trusts the system's authorities, and those in `ca_file` unless it is empty. Errors: CurlFetcher::open()'s.
Result<std::unique_ptr<Fetcher>> open_fetcher(const std::string& ca_file);

/// The store and everything that subscriptions need beside their settings. Threads: as FollowedList.
class SubscribeSession {
 public:
  /// By --store. `by.why` may be empty. Errors: those of ListsSession::open() and check_actor().
  static Result<std::unique_ptr<SubscribeSession>> open(const Arguments& arguments, const std::string& folder,
                                                        const Actor& by);
  [[nodiscard]] const FollowContext& context() const { return *context_; }
  [[nodiscard]] const Clock& clock() const { return lists_->clock(); }

 private:
  explicit SubscribeSession(std::unique_ptr<ListsSession> lists) : lists_(std::move(lists)) {}

  std::unique_ptr<ListsSession> lists_;
  std::unique_ptr<FollowContext> context_;
};

/// "45 s", "12 min", "3 h", "2 d"; of the absolute value.
[[nodiscard]] std::string age_text(std::chrono::milliseconds age);

}  // namespace seawall::cli
