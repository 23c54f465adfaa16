#include <array>

#include "seawall/access/key_gate.h"
#include "seawall/access/key_service.h"
#include "seawall/base/hex.h"
#include "seawall/cli/access_commands.h"
#include "seawall/cli/access_session.h"
#include "seawall/cli/key_words.h"
#include "seawall/cli/lists_session.h"

namespace seawall::cli {
namespace {

std::string authorship_words(const Authorship& by) {
  return time_text(by.when) + " by " + by.who + ": " + by.why;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

void print_row(Console& console, const AccessKey& key, Time now) {
  std::string line = key.id + "  " + key.name + "  " + std::string(name_of(state_of(key, now))) + "  " +
                     scope_words(key.scopes) + "  until " + time_text(key.expires);
  line += key.last_used ? "  used " + time_text(*key.last_used) : "  never used";
  console.print(shown_text(line) + "\n");
}

Result<Outcome> run_list(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, AccessSession::open(arguments));
  SEAWALL_TRY(const std::string tenant, tenant_from(arguments));
  SEAWALL_TRY(const auto keys, session->store().keys(tenant, AccessStore::kKeysMax));
  const Time now = session->clock().now();
  std::size_t shown = 0;
  for (const AccessKey& key : keys) {
    if (key.revoked && !arguments.flag("--all")) continue;
    ++shown;
    if (console.json()) {
      console.print(to_line(key_json(key, now)) + "\n");
    } else {
      print_row(console, key, now);
    }
  }
  if (shown == 0 && !console.json()) {
    console.note("tenant " + tenant + " has no keys" + (keys.empty() ? "" : " that are not revoked (--all)") +
                 "; make one with: seawall keys create");
  }
  return Outcome{};
}

void print_detail(Console& console, const std::string& name, const std::string& text) {
  if (!text.empty()) console.print(shown_text("  " + name + ": " + text) + "\n");
}

void print_key(Console& console, const AccessKey& key, Time now) {
  console.print(shown_text(key.id + "  " + key.name + "  tenant " + key.tenant + "  " +
                           std::string(name_of(state_of(key, now)))) +
                "\n");
  print_detail(console, "scopes", scope_words(key.scopes));
  print_detail(console, "banks", key.banks.empty() ? "all of the tenant" : joined(key.banks));
  print_detail(console, "networks", key.networks.empty() ? "from anywhere" : joined(key.networks));
  print_detail(console, "certificate", key.certificate ? to_hex(*key.certificate) : "");
  print_detail(console, "rate",
               key.rate
                   ? std::to_string(key.rate->items) + " items in " + std::to_string(key.rate->per_s) + " s"
                   : "no limit of its own");
  print_detail(console, "until", time_text(key.expires));
  print_detail(console, "last used", key.last_used ? time_text(*key.last_used) : "never");
  print_detail(console, "made", authorship_words(key.created));
  for (const KeySecret& secret : key.secrets) {
    const std::string end = secret.until ? "; works until " + time_text(*secret.until) : "";
    print_detail(console, "secret " + std::to_string(secret.serial), authorship_words(secret.made) + end);
  }
  print_detail(console, "revoked", key.revoked ? authorship_words(*key.revoked) : "");
}

Json detailed_json(const AccessKey& key, Time now) {
  Json json = key_json(key, now);
  json["secrets"] = Json::array();
  for (const KeySecret& secret : key.secrets) {
    Json one;
    one["serial"] = secret.serial;
    one["made"] = authorship_json(secret.made);
    if (secret.until) one["until"] = time_text(*secret.until);
    json["secrets"].push_back(std::move(one));
  }
  return json;
}

// Those in force, newest first: one a line, alone on standard output.
Result<void> print_webhook_secrets(const Arguments& arguments, Console& console, AccessSession& session,
                                   const AccessKey& key) {
  SEAWALL_TRY(const MasterKey master, master_key_from(arguments));
  SEAWALL_TRY(const auto gate, KeyGate::make(session.store(), session.clock()));
  const KeyService service(session.store(), *gate, session.clock(), master);
  const std::vector<Secret> secrets = service.webhook_secrets(key);
  if (console.json()) {
    Json json = detailed_json(key, session.clock().now());
    json["webhook_secrets"] = Json::array();
    for (const Secret& secret : secrets) json["webhook_secrets"].push_back(secret.reveal());
    console.print(to_line(json) + "\n");
    return {};
  }
  for (const Secret& secret : secrets) console.print(std::string(secret.reveal()) + "\n");
  if (secrets.empty()) console.note("the key is over, and so are its webhook secrets");
  return {};
}

Result<Outcome> run_show(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, AccessSession::open(arguments));
  SEAWALL_TRY(const std::string tenant, tenant_from(arguments));
  SEAWALL_TRY(const AccessKey key, key_named(session->store(), tenant, arguments.positionals()[0]));
  if (arguments.flag("--webhook-secrets")) {
    SEAWALL_CHECK(print_webhook_secrets(arguments, console, *session, key));
    return Outcome{};
  }
  const Time now = session->clock().now();
  if (console.json()) {
    console.print(to_line(detailed_json(key, now)) + "\n");
  } else {
    print_key(console, key, now);
  }
  return Outcome{};
}

Result<Outcome> run_revoke(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const Actor by, actor_from(arguments));
  SEAWALL_TRY(const auto session, AccessSession::open(arguments));
  SEAWALL_TRY(const std::string tenant, tenant_from(arguments));
  SEAWALL_TRY(const AccessKey key, key_named(session->store(), tenant, arguments.positionals()[0]));
  const Time now = session->clock().now();
  SEAWALL_TRY(const KeyAt at, session->store().revoke_key(key.tenant, key.id, {by.who, by.why, now}));
  if (!at.key) return fail(Code::kCorrupt, "a key that was revoked is not there");
  if (console.json()) {
    console.print(to_line(key_json(*at.key, now)) + "\n");
  } else {
    console.note(
        "revoked key " + key.id + " (" + key.name + " of tenant " + key.tenant +
        ") for good; a service that reaches this store lets it in for 2 s at most, one that does not "
        "for 60 s");
  }
  return Outcome{};
}

