#include <array>

#include "seawall/access/key_gate.h"
#include "seawall/access/key_service.h"
#include "seawall/cli/access_commands.h"
#include "seawall/cli/access_session.h"
#include "seawall/cli/key_words.h"
#include "seawall/cli/lists_session.h"

namespace seawall::cli {
namespace {

constexpr std::chrono::days kLifeUnlessSaid{365};

// A misspelt bank would be a silent gap: the key would match nothing.
Result<void> check_banks_are_there(const Arguments& arguments, const NewKey& wanted) {
  if (wanted.banks.empty()) return {};
  SEAWALL_TRY(const std::string url, store_url(arguments));
  SEAWALL_TRY(const auto store, open_named_store(url));
  SEAWALL_TRY(const auto view, store->view());
  for (const std::string& name : wanted.banks) {
    SEAWALL_TRY(const auto bank, view->bank_named(wanted.tenant, name));
    if (bank) continue;
    return fail(Code::kNotFound,
                "tenant " + wanted.tenant + " has no bank " + name + "; see: seawall lists banks");
  }
  return {};
}

Result<NewKey> new_key_from(const Arguments& arguments, Time now) {
  NewKey wanted;
  wanted.name = arguments.positionals()[0];
  SEAWALL_TRY(wanted.tenant, tenant_from(arguments));
  for (const std::string& text : arguments.all("--scope")) {
    SEAWALL_TRY(const Scope scope, scope_from(text));
    wanted.scopes.add(scope);
  }
  if (wanted.scopes.empty()) {
    return fail(Code::kInvalidInput, "say what the key may do, with --scope once for each of: " +
                                         scope_words(ScopeSet::from_bits(~std::uint32_t{0})));
  }
  SEAWALL_TRY(const auto expires, expiry_from(arguments, now));
  wanted.expires = expires.value_or(now + kLifeUnlessSaid);
  wanted.banks = arguments.all("--bank");
  wanted.networks = arguments.all("--network");
  if (const auto text = arguments.text("--rate")) {
    SEAWALL_TRY(wanted.rate, rate_from(*text));
  }
  if (const auto text = arguments.text("--certificate-sha256")) {
    SEAWALL_TRY(wanted.certificate, fingerprint_from(*text));
  }
  return wanted;
}

Result<Outcome> run_create(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const Actor by, actor_from(arguments));
  SEAWALL_TRY(const MasterKey master, master_key_from(arguments));
  SEAWALL_TRY(const auto session, AccessSession::open(arguments));
  const Time now = session->clock().now();
  SEAWALL_TRY(const NewKey wanted, new_key_from(arguments, now));
  SEAWALL_CHECK(check_banks_are_there(arguments, wanted));
  SEAWALL_TRY(const auto gate, KeyGate::make(session->store(), session->clock()));
  KeyService service(session->store(), *gate, session->clock(), master);
  SEAWALL_TRY(const KeyWithSecrets made, service.create(wanted, by));
  print_secrets(console, made, now, "made");
  return Outcome{};
}

Result<Outcome> run_rotate(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const Actor by, actor_from(arguments));
  SEAWALL_TRY(const MasterKey master, master_key_from(arguments));
  SEAWALL_TRY(const auto session, AccessSession::open(arguments));
  SEAWALL_TRY(const std::string tenant, tenant_from(arguments));
  SEAWALL_TRY(const auto expires, expiry_from(arguments, session->clock().now()));
  SEAWALL_TRY(const AccessKey key, key_named(session->store(), tenant, arguments.positionals()[0]));
  SEAWALL_TRY(const auto gate, KeyGate::make(session->store(), session->clock()));
  KeyService service(session->store(), *gate, session->clock(), master);
  const std::chrono::seconds overlap(*arguments.integer("--overlap"));
  SEAWALL_TRY(const KeyWithSecrets made, service.rotate(key.tenant, key.id, overlap, expires, by));
  print_secrets(console, made, session->clock().now(), "rotated");
  return Outcome{};
}

constexpr OptionSpec kExpiresOption{.name = "--expires",
                                    .value = "DATE",
                                    .help = "the first day on which it opens nothing, such as 2027-01-31",
                                    .kind = ValueKind::kText};
constexpr OptionSpec kDaysOption{.name = "--days",
                                 .value = "N",
                                 .help = "expires so many days from now",
                                 .kind = ValueKind::kInteger,
                                 .minimum = 1,
                                 .maximum = 400};

