#include "seawall/subscription/check.h"

#include <unistd.h>

#include <optional>
#include <span>

#include "seawall/subscription/detail/probe_fetcher.h"
#include "seawall/subscription/folder.h"
#include "seawall/subscription/import_sink.h"

namespace seawall {
namespace {

using Finding = SubscriptionFinding;
using Grade = Finding::Grade;

class NoBytes final : public ByteSource {
 public:
  Result<std::size_t> read(std::span<char>) override { return std::size_t{0}; }
};

Finding bad(std::string_view what, std::string words, std::string advice) {
  return {what, Grade::kBad, std::move(words), std::move(advice)};
}

/// One look at one subscription.
class Check {
 public:
  Check(const SubscriptionSettings& settings, const FollowContext& context, const std::stop_token& stop)
      : settings_(settings), context_(context), stop_(stop) {}

  std::vector<Finding> run() {
    check_settings();
    check_bank();
    check_credentials();
    check_key();
    check_folder();
    if (format_ != nullptr && credentials_ && key_is_good_) check_remote();
    return std::move(findings_);
  }

 private:
  void check_settings();
  void check_bank();
  void check_credentials();
  void check_key();
  void check_folder();
  void check_state(const SubscriptionState& state);
  void check_remote();
  Result<Finding> ask_remote();
  Finding judge(const Result<RemoteStep>& step, const ProbeFetcher& probe) const;
  [[nodiscard]] std::string advice_for(const ProbeFetcher& probe) const;
  [[nodiscard]] std::string where_credentials_are() const;

