#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "seawall/exchange/exchange_format.h"

namespace seawall::exchange_detail {

/// The most bytes that one record may have in any format, as it stands in the document.
inline constexpr std::size_t kRecordBytesMax = 4 << 20;
/// Of our own formats that carry videos: CarriedSignal::kAllBytesMax as base64, and the rest.
inline constexpr std::size_t kOwnRecordBytesMax = std::size_t{72} << 20;
inline constexpr std::size_t kMediaTypeBytesMax = 128;
inline constexpr std::size_t kPhotoDnaBytes = 144;

/// Builds one record from foreign text. The first thing that is wrong decides: later calls change nothing,
/// and finish() says what it was. So readers hand over whatever they meet and look once, at the end. Threads:
/// one. Lifetime: borrows the record.
class RecordDraft {
 public:
  /// Clears `record`.
  explicit RecordDraft(ExchangeRecord& record);

  /// `reason`: machine-readable, as docs/formats/exchange.md lists them. `detail`: for people; no hash in it.
  void refuse(std::string_view reason, std::string_view detail);
  [[nodiscard]] bool refused() const { return !reason_.empty(); }

  /// Empty text changes nothing, here and below. A second key, digest, classification or series is refused.
  void key(std::string_view text);
  [[nodiscard]] bool has_key() const { return !record_.key.empty(); }
  void withdrawn() { record_.withdrawn = true; }
  /// Hex digits, either case.
  void md5(std::string_view text);
  void sha1(std::string_view text);
  void sha256(std::string_view text);
  void pdq(std::string_view text, int quality = ListedPdq::kQualityUnknown);
  /// The qualities of the hashes that pdq() gives before or after, in order: whole numbers from 0 to 100, or
  /// "?".
  void quality(std::string_view text);
  /// Raw bytes.
  void carried(std::string_view type, std::string_view bytes);
  /// 192 characters of base64 or 288 hex digits.
  void photodna(std::string_view text);
  /// Of another type, in base64.
  void carried_base64(std::string_view type, std::string_view text);
  void classification(ClassificationScheme scheme, std::string_view value);
  /// "scheme:value"; anything else is a value of the scheme kOther.
  void classification_text(std::string_view text);
  void series(std::string_view text);
  void tag(std::string_view text);
  void media_type(std::string_view text);
  /// What cannot be read as a size or a time is kept as the attribute `name`: it decides nothing.
  void size_bytes(std::string_view name, std::string_view text);
  void decided_at(std::string_view name, std::string_view text);
  void decided_at(Time time);
  /// Empty values are kept.
  void attribute(std::string_view name, std::string_view value);

  /// As attribute(), but what passes the limits of all attributes is left aside: false. For parts that
  /// nothing decides by and that can be large.
  bool attribute_if_it_fits(std::string_view name, std::string_view value);

  /// What is there so far.
  [[nodiscard]] const ExchangeRecord& so_far() const { return record_; }

  /// Checks the record as a whole: it has a key, and a signal unless it is withdrawn; sorts tags and
  /// attributes; a withdrawn record's content is dropped. The outcome is kRecord or kRefused.
  ExchangeOutcome finish(std::string place);

 private:
  template <class Digest>
  void digest(std::string_view name, std::string_view text, std::optional<Digest>& out);
  /// Whether `text` is UTF-8 without NUL of at most `bytes_max`; refuses otherwise.
  bool check_text(std::string_view what, std::string_view text, std::size_t bytes_max);
  void sort_parts();

  ExchangeRecord& record_;
  std::string reason_;
  std::string detail_;
  std::size_t attribute_bytes_ = 0;
  std::vector<int> qualities_;
};

/// Whether `type` can name a carried signal.
[[nodiscard]] bool is_carried_type(std::string_view type);

/// An outcome of kind kRefused.
[[nodiscard]] ExchangeOutcome refused(std::string place, std::string_view reason, std::string_view detail);
/// For a record whose bytes a parser or a limit refused.
[[nodiscard]] ExchangeOutcome refused(std::string place, const Error& error);

}  // namespace seawall::exchange_detail
