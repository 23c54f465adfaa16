#include "seawall/cli/note_key_file.h"

#include <array>

#include "seawall/cli/secret_file.h"
#include "seawall/net/credentials.h"

namespace seawall::cli {
namespace {

constexpr std::string_view kName = "note_key";
constexpr std::string_view kHead =
    "# A private key that signs heads of a transparency log (docs/log.md). Whoever has it can sign in this "
    "name.\n";

std::string_view words_for(tlog::KeyType type) {
  return type == tlog::KeyType::kCosignature ? "a witness" : "a log or its sequencer";
}

}  // namespace

Result<tlog::NoteSigner> note_key_from_file(const std::string& path, tlog::KeyType type) {
  const std::array<std::string_view, 1> names{kName};
  SEAWALL_TRY(const Credentials fields, credentials_from_file(path, names));
  SEAWALL_TRY(const auto secret, fields.get(kName));
  SEAWALL_TRY(auto key, tlog::NoteSigner::parse(secret->reveal()));
  if (key.verifier().type() == type) return key;
  return fail(Code::kInvalidInput, path + " holds a key of another kind: this takes that of " +
                                       std::string(words_for(type)) + " (seawall log keygen --for ...)");
}

Result<tlog::VerifierKey> make_note_key(const std::string& path, const std::string& name,
                                        tlog::KeyType type) {
  SEAWALL_TRY(SigningKey key, SigningKey::generate());
  SEAWALL_TRY(const auto signer, tlog::NoteSigner::make(name, type, std::move(key)));
  SEAWALL_TRY(std::string skey, signer.skey());
  std::string text;
  text.reserve(kHead.size() + skey.size() + 64);  // A text that grows would leave copies behind.
  text.append(kHead).append(kName).append(" = ").append(skey).append("\n");
  auto written =
      write_new_secret_file(path, text, "what it signed could not be continued; name another file");
  wipe_bytes(text.data(), text.size());
  wipe_bytes(skey.data(), skey.size());
  if (!written) return tl::unexpected(std::move(written).error());
  return signer.verifier();
}

}  // namespace seawall::cli
