// Property: any bytes are read as an overseer's query or refused without a crash; one that is read has one
// text, which is read as the same query.
#include <cstdint>
#include <cstdlib>

#include "seawall/overseer/log_query.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto query = seawall::log_query_from({reinterpret_cast<const char*>(data), size});
  if (!query) return 0;
  const std::string text = seawall::to_text(*query);
  const auto again = seawall::log_query_from(text);
  // What lists every kind and source may be longer than a query may be.
  if (!again && text.size() <= seawall::LogQuery::kTextBytesMax) std::abort();
  if (again && !(*again == *query)) std::abort();
  return 0;
}
