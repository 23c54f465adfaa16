#include "seawall/pkcs11/detail/meaning.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>

namespace seawall::pkcs11_detail {
namespace {

constexpr std::array<CK_RV, 10> kLost{
    CKR_DEVICE_REMOVED,           CKR_TOKEN_NOT_PRESENT,  CKR_SLOT_ID_INVALID,    CKR_SESSION_HANDLE_INVALID,
    CKR_SESSION_CLOSED,           CKR_USER_NOT_LOGGED_IN, CKR_KEY_HANDLE_INVALID, CKR_OBJECT_HANDLE_INVALID,
    CKR_CRYPTOKI_NOT_INITIALIZED, CKR_DEVICE_ERROR};
constexpr std::array<CK_RV, 5> kPin{CKR_PIN_INCORRECT, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE, CKR_PIN_EXPIRED,
                                    CKR_PIN_LOCKED};
constexpr std::array<CK_RV, 3> kChanged{CKR_ENCRYPTED_DATA_INVALID, CKR_ENCRYPTED_DATA_LEN_RANGE,
                                        0x00000042UL};  // CKR_AEAD_DECRYPT_FAILED of v3.0.

bool has(std::span<const CK_RV> all, CK_RV one) { return std::ranges::find(all, one) != all.end(); }

std::string number_of(CK_RV answer) {
  std::array<char, 20> text{};
  std::snprintf(text.data(), text.size(), "0x%08lX", answer);
  return text.data();
}

}  // namespace

bool is_lost(CK_RV answer) { return has(kLost, answer); }
bool is_pin_refused(CK_RV answer) { return has(kPin, answer); }

Error error_of(CK_RV answer, std::string_view doing) {
  if (has(kChanged, answer)) return {Code::kCorrupt, "what was sealed does not open"};
  if (answer == CKR_PIN_LOCKED)
    return {Code::kInvalidInput, "the token's PIN is locked: its officer unlocks it"};
  if (is_pin_refused(answer)) return {Code::kInvalidInput, "the token refuses the PIN"};
  std::string text = is_lost(answer) ? "the token is gone" : "the token fails";
  text.append(" when it ").append(doing).append(" (PKCS #11 says ").append(number_of(answer)).append(")");
  return {Code::kUnavailable, std::move(text)};
}

}  // namespace seawall::pkcs11_detail
