#pragma once

#include <cstddef>
#include <span>

namespace seawall {

/// The orientation (tag 0x0112) of an EXIF block: 1..8 as EXIF 2.32 section 4.6.4 names them; 1 (upright)
/// when the tag is absent, out of range, or the block is damaged. `block`: a TIFF structure ("II*\0" or
/// "MM\0*"), with or without the six bytes "Exif\0\0" before it. Reads the first IFD only and at most 512 of
/// its entries. Never fails, never allocates.
[[nodiscard]] int exif_orientation(std::span<const std::byte> block);

/// The data of the first eXIf chunk of a PNG file, wherever it stands; empty when there is none before the
/// end, the first damaged chunk, or 65,536 chunks.
[[nodiscard]] std::span<const std::byte> find_png_exif(std::span<const std::byte> png_file);

}  // namespace seawall
