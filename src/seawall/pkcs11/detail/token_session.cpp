#include "seawall/pkcs11/detail/token_session.h"

#include <array>

#include "seawall/base/hex.h"
#include "seawall/crypto/random_bytes.h"
#include "seawall/pkcs11/detail/meaning.h"
#include "seawall/root_key/root_key.h"

namespace seawall::pkcs11_detail {
namespace {

constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr CK_ULONG kKeyBytes = 32;
constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kIdBytesMax = 64;
constexpr std::size_t kKeysMax = 16;

template <class T>
CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, T& value) {
  return {type, &value, sizeof(value)};
}
CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, std::string& value) {
  return {type, value.data(), value.size()};
}

unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<unsigned char*>(const_cast<char*>(text.data()));  // PKCS #11 knows no const.
}

/// RFC 7512, section 2.3: what is neither letter nor digit nor one of "-._~" is told by its number.
std::string escaped(std::string_view text) {
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string out;
  for (const char one : text) {
    if (kPlain.find(one) != std::string_view::npos)
      out.push_back(one);
    else
      out.append("%").append(to_hex(std::as_bytes(std::span(&one, 1))));
  }
  return out;
}

Result<std::string> random_text(std::size_t size) {
  std::string text(size, '\0');
  SEAWALL_CHECK(fill_with_random_bytes(std::as_writable_bytes(std::span(text))));
  return text;
}

}  // namespace

void TokenSession::close() {
  if (is_open()) cryptoki_->functions().C_CloseSession(session_);
  session_ = 0;
  key_ = 0;
}

Result<void> TokenSession::log_in(CK_SLOT_ID slot) {
  const auto& call = cryptoki_->functions();
  CK_RV answer = call.C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session_);
  if (answer != CKR_OK) {
    session_ = 0;
    return tl::unexpected(error_of(answer, "opens a session"));
  }
  begun_ = cryptoki_->begun();
  answer = call.C_Login(session_, CKU_USER, bytes_of(pin_.reveal()), pin_.reveal().size());
  if (answer == CKR_OK || answer == CKR_USER_ALREADY_LOGGED_IN) return {};
  pin_refused_ = is_pin_refused(answer);
  close();
  return tl::unexpected(error_of(answer, "takes the PIN"));
}

Result<void> TokenSession::enter() {
  if (is_open()) return {};
  close();
  if (pin_refused_)
    return fail(Code::kUnavailable,
                "the token refused the PIN before, and is not asked again, lest it lock itself");
  auto token = cryptoki_->token_named(token_);
  if (!token) {
    SEAWALL_CHECK(cryptoki_->begin_again());
    SEAWALL_TRY(token, cryptoki_->token_named(token_));
  }
  serial_ = token->serial;
  return log_in(token->slot);
}

Result<std::vector<CK_OBJECT_HANDLE>> TokenSession::keys_of_label() const {
  const auto& call = cryptoki_->functions();
  CK_OBJECT_CLASS secret = CKO_SECRET_KEY;
  std::string label = label_;
  std::array<CK_ATTRIBUTE, 2> wanted{attribute(CKA_CLASS, secret), attribute(CKA_LABEL, label)};
  if (const CK_RV begun = call.C_FindObjectsInit(session_, wanted.data(), wanted.size()); begun != CKR_OK)
    return tl::unexpected(error_of(begun, "looks for the key"));
  std::vector<CK_OBJECT_HANDLE> found(kKeysMax);
  CK_ULONG count = 0;
  const CK_RV got = call.C_FindObjects(session_, found.data(), found.size(), &count);
  call.C_FindObjectsFinal(session_);
  if (got != CKR_OK) return tl::unexpected(error_of(got, "looks for the key"));
  found.resize(count);
  return found;
}

