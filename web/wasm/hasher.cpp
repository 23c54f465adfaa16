// What a browser's worker calls (web/src/hash/wasm.ts): pixels to PDQ hashes in the variants of a look-up,
// and bytes to digests. One picture and one file at a time; every pointer lies in the module's own memory.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "seawall/match/detail/variants.h"
#include "web/wasm/digests.h"

namespace std {
inline namespace __1 {
// libc++'s own prints to stderr, which would need an import.
[[noreturn]] void __libcpp_verbose_abort(const char* /*format*/, ...) { __builtin_trap(); }
}  // namespace __1
}  // namespace std

// The module has one thread, which never ends.
extern "C" int __cxa_thread_atexit(void (* /*destroy*/)(void*), void* /*object*/, void* /*dso*/) { return 0; }

namespace {

using seawall::Frame;
using seawall::FrameSignals;
using seawall::PdqHash;

std::string answer;
seawall::wasm::Digest<seawall::wasm::Md5State> md5;
seawall::wasm::Digest<seawall::wasm::Sha1State> sha1;
seawall::wasm::Digest<seawall::wasm::Sha256State> sha256;
std::uint8_t digests[16 + 20 + 32];

void add_line(const std::string& name, const PdqHash& hash) {
  answer += name + '\t' + std::to_string(hash.quality) + '\t' + to_text(hash.bits) + '\n';
}

/// Keeps the first byte of each pixel, at the beginning of the same memory.
void keep_gray(std::uint8_t* pixels, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) pixels[i] = pixels[4 * i];
}

Frame frame_of(std::uint8_t* pixels, int width_px, int height_px, bool gray) {
  if (gray) keep_gray(pixels, static_cast<std::size_t>(width_px) * static_cast<std::size_t>(height_px));
  const auto layout = gray ? seawall::PixelLayout::kGray8 : seawall::PixelLayout::kRgbx32;
  Frame frame;
  frame.pixels = {pixels, width_px, height_px,
                  static_cast<std::ptrdiff_t>(width_px) * seawall::bytes_per_pixel(layout), layout};
  frame.original_width_px = width_px;
  frame.original_height_px = height_px;
  return frame;
}

}  // namespace

#define SEAWALL_EXPORT(name) __attribute__((export_name(#name), used)) extern "C"

SEAWALL_EXPORT(allocate) std::uint8_t* allocate(std::size_t bytes) {
  return static_cast<std::uint8_t*>(std::malloc(bytes));
}
SEAWALL_EXPORT(release) void release(std::uint8_t* memory) { std::free(memory); }

/// `pixels`: width_px * height_px of R, G, B and an ignored byte, row-major, no padding; overwritten if
/// `gray`, which says that the file has one channel: of small pictures the float noise is another then
/// (docs/fingerprints.md section 2). `profile`: 0 none, 1 default, 2 thorough. Gives the length of the
/// answer, whose first byte is at hash_answer(): a line for the picture as it is, whatever its quality, then
/// one for each variant, each "name TAB quality TAB 64 hex digits".
SEAWALL_EXPORT(hash_pixels)
std::size_t hash_pixels(std::uint8_t* pixels, int width_px, int height_px, bool gray, int profile) {
  answer.clear();
  const FrameSignals signals = seawall::detail::hash_variants(frame_of(pixels, width_px, height_px, gray),
                                                              static_cast<seawall::VariantProfile>(profile),
                                                              seawall::VariantSide::kQuery);
  add_line("original", signals.pdq);
  for (const seawall::VariantHash& one : signals.variants) add_line(one.variant.name(), one.hash);
  return answer.size();
}
SEAWALL_EXPORT(hash_answer) const char* hash_answer() { return answer.data(); }

SEAWALL_EXPORT(digest_start) void digest_start() {
  md5 = {};
  sha1 = {};
  sha256 = {};
}
SEAWALL_EXPORT(digest_update) void digest_update(const std::uint8_t* bytes, std::size_t count) {
  md5.update(bytes, count);
  sha1.update(bytes, count);
  sha256.update(bytes, count);
}
/// 16 bytes of MD5, 20 of SHA-1 and 32 of SHA-256 of what came since digest_start().
SEAWALL_EXPORT(digest_finish) const std::uint8_t* digest_finish() {
  md5.finish(digests);
  sha1.finish(digests + 16);
  sha256.finish(digests + 36);
  return digests;
}
