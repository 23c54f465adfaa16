#include "seawall/exchange/detail/writing.h"

#include <algorithm>

#include "seawall/exchange/detail/record_draft.h"
#include "seawall/json/text.h"
#include "seawall/model/time_text.h"

namespace seawall::exchange_detail {
namespace {

bool is_text(std::string_view text, std::size_t bytes_max) {
  return text.size() <= bytes_max && is_utf8(text) && text.find('\0') == std::string_view::npos;
}

tl::unexpected<Error> not_a_record(std::string_view what) {
  return fail(Code::kInvalidInput, "a record cannot be written: " + std::string(what));
}

Result<void> check_signals(const EntrySignals& signals) {
  if (signals.empty()) return not_a_record("it holds no signal");
  if (signals.pdq.size() > EntryContent::kPdqMax) return not_a_record("too many PDQ hashes");
  if (signals.carried.size() > EntryContent::kCarriedMax) return not_a_record("too many carried signals");
  for (const auto& [type, bytes] : signals.carried) {
    if (!is_carried_type(type)) return not_a_record("the type of a carried signal is no name");
    if (bytes.empty() || bytes.size() > carried_bytes_max(type)) {
      return not_a_record("a carried signal is empty or too large");
    }
  }
  for (const ListedPdq& pdq : signals.pdq) {
    if (pdq.quality < ListedPdq::kQualityUnknown || pdq.quality > 100) return not_a_record("a quality");
  }
  return {};
}

Result<void> check_attributes(const EntryContent& content) {
  if (content.attributes.size() > EntryContent::kAttributesMax) return not_a_record("too many attributes");
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < content.attributes.size(); ++i) {
    const auto& [name, value] = content.attributes[i];
    bytes += name.size() + value.size();
    if (name.empty() || !is_text(name, EntryContent::kTextBytesMax) ||
        !is_text(value, EntryContent::kAttributeBytesMax)) {
      return not_a_record("an attribute is not UTF-8 text or too long");
    }
    if (i > 0 && content.attributes[i - 1].first >= name)
      return not_a_record("attributes are not sorted by name");
  }
  if (bytes > EntryContent::kAttributeBytesMax) return not_a_record("its attributes are too large");
  return {};
}

Result<void> check_texts(const EntryContent& content) {
  if (content.classification) SEAWALL_CHECK(check_classification(*content.classification));
  if (content.classification && !is_text(content.classification->value, Classification::kValueBytesMax)) {
    return not_a_record("its classification is not UTF-8 text");
  }
  if (!is_text(content.series, EntryContent::kTextBytesMax)) return not_a_record("its series");
  if (!is_text(content.media_type, kMediaTypeBytesMax)) return not_a_record("its media type");
  if (content.tags.size() > EntryContent::kTagsMax) return not_a_record("too many tags");
  for (std::size_t i = 0; i < content.tags.size(); ++i) {
    if (content.tags[i].empty() || !is_text(content.tags[i], EntryContent::kTextBytesMax)) {
      return not_a_record("a tag is empty, too long or not UTF-8 text");
    }
    if (i > 0 && content.tags[i - 1] >= content.tags[i]) return not_a_record("tags are not sorted");
  }
  if (content.decided_at && (*content.decided_at < kTimeMin || *content.decided_at > kTimeMax)) {
    return not_a_record("its time is outside the years 1 to 9999");
  }
  return {};
}

}  // namespace

Result<void> check_record(const ExchangeRecord& record) {
  if (record.key.empty() || !is_text(record.key, Entry::kKeyBytesMax)) {
    return not_a_record("its key is empty, too long or not UTF-8 text");
  }
  if (record.withdrawn) return {};
  SEAWALL_CHECK(check_signals(record.content.signals));
  SEAWALL_CHECK(check_texts(record.content));
  return check_attributes(record.content);
}

void Losses::add(std::string_view name) {
  if (std::ranges::find(out_, name) == out_.end()) out_.emplace_back(name);
}

void Losses::carried_but(const EntrySignals& signals, std::initializer_list<std::string_view> kept) {
  for (const CarriedSignal& carried : signals.carried) {
    add_if(std::ranges::find(kept, carried.type) == kept.end(), carried.type);
  }
}

void Losses::qualities(const EntrySignals& signals) {
  for (const ListedPdq& pdq : signals.pdq) add_if(pdq.quality != ListedPdq::kQualityUnknown, "pdq_quality");
}

const CarriedSignal* carried_of(const EntrySignals& signals, std::string_view type) {
  const auto found = std::ranges::find(signals.carried, type, &CarriedSignal::type);
  return found == signals.carried.end() ? nullptr : &*found;
}

const std::string* attribute_of(const EntryContent& content, std::string_view name) {
  const auto found = std::ranges::find(content.attributes, name, &std::pair<std::string, std::string>::first);
  return found == content.attributes.end() ? nullptr : &found->second;
}

}  // namespace seawall::exchange_detail