Result<void> TokenSession::find_key() {
  SEAWALL_CHECK(enter());
  if (key_ != 0) return {};
  SEAWALL_TRY(const auto found, keys_of_label());
  if (found.empty()) return fail(Code::kNotFound, "the token has no key of that label");
  if (found.size() > 1) return fail(Code::kConflict, "several keys of the token have that label");
  key_ = found.front();
  const auto sound = check_key();
  if (!sound) key_ = 0;
  return sound;
}

Result<bool> TokenSession::flag(CK_ATTRIBUTE_TYPE type) const {
  CK_BBOOL value = CK_FALSE;
  CK_ATTRIBUTE wanted = attribute(type, value);
  const CK_RV got = cryptoki_->functions().C_GetAttributeValue(session_, key_, &wanted, 1);
  if (got != CKR_OK) return tl::unexpected(error_of(got, "tells of the key"));
  return value == CK_TRUE;
}

Result<void> TokenSession::check_key() const {
  CK_KEY_TYPE type = 0;
  CK_ULONG size = 0;
  std::array<CK_ATTRIBUTE, 2> wanted{attribute(CKA_KEY_TYPE, type), attribute(CKA_VALUE_LEN, size)};
  const CK_RV got = cryptoki_->functions().C_GetAttributeValue(session_, key_, wanted.data(), wanted.size());
  if (got != CKR_OK) return tl::unexpected(error_of(got, "tells of the key"));
  if (type != CKK_AES || size != kKeyBytes)
    return fail(Code::kInvalidInput, "the token's key of that label is no AES key of 256 bits");
  SEAWALL_TRY(const bool inside, flag(CKA_NEVER_EXTRACTABLE));
  SEAWALL_TRY(const bool sensitive, flag(CKA_ALWAYS_SENSITIVE));
  SEAWALL_TRY(const bool born, flag(CKA_LOCAL));
  if (inside && sensitive && born) return {};
  return fail(Code::kInvalidInput, "the token's key of that label came from outside, or could leave it");
}

Result<void> TokenSession::make_key() {
  SEAWALL_CHECK(enter());
  SEAWALL_TRY(const auto found, keys_of_label());
  if (!found.empty()) return fail(Code::kConflict, "the token has a key of that label already");
  CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
  CK_ULONG size = kKeyBytes;
  std::string label = label_;
  SEAWALL_TRY(std::string id, random_text(kIdBytes));
  std::array<CK_ATTRIBUTE, 11> made{
      attribute(CKA_TOKEN, yes),      attribute(CKA_PRIVATE, yes),    attribute(CKA_SENSITIVE, yes),
      attribute(CKA_EXTRACTABLE, no), attribute(CKA_ENCRYPT, yes),    attribute(CKA_DECRYPT, yes),
      attribute(CKA_MODIFIABLE, no),  attribute(CKA_VALUE_LEN, size), attribute(CKA_LABEL, label),
      attribute(CKA_ID, id),          attribute(CKA_WRAP, no)};
  CK_MECHANISM mechanism{CKM_AES_KEY_GEN, nullptr, 0};
  CK_OBJECT_HANDLE key = 0;
  const CK_RV done =
      cryptoki_->functions().C_GenerateKey(session_, &mechanism, made.data(), made.size(), &key);
  if (done != CKR_OK) return tl::unexpected(error_of(done, "makes a key"));
  return find_key();
}

Result<std::string> TokenSession::name() {
  SEAWALL_CHECK(find_key());
  std::string id(kIdBytesMax, '\0');
  CK_ATTRIBUTE wanted = attribute(CKA_ID, id);
  const CK_RV got = cryptoki_->functions().C_GetAttributeValue(session_, key_, &wanted, 1);
  if (got != CKR_OK) return tl::unexpected(error_of(got, "tells of the key"));
  id.resize(wanted.ulValueLen);
  if (id.empty()) return fail(Code::kInvalidInput, "the token's key of that label has no id");
  return "pkcs11:serial=" + escaped(serial_) + ";id=" + escaped(id) + ";type=secret-key";
}

