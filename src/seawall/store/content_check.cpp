#include "seawall/store/content_check.h"

#include <algorithm>
#include <string>

#include "seawall/json/text.h"

namespace seawall {
namespace {

constexpr std::size_t kProseBytesMax = 2000;
constexpr std::size_t kReasonWordBytesMax = 64;

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }
bool is_line_control(char c) { return is_control(c) && c != '\t' && c != '\n' && c != '\r'; }

struct TextLimits {
  std::size_t least = 0;
  std::size_t most = 0;
  bool lines = false;  ///< Tabs and line ends are allowed.
};

Result<void> check_text(std::string_view what, std::string_view text, TextLimits limits) {
  if (text.size() < limits.least || text.size() > limits.most) {
    return fail(Code::kInvalidInput, std::string(what) + " is " + std::to_string(limits.least) + " to " +
                                         std::to_string(limits.most) + " bytes of text, not " +
                                         std::to_string(text.size()));
  }
  if (std::any_of(text.begin(), text.end(), limits.lines ? is_line_control : is_control)) {
    return fail(Code::kInvalidInput, std::string(what) + " holds a control character");
  }
  if (!is_utf8(text)) return fail(Code::kInvalidInput, std::string(what) + " is not UTF-8");
  return {};
}

/// Of what people name as TENANT/BANK, or as #NUMBER.
Result<void> check_name(std::string_view what, std::string_view name) {
  SEAWALL_CHECK(check_text(what, name, {1, ListBank::kNameBytesMax}));
  if (name.find('/') != std::string_view::npos || name.front() == '#' || name.front() == ' ' ||
      name.back() == ' ') {
    return fail(Code::kInvalidInput,
                std::string(what) + " holds no '/', does not begin with '#', and has no blank at either end");
  }
  return {};
}

Result<void> check_count(std::string_view what, std::size_t count, std::size_t most) {
  if (count <= most) return {};
  return fail(Code::kInvalidInput, "an entry has at most " + std::to_string(most) + " " + std::string(what));
}

bool is_type_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

Result<void> check_carried(const std::vector<CarriedSignal>& carried) {
  SEAWALL_CHECK(check_count("carried signals", carried.size(), EntryContent::kCarriedMax));
  std::size_t all = 0;
  for (const CarriedSignal& one : carried) {
    if (one.type.empty() || one.type.size() > CarriedSignal::kTypeBytesMax ||
        !std::all_of(one.type.begin(), one.type.end(), is_type_character)) {
      return fail(Code::kInvalidInput, "the type of a carried signal is 1 to 32 of a-z, 0-9, '-' and '_'");
    }
    const std::size_t most = carried_bytes_max(one.type);
    if (one.bytes.empty() || one.bytes.size() > most) {
      return fail(Code::kInvalidInput,
                  "a carried signal of that type is 1 byte to " + std::to_string(most / 1024) + " KiB");
    }
    all += one.bytes.size();
  }
  if (all <= CarriedSignal::kAllBytesMax) return {};
  return fail(Code::kInvalidInput, "the carried signals of an entry are at most 48 MiB together");
}

Result<void> check_tags(const std::vector<std::string>& tags) {
  SEAWALL_CHECK(check_count("tags", tags.size(), EntryContent::kTagsMax));
  for (const std::string& tag : tags) {
    SEAWALL_CHECK(check_text("a tag", tag, {1, EntryContent::kTextBytesMax}));
  }
  if (std::adjacent_find(tags.begin(), tags.end(), std::greater_equal<>()) == tags.end()) return {};
  return fail(Code::kInvalidInput, "tags are sorted and without repeats");
}

Result<void> check_attributes(const EntryContent& content) {
  SEAWALL_CHECK(check_count("attributes", content.attributes.size(), EntryContent::kAttributesMax));
  std::size_t bytes = 0;
  std::string_view before;
  for (const auto& [name, value] : content.attributes) {
    SEAWALL_CHECK(check_text("the name of an attribute", name, {1, EntryContent::kTextBytesMax}));
    SEAWALL_CHECK(check_text("an attribute", value, {0, EntryContent::kAttributeBytesMax, true}));
    if (name < before) return fail(Code::kInvalidInput, "attributes are sorted by name");
    before = name;
    bytes += name.size() + value.size();
  }
  if (bytes <= EntryContent::kAttributeBytesMax) return {};
  return fail(Code::kInvalidInput, "the attributes of an entry are at most 64 KiB together");
}

Result<void> check_signals(const EntrySignals& signals) {
  if (signals.empty()) return fail(Code::kInvalidInput, "an entry has at least one signal");
  SEAWALL_CHECK(check_count("PDQ hashes", signals.pdq.size(), EntryContent::kPdqMax));
  for (const ListedPdq& hash : signals.pdq) {
    if (hash.quality < ListedPdq::kQualityUnknown || hash.quality > 100) {
      return fail(Code::kInvalidInput, "the quality of a PDQ hash is 0 to 100, or -1 when unknown");
    }
  }
  return check_carried(signals.carried);
}

}  // namespace

