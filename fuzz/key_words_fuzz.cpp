// Property: any bytes are read as words to a key service or refused without a crash; what is read says the
// same when it is written and read again, and a demand names no record twice.
#include <cstdint>
#include <cstdlib>
#include <set>

#include "seawall/key_service/key_words.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)seawall::record_name_from(text);
  (void)seawall::settle_word_from(text);
  (void)seawall::restore_word_from(text);
  const auto demand = seawall::key_demand_from(text);
  if (!demand) return 0;
  const auto again = seawall::key_demand_from(to_text(*demand));
  if (!again || again->statement.to_text() != demand->statement.to_text() ||
      again->evidence.salt != demand->evidence.salt || again->evidence.proof != demand->evidence.proof)
    std::abort();
  (void)seawall::key_office_from(demand->statement);
  const auto use = seawall::key_use_from(demand->statement);
  if (!use) return 0;
  std::set<std::string> names;
  for (const auto& one : use->records) {
    if (one.wrapped.size() != seawall::kWrappedKeyBytes || !names.insert(one.record).second) std::abort();
  }
  return 0;
}
