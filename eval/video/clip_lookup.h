#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <vector>

#include "clip_evaluation.h"
#include "seawall/clip_match/clip_index.h"
#include "seawall/media/video_decoder.h"
#include "seawall/video_print/vpdq.h"
#include "seawall/video_signals/video_signals.h"

namespace seawall::eval {

/// What is looked up of one video.
struct ClipQuery {
  HashTrack track;  ///< By the thorough profile.
  std::vector<VpdqFeature> vpdq;
};

/// Decodes through the sandboxed worker. Ends the program where the file cannot be read.
[[nodiscard]] ClipQuery query_of(VideoDecoder& decoder, const std::filesystem::path& file);
/// Every hash that the frames of a template are listed or looked up by.
[[nodiscard]] std::vector<Fingerprint256> template_hashes(VideoDecoder& decoder,
                                                          const std::filesystem::path& file);
[[nodiscard]] ListedVideo listing_of(VideoDecoder& decoder, const std::filesystem::path& file);

/// The clips that match, by their place in the list.
[[nodiscard]] std::vector<std::size_t> clips_of(const ClipAnswer& answer);

/// The listed clips under each rule. Threads: any number may look up.
class ClipLookup {
 public:
  ClipLookup(std::vector<ListedVideo> listed, const std::vector<Fingerprint256>& benign);

  /// Which listed clips `query` shows, by their place in the list.
  [[nodiscard]] std::vector<std::size_t> found(ClipRule rule, const ClipQuery& query) const;
  [[nodiscard]] ClipAnswer answer(ClipRule rule, const ClipQuery& query) const;  ///< Of our own rules.
  [[nodiscard]] std::size_t hashes(ClipRule rule) const;

 private:
  std::array<std::unique_ptr<ClipIndex>, kClipRules> indexes_;  ///< Null for vPDQ's.
  std::vector<std::vector<VpdqFeature>> vpdq_;
};

}  // namespace seawall::eval
