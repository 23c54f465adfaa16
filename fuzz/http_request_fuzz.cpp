// Property: any bytes pass through the checks of a head as the server makes them, Beast's parser and the
// decoder of chunks without a crash; what is accepted is framed alike by both parsers; how chunks are cut
// changes nothing.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "seawall/http/detail/wire_parser.h"
#include "seawall/http/request.h"

namespace {

using seawall::BodyBytes;
using seawall::HttpHead;
using seawall::WireParser;

struct Decoded {
  WireParser::State state = WireParser::State::kNeedsMore;
  std::string body;
};

Decoded decode(WireParser& parser, std::string_view rest, std::size_t piece) {
  BodyBytes body(4096, false);
  Decoded decoded;
  std::string held;
  while (!rest.empty() && decoded.state == WireParser::State::kNeedsMore) {
    held += rest.substr(0, piece);
    rest.remove_prefix(std::min(piece, rest.size()));
    const auto step = parser.decode_chunked(held, body);
    if (step.consumed > held.size()) std::abort();
    held.erase(0, step.consumed);
    decoded.state = step.state;
  }
  decoded.body = body.text();
  return decoded;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto end = text.find("\r\n\r\n");
  static_cast<void>(seawall::refusal_of_partial_head(text, {}));
  if (end == std::string_view::npos) return 0;
  const auto raw = text.substr(0, end + 4);
  const auto read = seawall::read_http_head(raw, {});
  const auto* head = std::get_if<HttpHead>(&read);
  if (head == nullptr) return 0;
  for (std::size_t i = 0; i < head->field_count(); ++i) {
    if (head->field_at(i).name.empty()) std::abort();
  }
  WireParser whole, pieces;
  if (!whole.agrees(raw, *head)) return 0;
  if (!pieces.agrees(raw, *head)) std::abort();
  if (head->is_chunked() == head->content_length().has_value() && head->is_chunked()) std::abort();
  if (!head->is_chunked()) return 0;
  const auto a = decode(whole, text.substr(end + 4), size);
  const auto b = decode(pieces, text.substr(end + 4), 1 + data[0] % 16);
  if (a.state != b.state) std::abort();
  if (a.state == WireParser::State::kDone && a.body != b.body) std::abort();
  return 0;
}
