#pragma once

#include <memory>

#include "seawall/cli/command.h"
#include "seawall/key_service/page_sender.h"

namespace seawall::cli {

inline constexpr OptionSpec kPageOption{.name = "--page",
                                        .value = "URL",
                                        .help = "call this https address, signed, at each alarm and freeze",
                                        .kind = ValueKind::kText};
inline constexpr OptionSpec kPageSecretOption{
    .name = "--page-secret",
    .value = "FILE",
    .help = "with --page: a file with the line \"secret = whsec_...\", its owner's alone",
    .kind = ValueKind::kPath};
inline constexpr OptionSpec kPageNetworkOption{
    .name = "--allow-network",
    .value = "CIDR",
    .help = "with --page: a network of your own that holds the receiver, such as 10.20.0.0/16",
    .kind = ValueKind::kText,
    .repeatable = true};
inline constexpr OptionSpec kPageCaOption{
    .name = "--ca-file",
    .value = "FILE",
    .help = "with --page: authorities (PEM) trusted besides the system's",
    .kind = ValueKind::kFile};

/// Whom a key service calls, by --page and what goes with it. Threads: one.
class VaultPaging {
 public:
  /// Reads the options; sends nothing yet. Errors: kInvalidInput, kNotFound.
  static Result<VaultPaging> from(const Arguments& arguments);
  [[nodiscard]] bool is_wanted() const { return fetcher_ != nullptr; }
  /// Begins to send what waits in the vault, where it is wanted. Errors: kInvalidInput. Lifetime: both
  /// outlive it.
  Result<void> begin(KeyVault& vault, const Clock& clock);

 private:
  PageSender::Options options_;
  std::unique_ptr<Fetcher> fetcher_;
  std::unique_ptr<PageSender> sender_;
};

}  // namespace seawall::cli
