#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "seawall/base/system_clock.h"
#include "seawall/cli/ask.h"
#include "seawall/cli/command.h"
#include "seawall/json/json.h"
#include "seawall/orders/order_book.h"

namespace seawall::cli {

inline constexpr OptionSpec kBookOption{.name = "--book",
                                        .value = "DIR",
                                        .help = "the order book's folder (default: $SEAWALL_ORDER_BOOK)",
                                        .kind = ValueKind::kPath};
inline constexpr OptionSpec kPersonKeyOption{
    .name = "--key",
    .value = "FILE",
    .help = "your key, as `seawall person new` makes it (default: $SEAWALL_PERSON_KEY)",
    .kind = ValueKind::kFile};
inline constexpr OptionSpec kStatementOutOption{
    .name = "--out",
    .value = "FILE",
    .help = "write the signed statement into this new file instead of handing it to the book",
    .kind = ValueKind::kPath};
inline constexpr OptionSpec kGroundsOption{
    .name = "--grounds",
    .value = "TEXT",
    .help = "why, in a sentence of your own; @FILE reads it from a file",
    .kind = ValueKind::kText};
inline constexpr OptionSpec kSignRoleOption{.name = "--role",
                                            .value = "ROLE",
                                            .help = "sign as this (default: the one role of yours that may)",
                                            .kind = ValueKind::kChoice,
                                            .choices = "approver reviewer custodian officer"};

/// Who works with which book. Threads: one.
class OrderSession {
 public:
  /// By --book or $SEAWALL_ORDER_BOOK; the folder is made where it is not there. Errors: kInvalidInput
  /// without either.
  static Result<std::unique_ptr<OrderSession>> open(const Arguments& arguments);

  [[nodiscard]] OrderBook& book() { return *book_; }
  /// Whole seconds: what a statement is dated with. States are asked for at OrderBook::now().
  [[nodiscard]] Time now() const { return std::chrono::floor<std::chrono::seconds>(clock_.now()); }
  /// The order named by the first positional. Errors: kNotFound, kInvalidInput.
  Result<OrderRecord> order(const Arguments& arguments);
  /// The one role of `allowed` that the person has now, or --role. Errors: kInvalidInput (none, or several).
  Result<PersonRole> role_of(std::string_view person, const std::vector<PersonRole>& allowed,
                             const Arguments& arguments);

 private:
  OrderSession() = default;
  SystemClock clock_;
  std::unique_ptr<OrderBook> book_;
};

/// The key in --key or $SEAWALL_PERSON_KEY, still shut: whose it is. Errors: kInvalidInput, kNotFound.
Result<SealedPersonKey> person_key_file(const Arguments& arguments);
/// Opens it with the passphrase of --password-file, or asks for it. Errors: kInvalidInput (another
/// passphrase).
Result<PersonKey> opened_key(const SealedPersonKey& sealed, const Arguments& arguments, Console& console);
/// Signs and hands in, or writes --out; prints what became of it. Errors: those of OrderBook::submit().
Result<Outcome> sign_and_submit(OrderSession& session, SignedStatement statement, const SealedPersonKey& key,
                                const Arguments& arguments, Console& console);
/// The same for a statement that others drafted: shows it first.
Result<Outcome> cosign(const Arguments& arguments, Console& console);

/// TEXT, or what the file of @FILE holds. `option` must be given. Errors: kInvalidInput, kNotFound.
Result<std::string> words_from(const Arguments& arguments, std::string_view option);
/// "2026-11-22T23:00:00Z" and other forms of RFC 3339, whole seconds. Errors: kInvalidInput with the option's
/// name.
Result<std::optional<Time>> time_option(const Arguments& arguments, std::string_view option);
/// An option that must be given. Errors: kInvalidInput.
Result<std::string> needed(const Arguments& arguments, std::string_view option, std::string_view what);

[[nodiscard]] Json order_json(const OrderRecord& record, Time now);
[[nodiscard]] Json statement_json(const SignedStatement& statement);
/// What a person reads of a statement before signing it.
[[nodiscard]] std::string statement_words(const SignedStatement& statement);

}  // namespace seawall::cli
