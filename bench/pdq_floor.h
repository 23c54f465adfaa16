#pragma once

#include <cstddef>
#include <cstdint>

namespace seawall::bench {

/// Reads every byte once, as fast as the machine can: the least that hashing a picture must do.
std::uint64_t read_all(const std::uint8_t* bytes, std::size_t size);

}  // namespace seawall::bench