Result<void> check_content(const EntryContent& content) {
  SEAWALL_CHECK(check_signals(content.signals));
  if (content.classification) {
    SEAWALL_CHECK(
        check_text("a classification", content.classification->value, {1, Classification::kValueBytesMax}));
    SEAWALL_CHECK(check_classification(*content.classification));
  }
  SEAWALL_CHECK(check_text("a series", content.series, {0, EntryContent::kTextBytesMax}));
  SEAWALL_CHECK(check_tags(content.tags));
  SEAWALL_CHECK(check_text("a media type", content.media_type, {0, EntryContent::kTextBytesMax}));
  return check_attributes(content);
}

Result<void> check_key(std::string_view key) { return check_text("a key", key, {1, Entry::kKeyBytesMax}); }

Result<void> check_bank(const ListBank& bank) {
  SEAWALL_CHECK(check_name("a tenant", bank.tenant));
  SEAWALL_CHECK(check_name("the name of a bank", bank.name));
  SEAWALL_CHECK(check_text("the purpose of a bank", bank.purpose, {0, kProseBytesMax, true}));
  SEAWALL_CHECK(check_text("the owner of a bank", bank.owner, {0, kProseBytesMax}));
  if (bank.kind != BankKind::kListed && bank.kind != BankKind::kHarmless) {
    return fail(Code::kInvalidInput, "a bank lists content to act on, or harmless look-alikes");
  }
  if (bank.radius_bits >= 0 && bank.radius_bits <= 256) return {};
  return fail(Code::kInvalidInput, "a radius is 0 to 256 bits");
}

Result<void> check_source(const Source& source) {
  SEAWALL_CHECK(check_text("the name of a source", source.name, {1, ListBank::kNameBytesMax}));
  return check_text("the kind of a source", source.kind, {1, ListBank::kNameBytesMax});
}

Result<void> check_authorship(const Authorship& by) {
  SEAWALL_CHECK(check_text("who made a change", by.who, {1, Authorship::kWhoBytesMax}));
  return check_text("why a change was made", by.why, {1, Authorship::kWhyBytesMax, true});
}

Result<void> check_entry_settings(const Entry& entry) {
  SEAWALL_CHECK(check_text("the reason of a state", entry.state_reason, {0, Entry::kReasonBytesMax, true}));
  if (entry.state < EntryState::kProposed || entry.state > EntryState::kWithdrawn) {
    return fail(Code::kInvalidInput, "an entry is proposed, staged, active, quarantined or withdrawn");
  }
  if (!entry.radius_bits || (*entry.radius_bits >= 0 && *entry.radius_bits <= 256)) return {};
  return fail(Code::kInvalidInput, "a radius is 0 to 256 bits");
}

Result<void> check_refusal_reason(std::string_view reason) {
  const auto fits = [](char c) { return is_type_character(c) && c != '-'; };
  if (!reason.empty() && reason.size() <= kReasonWordBytesMax &&
      std::all_of(reason.begin(), reason.end(), fits)) {
    return {};
  }
  return fail(Code::kInvalidInput, "the reason of a refusal is 1 to 64 of a-z, 0-9 and '_'");
}

std::string clean_text(std::string_view text, std::size_t bytes_max) {
  std::string clean;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t length = 1;
    while (length < 4 && at + length < text.size() && !is_utf8(text.substr(at, length))) ++length;
    const bool fits = is_utf8(text.substr(at, length)) && !is_control(text[at]);
    if (!fits) length = 1;
    if (clean.size() + length > bytes_max) break;
    clean.append(fits ? text.substr(at, length) : std::string_view("?"));
    at += length;
  }
  return clean;
}

}  // namespace seawall
