#include <fstream>
#include <iterator>
#include <vector>

#include "seawall/base/hex.h"
#include "seawall/crypto/digest.h"
#include "seawall/remote/clients.h"
#include "seawall/subscription/detail/kinds.h"
#include "seawall/subscription/settings.h"

namespace seawall {
namespace {

constexpr std::size_t kKeyBytesMax = 16 * 1024;

}  // namespace

std::string feed_of(const SubscriptionSettings& settings) {
  const std::string text = settings.kind + "\n" + settings.format + "\n" + settings.url + "\n" +
                           settings.privacy_group + "\n" + settings.tenant + "\n" + settings.bank;
  return to_hex(digests_of(std::as_bytes(std::span(text))).sha256).substr(0, 32);
}

Result<Credentials> credentials_of(const SubscriptionSettings& settings) {
  const Kind* kind = find_kind(settings.kind);
  if (kind == nullptr) return fail(Code::kInvalidInput, "there is no such kind of subscription");
  std::vector<std::string_view> names;
  for (const std::string_view name : kind->credentials) {
    if (!name.empty()) names.push_back(name);
  }
  if (!settings.credentials_file.empty()) return credentials_from_file(settings.credentials_file, names);
  if (!settings.credentials_env.empty()) return credentials_from_environment(settings.credentials_env, names);
  return Credentials();
}

Result<ExchangeReadOptions> read_options_of(const SubscriptionSettings& settings) {
  ExchangeReadOptions options;
  if (settings.public_key_file.empty()) return options;
  std::ifstream file(settings.public_key_file, std::ios::binary);
  options.public_key_pem.resize(kKeyBytesMax + 1);
  file.read(options.public_key_pem.data(), static_cast<std::streamsize>(options.public_key_pem.size()));
  options.public_key_pem.resize(static_cast<std::size_t>(file.gcount()));
  if (options.public_key_pem.empty() || options.public_key_pem.size() > kKeyBytesMax) {
    return fail(Code::kInvalidInput, "cannot read a public key from " + settings.public_key_file);
  }
  return options;
}

Result<std::unique_ptr<RemoteClient>> make_remote_client(const SubscriptionSettings& settings,
                                                         const RemoteContext& context,
                                                         const ExchangeFormat& format,
                                                         const Credentials& credentials) {
  SEAWALL_TRY(ExchangeReadOptions read, read_options_of(settings));
  if (settings.kind == "ncmec") {
    return ncmec_client(context, format, credentials, {settings.url, settings.begin, settings.lag});
  }
  if (settings.kind == "stopncii") {
    StopNciiOptions options{.url = settings.url};
    if (settings.page_size > 0) options.page_size = static_cast<int>(settings.page_size);
    return stopncii_client(context, format, credentials, std::move(options));
  }
  if (settings.kind == "threatexchange") {
    ThreatExchangeOptions options{.url = settings.url, .privacy_group = settings.privacy_group};
    if (settings.page_size > 0) options.page_size = static_cast<int>(settings.page_size);
    return threatexchange_client(context, format, credentials, std::move(options));
  }
  if (settings.kind == "seawall") {
    return seawall_client(context, format, credentials, {settings.url, std::move(read.public_key_pem)});
  }
  return file_client(context, format, credentials,
                     {settings.url, settings.snapshot, std::move(read.public_key_pem)});
}

}  // namespace seawall
