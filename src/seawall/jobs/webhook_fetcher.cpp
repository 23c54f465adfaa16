#include "seawall/jobs/webhook_fetcher.h"

#include "seawall/net/network.h"
#include "seawall/net_curl/curl_fetcher.h"

namespace seawall {

Result<std::unique_ptr<Fetcher>> open_webhook_fetcher(const WebhookReach& reach) {
  CurlOptions options;
  options.ca_file = reach.ca_file;
  options.user_agent = "seawall-webhook";
  options.in_memory = true;
  options.public_only = true;
  for (const std::string& text : reach.private_networks) {
    SEAWALL_TRY(const Network network, Network::from_text(text));
    options.allowed_networks.push_back(network);
  }
  for (const std::string& text : reach.refused_networks) {
    SEAWALL_TRY(const Network network, Network::from_text(text));
    options.refused_networks.push_back(network);
  }
  SEAWALL_TRY(auto fetcher, CurlFetcher::open(std::move(options)));
  return std::unique_ptr<Fetcher>(std::move(fetcher));
}

}  // namespace seawall
