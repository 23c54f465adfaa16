// Whatever a look-up service answers: no crash; what is taken for an answer has one part for each item, with
// numbers in their ranges and texts of bounded length.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "seawall/remote_lookup/answers.h"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  constexpr std::size_t kTextBytesMax = 200;
  for (std::size_t items = 0; items < 3; ++items) {
    const auto answers = seawall::lookup_answers_from(text, items);
    if (!answers) continue;
    check(answers->size() == items);
    for (const auto& answer : *answers) {
      for (const auto& match : answer.matches) {
        check(match.distance_bits >= 0 && match.distance_bits <= 256 && match.frame_index >= 0);
        check(match.bank.size() <= kTextBytesMax && match.entry.size() <= kTextBytesMax);
      }
      check(!answer.error || answer.error->message.size() <= kTextBytesMax);
    }
  }
  std::string type;
  check(seawall::problem_detail_from(text, type).size() <= kTextBytesMax && type.size() <= kTextBytesMax);
  return 0;
}
