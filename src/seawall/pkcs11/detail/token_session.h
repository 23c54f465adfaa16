#pragma once

#include <p11-kit/pkcs11.h>

#include <span>
#include <string>
#include <string_view>

#include "seawall/net/secret.h"
#include "seawall/pkcs11/detail/cryptoki.h"

namespace seawall::pkcs11_detail {

/// Somebody logged in to a token, and one AES key on it. Opens itself anew when it was lost, once a call.
/// Threads: one, that of the module. Blocks for as long as the module does.
class TokenSession {
 public:
  TokenSession(std::shared_ptr<Cryptoki> cryptoki, std::string token, std::string key, Secret pin)
      : cryptoki_(std::move(cryptoki)),
        token_(std::move(token)),
        label_(std::move(key)),
        pin_(std::move(pin)) {}
  TokenSession(const TokenSession&) = delete;
  TokenSession& operator=(const TokenSession&) = delete;
  ~TokenSession() { close(); }

  /// Makes the key: AES, 256 bits, in the token, never to leave it. Errors: kConflict (there is one).
  Result<void> make_key();
  /// The key's name as a URI (RFC 7512): the token's serial number, and the key's id. Errors: kInvalidInput
  /// (the key could leave the token, or came from outside), kNotFound, kConflict (several).
  Result<std::string> name();
  /// AES-256-GCM, 96 bits of nonce, 128 of tag. Errors: kUnavailable.
  Result<std::string> seal(std::string_view text, std::string_view context);
  /// Errors: kCorrupt, kUnavailable.
  Result<std::string> open(std::string_view sealed, std::string_view context);

 private:
  struct Crypt {
    bool seals = false;
    std::string_view nonce, text, context;
  };
  Result<void> enter();
  Result<void> log_in(CK_SLOT_ID slot);
  Result<void> find_key();
  Result<void> find_key_again();
  Result<std::vector<CK_OBJECT_HANDLE>> keys_of_label() const;
  Result<void> check_key() const;
  Result<bool> flag(CK_ATTRIBUTE_TYPE type) const;
  [[nodiscard]] bool is_open() const { return session_ != 0 && begun_ == cryptoki_->begun(); }
  void close();
  CK_RV crypt_once(const Crypt& crypt, std::string& out) const;
  Result<CK_RV> crypt(const Crypt& crypt, std::string& out);
  bool works();

  std::shared_ptr<Cryptoki> cryptoki_;
  const std::string token_, label_;
  const Secret pin_;
  bool pin_refused_ = false;
  unsigned begun_ = 0;
  CK_SESSION_HANDLE session_ = 0;
  CK_OBJECT_HANDLE key_ = 0;
  std::string serial_;
};

}  // namespace seawall::pkcs11_detail
