#include "seawall/store_sql/detail/key_hash.h"

#include <bit>

namespace seawall::store_sql_detail {
namespace {

struct SipState {
  std::uint64_t a = 0x736f6d6570736575U ^ 0x53656177616c6c31U;
  std::uint64_t b = 0x646f72616e646f6dU ^ 0x6c6973746b657973U;
  std::uint64_t c = 0x6c7967656e657261U ^ 0x53656177616c6c31U;
  std::uint64_t d = 0x7465646279746573U ^ 0x6c6973746b657973U;

  void round() {
    a += b;
    b = std::rotl(b, 13) ^ a;
    a = std::rotl(a, 32);
    c += d;
    d = std::rotl(d, 16) ^ c;
    a += d;
    d = std::rotl(d, 21) ^ a;
    c += b;
    b = std::rotl(b, 17) ^ c;
    c = std::rotl(c, 32);
  }
  void word(std::uint64_t m) {
    d ^= m;
    round();
    a ^= m;
  }
};

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    word |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return word;
}

}  // namespace

std::uint64_t key_hash(std::string_view key) {
  SipState state;
  std::string_view left = key;
  for (; left.size() >= 8; left.remove_prefix(8)) state.word(little_endian(left.substr(0, 8)));
  state.word((std::uint64_t{key.size() & 0xFF} << 56) | little_endian(left));
  state.c ^= 0xFF;
  for (int i = 0; i < 3; ++i) state.round();
  return state.a ^ state.b ^ state.c ^ state.d;
}

}  // namespace seawall::store_sql_detail
