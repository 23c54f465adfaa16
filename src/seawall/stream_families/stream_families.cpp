#include "seawall/stream_families/stream_families.h"

#include <utility>

#include "seawall/base/random_source.h"
#include "seawall/net/url.h"
#include "seawall/net_curl/curl_async_fetcher.h"
#include "seawall/stream_link/link_source.h"
#include "seawall/stream_poll/poller.h"
#include "seawall/stream_rtmp/rtmp_address.h"
#include "seawall/stream_rtmp/rtmp_stream.h"
#include "seawall/stream_rtsp/rtsp_address.h"
#include "seawall/stream_rtsp/rtsp_stream.h"
#include "seawall/stream_srt/srt_address.h"
#include "seawall/stream_srt/srt_stream.h"
#include "seawall/stream_srt/srt_wires.h"
#include "seawall/tls/tls_client.h"

namespace seawall {
namespace {

constexpr std::uint16_t kRtspPort = 554;
constexpr std::uint16_t kRtspsPort = 322;

template <auto Read>
Result<void> checked_by(std::string_view url) {
  SEAWALL_CHECK(Read(url));
  return {};
}

}  // namespace

std::string_view stream_schemes_text() {
  return "https:// or http:// (HLS, DASH), rtmp://, rtmps://, rtsp://, rtsps://, srt://";
}

struct StreamFamilies::Parts {
  Parts(const Clock& its_clock, StreamFamiliesOptions its_options)
      : clock(its_clock), options(std::move(its_options)) {}

  /// `ports`: those of the protocol below 1024, which Reach does not know.
  Result<std::unique_ptr<StreamSource>> open_tcp(PollSink& sink, std::vector<std::uint16_t> ports,
                                                 MakeLinkStream make) {
    SEAWALL_TRY(auto wires, open_tcp_wires());
    Reach reach = options.reach;
    reach.ports = std::move(ports);
    return std::make_unique<LinkSource>(clock, random, sink, std::move(reach), std::move(wires),
                                        std::move(make), LinkLimits{}, trust);
  }

  const Clock& clock;
  const StreamFamiliesOptions options;
  std::unique_ptr<CurlAsyncFetcher> fetcher;
  std::shared_ptr<const TlsTrust> trust;
  SystemRandom random;  // Has no state: for all threads.
};

StreamFamilies::StreamFamilies(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
StreamFamilies::~StreamFamilies() = default;

Result<std::unique_ptr<StreamFamilies>> StreamFamilies::open(const Clock& clock,
                                                             StreamFamiliesOptions options) {
  CurlOptions curl;
  curl.in_memory = true;
  curl.public_only = options.reach.public_only;
  curl.allowed_networks = options.reach.allowed_networks;
  curl.refused_networks = options.reach.refused_networks;
  curl.ca_file = options.ca_file;
  auto parts = std::make_unique<Parts>(clock, std::move(options));
  SEAWALL_TRY(parts->fetcher, CurlAsyncFetcher::open(std::move(curl)));
  SEAWALL_TRY(parts->trust, TlsTrust::open(parts->options.ca_file));
  return std::unique_ptr<StreamFamilies>(new StreamFamilies(std::move(parts)));
}

std::vector<StreamFamily> StreamFamilies::rows() {
  Parts& parts = *parts_;
  const auto open_poller = [&parts](PollSink& sink) -> Result<std::unique_ptr<StreamSource>> {
    return std::make_unique<Poller>(*parts.fetcher, parts.clock, parts.random, sink);
  };
  const auto open_rtmp = [&parts](PollSink& sink) {
    return parts.open_tcp(sink, {}, [&parts](const StreamSettings& settings) {
      return RtmpStream::make(settings, parts.random);
    });
  };
  const auto open_rtsp = [&parts](PollSink& sink) {
    return parts.open_tcp(sink, {kRtspPort, kRtspsPort}, [&parts](const StreamSettings& settings) {
      return RtspStream::make(settings, parts.random);
    });
  };
  const auto open_srt = [&parts](PollSink& sink) -> Result<std::unique_ptr<StreamSource>> {
    SEAWALL_TRY(auto wires, open_srt_wires());
    return std::make_unique<LinkSource>(
        parts.clock, parts.random, sink, parts.options.reach, std::move(wires),
        [](const StreamSettings& settings) { return SrtStream::make(settings); });
  };
  return {{{"https", "http"}, open_poller, checked_by<http_url_from_text>},
          {{"rtmp", "rtmps"}, open_rtmp, checked_by<rtmp_address_from_text>},
          {{"rtsp", "rtsps"}, open_rtsp, checked_by<rtsp_address_from_text>},
          {{"srt"}, open_srt, checked_by<srt_address_from_text>}};
}

}  // namespace seawall
