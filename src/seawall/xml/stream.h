#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "seawall/base/byte_source.h"

namespace seawall {

/// Walks through one XML document of any length in bounded memory, event by event (expat).
/// Guarantees: a document type declaration is refused, so there are no entities but the five of XML itself;
/// text is UTF-8, whatever the document says of its encoding; memory is bounded by the limits below.
/// Comments and processing instructions are passed over. Threads: one. Lifetime: the source must outlive it.
class XmlStream {
 public:
  static constexpr std::size_t kDepthMax = 32;
  static constexpr std::size_t kTextBytesMax = 1 << 20;   ///< Directly inside one element.
  static constexpr std::size_t kTagBytesMax = 64 * 1024;  ///< Of one tag, comment or instruction.

  struct Event {
    enum class Kind : std::uint8_t { kBegin, kEnd, kDone };
    Kind kind = Kind::kDone;
    std::string name;                                             ///< Of the element, without a prefix.
    std::vector<std::pair<std::string, std::string>> attributes;  ///< kBegin; names without a prefix.
    std::string text;  ///< kEnd: the text directly inside the element.

    /// The value of an attribute, or empty.
    [[nodiscard]] std::string_view attribute(std::string_view wanted) const;
  };

  explicit XmlStream(ByteSource& source);
  XmlStream(XmlStream&&) noexcept;
  ~XmlStream();

  /// The next event, kDone after the end of the document; valid until the next call.
  /// Errors: kInvalidInput (not XML; says on which line), kLimitExceeded (names the limit), kUnavailable.
  Result<const Event*> next();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Appends `text` with '&', '<', '>', '"' and carriage returns as references.
void append_xml_text(std::string& out, std::string_view text);
/// Whether XML 1.0 can carry `text`, which is UTF-8: no control characters but tab, line feed and carriage
/// return, no U+FFFE, no U+FFFF.
[[nodiscard]] bool is_xml_text(std::string_view text);

}  // namespace seawall
