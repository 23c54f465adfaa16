#include "seawall/listing/listed_content.h"

#include <algorithm>
#include <string>
#include <vector>

#include "seawall/video_print/dense_print.h"

namespace seawall {
namespace {

EntryContent content_of(const ListedFile& file) {
  EntryContent content;
  content.signals.md5 = file.digests.md5;
  content.signals.sha1 = file.digests.sha1;
  content.signals.sha256 = file.digests.sha256;
  content.media_type = file.media_type;
  content.size_bytes = file.size_bytes;
  return content;
}

}  // namespace

EntryContent content_of_picture(const MediaSignals& signals, const ListedFile& file) {
  EntryContent content = content_of(file);
  std::vector<ListedPdq>& hashes = content.signals.pdq;
  for (const FrameSignals& frame : signals.frames) {
    for (const VariantHash& variant : frame.variants) {
      if (hashes.size() == EntryContent::kPdqMax) return content;
      const bool known =
          std::ranges::any_of(hashes, [&](const ListedPdq& hash) { return hash.bits == variant.hash.bits; });
      if (!known) hashes.push_back({variant.hash.bits, variant.hash.quality});
    }
  }
  return content;
}

Result<EntryContent> content_of_video(const ListedVideo& video, const ListedFile& file) {
  EntryContent content = content_of(file);
  if (video.print.hashes.empty()) return content;
  SEAWALL_TRY(const auto bytes, write_dense_print(video.print));
  if (bytes.size() > CarriedSignal::kDensePrintBytesMax) {
    return fail(Code::kLimitExceeded, "the video is too long for one entry: its fingerprint has " +
                                          std::to_string(bytes.size()) + " bytes, at most " +
                                          std::to_string(CarriedSignal::kDensePrintBytesMax) +
                                          "; list it in parts");
  }
  content.signals.carried.push_back(
      {std::string(CarriedSignal::kDensePrint), {reinterpret_cast<const char*>(bytes.data()), bytes.size()}});
  return content;
}

}  // namespace seawall
