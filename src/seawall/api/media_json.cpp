#include "seawall/api/media_json.h"

#include <algorithm>

#include "seawall/base/hex.h"
#include "seawall/crypto/digest.h"
#include "seawall/match/firm_decode.h"

namespace seawall {
namespace {

constexpr int kQualityOfBareHash = 100;
constexpr int kPdqSideMin = 5;  // As pdq_hash() has it.

HashedFrame hashed(const Frame& frame, const HashStyle& style) {
  HashedFrame out{frame.index, frame.time_ms, {}};
  if (std::min(frame.original_width_px, frame.original_height_px) < kPdqSideMin) return out;
  const PdqSpectrum spectrum = pdq_spectrum(grid_of(frame));
  out.pdq = pdq_hash(spectrum);
  if (style.dihedral && frame.index == 0) out.symmetries = pdq_dihedral(spectrum);
  return out;
}

Json frame_json(const HashedFrame& frame) {
  Json json;
  json["index"] = frame.index;
  json["time_ms"] = frame.time_ms;
  json["pdq"] = to_text(frame.pdq.bits);
  json["pdq_quality"] = frame.pdq.quality;
  return json;
}

Json side_json(const ComparedSide& side, int quality, const Variant& variant, int frame) {
  Json json;
  if (side.name) json["name"] = *side.name;
  json["pdq"] = side.pdq ? Json(to_text(side.pdq->bits)) : Json();
  json["pdq_quality"] = side.bare ? Json() : Json(quality);
  json["variant"] = variant.name();
  json["frame"] = frame;
  return json;
}

}  // namespace

Result<HashedMedia> hashes_of(MediaDecoder& decoder, std::span<const std::byte> file,
                              const DecodeOptions& decode, const HashStyle& style) {
  HashedMedia media;
  media.digests = digests_of(file);
  auto info = decode_firm(decoder, file, decode, [&](const Frame& frame) {
    if (style.every_frame || media.frames.empty()) media.frames.push_back(hashed(frame, style));
  });
  if (info) {
    media.info = *info;
    if (media.frames.empty()) return fail(Code::kInvalidInput, "no frame could be decoded");
    return media;
  }
  media.info.type = sniff_media_type(file.first(std::min<std::size_t>(64, file.size())));
  if (info.error().code != Code::kUnsupported || media.info.type != MediaType::kUnknown) {
    return tl::unexpected(std::move(info).error());
  }
  media.frames.clear();
  return media;
}

Json hashes_json(const HashedMedia& media, const HashStyle& style) {
  const bool picture = !media.frames.empty();
  const auto when_picture = [&](auto value) { return picture ? Json(value) : Json(); };
  Json json;
  json["type"] = mime_type_of(media.info.type);
  json["width"] = when_picture(media.info.width_px);
  json["height"] = when_picture(media.info.height_px);
  json["pdq"] = picture ? Json(to_text(media.frames[0].pdq.bits)) : Json();
  json["pdq_quality"] = picture ? Json(media.frames[0].pdq.quality) : Json();
  json["md5"] = to_hex(media.digests.md5);
  json["sha1"] = to_hex(media.digests.sha1);
  json["sha256"] = to_hex(media.digests.sha256);
  json["size_bytes"] = media.digests.size_bytes;
  json["frames"] = media.info.frames_total;
  json["truncated"] = media.info.truncated;
  if (!picture) json["note"] = "not a picture that this build reads";
  if (style.every_frame) {
    json["frame_hashes"] = Json::array();
    for (const HashedFrame& frame : media.frames) json["frame_hashes"].push_back(frame_json(frame));
  }
  if (style.dihedral && picture) {
    for (std::size_t i = 0; i < kDihedralCount; ++i) {
      json["dihedral"][std::string(name_of(static_cast<Dihedral>(i)))] =
          to_text(media.frames[0].symmetries[i].bits);
    }
  }
  return json;
}

ComparedSide compared_side(const MediaSignals& signals, bool bare) {
  ComparedSide side;
  side.bare = bare;
  if (!signals.frames.empty()) side.pdq = signals.frames.front().pdq;
  return side;
}

Json explanation_json(const Explanation& why, const ComparedSide& a, const ComparedSide& b) {
  Json json;
  json["match"] = why.is_match;
  json["same_bytes"] = why.same_bytes && !a.bare && !b.bare;
  json["radius"] = why.radius_bits;
  json["distance"] = why.has_best ? Json(why.best_distance_bits) : Json();
  json["plain_distance"] = why.plain_distance_bits;
  json["a"] = side_json(a, why.quality_query, why.query_variant, why.query_frame_index);
  json["b"] = side_json(b, why.quality_stored, why.stored_variant, why.stored_frame_index);
  json["words"] = why.words;
  return json;
}

MediaSignals signals_of_bare_hash(const Fingerprint256& bits) {
  MediaSignals signals;
  FrameSignals frame;
  frame.pdq = {bits, kQualityOfBareHash};
  frame.variants.push_back({Variant{}, frame.pdq});
  signals.frames.push_back(std::move(frame));
  return signals;
}

}  // namespace seawall
