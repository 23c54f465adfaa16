// Property: whatever the bytes, what is read of a stream to be attached keeps its limits, names each bank and
// label once, and is refused with a place and words otherwise.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>

#include "seawall/api/padded_body.h"
#include "seawall/api/stream_asks.h"

namespace {

using Ask = seawall::NewStreamAsk;

bool is_within(const std::string& text, std::size_t least, std::size_t most) {
  return text.size() >= least && text.size() <= most;
}

bool are_once(const Ask& ask) {
  const std::set<std::string> banks(ask.banks.begin(), ask.banks.end());
  std::set<std::string> labels;
  for (const auto& [name, value] : ask.labels) labels.insert(name);
  return banks.size() == ask.banks.size() && labels.size() == ask.labels.size();
}

bool is_sound(const Ask& ask) {
  const auto bank = [](const std::string& name) { return is_within(name, 1, 200); };
  const auto label = [](const auto& one) {
    return is_within(one.first, 1, Ask::kLabelNameBytesMax) && is_within(one.second, 0, Ask::kLabelBytesMax);
  };
  bool sound = is_within(ask.name, 1, Ask::kNameBytesMax) && is_within(ask.url, 1, Ask::kUrlBytesMax) &&
               ask.banks.size() <= Ask::kBanksMax && ask.labels.size() <= Ask::kLabelsMax && are_once(ask);
  sound = sound && std::ranges::all_of(ask.banks, bank) && std::ranges::all_of(ask.labels, label);
  if (!ask.cut_off) return sound;
  return sound && is_within(ask.cut_off->webhook, 1, 2'048) &&
         ask.cut_off->tier != seawall::ClipTier::kNone && ask.cut_off->action != seawall::BankAction::kAllow;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const seawall::PaddedBody body(std::string_view(reinterpret_cast<const char*>(data), size));
  const auto ask = seawall::new_stream_from_json(body.text());
  const bool held = ask ? is_sound(*ask) : !ask.error().detail.empty() && ask.error().at.size() < 256;
  if (!held) std::abort();
  return 0;
}
