#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace seawall {

/// A day's seed. Its commitment is in the log before anything is chosen with it, so that nobody can steer
/// which decisions are looked at again, and everybody to whom it is opened can see that nobody did.
using SampleSeed = std::array<std::byte, 32>;

/// Whether that decision is shown to another person: the first 4 bytes (big-endian) of
/// SHA-256("seawall/review-sample/v1\n" || seed || item) lie below `permille` thousandths of 2^32. `item`:
/// its name ("v12"). `permille`: 0..1000. Pure.
[[nodiscard]] bool is_sampled(const SampleSeed& seed, std::string_view item, std::int64_t permille);

}  // namespace seawall
