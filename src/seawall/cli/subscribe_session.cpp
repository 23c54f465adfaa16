#include "seawall/cli/subscribe_session.h"

#include <algorithm>
#include <cstdlib>

#include "seawall/net_curl/curl_fetcher.h"

namespace seawall::cli {
namespace {

constexpr std::size_t kNamesShown = 20;

Result<std::string> settings_path(const Arguments& arguments) {
  if (auto path = arguments.text("--settings")) return *path;
  const char* path = std::getenv("SEAWALL_SUBSCRIPTIONS");
  if (path != nullptr && *path != '\0') return std::string(path);
  return fail(Code::kInvalidInput,
              "name the subscriptions with --settings FILE or in $SEAWALL_SUBSCRIPTIONS; `seawall subscribe "
              "run --help` shows one");
}

Result<void> keep_only(const std::string& name, std::vector<SubscriptionSettings>& all) {
  std::string message = "there is no subscription " + name + "; there are:";
  for (std::size_t i = 0; i < all.size() && i < kNamesShown; ++i) message += " " + all[i].name;
  std::erase_if(all, [&](const SubscriptionSettings& one) { return one.name != name; });
  if (all.empty()) return fail(Code::kNotFound, std::move(message));
  return {};
}

}  // namespace

Result<ChosenSubscriptions> subscriptions_from(const Arguments& arguments) {
  ChosenSubscriptions chosen;
  SEAWALL_TRY(chosen.path, settings_path(arguments));
  SEAWALL_TRY(SubscriptionsFile file, subscriptions_from_file(chosen.path));
  chosen.folder = std::move(file.folder);
  chosen.subscriptions = std::move(file.subscriptions);
  if (chosen.subscriptions.empty()) {
    return fail(Code::kInvalidInput, chosen.path + " names no subscription; write a [[subscription]] table");
  }
  if (const auto name = arguments.text("--only")) SEAWALL_CHECK(keep_only(*name, chosen.subscriptions));
  return chosen;
}

Result<std::unique_ptr<Fetcher>> open_fetcher(const std::string& ca_file) {
  CurlOptions options;
  options.ca_file = ca_file;
  SEAWALL_TRY(auto fetcher, CurlFetcher::open(std::move(options)));
  return std::unique_ptr<Fetcher>(std::move(fetcher));
}

Result<std::unique_ptr<SubscribeSession>> SubscribeSession::open(const Arguments& arguments,
                                                                 const std::string& folder, const Actor& by) {
  SEAWALL_CHECK(check_actor({by.who, by.why.empty() ? "subscription" : by.why}));
  SEAWALL_TRY(auto lists, ListsSession::open(arguments));
  std::unique_ptr<SubscribeSession> session(new SubscribeSession(std::move(lists)));
  session->context_ = std::make_unique<FollowContext>(
      FollowContext{session->lists_->store(), session->lists_->service(), session->lists_->clock(),
                    open_fetcher, by.who, by.why, folder});
  return session;
}

std::string age_text(std::chrono::milliseconds age) {
  const std::int64_t seconds = std::abs(std::chrono::duration_cast<std::chrono::seconds>(age).count());
  if (seconds < 120) return std::to_string(seconds) + " s";
  if (seconds < 2 * 3600) return std::to_string(seconds / 60) + " min";
  if (seconds < 2 * 86'400) return std::to_string(seconds / 3600) + " h";
  return std::to_string(seconds / 86'400) + " d";
}

}  // namespace seawall::cli
