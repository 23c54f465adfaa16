#include "seawall/net/fetcher.h"

#include <algorithm>

namespace seawall {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A string whose bytes are zeroed at its end; room is made once, so that growing leaves no copies.
class Scratch {
 public:
  explicit Scratch(std::size_t bytes_max) { text_.reserve(bytes_max); }
  ~Scratch() { wipe_bytes(text_.data(), text_.size()); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string& text() { return text_; }

 private:
  std::string text_;
};

/// Base64 (RFC 4648 section 4). Not base's: that one leaves its result in memory that is not zeroed.
void append_base64(std::string_view bytes, std::string& out) {
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = group << 8 | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      out += j <= count ? kAlphabet[group >> (18 - 6 * j) & 63] : '=';
    }
  }
}

}  // namespace

std::string_view FetchResponse::header(std::string_view name) const {
  const auto at = std::ranges::find(headers, name, [](const auto& h) -> std::string_view { return h.first; });
  return at == headers.end() ? std::string_view{} : std::string_view(at->second);
}

Secret basic_authorization(const Secret& user, const Secret& password) {
  const std::size_t plain_bytes = user.reveal().size() + 1 + password.reveal().size();
  Scratch plain(plain_bytes);
  plain.text().append(user.reveal()).append(":").append(password.reveal());
  Scratch header(6 + (plain_bytes + 2) / 3 * 4);
  header.text().append("Basic ");
  append_base64(plain.text(), header.text());
  return Secret(header.text());
}

Secret bearer_authorization(const Secret& token) {
  Scratch header(7 + token.reveal().size());
  header.text().append("Bearer ").append(token.reveal());
  return Secret(header.text());
}

}  // namespace seawall
