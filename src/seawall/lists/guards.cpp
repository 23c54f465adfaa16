#include "seawall/lists/guards.h"

#include <algorithm>
#include <array>
#include <bit>

#include "seawall/base/hex.h"
#include "seawall/store/content_check.h"
#include "seawall/video_print/dense_print.h"
#include "seawall/video_print/tmk.h"
#include "seawall/video_print/vpdq.h"

namespace seawall {
namespace {

constexpr GuardReason kReasons[] = {
    {guard_reason::kEmptyFileHash, GuardVerdict::kRefuse,
     "a digest is that of a file of no bytes, which would list every empty file"},
    {guard_reason::kZeroDigest, GuardVerdict::kRefuse,
     "a digest of zeros alone: a gap in the source, not a file"},
    {guard_reason::kLowQuality, GuardVerdict::kRefuse,
     "its only signals are PDQ hashes of quality below 50: flat pictures hash to noise"},
    {guard_reason::kFlat, GuardVerdict::kRefuse,
     "its only signals are PDQ hashes whose bits are all equal: a picture of one colour"},
    {guard_reason::kUnbalancedBits, GuardVerdict::kQuarantine,
     "a PDQ hash of unknown quality has fewer than 80 or more than 176 of its 256 bits set, as no hash of a "
     "picture with detail has"},
    {guard_reason::kHarmless, GuardVerdict::kQuarantine,
     "it would match a bank of known harmless look-alikes; an update that would is refused"},
    {guard_reason::kDuplicate, GuardVerdict::kRefuse,
     "its key stood in the same import before: the first stays"},
    {guard_reason::kNoSignals, GuardVerdict::kRefuse, "nothing to match or to carry on"},
    {guard_reason::kUnreadableVideo, GuardVerdict::kRefuse,
     "a `seawall-video` that is no dense print, or one that is damaged; or its only signals are others' vPDQ "
     "or TMK that cannot be read"},
    {guard_reason::kMalformed, GuardVerdict::kRefuse,
     "outside the limits of a key or an entry, or not UTF-8"},
};

constexpr std::string_view kEmptyMd5 = "d41d8cd98f00b204e9800998ecf8427e";
constexpr std::string_view kEmptySha1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
constexpr std::string_view kEmptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

template <std::size_t kBytes>
std::array<std::byte, kBytes> bytes_of(std::string_view hex) {
  std::array<std::byte, kBytes> bytes{};
  static_cast<void>(from_hex(hex, bytes).has_value());  // The literals above are hex of the right length.
  return bytes;
}

bool has_empty_file(const EntrySignals& signals) {
  static const Md5 md5 = bytes_of<16>(kEmptyMd5);
  static const Sha1 sha1 = bytes_of<20>(kEmptySha1);
  static const Sha256 sha256 = bytes_of<32>(kEmptySha256);
  return signals.md5 == md5 || signals.sha1 == sha1 || signals.sha256 == sha256;
}

bool has_zero_digest(const EntrySignals& signals) {
  return signals.md5 == Md5{} || signals.sha1 == Sha1{} || signals.sha256 == Sha256{};
}

int bits_set(const Fingerprint256& bits) { return hamming_distance(bits, Fingerprint256{}); }

bool is_flat(const ListedPdq& hash) {
  const int set = bits_set(hash.bits);
  return set == 0 || set == 256;
}

GuardFinding refuse(std::string_view reason, std::string detail) {
  return {GuardVerdict::kRefuse, reason, std::move(detail)};
}

/// Hashes that are not matchable are let lie where anything else of the entry can be used.
GuardFinding check_pdq(const EntrySignals& signals) {
  const bool others = signals.md5 || signals.sha1 || signals.sha256 || !signals.carried.empty();
  const bool any = std::any_of(signals.pdq.begin(), signals.pdq.end(), is_matchable);
  if (!others && !any) {
    if (std::all_of(signals.pdq.begin(), signals.pdq.end(), is_flat)) {
      return refuse(guard_reason::kFlat, "all bits of its hashes are equal");
    }
    return refuse(guard_reason::kLowQuality, "no hash has quality " + std::to_string(kPdqQualityMin));
  }
  for (const ListedPdq& hash : signals.pdq) {
    if (hash.quality != ListedPdq::kQualityUnknown || !is_matchable(hash)) continue;
    const int set = bits_set(hash.bits);
    if (std::abs(set - 128) <= kBitsFromBalanceMax) continue;
    return {GuardVerdict::kQuarantine, guard_reason::kUnbalancedBits,
            std::to_string(set) + " of 256 bits are set and the quality is unknown"};
  }
  return {};
}

bool is_readable(const CarriedSignal& signal) {
  const auto bytes = std::as_bytes(std::span(signal.bytes));
  if (signal.type == CarriedSignal::kDensePrint) return read_dense_print(bytes).has_value();
  if (signal.type == CarriedSignal::kVpdq) return read_vpdq(signal.bytes).has_value();
  return signal.type != CarriedSignal::kTmk || read_tmk(bytes).has_value();
}

/// Ours must be sound. What others carry under their own names is carried on, if there is anything to meet.
GuardFinding check_videos(const EntrySignals& signals) {
  if (!signals.has_video()) return {};
  const bool others = signals.md5 || signals.sha1 || signals.sha256 || !signals.pdq.empty();
  std::size_t unreadable = 0;
  for (const CarriedSignal& one : signals.carried) {
    if (is_readable(one)) continue;
    ++unreadable;
    if (one.type == CarriedSignal::kDensePrint) {
      return refuse(guard_reason::kUnreadableVideo, "its dense print cannot be read");
    }
  }
  if (others || unreadable < signals.carried.size()) return {};
  return refuse(guard_reason::kUnreadableVideo, "none of its signals of videos can be read");
}

}  // namespace

std::size_t unreadable_videos(const EntrySignals& signals) {
  if (!signals.has_video()) return 0;
  return static_cast<std::size_t>(
      std::ranges::count_if(signals.carried, [](const CarriedSignal& one) { return !is_readable(one); }));
}

std::span<const GuardReason> guard_reasons() { return kReasons; }

std::string guard_table() {
  std::string table = "| reason | what happens | when |\n|---|---|---|\n";
  for (const GuardReason& row : kReasons) {
    table.append("| `").append(row.name).append("` | ");
    table.append(row.verdict == GuardVerdict::kRefuse ? "refused" : "quarantined");
    table.append(" | ").append(row.words).append(" |\n");
  }
  return table;
}

bool is_matchable(const ListedPdq& hash) {
  return (hash.quality == ListedPdq::kQualityUnknown || hash.quality >= kPdqQualityMin) && !is_flat(hash);
}

GuardFinding check_record(const ExchangeRecord& record) {
  if (const auto key = check_key(record.key); !key)
    return refuse(guard_reason::kMalformed, key.error().message);
  if (record.withdrawn) return {};
  const EntrySignals& signals = record.content.signals;
  if (signals.empty()) return refuse(guard_reason::kNoSignals, "the record has no signal");
  if (const auto content = check_content(record.content); !content) {
    return refuse(guard_reason::kMalformed, content.error().message);
  }
  if (has_empty_file(signals))
    return refuse(guard_reason::kEmptyFileHash, "the digest of a file of no bytes");
  if (has_zero_digest(signals)) return refuse(guard_reason::kZeroDigest, "a digest of zeros alone");
  if (const GuardFinding video = check_videos(signals); video.verdict != GuardVerdict::kTake) return video;
  return check_pdq(signals);
}

}  // namespace seawall
