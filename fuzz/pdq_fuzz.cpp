// Property: on any small picture every backend gives the same grid, spectrum, hash and symmetries; they are
// the textbook twin's where the float noise of the reference is repeated, and its grid to float32 elsewhere.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "seawall/fingerprint/detail/fold.h"
#include "seawall/fingerprint/detail/textbook_pdq.h"

namespace {

using seawall::PdqGrid;
using seawall::pdq_detail::Kernels;

void require(bool holds) {
  if (!holds) std::abort();
}

/// Sides from a byte each: mostly small, some just past the sizes where the filter's window grows, a few
/// long.
int side_of(std::uint8_t byte) {
  if (byte < 224) return 1 + byte;
  return byte < 248 ? 256 + (byte - 224) * 9 : 1000 + (byte - 248) * 620;
}

template <typename Picture>
void require_equal_backends(const Picture& picture) {
  const Kernels& portable = *seawall::pdq_detail::kernels_portable();
  const PdqGrid grid = fold(portable, picture);
  const seawall::PdqSpectrum spectrum = seawall::pdq_detail::spectrum(portable, grid);
  const auto all = dihedral(portable, spectrum);
  for (const char* name : {"avx2", "avx512", "neon"}) {
    const Kernels* kernels = seawall::pdq_detail::kernels_named(name);
    if (kernels == nullptr) continue;
    const PdqGrid other = fold(*kernels, picture);
    require(other.luma == grid.luma);
    const seawall::PdqSpectrum other_spectrum = seawall::pdq_detail::spectrum(*kernels, other);
    require(other_spectrum.dct == spectrum.dct && other_spectrum.quality == spectrum.quality);
    require(dihedral(*kernels, other_spectrum) == all);
  }
}

void require_twin(const seawall::PixelView& view) {
  const PdqGrid grid = seawall::pdq_grid(view);
  const bool small = view.width_px <= 128 && view.height_px <= 128;
  if (small) {
    require(seawall::pdq_hash(view) == seawall::textbook::hash(view));
    return;
  }
  const PdqGrid expected = seawall::textbook::precise_grid(view);
  for (std::size_t k = 0; k < grid.luma.size(); ++k) {
    require(std::abs(grid.luma[k] - expected.luma[k]) <= 1.6e-5f);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  const int width = side_of(data[0]);
  const int height = width < 1000 ? side_of(data[1]) : 1 + data[1] % 16;
  const auto layout = static_cast<seawall::PixelLayout>(1 + data[2] % 3);
  const std::size_t row = static_cast<std::size_t>(width) * static_cast<std::size_t>(bytes_per_pixel(layout));
  const std::size_t stride = row + data[3] % 8;
  const std::uint8_t choice = data[3];
  data += 3;
  size -= 3;
  // The last row ends with its memory, so that reading on would be seen.
  std::vector<std::uint8_t> bytes(stride * static_cast<std::size_t>(height - 1) + row);
  for (std::size_t k = 0; k < bytes.size(); ++k) {
    bytes[k] = static_cast<std::uint8_t>(data[k % size] + (k / size) * 17);
  }
  const seawall::PixelView view{bytes.data(), width, height, static_cast<std::ptrdiff_t>(stride), layout};
  require_equal_backends(view);
  require_twin(view);
  const int denominator = 1 << (choice % 4);
  require_equal_backends(
      seawall::ScaledPicture{view, width * denominator, height * denominator, denominator});
  const seawall::YccView planes{.y = bytes.data(),
                                .cb = (choice & 16) != 0 ? nullptr : bytes.data(),
                                .cr = bytes.data(),
                                .y_stride_bytes = width,
                                .chroma_stride_bytes = width,
                                .width_px = width,
                                .height_px = height,
                                .chroma_h_shift = (choice >> 5) & 1,
                                .chroma_v_shift = (choice >> 6) & 1,
                                .matrix = static_cast<seawall::YccMatrix>(1 + choice % 6)};
  require_equal_backends(planes);
  return 0;
}
