#include "seawall/jobs/webhook_signature.h"

#include "seawall/base/base64.h"
#include "seawall/crypto/hmac.h"

namespace seawall {
namespace {

constexpr std::string_view kSecretPrefix = "whsec_";
constexpr std::size_t kSecretBytesMin = 24;
constexpr std::size_t kSecretBytesMax = 64;

Result<std::string> one_signature(std::string_view content, std::string_view secret) {
  const bool prefixed = secret.starts_with(kSecretPrefix);
  auto key = from_base64(secret.substr(prefixed ? kSecretPrefix.size() : 0));
  if (!prefixed || !key || key->size() < kSecretBytesMin || key->size() > kSecretBytesMax) {
    return fail(Code::kInvalidInput, "a webhook's secret is whsec_ and base64 of 24 to 64 bytes");
  }
  const Sha256 mac = hmac_sha256(std::as_bytes(std::span(*key)), content);
  wipe_bytes(key->data(), key->size());
  return "v1," + to_base64({reinterpret_cast<const char*>(mac.data()), mac.size()});
}

}  // namespace

Result<std::string> webhook_signature(const WebhookMessage& message, std::span<const Secret> secrets) {
  if (secrets.empty()) return fail(Code::kInvalidInput, "there is no secret to sign with");
  std::string content(message.id);
  content += '.';
  content += std::to_string(message.sent.time_since_epoch().count());
  content += '.';
  content += message.body;
  std::string header;
  for (const Secret& secret : secrets) {
    SEAWALL_TRY(const std::string signature, one_signature(content, secret.reveal()));
    header.append(header.empty() ? "" : " ").append(signature);
  }
  return header;
}

}  // namespace seawall
