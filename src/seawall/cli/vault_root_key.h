#pragma once

#include <memory>
#include <string>

#include "seawall/cli/command.h"
#include "seawall/pkcs11/token_root_key.h"
#include "seawall/root_key/root_key.h"

namespace seawall::cli {

inline constexpr OptionSpec kRootKeyOption{.name = "--root-key",
                                           .value = "FILE",
                                           .help = "the root key, its owner's alone",
                                           .kind = ValueKind::kPath};
inline constexpr OptionSpec kPkcs11Option{
    .name = "--pkcs11",
    .value = "MODULE",
    .help = "instead: the root key is in a token, which this library speaks to",
    .kind = ValueKind::kPath};
inline constexpr OptionSpec kTokenOption{.name = "--token",
                                         .value = "LABEL",
                                         .help = "with --pkcs11: the token's label",
                                         .kind = ValueKind::kText};
inline constexpr OptionSpec kTokenKeyOption{.name = "--key",
                                            .value = "LABEL",
                                            .help = "with --pkcs11: the key's label there",
                                            .kind = ValueKind::kText};
inline constexpr OptionSpec kPinFileOption{
    .name = "--pin-file",
    .value = "FILE",
    .help = "with --pkcs11: a file with the line \"pin = ...\", its owner's alone",
    .kind = ValueKind::kPath};

inline constexpr OptionSpec kNextRootKeyOption{
    .name = "--next-root-key",
    .value = "FILE",
    .help = "the root key that two custodians can put in the place of the other (seawall keys reroot)",
    .kind = ValueKind::kPath};
inline constexpr OptionSpec kNextPkcs11Option{.name = "--next-pkcs11",
                                              .value = "MODULE",
                                              .help = "instead: that one is in a token",
                                              .kind = ValueKind::kPath};
inline constexpr OptionSpec kNextTokenOption{
    .name = "--next-token", .value = "LABEL", .help = "with --next-pkcs11", .kind = ValueKind::kText};
inline constexpr OptionSpec kNextTokenKeyOption{
    .name = "--next-key", .value = "LABEL", .help = "with --next-pkcs11", .kind = ValueKind::kText};
inline constexpr OptionSpec kNextPinFileOption{
    .name = "--next-pin-file", .value = "FILE", .help = "with --next-pkcs11", .kind = ValueKind::kPath};

/// The root key that a command line names: by --root-key, or by --pkcs11, --token, --key and --pin-file.
class RootKeyChoice {
 public:
  /// `prefix`: of the options, "--" or "--next-". Errors: kInvalidInput (neither way, both, or one that is
  /// not whole).
  static Result<RootKeyChoice> from(const Arguments& arguments, std::string_view prefix = "--");
  /// Whether any of the options was given.
  static bool is_given(const Arguments& arguments, std::string_view prefix);

  /// The key that is there. Errors: those of FileRootKey and TokenRootKey.
  Result<std::unique_ptr<RootKey>> open();
  /// A new one, in a new file or in the token. Errors: kConflict (there is one).
  Result<std::unique_ptr<RootKey>> make();
  /// Two keys of one module go through it together. Call it before either is opened.
  Result<void> share_module_with(RootKeyChoice& other);

 private:
  Result<std::unique_ptr<RootKey>> in_token(bool makes);
  std::string file_;
  std::string module_path_;
  TokenPlace place_;
  std::string pin_file_;
  std::shared_ptr<Pkcs11Module> module_;
};

/// The vault's root key, and where one was named the next. Errors: those of RootKeyChoice.
struct RootKeys {
  std::unique_ptr<RootKey> root;
  std::unique_ptr<RootKey> next;  ///< May be null.
};
Result<RootKeys> root_keys_from(const Arguments& arguments);

}  // namespace seawall::cli
