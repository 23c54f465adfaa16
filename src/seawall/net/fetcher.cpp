#include "seawall/net/fetcher.h"

#include <algorithm>

#include "seawall/base/base64.h"

namespace seawall {
namespace {

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
  append_base64(header.text(), plain.text());
  return Secret(header.text());
}

Secret bearer_authorization(const Secret& token) {
  Scratch header(7 + token.reveal().size());
  header.text().append("Bearer ").append(token.reveal());
  return Secret(header.text());
}

}  // namespace seawall
