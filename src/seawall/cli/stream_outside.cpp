#include "seawall/cli/stream_outside.h"

#include <algorithm>
#include <array>
#include <thread>

#include "seawall/jobs/webhook_fetcher.h"
#include "seawall/net/credentials.h"

namespace seawall::cli {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFinishMost{6'000};
constexpr milliseconds kLookEvery{50};
constexpr milliseconds kDrain{2'000};

/// "name = value" in a file that only its owner may read.
Result<Secret> secret_of_file(const std::string& path, std::string_view name) {
  const std::array<std::string_view, 1> names{name};
  SEAWALL_TRY(const Credentials fields, credentials_from_file(path, names));
  SEAWALL_TRY(const auto secret, fields.get(name));
  return Secret(secret->reveal());
}

Result<ClipTier> tier_from_text(std::string_view text) {
  for (const ClipTier tier : {ClipTier::kSingleFrame, ClipTier::kTwoAligned, ClipTier::kThreeAligned}) {
    if (name_of(tier) == text) return tier;
  }
  return fail(Code::kInvalidInput, "not a tier");
}

bool is_for_all(const std::string& address) {
  return !address.starts_with("127.") && !address.starts_with("[::1]") && !address.starts_with("unix:");
}

}  // namespace

StreamOutside::~StreamOutside() {
  if (server_) (void)server_->drain(kDrain);
}

Result<std::unique_ptr<StreamOutside>> StreamOutside::open(const Arguments& arguments, StreamHub& hub,
                                                           const StreamWatch& watch, const Clock& clock) {
  std::unique_ptr<StreamOutside> outside(new StreamOutside);
  SEAWALL_CHECK(outside->open_cut_off(arguments, clock));
  SEAWALL_CHECK(outside->open_server(arguments, hub, watch, clock));
  return outside;
}

Result<void> StreamOutside::open_server(const Arguments& arguments, StreamHub& hub, const StreamWatch& watch,
                                        const Clock& clock) {
  const auto addresses = arguments.all("--listen");
  HookOptions options;
  options.tap = arguments.text("--tap").value_or("");
  if (addresses.empty()) {
    if (options.tap.empty()) return {};
    return fail(Code::kInvalidInput, "--tap goes with --listen: streams come by calls of a media server");
  }
  if (options.tap.empty()) options.tap = "rtmp://127.0.0.1/{app}/{name}";
  if (const auto path = arguments.text("--token-file")) {
    SEAWALL_TRY(options.token, secret_of_file(*path, "token"));
  }
  if (options.token.empty() && std::ranges::any_of(addresses, is_for_all)) {
    return fail(Code::kInvalidInput, "others than this machine could attach streams: give --token-file FILE");
  }
  SEAWALL_TRY(hooks_, HookServer::make(std::move(options), hub, watch, clock));
  HttpServerOptions server;
  for (const std::string& address : addresses) server.listen.push_back({address, {}});
  server.threads = 1;
  server.connections_max = 1'024;
  SEAWALL_TRY(server_, HttpServer::start(server, *hooks_, clock));
  return {};
}

Result<void> StreamOutside::open_cut_off(const Arguments& arguments, const Clock& clock) {
  const auto url = arguments.text("--cut-off");
  const auto secret_file = arguments.text("--cut-off-secret");
  if (url.has_value() != secret_file.has_value())
    return fail(Code::kInvalidInput, "--cut-off URL and --cut-off-secret FILE come together");
  if (!url) return {};
  SEAWALL_TRY(tier_, tier_from_text(*arguments.text("--cut-off-tier")));
  CutOffSender::Options options;
  options.url = *url;
  SEAWALL_TRY(Secret secret, secret_of_file(*secret_file, "secret"));
  options.secrets.push_back(std::move(secret));
  WebhookReach reach;
  reach.private_networks = arguments.all("--allow-network");
  reach.refused_networks = arguments.all("--refuse-network");
  reach.ca_file = arguments.text("--ca-file").value_or("");
  SEAWALL_TRY(fetcher_, open_webhook_fetcher(reach));
  SEAWALL_TRY(cut_off_, CutOffSender::open(std::move(options), *fetcher_, clock));
  return {};
}

std::vector<std::string> StreamOutside::addresses() const {
  return server_ ? server_->addresses() : std::vector<std::string>();
}

void StreamOutside::on_alert(const WatchAlert& alert, const std::string& evidence) {
  if (cut_off_ && alert.clip.segment.tier >= tier_) cut_off_->send(evidence);
}

std::uint64_t StreamOutside::finish(Console& console) {
  if (!cut_off_) return 0;
  for (milliseconds waited{0}; !cut_off_->idle() && waited < kFinishMost; waited += kLookEvery)
    std::this_thread::sleep_for(kLookEvery);
  const CutOffSender::Stats stats = cut_off_->stats();
  const std::uint64_t lost = stats.given_up + stats.waiting;
  if (lost > 0)
    console.note(std::to_string(lost) + " calls of --cut-off were not delivered; see the evidence");
  return lost;
}

}  // namespace seawall::cli
