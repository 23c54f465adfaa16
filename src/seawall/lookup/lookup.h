#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "seawall/base/digests.h"
#include "seawall/base/result.h"
#include "seawall/follow/list_query.h"
#include "seawall/lookup/video_look.h"
#include "seawall/match/variant.h"
#include "seawall/media/decoder.h"
#include "seawall/model/feed_item.h"
#include "seawall/model/signal.h"
#include "seawall/video_print/tmk.h"

namespace seawall {

/// What the verdict is where a part of the work failed and no match decides.
enum class OnError : std::uint8_t {
  kTell = 1,        ///< There is none: the failure is the answer.
  kFailOpen = 2,    ///< That of the matches there are; allow without any.
  kFailClosed = 3,  ///< Block, whatever else was found.
};

/// How to look something up.
struct LookupOptions {
  /// Who asks (a key's or an account's name): what one caller of several meets has no entry held back by
  /// itself (docs/flood.md). Empty: nobody in particular, and all counts.
  std::string caller;
  std::string tenant;         ///< Only banks of this one; empty: of all. Also whose the observations are.
  std::vector<BankId> banks;  ///< Only these; empty: all. Harmless banks always count.
  std::optional<int> radius_bits;  ///< Narrows the banks' own; 0..256, inclusive.
  VariantProfile profile = VariantProfile::kDefault;
  DecodeOptions decode;
  OnError on_error = OnError::kTell;
  bool look_into_videos = false;  ///< Else they are looked up by their digests alone.
};

/// Signals that the caller computed.
struct AskedSignals {
  static constexpr std::size_t kPdqMax = 256;
  static constexpr std::size_t kPdqOfBatchMax = 65'536;  ///< Of all items of a batch together.

  std::vector<PdqHash>
      pdq;  ///< At most kPdqMax. Under kPdqQualityMin, or with all bits equal, they meet nothing.
  std::optional<Md5> md5;
  std::optional<Sha1> sha1;
  std::optional<Sha256> sha256;
  std::shared_ptr<const TmkPrint> tmk;  ///< Of a whole video; compared with listed ones. Never observed.

  [[nodiscard]] bool has_digest() const { return md5 || sha1 || sha256; }
  [[nodiscard]] bool empty() const { return pdq.empty() && !has_digest() && !tmk; }
};

/// One thing to look up.
struct AskedItem {
  static constexpr std::size_t kIdBytesMax = 128;

  std::string id;     ///< The caller's name for it; at most kIdBytesMax bytes, may be empty.
  std::string place;  ///< Where it was seen, for the log of observations; empty: `id`.
  AskedSignals signals;
};

/// Whether the lists say why a match has this standing: it counts, or was overruled.
[[nodiscard]] constexpr bool has_reason(Standing standing) {
  return standing == Standing::kEnforced || standing == Standing::kOverruled;
}

/// One entry that was met, and how.
struct LookupMatch {
  ListMatch match;
  Variant variant;  ///< How the media was turned to meet it; original for digests and given signals.
  int frame = 0;    ///< Position in the file, or of the hash among given signals; 0 for digests.
  std::optional<int> quality;  ///< Of the hash that met it; none for digests and videos.
  /// The parts of the media that show parts of the entry's video, whatever else met it; the strongest first.
  std::vector<ClipPart> parts = {};
};

/// What the media turned out to be.
struct LookedAt {
  MediaInfo info;
  std::uint64_t size_bytes = 0;
  bool decoded = false;        ///< False: looked up by its digests alone.
  std::optional<PdqHash> pdq;  ///< Of the first frame as it is, whatever its quality.
  FileDigests digests;
  /// Of a video, once it was looked at: `info` says nothing then.
  std::optional<LookedAtVideo> video = {};
};

/// How long each part took. Steady time; zero where there was no such part.
struct LookupTimes {
  std::chrono::nanoseconds decode{};
  std::chrono::nanoseconds hash{};     ///< PDQ in all variants, and the digests.
  std::chrono::nanoseconds observe{};  ///< Durable, and the lists up to date after it.
  std::chrono::nanoseconds search{};
};

struct LookupAnswer {
  std::string id;
  BankAction verdict = BankAction::kAllow;
  bool decided = true;  ///< False: something failed, nothing was met, and the caller wanted to be told.
  std::vector<LookupMatch> matches;  ///< Digests first, then nearest first. All standings.
  /// For people: one for each of `matches` whose standing has_reason(), in their order. They name the bank
  /// and the entry, so whoever hides a match hides its reason too; no hash, nothing of the caller's.
  std::vector<std::string> reasons;
  ListVersion list_version;  ///< At which the lists were asked.
  bool observed = false;     ///< Durable in the log of observations.
  std::optional<LookedAt> media;
  std::optional<Error> failed;  ///< The first part of the work that failed.
  LookupTimes times;
};

}  // namespace seawall
