#include "seawall/subscription/followed_list.h"

#include "seawall/base/temporary_folder.h"
#include "seawall/subscription/folder.h"
#include "seawall/subscription/import_sink.h"

namespace seawall {
namespace {

constexpr std::chrono::minutes kLookAgain{1};

}  // namespace

Result<ListBank> bank_of(StoreView& view, const SubscriptionSettings& settings) {
  SEAWALL_TRY(auto bank, view.bank_named(settings.tenant, settings.bank));
  if (bank) return *std::move(bank);
  const std::string name = settings.tenant + "/" + settings.bank;
  return fail(Code::kNotFound,
              "there is no bank " + name + "; make it with: seawall lists create " + name + " --why TEXT");
}

/// All that one run borrows, in the order of making.
struct FollowedList::Parts {
  const ExchangeFormat* format = nullptr;
  ExchangeReadOptions read;
  std::unique_ptr<Fetcher> fetcher;
  std::unique_ptr<RemoteContext> remote;
  std::unique_ptr<RemoteClient> client;
  std::unique_ptr<ImportSink> sink;
  std::unique_ptr<durable::FileSystem> files;
};

Result<std::unique_ptr<FollowedList::Parts>> FollowedList::open_parts(bool dry) {
  auto parts = std::make_unique<Parts>();
  SEAWALL_TRY(parts->format, exchange_format_named(settings_.format));
  SEAWALL_TRY(parts->read, read_options_of(settings_));
  SEAWALL_TRY(const Credentials credentials, credentials_of(settings_));
  SEAWALL_TRY(parts->fetcher, context_.make_fetcher(settings_.ca_file));
  parts->remote = std::make_unique<RemoteContext>(RemoteContext{*parts->fetcher, context_.clock, random_});
  SEAWALL_TRY(parts->client, make_remote_client(settings_, *parts->remote, *parts->format, credentials));
  ImportSinkOptions options;
  options.by = {context_.who, context_.why.empty() ? "subscription " + settings_.name : context_.why};
  {
    SEAWALL_TRY(const auto view, context_.store.view());
    SEAWALL_TRY(const ListBank bank, bank_of(*view, settings_));
    options.bank = bank.id;
    SEAWALL_TRY(const auto source, view->source_named(settings_.name));
    if (source) options.source = source->id;
  }
  if (!dry) {  // A dry run makes no source: nothing is known of one that is not there.
    SEAWALL_TRY(options.source, context_.lists.ensure_source(settings_.name, settings_.format, options.by));
  }
  if (settings_.stage) options.stage_with = &context_.lists;
  parts->sink = std::make_unique<ImportSink>(context_.store, context_.clock, std::move(options));
  return parts;
}

Result<std::unique_ptr<Subscription>> FollowedList::open(
    Parts& parts, const std::filesystem::path& folder,
    const std::function<void(const RunProgress&)>& progress) {
  SEAWALL_TRY(parts.files, open_subscription_folder(folder));
  SubscriptionOptions options;
  options.feed = feed_of(settings_);
  options.interval = settings_.interval;
  options.progress = progress;
  return Subscription::open(*parts.remote, *parts.client, *parts.format, parts.read, *parts.sink,
                            *parts.files, std::move(options));
}

FollowOutcome FollowedList::run(const std::stop_token& stop,
                                const std::function<void(const RunProgress&)>& progress) {
  auto parts = open_parts(false);
  if (!parts) return could_not_begin(parts.error());
  auto subscription = open(**parts, folder(), progress);
  if (!subscription) return could_not_begin(subscription.error());
  auto report = (*subscription)->run(stop);
  const bool stopped = !report && report.error().code == Code::kUnavailable && stop.stop_requested();
  return {std::move(report), (*subscription)->health(), stopped};
}

Result<SubscriptionHealth> FollowedList::note(const Error& error) {
  SEAWALL_TRY(const auto files, open_subscription_folder(folder()));
  SEAWALL_TRY(PageStore pages, PageStore::open(*files));
  SubscriptionState state = pages.state();
  const Time now = context_.clock.now();
  const auto delay = BackOff().delay(state.health.consecutive_failures + 1, random_);
  note_failure(state.health, error, now, now + delay);
  SEAWALL_CHECK(pages.save(state));
  return state.health;
}

FollowOutcome FollowedList::could_not_begin(const Error& error) {
  auto noted = note(error);
  if (noted) return {tl::unexpected(error), *std::move(noted), false};
  // Another process has the folder, or it cannot be written: look again soon.
  FollowOutcome outcome{tl::unexpected(error), {}, false};
  const auto state = read_subscription_folder(folder());
  if (state && *state) outcome.health = (*state)->health;
  outcome.health.next_at = context_.clock.now() + kLookAgain;
  return outcome;
}

Result<RunReport> FollowedList::rehearse(const std::stop_token& stop,
                                         const std::function<void(const RunProgress&)>& progress) {
  SEAWALL_TRY(const auto state, read_subscription_folder(folder()));
  SEAWALL_TRY(const auto parts, open_parts(true));
  SEAWALL_TRY(const TemporaryFolder scratch, TemporaryFolder::make("seawall-dry-run"));
  SEAWALL_TRY(const auto subscription, open(*parts, scratch.path(), progress));
  return subscription->rehearse(state ? state->checkpoint : std::string(), stop);
}

}  // namespace seawall