  const SubscriptionSettings& settings_;
  const FollowContext& context_;
  const std::stop_token& stop_;
  std::vector<Finding> findings_;
  const ExchangeFormat* format_ = nullptr;
  std::optional<Credentials> credentials_;
  bool key_is_good_ = false;
  std::string checkpoint_;
};

void Check::check_settings() {
  if (!settings_.enabled) {
    findings_.push_back({"settings", Grade::kWarning, "it rests: enabled = false",
                         "remove that line when it is to be followed"});
  }
  auto format = exchange_format_named(settings_.format);
  if (!format) {
    findings_.push_back(bad("format", format.error().message, "correct format = in the settings"));
    return;
  }
  format_ = *format;
  findings_.push_back({"format", Grade::kGood, settings_.format, ""});
}

void Check::check_bank() {
  const auto view = context_.store.view();
  const auto bank = view ? bank_of(**view, settings_) : Result<ListBank>(tl::unexpected(view.error()));
  if (!bank) {
    findings_.push_back(bad("bank", bank.error().message, "make the bank, or correct bank = and tenant ="));
    return;
  }
  const std::string state = settings_.stage ? "staged" : "proposed";
  const std::string people =
      bank->two_person ? "two persons put them in force" : "one person puts them in force";
  findings_.push_back({"bank", Grade::kGood,
                       bank->tenant + "/" + bank->name + ": its releases are " + state + "; " + people, ""});
}

std::string Check::where_credentials_are() const {
  if (!settings_.credentials_file.empty()) return settings_.credentials_file;
  return "the variables " + settings_.credentials_env + "_...";
}

void Check::check_credentials() {
  auto credentials = credentials_of(settings_);
  if (!credentials) {
    findings_.push_back(bad("credentials", credentials.error().message,
                            "put what the other body gave you there, for the account that runs this alone"));
    return;
  }
  credentials_ = *std::move(credentials);
  const std::size_t count = credentials_->size();
  findings_.push_back({"credentials", Grade::kGood,
                       count == 0 ? "none" : std::to_string(count) + " from " + where_credentials_are(), ""});
}

void Check::check_key() {
  const auto options = read_options_of(settings_);
  if (!options) {
    findings_.push_back(bad("key", options.error().message, "ask the issuer for their public key (PEM)"));
    return;
  }
  NoBytes nothing;
  if (format_ == nullptr) return;
  const auto reader = format_->reader(nothing, *options);
  if (!reader) {
    findings_.push_back(
        bad("key", reader.error().message, "name the issuer's Ed25519 key: public_key_file ="));
    return;
  }
  key_is_good_ = true;
  if (!settings_.public_key_file.empty()) {
    findings_.push_back({"key", Grade::kGood, settings_.public_key_file, ""});
  }
}

void Check::check_folder() {
  const std::filesystem::path folder = context_.folder / settings_.name;
  const auto state = read_subscription_folder(folder);
  if (!state) {
    findings_.push_back(bad("folder", state.error().message, "correct folder =, or the folder's owner"));
  } else if (!*state) {
    std::filesystem::path place = context_.folder;
    std::error_code ignored;
    if (!std::filesystem::exists(place, ignored)) place = place.parent_path();
    if (place.empty()) place = ".";
    if (::access(place.c_str(), W_OK | X_OK) != 0) {
      findings_.push_back(bad("folder", "cannot make it in " + place.string(),
                              "let the account that runs this write there, or name another: folder ="));
      return;
    }
    findings_.push_back({"folder", Grade::kGood, folder.string() + ", not begun", ""});
  } else {
    check_state(**state);
  }
}

void Check::check_state(const SubscriptionState& state) {
  const std::string folder = (context_.folder / settings_.name).string();
  if (!state.feed.empty() && state.feed != feed_of(settings_)) {
    findings_.push_back(bad("folder", folder + " is of another address, format or bank",
                            "give the subscription another name to begin anew"));
    return;
  }
  ImportSink sink(context_.store, context_.clock, {});
  const auto holds = state.mark.empty() ? Result<bool>(true) : sink.holds(state.mark);
  if (!holds || !*holds) {
    findings_.push_back(
        bad("folder",
            holds ? "this store is not the one it filled, or an older copy of it" : holds.error().message,
            "name the right store, or remove " + folder + " to read everything once more"));
    return;
  }
  checkpoint_ = state.next;
  findings_.push_back({"folder", Grade::kGood,
                       folder + ", " + std::to_string(state.health.pages) + " pages read so far", ""});
}

std::string Check::advice_for(const ProbeFetcher& probe) const {
  if (!probe.status()) {
    return "look at url =, the network, the proxy (https_proxy) and, for an authority of its own, ca_file =";
  }
  if (*probe.status() == 401 || *probe.status() == 403) {
    if (credentials_->size() == 0) return "it asks for credentials: name them with credentials_file =";
    return "put the credentials that the other body gave you into " + where_credentials_are();
  }
  if (*probe.status() == 429 || *probe.status() >= 500)
    return "it is busy or broken: Seawall asks again later";
  if (*probe.status() >= 400) return "look at url = and the other options of the subscription";
  return "what it sends is not what this kind and format say, or not signed by that key";
}

Finding Check::judge(const Result<RemoteStep>& step, const ProbeFetcher& probe) const {
  if (!step && probe.too_long()) {
    return {"remote", Grade::kGood, "answers with more than 1 MiB, which was not read to its end", ""};
  }
  if (!step) return bad("remote", step.error().message, advice_for(probe));
  switch (step->kind) {
    case RemoteStep::Kind::kPage:
      return {"remote", Grade::kGood,
              "answers; its next page has " + std::to_string(step->page.records) + " records, " +
                  std::to_string(step->page.refused) + " of them not to be used",
              ""};
    case RemoteStep::Kind::kNothingNew:
      return {"remote", Grade::kGood, "answers; nothing is new", ""};
    case RemoteStep::Kind::kLater:
      break;
  }
  const bool passing = probe.status() && (*probe.status() == 429 || *probe.status() >= 500);
  return {"remote", passing ? Grade::kWarning : Grade::kBad, step->reason, advice_for(probe)};
}

Result<Finding> Check::ask_remote() {
  SEAWALL_TRY(const auto fetcher, context_.make_fetcher(settings_.ca_file));
  ProbeFetcher probe(*fetcher);
  SystemRandom random;
  const RemoteContext remote{probe, context_.clock, random};
  SEAWALL_TRY(const auto client, make_remote_client(settings_, remote, *format_, *credentials_));
  return judge(client->next(checkpoint_, stop_), probe);
}

void Check::check_remote() {
  auto finding = ask_remote();
  findings_.push_back(finding
                          ? *std::move(finding)
                          : bad("remote", finding.error().message, "correct the subscription's settings"));
}

}  // namespace

std::string_view name_of(SubscriptionFinding::Grade grade) {
  switch (grade) {
    case Grade::kGood:
      return "ok";
    case Grade::kWarning:
      return "warning";
    case Grade::kBad:
      return "bad";
  }
  return "";
}

std::vector<SubscriptionFinding> check_subscription(const SubscriptionSettings& settings,
                                                    const FollowContext& context,
                                                    const std::stop_token& stop) {
  return Check(settings, context, stop).run();
}

}  // namespace seawall
