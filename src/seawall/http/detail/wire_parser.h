#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "seawall/http/body_bytes.h"
#include "seawall/http/request.h"

namespace seawall {

/// Boost.Beast's parser over one request: a second opinion on the head, and the decoder of chunked bodies.
/// Hides Beast, so that only its source is compiled with it.
class WireParser {
 public:
  WireParser();
  WireParser(WireParser&&) noexcept;
  WireParser& operator=(WireParser&&) noexcept;
  ~WireParser();

  /// Reads the whole `head`. False: Beast refuses it, or frames the body otherwise than `read`, which
  /// read_http_head() made of the same bytes.
  [[nodiscard]] bool agrees(std::string_view head, const HttpHead& read);

  enum class State : unsigned char { kNeedsMore, kDone, kBad, kTooLarge };
  struct Step {
    State state;
    std::size_t
        consumed;  ///< Bytes of the input that are done with; offer the others again, with more behind.
  };
  /// Decodes what `bytes` begins with into `body`. kTooLarge: more than the body takes. Chunk extensions over
  /// kExtensionBytesMax in all and trailers over kTrailersMax are bad; trailers are read and dropped.
  /// After agrees() of a chunked request; not after kDone, kBad or kTooLarge.
  [[nodiscard]] Step decode_chunked(std::string_view bytes, BodyBytes& body);

  static constexpr std::size_t kExtensionBytesMax = 1024;
  static constexpr std::size_t kTrailersMax = 16;

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace seawall
