#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "seawall/http/body_bytes.h"

namespace seawall {

/// Takes the chunked coding (RFC 9112 section 7.1) off a body, piece by piece; how the pieces are cut changes
/// nothing. Guarantees: uses every byte up to the body's end, so nothing is kept or looked at twice; line
/// ends are CRLF, sizes 1 to 15 hex digits, extensions at most kExtensionBytesMax in all, trailers at most
/// kTrailersMax lines and kTrailerBytesMax. Extensions and trailers are dropped. Ours and not Beast's: 1.74's
/// asserts, and so ends the program, when "0\r\n" arrives and then a single byte.
class ChunkDecoder {
 public:
  static constexpr std::size_t kExtensionBytesMax = 1024;
  static constexpr std::size_t kTrailersMax = 16;
  static constexpr std::size_t kTrailerBytesMax = 4096;

  enum class State : unsigned char { kNeedsMore, kDone, kBad, kTooLarge };
  struct Step {
    State state;
    std::size_t consumed;  ///< With kDone, what lies behind is the next request's.
  };
  /// Decodes what `bytes` begins with to the end of `body`. kTooLarge: more than the body takes.
  /// Not to be called after kDone, kBad or kTooLarge.
  [[nodiscard]] Step decode(std::string_view bytes, BodyBytes& body);

 private:
  enum class Place : unsigned char {
    kSize,
    kExtension,
    kSizeLf,
    kData,
    kDataCr,
    kDataLf,
    kLine,
    kTrailerName,
    kTrailerValue,
    kTrailerLf,
    kEndLf,
    kEnd,
    kBad
  };
  /// Where `c` leads from here.
  Place after(char c);
  Place after_size(char c);
  Place after_trailer(char c);

  Place place_ = Place::kSize;
  unsigned digits_ = 0;
  std::uint64_t left_ = 0;  // Of the chunk.
  std::size_t extension_bytes_ = 0, trailers_ = 0, trailer_bytes_ = 0;
};

}  // namespace seawall
