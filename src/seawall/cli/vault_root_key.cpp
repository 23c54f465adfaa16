#include "seawall/cli/vault_root_key.h"

#include <algorithm>
#include <array>

#include "seawall/cli/secret_file.h"
#include "seawall/cli/vault_commands.h"
#include "seawall/net/credentials.h"
#include "seawall/root_key/file_root_key.h"

namespace seawall::cli {
namespace {

constexpr std::array<std::string_view, 5> kOptions{"root-key", "pkcs11", "token", "key", "pin-file"};
constexpr std::array<std::string_view, 1> kPinNames{"pin"};

std::string given(const Arguments& arguments, std::string_view prefix, std::string_view option) {
  return arguments.text(std::string(prefix).append(option)).value_or("");
}

}  // namespace

bool RootKeyChoice::is_given(const Arguments& arguments, std::string_view prefix) {
  return std::ranges::any_of(kOptions,
                             [&](std::string_view one) { return !given(arguments, prefix, one).empty(); });
}

Result<RootKeyChoice> RootKeyChoice::from(const Arguments& arguments, std::string_view prefix) {
  RootKeyChoice choice;
  choice.file_ = given(arguments, prefix, "root-key");
  choice.module_path_ = given(arguments, prefix, "pkcs11");
  choice.place_ = {given(arguments, prefix, "token"), given(arguments, prefix, "key")};
  choice.pin_file_ = given(arguments, prefix, "pin-file");
  const std::array<bool, 4> token{!choice.module_path_.empty(), !choice.place_.token.empty(),
                                  !choice.place_.key.empty(), !choice.pin_file_.empty()};
  const auto words = std::ranges::count(token, true);
  const bool whole = choice.file_.empty() ? words == 4 : words == 0;
  if (whole) return choice;
  return fail(Code::kInvalidInput, "say where the root key is: " + std::string(prefix) +
                                       "root-key FILE, or in a token by all four of pkcs11, token, key and "
                                       "pin-file");
}

Result<std::unique_ptr<RootKey>> RootKeyChoice::in_token(bool makes) {
  SEAWALL_TRY(const Credentials fields, credentials_from_file(pin_file_, kPinNames));
  SEAWALL_TRY(const auto pin, fields.get("pin"));
  if (!module_) {
    SEAWALL_TRY(module_, Pkcs11Module::load(module_path_));
  }
  SEAWALL_TRY(auto key, makes ? TokenRootKey::make(module_, place_, pin->reveal())
                              : TokenRootKey::open(module_, place_, pin->reveal()));
  return std::unique_ptr<RootKey>(std::move(key));
}

Result<std::unique_ptr<RootKey>> RootKeyChoice::open() {
  if (file_.empty()) return in_token(false);
  SEAWALL_TRY(auto key, FileRootKey::from_file(file_));
  return std::unique_ptr<RootKey>(std::move(key));
}

Result<std::unique_ptr<RootKey>> RootKeyChoice::make() {
  if (file_.empty()) return in_token(true);
  SEAWALL_TRY(const std::string text, FileRootKey::new_file_text());
  SEAWALL_CHECK(write_new_secret_file(file_, text, "name another file, or use the key that is there"));
  return open();
}

Result<void> RootKeyChoice::share_module_with(RootKeyChoice& other) {
  if (module_path_.empty() || module_path_ != other.module_path_) return {};
  SEAWALL_TRY(module_, Pkcs11Module::load(module_path_));
  other.module_ = module_;
  return {};
}

Result<RootKeys> root_keys_from(const Arguments& arguments) {
  constexpr std::string_view kNext = "--next-";
  RootKeys keys;
  SEAWALL_TRY(RootKeyChoice choice, RootKeyChoice::from(arguments));
  if (RootKeyChoice::is_given(arguments, kNext)) {
    SEAWALL_TRY(RootKeyChoice next, RootKeyChoice::from(arguments, kNext));
    SEAWALL_CHECK(choice.share_module_with(next));
    SEAWALL_TRY(keys.next, next.open());
  }
  SEAWALL_TRY(keys.root, choice.open());
  return keys;
}

namespace {

Result<Outcome> run_root_new(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(RootKeyChoice choice, RootKeyChoice::from(arguments));
  SEAWALL_TRY(const auto root, choice.make());
  console.print(root->name() + "\n");
  return Outcome{};
}

constexpr std::array kRootNewOptions{kRootKeyOption,  kPkcs11Option,  kTokenOption,
                                     kTokenKeyOption, kPinFileOption, kJsonOption};
constexpr std::array kRootNewExamples{
    Example{"seawall keys root-new --root-key /etc/seawall-keys/root-2.key", "In a new file."},
    Example{"seawall keys root-new --pkcs11 /usr/lib/softhsm/libsofthsm2.so --token seawall --key root-2 "
            "--pin-file /etc/seawall-keys/pin",
            "In a token, which it never leaves."}};

}  // namespace

const CommandSpec& keys_root_new_command() {
  static constexpr CommandSpec kCommand{.name = "keys root-new",
                                        .summary = "make a root key that can take the place of a vault's",
                                        .description =
                                            "Makes it in a new file or in a token, and prints its name, "
                                            "which tells nothing of the key. Start the "
                                            "key service with it as the next one; then two custodians sign "
                                            "for that name: `seawall keys reroot`.",
                                        .positionals = {},
                                        .options = kRootNewOptions,
                                        .examples = kRootNewExamples,
                                        .run = run_root_new};
  return kCommand;
}

}  // namespace seawall::cli
