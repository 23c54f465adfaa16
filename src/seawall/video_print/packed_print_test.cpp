#include "seawall/video_print/packed_print.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <string>

#include "seawall/video_print/detail/bit_code.h"
#include "video/generated_walk.h"

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose
using generated::mix;
using generated::Walk;
using generated::with_noise;

/// Frames of `labels` labels, each of a picture of its own, qualities and silences as they fall.
DensePrint print_of(std::uint64_t seed, std::size_t labels, int frames, std::int64_t leg_us) {
  HashTrack track;
  track.labels.resize(labels, "window");
  for (int i = 0; i < frames; ++i) {
    for (std::size_t label = 0; label < labels; ++label) {
      const std::uint64_t fate = mix(seed * 1000 + static_cast<std::uint64_t>(i) * 64 + label);
      if (fate % 9 == 0) continue;
      const Walk walk{seed * 100 + label, leg_us};
      track.hashes.push_back({i * 33'333LL,
                              {with_noise(walk.at(i * 33'333LL), static_cast<int>(fate % 6), fate),
                               50 + static_cast<int>(fate % 51)},
                              static_cast<std::uint16_t>(label)});
    }
  }
  return *prune(track);
}

DensePrint without_names(DensePrint print) {
  for (std::string& label : print.labels) label.clear();
  return print;
}

TEST(PackedPrint, GivesBackEveryPrint) {
  std::vector<std::byte> bytes;
  std::vector<std::pair<DensePrint, std::pair<std::size_t, std::size_t>>> all;
  for (const std::size_t labels : {1UL, 2UL, 3UL, 8UL, 64UL}) {
    for (const int frames : {1, 31, 32, 33, 700}) {
      for (const std::int64_t leg_us : {100'000, 250'000, 5'000'000}) {
        const DensePrint print = print_of(labels + static_cast<std::size_t>(frames), labels, frames, leg_us);
        const std::size_t begin = bytes.size();
        PackedPrint::append(print, bytes);
        all.push_back({without_names(print), {begin, bytes.size()}});
      }
    }
  }
  for (const auto& [print, place] : all) {
    const PackedPrint packed{std::span(bytes).subspan(place.first, place.second - place.first)};
    EXPECT_EQ(packed.unpacked(), print);
    EXPECT_EQ(packed.hashes(), print.hashes.size());
    EXPECT_EQ(packed.duration_ms(), print.duration_ms);
  }
}

TEST(PackedPrint, HasEachHashInItsBlock) {
  const DensePrint print = print_of(5, 6, 500, 250'000);
  std::vector<std::byte> bytes;
  PackedPrint::append(print, bytes);
  const PackedPrint packed(bytes);
  std::vector<HeldHash> hashes;
  for (std::uint32_t block = 0; block < packed.blocks(); ++block) {
    packed.read(block, hashes);
    EXPECT_EQ(packed.start_ms(block), hashes.front().start_ms);
    std::array<bool, 6> has{};
    for (std::size_t i = 0; i < hashes.size(); ++i) {
      EXPECT_EQ(hashes[i], print.hashes[block * packed.block_hashes() + i]);
      has[hashes[i].label] = true;
    }
    for (std::uint8_t label = 0; label < 6; ++label) EXPECT_EQ(packed.has(block, label), has[label]);
  }
}

TEST(PackedPrint, TakesLessThanHalfOfWhatItTookUnpacked) {
  for (const std::int64_t leg_us : {250'000, 2'000'000}) {
    HashTrack track;
    generated::append_showing(track, {3, leg_us}, {.end_us = 60'000'000});
    const DensePrint print = *prune(track);
    std::vector<std::byte> bytes;
    PackedPrint::append(print, bytes);
    EXPECT_LT(bytes.size(), print.hashes.size() * sizeof(HeldHash) / 2);
  }
}

TEST(PackedPrint, BytesOfAnotherKindAreReadWithoutHarm) {
  const DensePrint print = print_of(7, 2, 100, 250'000);
  std::vector<std::byte> bytes;
  PackedPrint::append(print, bytes);
  std::vector<HeldHash> hashes;
  for (std::size_t i = bytes.size() / 2; i < bytes.size(); ++i) {
    std::vector<std::byte> broken = bytes;
    broken[i] ^= static_cast<std::byte>(1U << (i % 8));
    const PackedPrint packed(broken);
    packed.read(packed.blocks() - 1, hashes);
    for (const HeldHash& hash : hashes) EXPECT_LT(hash.label, 2);
  }
}

/// docs/formats/video-print.md, bit by bit.
std::vector<std::byte> textbook_code(const Fingerprint256& change, int shift) {
  std::vector<bool> bits;
  unsigned gap = 0;
  for (unsigned bit = 0; bit < 256; ++bit, ++gap) {
    if ((change.words[bit / 64] >> (bit % 64) & 1) == 0) continue;
    for (unsigned i = 0; i < gap >> shift; ++i) bits.push_back(true);
    bits.push_back(false);
    for (int i = 0; i < shift; ++i) bits.push_back((gap >> i & 1) != 0);
    gap = static_cast<unsigned>(-1);
  }
  std::vector<std::byte> bytes((bits.size() + 7) / 8);
  for (std::size_t i = 0; i < bits.size(); ++i) {
    if (bits[i]) bytes[i / 8] |= std::byte{1} << (i % 8);
  }
  return bytes;
}

TEST(BitCode, IsTheTextbooks) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const int count = static_cast<int>(mix(seed) % 257);
    const Fingerprint256 change = with_noise({}, count, seed);
    std::size_t least = static_cast<std::size_t>(-1);
    for (int shift = 0; shift <= video_print_detail::kShiftMax; ++shift) {
      const std::vector<std::byte> wanted = textbook_code(change, shift);
      std::vector<std::byte> code;
      video_print_detail::append_code(code, change, shift);
      EXPECT_EQ(code, wanted);
      least = std::min(least, wanted.size());
      // Cut short, or with a bit of filling set, it is refused.
      Fingerprint256 again;
      if (wanted.empty()) continue;
      std::span<const std::byte> cut(wanted.data(), wanted.size() - 1);
      EXPECT_FALSE(video_print_detail::read_code(cut, count, shift, again));
    }
    EXPECT_EQ(video_print_detail::smallest_code(change).bytes, least);
  }
}

}  // namespace
