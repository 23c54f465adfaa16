// Property: whatever the bytes, what is read of a change of the lists keeps the limits of the model, has a
// reason, and is refused with a place and words otherwise. The first byte says which question it is.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "seawall/api/list_asks.h"
#include "seawall/store/content_check.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

void must_be_why(const std::string& why) {
  must(!why.empty() && why.size() <= seawall::Authorship::kWhyBytesMax);
}

template <class T>
bool read_well(const seawall::JsonRead<T>& read) {
  if (!read) must(!read.error().detail.empty() && read.error().at.size() < 256);
  return read.has_value();
}

void bank(std::string_view body) {
  auto ask = seawall::new_bank_from_json(body);
  if (!read_well(ask)) return;
  must_be_why(ask->why);
  must(seawall::check_bank(ask->bank).has_value());
}

void bank_changes(std::string_view body) {
  const auto ask = seawall::bank_changes_from_json(body);
  if (!read_well(ask)) return;
  must_be_why(ask->why);
  seawall::ListBank bank;
  bank.name = "known";
  ask->apply(bank);
  must(ask->version > 0 && seawall::check_bank(bank).has_value());
}

void entry(std::string_view body) {
  const auto ask = seawall::new_entry_from_json(body);
  if (!read_well(ask)) return;
  must_be_why(ask->why);
  must(seawall::check_content(ask->content).has_value() && seawall::check_key(ask->key).has_value());
}

void entry_changes(std::string_view body) {
  const auto ask = seawall::entry_changes_from_json(body);
  if (!read_well(ask)) return;
  must_be_why(ask->why);
  const auto& changes = ask->changes;
  must(!changes.tags || changes.tags->size() <= seawall::EntryContent::kTagsMax);
  if (changes.radius_bits && *changes.radius_bits)
    must(**changes.radius_bits >= 0 && **changes.radius_bits <= 256);
}

void others(std::string_view body) {
  const auto withdrawal = seawall::withdrawal_from_json(body);
  if (read_well(withdrawal)) {
    must(!withdrawal->entries.empty() && std::ranges::is_sorted(withdrawal->entries));
    must(withdrawal->entries.size() <= seawall::WithdrawalAsk::kEntriesMax);
  }
  const auto finding = seawall::finding_from_json(body);
  if (read_well(finding)) must(!finding->decision.match.empty() && finding->decision.match.size() <= 200);
  const auto why = seawall::why_from_json(body);
  if (read_well(why)) must_be_why(*why);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string body;
  body.reserve(size + seawall::JsonObjectReader::kPaddingBytes);
  body.assign(data + 1, data + size);
  constexpr void (*kReaders[])(std::string_view) = {bank, bank_changes, entry, entry_changes, others};
  kReaders[data[0] % std::size(kReaders)](body);
  if (const auto id = seawall::entry_from_name(body)) must(seawall::to_text(*id) == body);
  return 0;
}
