#include "seawall/root_key/file_root_key.h"

#include <array>

#include "seawall/base/hex.h"
#include "seawall/crypto/hmac.h"
#include "seawall/crypto/random_bytes.h"
#include "seawall/net/credentials.h"

namespace seawall {
namespace {

constexpr std::string_view kName = "root_key";
constexpr std::string_view kHead =
    "# The root key of a key vault (docs/keys.md). Whoever has it and the vault's folder has every key.\n";
constexpr std::size_t kNameBytes = 16;

std::string name_of_key(std::span<const std::byte> key) {
  const Sha256 digest = hmac_sha256(key, "seawall/root-key-name/v1\n");
  return "file:" + to_hex(std::span(digest).first(kNameBytes));
}

Result<void> check_sizes(std::string_view text, std::string_view context) {
  if (!text.empty() && text.size() <= RootKey::kTextBytesMax && context.size() <= RootKey::kTextBytesMax)
    return {};
  return fail(Code::kLimitExceeded, "a root key seals 1 to 4,096 bytes");
}

}  // namespace

FileRootKey::FileRootKey(std::span<const std::byte, SealingKey::kBytes> key)
    : key_(key), name_(name_of_key(key)) {}

Result<std::unique_ptr<FileRootKey>> FileRootKey::from_file(const std::string& path) {
  const std::array<std::string_view, 1> names{kName};
  SEAWALL_TRY(const Credentials fields, credentials_from_file(path, names));
  SEAWALL_TRY(const auto text, fields.get(kName));
  std::array<std::byte, SealingKey::kBytes> bytes{};
  const auto read = from_hex(text->reveal(), bytes);
  if (!read) return fail(Code::kInvalidInput, path + ": a root key is 64 hex digits");
  auto key = std::unique_ptr<FileRootKey>(new FileRootKey(bytes));
  wipe_bytes(bytes.data(), bytes.size());
  return key;
}

Result<std::string> FileRootKey::new_file_text() {
  std::array<std::byte, SealingKey::kBytes> bytes{};
  SEAWALL_CHECK(fill_with_random_bytes(bytes));
  std::string hex = to_hex(bytes);
  std::string text;
  text.reserve(kHead.size() + hex.size() + 16);  // A text that grows would leave copies behind.
  text.append(kHead).append(kName).append(" = ").append(hex).append("\n");
  wipe_bytes(bytes.data(), bytes.size());
  wipe_bytes(hex.data(), hex.size());
  return text;
}

Result<std::string> FileRootKey::seal(std::string_view text, std::string_view context) const {
  SEAWALL_CHECK(check_sizes(text, context));
  return key_.seal(text, context);
}
Result<std::string> FileRootKey::open(std::string_view sealed, std::string_view context) const {
  return key_.open(sealed, context);
}

}  // namespace seawall
