// Property: whatever the bytes, what is read keeps its limits and is whole: each item has signals or a url,
// never both, and a single question is not a batch.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "seawall/api/match_ask.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string body;
  body.reserve(size + seawall::JsonObjectReader::kPaddingBytes);
  body.assign(data, data + size);
  seawall::JsonObjectReader reader;
  const auto read = seawall::match_ask_from_json(reader, body);
  if (!read) {
    if (read.error().message.empty()) std::abort();
    return 0;
  }
  bool sound = !read->items.empty() && read->items.size() <= seawall::MatchAsk::kItemsMax &&
               read->banks.size() <= seawall::MatchAsk::kBanksMax && (read->batch || read->items.size() == 1);
  for (const auto& item : read->items) {
    sound = sound && item.url.empty() != item.asked.signals.empty() &&
            item.asked.signals.pdq.size() <= seawall::AskedSignals::kPdqMax &&
            item.asked.id.size() <= seawall::AskedItem::kIdBytesMax;
  }
  if (!sound) std::abort();
  return 0;
}
