#pragma once

#include <cstdint>
#include <filesystem>

namespace seawall::bench {

struct FloorTimes {
  double wall_s = 0;
  double cpu_s = 0;
};

/// What SQLite itself needs for the bytes of `count` generated entries: id, key and canonical content into a
/// table without any index, by one prepared INSERT a row, in one transaction with its durable commit. Making
/// the bytes is not counted. Ends the program when SQLite refuses.
FloorTimes insert_plain(const std::filesystem::path& file, std::uint64_t count);

}  // namespace seawall::bench
