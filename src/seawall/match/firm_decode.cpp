#include "seawall/match/firm_decode.h"

namespace seawall {

PdqGrid grid_of(const Frame& frame) {
  if (frame.scale_denominator == 1) return pdq_grid(frame.pixels);
  return pdq_grid(ScaledPicture{frame.pixels, frame.original_width_px, frame.original_height_px,
                                frame.scale_denominator});
}

Result<MediaInfo> decode_firm(MediaDecoder& decoder, std::span<const std::byte> file,
                              const DecodeOptions& options, FunctionRef<void(const Frame&)> visit) {
  int handed_on = 0;
  bool again = false;
  const auto visit_firm = [&](const Frame& frame) {
    // Only the first frame can start the file anew, or an earlier one would be seen twice.
    again =
        again || (handed_on == 0 && frame.scale_denominator > 1 && !is_firm(pdq_spectrum(grid_of(frame))));
    if (again) return;
    ++handed_on;
    visit(frame);
  };
  Result<MediaInfo> fast = decoder.decode(file, options, visit_firm);
  if (!again) return fast;
  DecodeOptions exact = options;
  exact.exact = true;
  handed_on = 0;
  Result<MediaInfo> info = decoder.decode(file, exact, [&](const Frame& frame) {
    ++handed_on;
    visit(frame);
  });
  if (info || handed_on > 0 || !fast) return info;
  return decoder.decode(file, options, visit);
}

}  // namespace seawall
