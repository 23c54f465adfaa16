#include "seawall/model/signal.h"

#include "seawall/base/hex.h"

namespace seawall {

std::string to_text(const Fingerprint256& fingerprint) {
  std::array<std::byte, 32> bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t from_low_end = bytes.size() - 1 - i;
    bytes[i] = static_cast<std::byte>(fingerprint.words[from_low_end / 8] >> (8 * (from_low_end % 8)));
  }
  return to_hex(bytes);
}

Result<Fingerprint256> fingerprint_from_text(std::string_view text) {
  std::array<std::byte, 32> bytes;
  if (text.size() != 2 * bytes.size()) {
    return fail(Code::kInvalidInput, "a PDQ hash is 64 hex digits, not " + std::to_string(text.size()));
  }
  if (auto read = from_hex(text, bytes); !read) return tl::unexpected(std::move(read).error());
  Fingerprint256 fingerprint;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t from_low_end = bytes.size() - 1 - i;
    fingerprint.words[from_low_end / 8] |= std::to_integer<std::uint64_t>(bytes[i])
                                           << (8 * (from_low_end % 8));
  }
  return fingerprint;
}

std::string_view name_of(SignalType type) {
  switch (type) {
    case SignalType::kPdq:
      return "pdq";
    case SignalType::kMd5:
      return "md5";
    case SignalType::kSha1:
      return "sha1";
    case SignalType::kSha256:
      return "sha256";
  }
  return "unknown";
}

}  // namespace seawall
