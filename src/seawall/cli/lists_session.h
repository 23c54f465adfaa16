#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/api/list_json.h"
#include "seawall/base/system_clock.h"
#include "seawall/cli/command.h"
#include "seawall/json/json.h"
#include "seawall/lists/alert_service.h"
#include "seawall/lists/list_service.h"
#include "seawall/store_sql/records.h"

namespace seawall::cli {

inline constexpr OptionSpec kStoreOption{
    .name = "--store",
    .value = "URL",
    .help = "the list store, sqlite:PATH or postgresql://HOST/DB (default: $SEAWALL_STORE)",
    .kind = ValueKind::kText};
inline constexpr OptionSpec kWhyOption{
    .name = "--why", .value = "TEXT", .help = "the reason, kept in the history", .kind = ValueKind::kText};
inline constexpr OptionSpec kAsOption{
    .name = "--as",
    .value = "ACCOUNT",
    .help = "act as this account; only the superuser may (default: your own account)",
    .kind = ValueKind::kText};

/// The store that a command works on, with the service over it. Threads: one.
class ListsSession {
 public:
  /// By --store or $SEAWALL_STORE. Errors: kInvalidInput without either; those of open_store().
  static Result<std::unique_ptr<ListsSession>> open(const Arguments& arguments);

  [[nodiscard]] Store& store() { return *store_; }
  [[nodiscard]] RequestStore& requests() { return *records_.requests; }
  [[nodiscard]] FeedbackStore& feedback() { return *records_.feedback; }
  [[nodiscard]] const Clock& clock() const { return clock_; }
  [[nodiscard]] ListService& service() { return service_; }
  [[nodiscard]] AlertService& alerts() { return alerts_; }

 private:
  ListsSession(std::unique_ptr<Store> store, StoreRecords records)
      : store_(std::move(store)),
        records_(std::move(records)),
        service_(*store_, *records_.requests, clock_),
        alerts_(*store_, *records_.requests, *records_.alerts, clock_) {}

  std::unique_ptr<Store> store_;
  StoreRecords records_;
  SystemClock clock_;
  ListService service_;
  AlertService alerts_;
};

/// --store, else $SEAWALL_STORE. Errors: kInvalidInput without either.
Result<std::string> store_url(const Arguments& arguments);
/// As open_store(); when there is none, the error says how to make one.
Result<std::unique_ptr<Store>> open_named_store(const std::string& url);
/// The operating system's account of whoever types this (through sudo: the one behind it), or --as. Errors:
/// kInvalidInput for --as by anybody but the superuser.
Result<std::string> account_from(const Arguments& arguments);
/// Who types this, by the operating system's account (through sudo: the account behind it), and --why.
/// Errors: kInvalidInput without a reason, or for --as by anybody but the superuser.
Result<Actor> actor_from(const Arguments& arguments);

/// "NAME" of tenant "default", "TENANT/NAME", or "#NUMBER". Errors: kNotFound names those there are.
Result<ListBank> bank_from(StoreView& view, const std::string& text);
/// "TENANT/NAME".
[[nodiscard]] std::string bank_name(const ListBank& bank);
/// The same; "bank NUMBER" of one that is not there.
Result<std::string> bank_name(StoreView& view, BankId id);
/// The source that --source names, or all. Errors: kNotFound.
Result<std::vector<Source>> chosen_sources(const Arguments& arguments, StoreView& view);
/// A release's number. Errors: kInvalidInput.
Result<ReleaseId> release_from(std::string_view text);
/// A request's number. Errors: kInvalidInput.
Result<RequestId> request_from(std::string_view text);
/// "12.345": release and place, or the whole number. Errors: kInvalidInput.
Result<EntryId> entry_from(std::string_view text);

/// "2027-01-31" (its first instant, UTC) or "2027-01-31T12:00:00Z". Errors: kInvalidInput.
Result<Time> time_from(std::string_view text);
/// "2027-01-31T12:00:00Z".
[[nodiscard]] std::string time_text(Time time);

[[nodiscard]] Json bank_json(const ListBank& bank);
[[nodiscard]] Json release_json(const Release& release, const std::optional<ApprovalStand>& stand);
[[nodiscard]] Json entry_json(const Entry& entry);

/// One line for people, or with --json one object: what became of a change that may wait for others.
void print_outcome(Console& console, const ChangeOutcome& outcome, std::string_view what);
void print_release(Console& console, const Release& release, const std::optional<ApprovalStand>& stand,
                   const std::string& bank);
/// Likewise, with how far its approvals have come. `release`: sealed.
Result<void> print_sealed(Console& console, ListService& service, StoreView& view, const Release& release);

}  // namespace seawall::cli
