#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "seawall/base/digests.h"
#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"
#include "seawall/model/signal.h"

namespace seawall {

/// What the caller should do about a file; the greatest over its matches.
enum class Verdict : std::uint8_t { kAllow = 0, kReview = 1, kBlock = 2 };
/// "allow", "review", "block".
[[nodiscard]] std::string_view name_of(Verdict verdict);
/// Errors: kInvalidInput for any other text.
Result<Verdict> verdict_from_text(std::string_view text);

/// A part of a video that shows a part of a listed one. Times in milliseconds from each one's start.
struct ClipSpan {
  std::string tier;  ///< "single-frame", "two-aligned", "three-aligned": how strong the evidence is.
  std::int64_t begin_ms = 0;
  std::int64_t end_ms = 0;
  std::int64_t listed_begin_ms = 0;
  std::int64_t listed_end_ms = 0;
  double speed = 1;  ///< Listed time that passes in a second of the file.
  int frames = 0;    ///< Distinct frames that say so.
  friend bool operator==(const ClipSpan&, const ClipSpan&) = default;
};
/// "0:12.000-0:20.250 shows 0:00.000-0:08.250, three-aligned, 16 frames, speed 1.10".
[[nodiscard]] std::string words_of(const ClipSpan& span);

/// One listed entry that a file meets.
struct RecordedMatch {
  std::string bank;
  std::string entry;  ///< The entry's name in the bank.
  SignalType type = SignalType::kPdq;
  int distance_bits = 0;  ///< 0 for digests.
  std::string variant;    ///< "original" for digests.
  int frame_index = 0;
  Verdict verdict = Verdict::kReview;  ///< The bank's action.
  /// Only of a listed video that a part of this one shows; a match for each such part. Then `distance_bits`
  /// is of the nearest frame, and `variant` says how this video's and the listed one's frames met.
  std::optional<ClipSpan> clip = {};
  friend bool operator==(const RecordedMatch&, const RecordedMatch&) = default;
};

/// What the match is by: "video", else the signal's name.
[[nodiscard]] std::string_view signal_name(const RecordedMatch& match);

/// Everything a scan keeps about one file. No pixels, no bytes of the file.
struct FileRecord {
  std::string path;  ///< Below the root; any bytes but NUL.
  std::uint64_t size_bytes = 0;
  std::int64_t mtime_ns = 0;
  std::string type;  ///< MIME type; empty if the file could not be read.
  int width_px = 0;  ///< 0 unless it is a picture that decoded.
  int height_px = 0;
  int frame_count = 0;
  bool rescanned = false;      ///< Its size or time had changed since an earlier session.
  bool truncated = false;      ///< Damaged or cut short; what could be decoded was used.
  std::optional<PdqHash> pdq;  ///< Of the first frame.
  std::optional<FileDigests> digests;
  std::vector<RecordedMatch> matches;  ///< Nearest first.
  /// Why a part of the file could not be looked at. Matches may stand beside it: the digests of a picture
  /// that does not decode are looked up all the same.
  std::optional<Error> error;

  [[nodiscard]] Verdict verdict() const;
  friend bool operator==(const FileRecord& a, const FileRecord& b);
};

/// Which records a reader wants.
enum class RecordFilter : std::uint8_t { kEverything, kMatched, kErrors, kFindings };  ///< Findings: either.

/// Port: records in the order of their paths' bytes, read a few at a time.
class RecordSource {
 public:
  virtual ~RecordSource() = default;
  /// `visit` returns false to stop. Errors: the source's.
  virtual Result<void> each(RecordFilter filter, FunctionRef<bool(const FileRecord&)> visit) const = 0;
};

/// Takes text as it is written. An error ends the writing.
using TextSink = FunctionRef<Result<void>(std::string_view)>;

}  // namespace seawall
