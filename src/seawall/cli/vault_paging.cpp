#include "seawall/cli/vault_paging.h"

#include <array>

#include "seawall/jobs/webhook_fetcher.h"
#include "seawall/net/credentials.h"

namespace seawall::cli {

Result<VaultPaging> VaultPaging::from(const Arguments& arguments) {
  const auto url = arguments.text("--page");
  const auto secret_file = arguments.text("--page-secret");
  if (url.has_value() != secret_file.has_value())
    return fail(Code::kInvalidInput, "--page URL and --page-secret FILE come together");
  VaultPaging paging;
  if (!url) return paging;
  constexpr std::array<std::string_view, 1> kNames{"secret"};
  SEAWALL_TRY(const Credentials fields, credentials_from_file(*secret_file, kNames));
  SEAWALL_TRY(const auto secret, fields.get("secret"));
  paging.options_.url = *url;
  paging.options_.secret = Secret(secret->reveal());
  SEAWALL_TRY(paging.fetcher_, open_webhook_fetcher({.private_networks = arguments.all("--allow-network"),
                                                     .refused_networks = {},
                                                     .ca_file = arguments.text("--ca-file").value_or("")}));
  return paging;
}

Result<void> VaultPaging::begin(KeyVault& vault, const Clock& clock) {
  if (!is_wanted()) return {};
  SEAWALL_TRY(sender_, PageSender::open(std::move(options_), vault, *fetcher_, clock));
  return {};
}

}  // namespace seawall::cli
