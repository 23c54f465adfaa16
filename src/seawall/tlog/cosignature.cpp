#include "seawall/tlog/cosignature.h"

#include <cstring>
#include <limits>

#include "seawall/tlog/checkpoint.h"

namespace seawall::tlog {
namespace {

constexpr std::size_t kTimeBytes = 8;
constexpr std::uint64_t kTimeMax = std::numeric_limits<std::int64_t>::max();

}  // namespace

Result<Cosignature> parse_cosignature(std::string_view bytes) {
  Cosignature cosignature;
  if (bytes.size() != kTimeBytes + cosignature.signature.size()) {
    return fail(Code::kInvalidInput, "a cosignature has 72 bytes");
  }
  for (const char c : bytes.substr(0, kTimeBytes)) {
    cosignature.time_s = cosignature.time_s << 8 | static_cast<unsigned char>(c);
  }
  if (cosignature.time_s > kTimeMax)
    return fail(Code::kInvalidInput, "a cosignature's time exceeds 2^63 - 1");
  std::memcpy(cosignature.signature.data(), bytes.data() + kTimeBytes, cosignature.signature.size());
  return cosignature;
}

std::string print_cosignature(const Cosignature& cosignature) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(cosignature.time_s >> shift & 0xFF);
  return bytes.append(reinterpret_cast<const char*>(cosignature.signature.data()),
                      cosignature.signature.size());
}

std::string cosigned_message(std::string_view checkpoint_text, std::uint64_t time_s) {
  return ("cosignature/v1\ntime " + std::to_string(time_s) + "\n").append(checkpoint_text);
}

Result<std::string> cosign(std::string_view checkpoint_text, std::uint64_t time_s, const SigningKey& key) {
  SEAWALL_CHECK(parse_checkpoint(checkpoint_text));
  if (time_s > kTimeMax) return fail(Code::kInvalidInput, "a cosignature's time exceeds 2^63 - 1");
  SEAWALL_TRY(const Signature signature, key.sign(cosigned_message(checkpoint_text, time_s)));
  return print_cosignature({time_s, signature});
}

}  // namespace seawall::tlog
