#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "seawall/durable_file/byte_io.h"
#include "seawall/video_print/dense_print.h"

namespace seawall::video_print_detail {

/// What hashes of one label are coded against.
struct Before {
  Fingerprint256 bits;
  std::int8_t quality = 100;
};

/// One hash as docs/formats/video-print.md has it. `since_ms`: after the start of the hash before.
void put_hash(std::vector<std::byte>& out, const HeldHash& hash, std::uint32_t since_ms, bool with_label,
              Before& before);
/// Reads one, and moves `at_ms` to its start. `before`: of each label. False when it is not as put_hash()
/// writes it.
[[nodiscard]] bool get_hash(durable::ByteReader& reader, std::span<Before> before, std::uint32_t& at_ms,
                            HeldHash& hash);
[[nodiscard]] bool quality_is_valid(int quality);

}  // namespace seawall::video_print_detail
