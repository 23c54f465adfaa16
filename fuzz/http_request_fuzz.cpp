// Property: any bytes pass through the checks of a head as the server makes them, Beast's parser and the
// decoder of chunks without a crash; what is accepted is framed alike by both parsers; how chunks are cut
// changes nothing.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "seawall/http/detail/chunk_decoder.h"
#include "seawall/http/detail/wire_parser.h"
#include "seawall/http/request.h"

namespace {

using seawall::BodyBytes;
using seawall::ChunkDecoder;
using seawall::HttpHead;

struct Decoded {
  ChunkDecoder::State state = ChunkDecoder::State::kNeedsMore;
  std::string body;
  std::size_t left = 0;
};

Decoded decode(std::string_view rest, std::size_t piece) {
  ChunkDecoder decoder;
  BodyBytes body(4096, false);
  Decoded decoded;
  while (!rest.empty() && decoded.state == ChunkDecoder::State::kNeedsMore) {
    const auto bytes = rest.substr(0, piece);
    const auto step = decoder.decode(bytes, body);
    if (step.consumed > bytes.size()) std::abort();
    if (step.state == ChunkDecoder::State::kNeedsMore && step.consumed != bytes.size()) std::abort();
    rest.remove_prefix(step.consumed);
    decoded.state = step.state;
  }
  decoded.body = body.text();
  decoded.left = rest.size();
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
  if (!seawall::beast_agrees(raw, *head)) return 0;
  if (head->is_chunked() && head->content_length()) std::abort();
  const auto rest = text.substr(end + 4);
  const auto a = decode(rest, size);
  const auto b = decode(rest, 1 + rest.size() % 7);
  if (a.state != b.state) std::abort();
  if (a.state == ChunkDecoder::State::kDone && (a.body != b.body || a.left != b.left)) std::abort();
  return 0;
}