CK_RV TokenSession::crypt_once(const Crypt& crypt, std::string& out) const {
  const auto& call = cryptoki_->functions();
  CK_GCM_PARAMS with{};
  with.pIv = bytes_of(crypt.nonce);
  with.ulIvLen = crypt.nonce.size();
  with.ulIvBits = crypt.nonce.size() * 8;
  with.pAAD = bytes_of(crypt.context);
  with.ulAADLen = crypt.context.size();
  with.ulTagBits = kTagBytes * 8;
  CK_MECHANISM mechanism{CKM_AES_GCM, &with, sizeof(with)};
  const CK_RV begun = crypt.seals ? call.C_EncryptInit(session_, &mechanism, key_)
                                  : call.C_DecryptInit(session_, &mechanism, key_);
  if (begun != CKR_OK) return begun;
  out.assign(crypt.text.size() + kTagBytes, '\0');
  CK_ULONG size = out.size();
  auto* const to = bytes_of(out);
  const CK_RV done = crypt.seals
                         ? call.C_Encrypt(session_, bytes_of(crypt.text), crypt.text.size(), to, &size)
                         : call.C_Decrypt(session_, bytes_of(crypt.text), crypt.text.size(), to, &size);
  out.resize(done == CKR_OK ? size : 0);
  return done;
}

/// For whoever has a key that was there before, all of this is one thing: not now.
Result<void> TokenSession::find_key_again() {
  auto found = find_key();
  return found ? found : fail(Code::kUnavailable, std::move(found.error().message));
}

Result<CK_RV> TokenSession::crypt(const Crypt& crypt, std::string& out) {
  SEAWALL_CHECK(find_key_again());
  const CK_RV done = crypt_once(crypt, out);
  if (!is_lost(done)) return done;
  close();
  SEAWALL_CHECK(find_key_again());
  return crypt_once(crypt, out);
}

Result<std::string> TokenSession::seal(std::string_view text, std::string_view context) {
  SEAWALL_TRY(const std::string nonce, random_text(kNonceBytes));
  std::string out;
  SEAWALL_TRY(const CK_RV done, crypt({true, nonce, text, context}, out));
  if (done != CKR_OK) return tl::unexpected(error_of(done, "seals"));
  if (out.size() != text.size() + kTagBytes)
    return fail(Code::kUnavailable, "the token seals in a form that is not AES-GCM's");
  return nonce + out;
}

/// Tokens that say "it failed" of a wrong tag and of a broken device alike are asked for something that
/// opens.
bool TokenSession::works() {
  const auto sealed = seal("probe", "probe");
  if (!sealed) return false;
  std::string out;
  const std::string_view all = *sealed;
  const auto done = crypt({false, all.substr(0, kNonceBytes), all.substr(kNonceBytes), "probe"}, out);
  return done && *done == CKR_OK && out == "probe";
}

Result<std::string> TokenSession::open(std::string_view sealed, std::string_view context) {
  if (sealed.size() <= kRootSealBytesMore || sealed.size() > RootKey::kTextBytesMax + kRootSealBytesMore)
    return fail(Code::kCorrupt, "what was sealed does not open");
  std::string out;
  SEAWALL_TRY(const CK_RV done,
              crypt({false, sealed.substr(0, kNonceBytes), sealed.substr(kNonceBytes), context}, out));
  if (done == CKR_OK && out.size() == sealed.size() - kRootSealBytesMore) return out;
  wipe_bytes(out.data(), out.size());
  const Error error = error_of(done == CKR_OK ? CKR_ENCRYPTED_DATA_INVALID : done, "opens");
  const bool vague = done == CKR_GENERAL_ERROR || done == CKR_FUNCTION_FAILED || done == CKR_DATA_INVALID;
  if (vague && works()) return fail(Code::kCorrupt, "what was sealed does not open");
  return tl::unexpected(error);
}

}  // namespace seawall::pkcs11_detail
