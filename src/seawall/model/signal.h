#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "seawall/base/digests.h"
#include "seawall/base/result.h"

namespace seawall {

/// A 256-bit perceptual fingerprint as four words; bit i of the fingerprint is bit (i % 64) of word
/// (i / 64). Plain data: trivially copyable, ordered only so that sets are deterministic.
struct Fingerprint256 {
  std::array<std::uint64_t, 4> words{};
  friend auto operator<=>(const Fingerprint256&, const Fingerprint256&) = default;
};

/// Number of differing bits, 0 to 256.
[[nodiscard]] constexpr int hamming_distance(const Fingerprint256& a, const Fingerprint256& b) {
  int bits = 0;
  for (std::size_t i = 0; i < a.words.size(); ++i) bits += std::popcount(a.words[i] ^ b.words[i]);
  return bits;
}

/// 64 lower-case hex digits, most significant word first: PDQ's text form, bit 255 leftmost.
[[nodiscard]] std::string to_text(const Fingerprint256& fingerprint);

/// Reads exactly 64 hex digits, either case. Errors: kInvalidInput.
Result<Fingerprint256> fingerprint_from_text(std::string_view text);

/// What kind of fingerprint a signal is; the names are those of the API and of files.
enum class SignalType : std::uint8_t { kPdq = 1, kMd5 = 2, kSha1 = 3, kSha256 = 4 };

/// "pdq", "md5", "sha1", "sha256".
[[nodiscard]] std::string_view name_of(SignalType type);

/// A PDQ hash and its quality, 0 (featureless) to 100. Below kPdqQualityMin a hash is neither stored
/// nor matched by default: flat pictures hash to noise.
struct PdqHash {
  Fingerprint256 bits;
  int quality = 0;
  friend bool operator==(const PdqHash&, const PdqHash&) = default;
};
inline constexpr int kPdqQualityMin = 50;
inline constexpr int kPdqRadiusDefault = 31;  ///< Inclusive.

/// A PDQ hash as lists carry it: the quality may be unknown.
struct ListedPdq {
  static constexpr int kQualityUnknown = -1;
  Fingerprint256 bits;
  int quality = kQualityUnknown;  ///< 0..100, or unknown.
  friend bool operator==(const ListedPdq&, const ListedPdq&) = default;
};

/// Names one entry inside one bank or index. Chosen by the caller; any value but 0.
enum class EntryId : std::uint64_t {};

}  // namespace seawall
