#include "seawall/cli/scan_server.h"

#include <cstdlib>

#include "seawall/cli/ask.h"
#include "seawall/net_curl/curl_fetcher.h"

namespace seawall::cli {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

}  // namespace

Result<Secret> service_key_from(const Arguments& arguments, Console& console) {
  Secret key;
  if (const auto path = arguments.text("--key-file")) {
    SEAWALL_TRY(key, secret_from_file(*path, console));
  } else if (const char* set = std::getenv("SEAWALL_KEY"); set != nullptr) {
    key = Secret(set);
  }
  Secret trimmed_key(trimmed(key.reveal()));
  if (!trimmed_key.empty()) return trimmed_key;
  return fail(Code::kInvalidInput,
              "the service wants a key: set SEAWALL_KEY, or name a file with --key-file");
}

Result<std::unique_ptr<ScanServer>> ScanServer::open(const Arguments& arguments,
                                                     std::optional<int> radius_bits, Console& console) {
  std::unique_ptr<ScanServer> server(new ScanServer);
  SEAWALL_TRY(const Secret key, service_key_from(arguments, console));
  CurlOptions options;
  options.ca_file = arguments.text("--server-ca").value_or("");
  options.in_memory = true;
  SEAWALL_TRY(server->fetcher_, CurlFetcher::open(std::move(options)));
  ServiceBankOptions service;
  service.url = arguments.text("--server").value_or("");
  service.authorization = std::make_shared<const Secret>(bearer_authorization(key));
  service.radius_bits = radius_bits;
  server->summary_ = {.name = service.url, .path = service.url, .action = "each list's own"};
  SEAWALL_TRY(server->bank_, ServiceBank::open(std::move(service), *server->fetcher_, server->random_));
  return server;
}

}  // namespace seawall::cli
