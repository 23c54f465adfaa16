#include "seawall/pkcs11/token_root_key.h"

#include "seawall/pkcs11/detail/call_thread.h"
#include "seawall/pkcs11/detail/token_session.h"

namespace seawall {
namespace {

using pkcs11_detail::CallThread;
using pkcs11_detail::Cryptoki;
using pkcs11_detail::TokenSession;

constexpr std::size_t kTokenLabelBytesMax = 32;
constexpr std::size_t kKeyLabelBytesMax = 64;
constexpr std::size_t kPinBytesMax = 256;

bool is_between(std::string_view text, std::size_t most) { return !text.empty() && text.size() <= most; }

Result<void> check_place(const TokenPlace& place, std::string_view pin) {
  if (!is_between(place.token, kTokenLabelBytesMax) || !is_between(place.key, kKeyLabelBytesMax))
    return fail(Code::kInvalidInput, "a token's label has 1 to 32 bytes, and a key's 1 to 64");
  if (!is_between(pin, kPinBytesMax)) return fail(Code::kInvalidInput, "a PIN has 1 to 256 bytes");
  return {};
}

}  // namespace

// Shared with the thread: it may hang in the module for longer than we live.
struct Pkcs11Module::Parts {
  explicit Parts(std::chrono::milliseconds deadline) : thread(deadline) {}
  std::shared_ptr<Cryptoki> cryptoki;
  CallThread thread;
};

Pkcs11Module::Pkcs11Module(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Pkcs11Module::~Pkcs11Module() { parts_->thread.drop(std::exchange(parts_->cryptoki, nullptr)); }

Result<std::shared_ptr<Pkcs11Module>> Pkcs11Module::load(const std::string& path,
                                                         std::chrono::milliseconds deadline) {
  auto parts = std::make_unique<Parts>(deadline);
  const auto loaded = std::make_shared<std::shared_ptr<Cryptoki>>();
  SEAWALL_CHECK(parts->thread.call([path, loaded]() -> Result<std::string> {
    SEAWALL_TRY(*loaded, Cryptoki::load(path));
    return std::string();
  }));
  parts->cryptoki = std::move(*loaded);
  return std::shared_ptr<Pkcs11Module>(new Pkcs11Module(std::move(parts)));
}

struct TokenRootKey::Session {
  TokenSession session;
};

TokenRootKey::~TokenRootKey() { module_->parts_->thread.drop(std::exchange(session_, nullptr)); }

Result<std::unique_ptr<TokenRootKey>> TokenRootKey::enter(std::shared_ptr<Pkcs11Module> module,
                                                          const TokenPlace& place, std::string_view pin,
                                                          bool makes) {
  SEAWALL_CHECK(check_place(place, pin));
  auto& parts = *module->parts_;
  std::shared_ptr<Session> session(
      new Session{TokenSession(parts.cryptoki, place.token, place.key, Secret(pin))});
  std::unique_ptr<TokenRootKey> key(new TokenRootKey(std::move(module), session));
  SEAWALL_TRY(key->name_, parts.thread.call([session, makes]() -> Result<std::string> {
    if (makes) SEAWALL_CHECK(session->session.make_key());
    return session->session.name();
  }));
  if (key->name_.size() <= kNameBytesMax) return key;
  return fail(Code::kInvalidInput, "the token's serial number, or its key's id, is too long");
}

Result<std::unique_ptr<TokenRootKey>> TokenRootKey::make(std::shared_ptr<Pkcs11Module> module,
                                                         const TokenPlace& place, std::string_view pin) {
  return enter(std::move(module), place, pin, true);
}
Result<std::unique_ptr<TokenRootKey>> TokenRootKey::open(std::shared_ptr<Pkcs11Module> module,
                                                         const TokenPlace& place, std::string_view pin) {
  return enter(std::move(module), place, pin, false);
}

Result<std::string> TokenRootKey::seal(std::string_view text, std::string_view context) const {
  if (text.empty() || text.size() > kTextBytesMax || context.size() > kTextBytesMax)
    return fail(Code::kLimitExceeded, "a root key seals 1 to 4,096 bytes");
  const auto copy = std::make_shared<const Secret>(text);
  return module_->parts_->thread.call([session = session_, copy, what = std::string(context)] {
    return session->session.seal(copy->reveal(), what);
  });
}

Result<std::string> TokenRootKey::open(std::string_view sealed, std::string_view context) const {
  return module_->parts_->thread.call(
      [session = session_, copy = std::string(sealed), what = std::string(context)] {
        return session->session.open(copy, what);
      });
}

}  // namespace seawall
