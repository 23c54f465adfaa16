// Property: whatever a client of HMA sends as a signal, a name, a number, a note or metadata, what is taken
// keeps its limits and reads back as the same.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "seawall/json/json.h"
#include "seawall/service/hma_content.h"

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

void check_signal(std::string_view text) {
  for (const seawall::HmaType type : seawall::kHmaTypes) {
    const auto signal = seawall::hma_signal_from_text(type, text);
    if (!signal) continue;
    const auto again = seawall::hma_signal_from_text(type, signal->text);
    demand(again && again->text == signal->text && again->pdq == signal->pdq && again->md5 == signal->md5);
  }
}

void check_notes(std::string_view text) {
  seawall::HmaForm form;
  form.fields.emplace("metadata", text);
  form.fields.emplace("note", text);
  for (const auto& notes : {seawall::hma_notes(seawall::parse_json(text).value_or(seawall::Json()), form),
                            seawall::hma_notes(seawall::Json(), form)}) {
    if (!notes) continue;
    const seawall::EntryContent content = seawall::hma_content({}, *notes);
    demand(seawall::note_of(content) == notes->note);
    demand(notes->metadata.empty() || seawall::hma_user_metadata(content).is_object());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_signal(text);
  check_notes(text);
  if (const auto entry = seawall::hma_entry(text))
    demand(seawall::hma_entry(seawall::hma_id(*entry)) == entry);
  (void)seawall::hma_boolean(text);
  (void)seawall::hma_check_selection(seawall::HmaType::kPdq, std::string(text));
  return 0;
}
