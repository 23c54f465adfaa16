#pragma once

#include <optional>
#include <span>
#include <string>

#include "seawall/fingerprint/pdq.h"
#include "seawall/json/json.h"
#include "seawall/match/explain.h"
#include "seawall/match/signals.h"
#include "seawall/media/decoder.h"

namespace seawall {

/// What MediaHashes of docs/openapi.yaml says besides the usual.
struct HashStyle {
  bool every_frame = false;
  bool dihedral = false;
};

/// One frame with its symmetries; those are empty unless asked for.
struct HashedFrame {
  int index = 0;
  std::int64_t time_ms = 0;
  PdqHash pdq;
  std::array<PdqHash, kDihedralCount> symmetries{};
};

/// A file's signals. No frames: it is no picture.
struct HashedMedia {
  MediaInfo info;
  FileDigests digests;
  std::vector<HashedFrame> frames;
};

/// Decodes `file` and hashes its first frame, or every one; digests alone for what is no picture that this
/// build claims to read. Errors: the decoder's; kInvalidInput where no frame could be decoded. Blocks for the
/// decode.
Result<HashedMedia> hashes_of(MediaDecoder& decoder, std::span<const std::byte> file,
                              const DecodeOptions& decode, const HashStyle& style);

/// MediaHashes of docs/openapi.yaml, of which `seawall hash` writes the same after a path. Pure.
[[nodiscard]] Json hashes_json(const HashedMedia& media, const HashStyle& style);

/// One side of a comparison.
struct ComparedSide {
  std::optional<PdqHash> pdq;            ///< Its own hash, where it has one.
  bool bare = false;                     ///< A hash without a picture: its quality is unknown.
  std::optional<std::string> name = {};  ///< UTF-8; said first where it is there.
};
/// Of signals: `name` stays empty. Pure.
[[nodiscard]] ComparedSide compared_side(const MediaSignals& signals, bool bare);
/// Explanation of docs/openapi.yaml, of which `seawall explain` writes the same with names. Pure.
[[nodiscard]] Json explanation_json(const Explanation& why, const ComparedSide& a, const ComparedSide& b);

/// A bare hash as a piece of media: of unknown quality, so taken as passing the gate. Pure.
[[nodiscard]] MediaSignals signals_of_bare_hash(const Fingerprint256& bits);

}  // namespace seawall
