#include "seawall/http/detail/chunk_decoder.h"

#include <algorithm>
#include <span>

#include "seawall/http/syntax.h"

namespace seawall {
namespace {

constexpr unsigned kDigitsMax = 15;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

ChunkDecoder::Place ChunkDecoder::after_size(char c) {
  const int digit = hex_value(c);
  if (digit >= 0) {
    if (++digits_ > kDigitsMax) return Place::kBad;
    left_ = left_ * 16 + static_cast<unsigned>(digit);
    return Place::kSize;
  }
  if (digits_ == 0) return Place::kBad;
  if (c == '\r') return Place::kSizeLf;
  return c == ';' ? Place::kExtension : Place::kBad;
}

ChunkDecoder::Place ChunkDecoder::after_trailer(char c) {
  if (++trailer_bytes_ > kTrailerBytesMax) return Place::kBad;
  if (place_ == Place::kTrailerValue) {
    if (c == '\r') return Place::kTrailerLf;
    return is_http_field_value({&c, 1}) ? Place::kTrailerValue : Place::kBad;
  }
  if (is_http_token({&c, 1})) {
    const bool begins = place_ == Place::kLine;
    return begins && ++trailers_ > kTrailersMax ? Place::kBad : Place::kTrailerName;
  }
  return c == ':' && place_ == Place::kTrailerName ? Place::kTrailerValue : Place::kBad;
}

ChunkDecoder::Place ChunkDecoder::after(char c) {
  switch (place_) {
    case Place::kSize:
      return after_size(c);
    case Place::kExtension:
      if (c == '\r') return Place::kSizeLf;
      if (++extension_bytes_ > kExtensionBytesMax || !is_http_field_value({&c, 1})) return Place::kBad;
      return Place::kExtension;
    case Place::kSizeLf:
      if (c != '\n') return Place::kBad;
      return left_ == 0 ? Place::kLine : Place::kData;
    case Place::kDataCr:
      return c == '\r' ? Place::kDataLf : Place::kBad;
    case Place::kDataLf:
      digits_ = 0;
      return c == '\n' ? Place::kSize : Place::kBad;
    case Place::kLine:
      return c == '\r' ? Place::kEndLf : after_trailer(c);
    case Place::kTrailerName:
    case Place::kTrailerValue:
      return after_trailer(c);
    case Place::kTrailerLf:
      return c == '\n' ? Place::kLine : Place::kBad;
    case Place::kEndLf:
      return c == '\n' ? Place::kEnd : Place::kBad;
    case Place::kData:
    case Place::kEnd:
    case Place::kBad:
      return Place::kBad;
  }
  return Place::kBad;
}

ChunkDecoder::Step ChunkDecoder::decode(std::string_view bytes, BodyBytes& body) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (place_ == Place::kData) {
      const auto take = std::min<std::uint64_t>(left_, bytes.size() - at);
      const auto piece = bytes.substr(at, static_cast<std::size_t>(take));
      if (!body.append(std::as_bytes(std::span(piece)))) return {State::kTooLarge, at};
      at += piece.size();
      left_ -= take;
      if (left_ == 0) place_ = Place::kDataCr;
      continue;
    }
    place_ = after(bytes[at++]);
    if (place_ == Place::kEnd) return {State::kDone, at};
    if (place_ == Place::kBad) return {State::kBad, at};
  }
  return {State::kNeedsMore, at};
}

}  // namespace seawall
