#include "seawall/tlog/detail/lines.h"

#include <charconv>
#include <cstring>
#include <limits>

#include "seawall/base/base64.h"
#include "seawall/tlog/proofs.h"

namespace seawall::tlog::detail {

std::optional<std::string_view> take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  if (end == rest.npos) return std::nullopt;
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

std::optional<std::uint64_t> decimal_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (number > std::numeric_limits<std::int64_t>::max() || (text[0] == '0' && text != "0"))
    return std::nullopt;
  return number;
}

std::optional<std::string> base64_in(std::string_view text) {
  auto bytes = from_base64(text);
  if (!bytes || to_base64(*bytes) != text) return std::nullopt;
  return std::move(*bytes);
}

std::optional<Hash> hash_in(std::string_view text) {
  const auto bytes = base64_in(text);
  Hash hash;
  if (!bytes || bytes->size() != hash.size()) return std::nullopt;
  std::memcpy(hash.data(), bytes->data(), hash.size());
  return hash;
}

std::string hash_text(const Hash& hash) {
  return to_base64({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

std::optional<std::vector<Hash>> take_hashes(std::string_view& rest) {
  std::vector<Hash> hashes;
  while (const auto line = take_line(rest)) {
    if (line->empty()) return hashes;
    const auto hash = hash_in(*line);
    if (!hash || hashes.size() == kProofHashesMax) return std::nullopt;
    hashes.push_back(*hash);
  }
  return std::nullopt;
}

}  // namespace seawall::tlog::detail
