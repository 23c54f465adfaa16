#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "seawall/net/secret.h"
#include "seawall/root_key/root_key.h"

namespace seawall {

/// A PKCS #11 module, loaded from its file at run time, on a thread of its own. A process loads each module
/// once, and gives it to all who use it. Guarantees: a module that hangs holds up nobody for longer than the
/// deadline; while it hangs, what is asked is refused at once. Does not: contain a module that crashes, or
/// reads the memory of the process; it is the vendor's code. Threads: any.
class Pkcs11Module {
 public:
  static constexpr std::chrono::milliseconds kDeadline{10'000};  ///< For each thing that is asked.

  /// `path`: absolute. Errors: kInvalidInput (no module), kNotFound, kUnavailable (it hangs, or does not
  /// begin).
  static Result<std::shared_ptr<Pkcs11Module>> load(const std::string& path,
                                                    std::chrono::milliseconds deadline = kDeadline);
  ~Pkcs11Module();

 private:
  friend class TokenRootKey;
  struct Parts;
  explicit Pkcs11Module(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

/// Where a root key is.
struct TokenPlace {
  std::string token;  ///< The token's label; no other token of the module has it. 1..32 bytes.
  std::string key;    ///< The key's label; no other secret key of the token has it. 1..64 bytes.
};

/// A root key that never leaves its token: AES-256, made there, and used there by CKM_AES_GCM. What it seals
/// has the form of what FileRootKey seals. Guarantees: opens a session anew when the token was away; says
/// kUnavailable while it is. A PIN that was refused is not tried again. Each call waits for the token, to
/// Pkcs11Module's deadline at most. Threads: any, one at a time inside. Source: PKCS #11 v2.40, section 2.8.4
/// of its mechanisms; why: docs/decisions/0019.
class TokenRootKey final : public RootKey {
 public:
  /// Makes the key. Errors: kConflict (there is one), and those of open().
  static Result<std::unique_ptr<TokenRootKey>> make(std::shared_ptr<Pkcs11Module> module,
                                                    const TokenPlace& place, std::string_view pin);
  /// Errors: kNotFound (token, key), kConflict (several), kInvalidInput (the PIN; a key that could leave the
  /// token), kUnavailable.
  static Result<std::unique_ptr<TokenRootKey>> open(std::shared_ptr<Pkcs11Module> module,
                                                    const TokenPlace& place, std::string_view pin);
  ~TokenRootKey() override;

  Result<std::string> seal(std::string_view text, std::string_view context) const override;
  Result<std::string> open(std::string_view sealed, std::string_view context) const override;
  /// "pkcs11:serial=...;id=%..;type=secret-key" (RFC 7512).
  [[nodiscard]] std::string name() const override { return name_; }

 private:
  struct Session;
  TokenRootKey(std::shared_ptr<Pkcs11Module> module, std::shared_ptr<Session> session)
      : module_(std::move(module)), session_(std::move(session)) {}
  static Result<std::unique_ptr<TokenRootKey>> enter(std::shared_ptr<Pkcs11Module> module,
                                                     const TokenPlace& place, std::string_view pin,
                                                     bool makes);

  std::shared_ptr<Pkcs11Module> module_;
  std::shared_ptr<Session> session_;
  std::string name_;
};

}  // namespace seawall