constexpr std::array kKey{PositionalSpec{.name = "KEY", .help = "its id, or its name in the tenant"}};
constexpr std::array kListOptions{kStoreOption, kTenantOption,
                                  OptionSpec{.name = "--all", .help = "revoked keys too"}, kJsonOption};
constexpr std::array kShowOptions{
    kStoreOption, kTenantOption,
    OptionSpec{.name = "--webhook-secrets",
               .help = "print the secrets in force that its webhooks are signed with, newest first"},
    kAccessKeyOption, kJsonOption};
constexpr std::array kRevokeOptions{kStoreOption, kWhyOption, kAsOption, kTenantOption, kJsonOption};
constexpr std::array kListExamples{Example{"seawall keys list", "Every key that is not revoked, by name."}};
constexpr std::array kShowExamples{
    Example{"seawall keys show forum-upload", "What it may do, from where, and who made it."},
    Example{"seawall keys show forum-upload --webhook-secrets --access-key access.key",
            "What its receiver of webhooks checks signatures with."}};
constexpr std::array kRevokeExamples{
    Example{"seawall keys revoke forum-upload --why 'it stood in a log'", "It opens nothing any more."}};

}  // namespace

const CommandSpec& keys_list_command() {
  static constexpr CommandSpec kCommand{
      .name = "keys list",
      .summary = "show the keys of a tenant",
      .description =
          "One line a key: its id, its name, `active`, `rotating`, `expired` or `revoked`, what it may do, "
          "and "
          "when it was last used, to about a minute. Needs no access key; no secret can be shown.",
      .positionals = {},
      .options = kListOptions,
      .examples = kListExamples,
      .run = run_list};
  return kCommand;
}

const CommandSpec& keys_show_command() {
  static constexpr CommandSpec kCommand{
      .name = "keys show",
      .summary = "show one key",
      .description =
          "All that is kept of it, with who made, rotated and revoked it, when and why. The secret is not "
          "kept; what webhooks are signed with is made of the access key, and is printed when you ask for "
          "it.",
      .positionals = kKey,
      .options = kShowOptions,
      .examples = kShowExamples,
      .run = run_show};
  return kCommand;
}

const CommandSpec& keys_revoke_command() {
  static constexpr CommandSpec kCommand{
      .name = "keys revoke",
      .summary = "end a key for good",
      .description =
          "There is no way back: make another key, under another name. A service that reaches the store lets "
          "the key in for 2 seconds more at most. Needs no access key.",
      .positionals = kKey,
      .options = kRevokeOptions,
      .examples = kRevokeExamples,
      .run = run_revoke};
  return kCommand;
}

}  // namespace seawall::cli
