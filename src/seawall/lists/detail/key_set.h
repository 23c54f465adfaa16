#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace seawall::lists_detail {

/// 128 bits that stand for a key. Two of 100 million different keys agree with a chance below 2^-74. Not made
/// to resist somebody who wants two keys of his own list to agree: he would only lose one of them.
struct KeyHash {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  friend bool operator==(const KeyHash&, const KeyHash&) = default;
};

/// Hashes text into what `seed` holds, so that hashes can be chained.
inline KeyHash key_hash(std::string_view text, KeyHash seed = {0x9e3779b97f4a7c15, 0xd1b54a32d192ed03}) {
  const auto finish = [](std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  };
  KeyHash hash = seed;
  hash.a ^= text.size() * 0xff51afd7ed558ccd;
  while (!text.empty()) {
    std::uint64_t word = 0;
    const std::size_t count = text.size() < sizeof word ? text.size() : sizeof word;
    std::memcpy(&word, text.data(), count);
    text.remove_prefix(count);
    hash.a = finish(hash.a ^ word) + std::rotl(hash.b, 23);
    hash.b = finish(hash.b + word) ^ std::rotl(hash.a, 41);
  }
  return {finish(hash.a + hash.b), finish(hash.b ^ std::rotl(hash.a, 17))};
}

/// A set of key hashes. Threads: one. Cost: 23 to 46 bytes a key, twice that for an instant while it grows.
class KeySet {
  template <class Slots>
  static auto& slot_of(Slots& slots, const KeyHash& hash) {
    std::size_t at = hash.a & (slots.size() - 1);
    while (!(slots[at] == hash) && !(slots[at] == KeyHash{})) at = (at + 1) & (slots.size() - 1);
    return slots[at];
  }

 public:
  /// False when it was there already.
  bool insert(const KeyHash& hash) {
    if ((count_ + 1) * 10 > slots_.size() * 7) grow();
    KeyHash& slot = slot_of(slots_, hash);
    if (slot == hash) return false;
    slot = hash;
    ++count_;
    return true;
  }
  [[nodiscard]] bool contains(const KeyHash& hash) const {
    return !slots_.empty() && slot_of(slots_, hash) == hash;
  }
  [[nodiscard]] std::size_t size() const { return count_; }

 private:
  void grow() {
    std::vector<KeyHash> larger(slots_.empty() ? 1024 : slots_.size() * 2);
    for (const KeyHash& hash : slots_) {
      if (!(hash == KeyHash{})) slot_of(larger, hash) = hash;
    }
    slots_.swap(larger);
  }

  std::vector<KeyHash> slots_;  // Zeros: free. A key that hashes to zeros would be lost: one in 2^128.
  std::size_t count_ = 0;
};

}  // namespace seawall::lists_detail
