// Property: any bytes are read as a record of a hold or a destruction, or refused without a crash; a
// destruction names as many records as it counts, each once, and has one text, which is read as the same.
#include <cstdint>
#include <cstdlib>

#include "seawall/retention/own_words.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using seawall::Destruction;
  const auto words = seawall::retention_words_from({reinterpret_cast<const char*>(data), size});
  const Destruction* told = words ? std::get_if<Destruction>(&*words) : nullptr;
  if (told == nullptr) return 0;
  std::uint64_t named = 0;
  std::uint64_t before = 0;
  for (const auto& [first, last] : told->ids) {
    if (first <= before || last < first) std::abort();
    named += last - first + 1;
    before = last;
  }
  if (named != told->count || told->count == 0 || named > Destruction::kCountMax) std::abort();
  const auto again = seawall::retention_words_from(to_text(*told));
  if (!again || !(std::get<Destruction>(*again) == *told)) std::abort();
  return 0;
}
