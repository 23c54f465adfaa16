#include "seawall/cli/access_session.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "seawall/cli/lists_session.h"
#include "seawall/net/credentials.h"
#include "seawall/store_sql/access_store.h"

namespace seawall::cli {
namespace {

constexpr std::array kNames{MasterKey::kName};
constexpr std::size_t kTenantBytesMax = 200;

Result<Credentials> credentials_from(const Arguments& arguments) {
  if (const auto path = arguments.text("--access-key")) return credentials_from_file(*path, kNames);
  const char* key = std::getenv("SEAWALL_ACCESS_KEY");
  if (key != nullptr && *key != '\0') return credentials_from_environment("SEAWALL", kNames);
  return fail(Code::kInvalidInput,
              "this needs the access key: name its file with --access-key FILE, or put the key into "
              "$SEAWALL_ACCESS_KEY; make one with: seawall access init FILE");
}

}  // namespace

Result<std::unique_ptr<AccessSession>> AccessSession::open(const Arguments& arguments) {
  SEAWALL_TRY(const std::string url, store_url(arguments));
  auto store = open_access_store(url);
  if (!store && store.error().code == Code::kNotFound) {
    store.error().message += "; make a store with: seawall db create";
  }
  if (!store) return tl::unexpected(std::move(store).error());
  return std::unique_ptr<AccessSession>(new AccessSession(*std::move(store)));
}

Result<MasterKey> master_key_from(const Arguments& arguments) {
  SEAWALL_TRY(const Credentials credentials, credentials_from(arguments));
  return MasterKey::from(credentials);
}

Result<std::string> tenant_from(const Arguments& arguments) {
  std::string tenant = arguments.text("--tenant").value_or("default");
  const bool plain =
      std::ranges::none_of(tenant, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (plain && !tenant.empty() && tenant.size() <= kTenantBytesMax) return tenant;
  return fail(Code::kInvalidInput, "a tenant is a name of 1 to 200 bytes without control characters");
}

Result<std::optional<Time>> expiry_from(const Arguments& arguments, Time now) {
  const auto date = arguments.text("--expires");
  const auto days = arguments.integer("--days");
  if (date && days) return fail(Code::kInvalidInput, "give --expires or --days, not both");
  if (days) return now + std::chrono::days(*days);
  if (!date) return std::nullopt;
  SEAWALL_TRY(const Time time, time_from(*date));
  return time;
}

}  // namespace seawall::cli
