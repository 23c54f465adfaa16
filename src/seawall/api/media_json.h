#pragma once

#include <optional>
#include <span>
#include <string>

#include "seawall/fingerprint/pdq.h"
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

/// MediaHashes of docs/openapi.yaml, on one line. Pure.
[[nodiscard]] std::string to_json(const HashedMedia& media, const HashStyle& style);

/// One side of a comparison: what its own hash is, where it has one. `quality` none: a bare hash.
struct ComparedSide {
  std::optional<PdqHash> pdq;
  bool bare = false;
};
/// Explanation of docs/openapi.yaml, on one line. Pure.
[[nodiscard]] std::string to_json(const Explanation& why, const ComparedSide& a, const ComparedSide& b);

/// A bare hash as a piece of media: of unknown quality, so taken as passing the gate. Pure.
[[nodiscard]] MediaSignals signals_of_bare_hash(const Fingerprint256& bits);

}  // namespace seawall
