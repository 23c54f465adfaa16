#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

/// MD5 (RFC 1321), SHA-1 and SHA-256 (FIPS 180-4) for the browser, where there is no OpenSSL and SubtleCrypto
/// neither streams nor knows MD5. Not for secrets: nothing here is done in constant time.
/// Twin: node's crypto, in web/src/hash/wasm.test.ts.
namespace seawall::wasm {

struct Md5State {
  static constexpr bool kBigEndian = false;
  std::array<std::uint32_t, 4> words{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  void block(const std::uint8_t* bytes);
};

struct Sha1State {
  static constexpr bool kBigEndian = true;
  std::array<std::uint32_t, 5> words{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  void block(const std::uint8_t* bytes);
};

struct Sha256State {
  static constexpr bool kBigEndian = true;
  std::array<std::uint32_t, 8> words{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                     0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  void block(const std::uint8_t* bytes);
};

/// One digest of bytes given in pieces. Plain data; starts anew by assignment.
template <typename State>
class Digest {
 public:
  static constexpr std::size_t kBytes = sizeof(State::words);

  void update(const std::uint8_t* bytes, std::size_t count) {
    total_bytes_ += count;
    if (held_ > 0) {
      const std::size_t taken = count < kBlock - held_ ? count : kBlock - held_;
      std::memcpy(pending_.data() + held_, bytes, taken);
      held_ += taken;
      bytes += taken;
      count -= taken;
      if (held_ < kBlock) return;
      state_.block(pending_.data());
    }
    for (; count >= kBlock; bytes += kBlock, count -= kBlock) state_.block(bytes);
    if (count > 0) std::memcpy(pending_.data(), bytes, count);
    held_ = count;
  }

  /// Writes kBytes. The object is used up.
  void finish(std::uint8_t* out) {
    const std::uint64_t bits = total_bytes_ * 8;
    constexpr std::array<std::uint8_t, kBlock> kPadding{0x80};
    update(kPadding.data(), (held_ < 56 ? 56 : 120) - held_);
    std::array<std::uint8_t, 8> length{};
    for (std::size_t i = 0; i < 8; ++i) {
      length[State::kBigEndian ? 7 - i : i] = static_cast<std::uint8_t>(bits >> (8 * i));
    }
    update(length.data(), length.size());
    for (std::size_t i = 0; i < kBytes; ++i) {
      const std::size_t shift = 8 * (State::kBigEndian ? 3 - i % 4 : i % 4);
      out[i] = static_cast<std::uint8_t>(state_.words[i / 4] >> shift);
    }
  }

 private:
  static constexpr std::size_t kBlock = 64;
  State state_;
  std::array<std::uint8_t, kBlock> pending_{};
  std::size_t held_ = 0;
  std::uint64_t total_bytes_ = 0;
};

}  // namespace seawall::wasm
