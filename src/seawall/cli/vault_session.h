#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "seawall/cli/order_session.h"
#include "seawall/key_vault/key_ask.h"
#include "seawall/net_curl/curl_fetcher.h"

namespace seawall::cli {

inline constexpr OptionSpec kVaultOption{.name = "--vault",
                                         .value = "unix:PATH",
                                         .help = "the key service's socket (default: $SEAWALL_VAULT)",
                                         .kind = ValueKind::kText};

/// A key service, asked over its Unix socket. Threads: one.
class VaultSession {
 public:
  /// By --vault or $SEAWALL_VAULT. Errors: kInvalidInput without either.
  static Result<VaultSession> open(const Arguments& arguments);

  /// Asks and reads a JSON object. An answer of 403 is one, too. Blocks for 60 s at most. Errors: the
  /// service's own, kUnavailable.
  Result<Json> get(std::string_view path);
  Result<Json> post(std::string_view path, std::string body);
  /// A page of a backup, as it is, of 64 MiB at most.
  Result<std::string> backup_page(const SignedStatement& statement);
  /// Hands in a statement that everybody has signed.
  Result<Json> hand_in(const SignedStatement& statement);

 private:
  explicit VaultSession(std::unique_ptr<CurlFetcher> fetcher) : fetcher_(std::move(fetcher)) {}
  Result<Json> ask(FetchRequest request);
  std::unique_ptr<CurlFetcher> fetcher_;
};

/// The statement in a file. Errors: kNotFound, kInvalidInput.
Result<SignedStatement> statement_file(const std::string& path);
/// Up to `bytes_max` bytes of a file. Errors: kNotFound, kLimitExceeded.
Result<std::string> whole_file(const std::string& path, std::uint64_t bytes_max);

/// Signs with the person's key; then writes --out for whoever goes on with it, or hands in what is complete.
/// Prints what became of it.
Result<Outcome> sign_for_vault(SignedStatement statement, const SealedPersonKey& key,
                               const Arguments& arguments, Console& console);
Result<Outcome> sign_for_vault(SignedStatement statement, const PersonKey& key, const Arguments& arguments,
                               Console& console);
/// Drafts what custodians do, for --grounds, --key and --with, and goes on as sign_for_vault().
Result<Outcome> draft_for_vault(KeyOffice office, const Arguments& arguments, Console& console);
inline constexpr OptionSpec kWithCustodianOption{.name = "--with",
                                                 .value = "NAME",
                                                 .help = "the custodian who signs after you (required)",
                                                 .kind = ValueKind::kText};
inline constexpr OptionSpec kNextOutOption{.name = "--out",
                                           .value = "FILE",
                                           .help = "a new file for the statement, for whoever signs next",
                                           .kind = ValueKind::kPath};
/// What a service answered, on standard output: the object, in a line.
void print_answer(const Json& answer, Console& console);

}  // namespace seawall::cli
