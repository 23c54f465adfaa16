#include "seawall/service/live_streams.h"

namespace seawall {
namespace {

/// A piece holds few seconds of one stream: what a decoder may need for it.
constexpr std::uint64_t kPieceBytesMax = 16ULL << 20;

StreamDesk::Options options_of(const StreamsSettings& settings) {
  StreamDesk::Options options;
  options.watch.threads = settings.threads_used();
  options.watch.streams_max = settings.streams_max;
  options.watch.bytes_waiting_max = settings.memory_bytes_max;
  options.watch.eye.hashes.profile = settings.profile;
  options.streams_max = settings.streams_max;
  options.tenant_streams_max =
      settings.tenant_streams_max != 0 ? settings.tenant_streams_max : settings.streams_max;
  options.fetch_keys = settings.fetch_keys;
  options.alerts_kept = std::chrono::days(settings.keep_days);
  return options;
}

}  // namespace

Result<Reach> reach_of_streams(const StreamsSettings& settings,
                               const std::vector<std::string>& refused_networks) {
  Reach reach{.public_only = true};
  for (const std::string& text : settings.allowed_networks) {
    SEAWALL_TRY(const Network network, Network::from_text(text));
    reach.allowed_networks.push_back(network);
  }
  for (const std::string& text : refused_networks) {
    SEAWALL_TRY(const Network network, Network::from_text(text));
    reach.refused_networks.push_back(network);
  }
  return reach;
}

Result<std::unique_ptr<LiveStreams>> LiveStreams::open(const StreamsSettings& settings,
                                                       const std::filesystem::path& folder,
                                                       const std::vector<std::string>& refused_networks,
                                                       const Parts& parts) {
  std::unique_ptr<LiveStreams> streams(new LiveStreams);
  SEAWALL_TRY(streams->reach_, reach_of_streams(settings, refused_networks));
  const StreamDesk::Options options = options_of(settings);
  VideoSandboxOptions sandbox;
  sandbox.workers_max = options.watch.threads;
  sandbox.limits_max = options.watch.eye.limits;
  sandbox.parts_bytes_max = kPieceBytesMax;
  SEAWALL_TRY(streams->decoder_, SandboxedVideoDecoder::create(sandbox));
  SEAWALL_TRY(streams->store_, StreamStore::open(folder, parts.master));
  SEAWALL_TRY(streams->families_, StreamFamilies::open(parts.clock, {streams->reach_, settings.ca_file}));
  StreamDesk::Parts desk{
      *streams->store_, *streams->decoder_,         parts.clips,  parts.directory, parts.notices,
      parts.clock,      streams->families_->rows(), parts.trouble};
  SEAWALL_TRY(streams->desk_, StreamDesk::open(std::move(desk), options));
  return streams;
}

}  // namespace seawall