constexpr std::array kNewName{
    PositionalSpec{.name = "NAME",
                   .help = "the account of what the program does; no person and no other key "
                           "of the tenant has it"}};
constexpr std::array kCreateOptions{
    kStoreOption,
    kAccessKeyOption,
    kWhyOption,
    kAsOption,
    kTenantOption,
    OptionSpec{.name = "--scope",
               .value = "WHAT",
               .help = "what the key may do",
               .kind = ValueKind::kChoice,
               .choices =
                   "match feedback entries:read banks:read lists:write observations:read status metrics "
                   "streams:read streams:write",
               .repeatable = true},
    OptionSpec{.name = "--bank",
               .value = "NAME",
               .help = "only this bank (default: all of the tenant)",
               .kind = ValueKind::kText,
               .repeatable = true},
    OptionSpec{
        .name = "--network",
        .value = "CIDR",
        .help = "only from this network, such as 192.0.2.0/24 or 2001:db8::/32 (default: from anywhere)",
        .kind = ValueKind::kText,
        .repeatable = true},
    kExpiresOption,
    kDaysOption,
    OptionSpec{.name = "--rate",
               .value = "ITEMS/SECONDS",
               .help = "at most so many items in so many seconds, such as 1000/60",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--certificate-sha256",
               .value = "HEX",
               .help = "only with the client certificate of this SHA-256",
               .kind = ValueKind::kText},
    kJsonOption};
constexpr std::array kCreateExamples{
    Example{"KEY=$(seawall keys create forum-upload --scope match --access-key access.key --why 'the forum "
            "goes live')",
            "A key for a program that matches; it is good for a year."},
    Example{"seawall keys create prometheus --scope metrics --network 10.0.0.0/8 --days 90 --access-key "
            "access.key --why 'monitoring' > prometheus.key",
            "Only for metrics, only from inside, for 90 days."}};

constexpr std::array kKey{PositionalSpec{.name = "KEY", .help = "its id, or its name in the tenant"}};
constexpr std::array kRotateOptions{kStoreOption,
                                    kAccessKeyOption,
                                    kWhyOption,
                                    kAsOption,
                                    kTenantOption,
                                    OptionSpec{.name = "--overlap",
                                               .value = "SECONDS",
                                               .help = "how long the secret before works on",
                                               .kind = ValueKind::kInteger,
                                               .minimum = 0,
                                               .maximum = KeyService::kOverlapMax.count(),
                                               .default_value = "86400"},
                                    kExpiresOption,
                                    kDaysOption,
                                    kJsonOption};
constexpr std::array kRotateExamples{
    Example{"KEY=$(seawall keys rotate forum-upload --access-key access.key --why 'yearly' --days 365)",
            "A new secret and a new end; the old secret works for another day."},
    Example{"seawall keys rotate forum-upload --overlap 0 --access-key access.key --why 'it stood in a log'",
            "The old secret ends at once."}};

}  // namespace

const CommandSpec& keys_create_command() {
  static constexpr CommandSpec kCommand{
      .name = "keys create",
      .summary = "make a key for a program",
      .description =
          "Standard output holds the key and nothing else, so that KEY=$(seawall keys create ...) works; "
          "with "
          "--json it is one object with the key's id, `secret` and `webhook_secret`. Both are shown this "
          "once; the store keeps only a digest. Without --expires or --days the key ends after a year, and "
          "after 400 days at the latest.\n\nA key never approves anything and never makes keys, whatever its "
          "scopes. Whoever may write the store and read the access key may run this; your account on this "
          "machine and --why stay in the record.",
      .positionals = kNewName,
      .options = kCreateOptions,
      .examples = kCreateExamples,
      .run = run_create};
  return kCommand;
}

const CommandSpec& keys_rotate_command() {
  static constexpr CommandSpec kCommand{
      .name = "keys rotate",
      .summary = "give a key a new secret",
      .description =
          "Prints the new secret as `keys create` does. The one before works on for --overlap, so that a "
          "program changes over without a pause; rotating again ends the oldest at once. A key that has "
          "expired needs a new end, with --expires or --days.",
      .positionals = kKey,
      .options = kRotateOptions,
      .examples = kRotateExamples,
      .run = run_rotate};
  return kCommand;
}

}  // namespace seawall::cli
