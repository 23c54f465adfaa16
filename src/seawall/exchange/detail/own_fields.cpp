#include "seawall/exchange/detail/own_fields.h"

#include <algorithm>
#include <array>
#include <utility>

#include "seawall/base/base64.h"
#include "seawall/json/object_reader.h"
#include "seawall/json/text.h"

namespace seawall::exchange_detail {
namespace {

constexpr std::array<std::pair<std::string_view, OwnField>, 19> kNames{{
    {"id", OwnField::kId},
    {"path", OwnField::kPath},
    {"withdrawn", OwnField::kWithdrawn},
    {"pdq", OwnField::kPdq},
    {"quality", OwnField::kQuality},
    {"pdq_quality", OwnField::kQuality},
    {"md5", OwnField::kMd5},
    {"sha1", OwnField::kSha1},
    {"sha256", OwnField::kSha256},
    {"photodna", OwnField::kPhotoDna},
    {"carried", OwnField::kCarried},
    {"classification", OwnField::kClassification},
    {"series", OwnField::kSeries},
    {"tags", OwnField::kTags},
    {"media_type", OwnField::kMediaType},
    {"size_bytes", OwnField::kSizeBytes},
    {"decided_at", OwnField::kDecidedAt},
    {"attributes", OwnField::kAttributes},
    {"error", OwnField::kError},
}};

template <class Visit>
void each_word(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void set_tags(RecordDraft& draft, std::string_view text) {
  std::string tag;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '|') {
      draft.tag(tag);
      tag.clear();
      continue;
    }
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    tag += text[i];
  }
  draft.tag(tag);
}

void set_carried(RecordDraft& draft, std::string_view text) {
  each_word(text, [&](std::string_view word) {
    const std::size_t colon = word.find(':');
    if (colon == std::string_view::npos)
      return draft.refuse("malformed_signal", "a carried signal has no type");
    draft.carried_base64(word.substr(0, colon), word.substr(colon + 1));
  });
}

void set_withdrawn(RecordDraft& draft, std::string_view text) {
  const std::string word = lower(text);
  if (word == "true" || word == "1" || word == "yes") return draft.withdrawn();
  if (word != "false" && word != "0" && word != "no") {
    draft.refuse("malformed_record", "withdrawn is neither true nor false");
  }
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

OwnField own_field_of(std::string_view name) {
  const std::string_view inner = trimmed(name);
  constexpr std::size_t kLongest = 14;
  if (inner.size() > kLongest) return OwnField::kUnknown;
  std::array<char, kLongest> small;
  std::ranges::transform(inner, small.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  for (const auto& [known, field] : kNames) {
    if (known == std::string_view(small.data(), inner.size())) return field;
  }
  return OwnField::kUnknown;
}

void set_own_text(RecordDraft& draft, OwnField field, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  switch (field) {
    case OwnField::kId:
      return draft.key(text);
    case OwnField::kWithdrawn:
      return set_withdrawn(draft, text);
    case OwnField::kPdq:
      return each_word(text, [&](std::string_view word) { draft.pdq(word); });
    case OwnField::kQuality:
      return each_word(text, [&](std::string_view word) { draft.quality(word); });
    case OwnField::kMd5:
      return draft.md5(text);
    case OwnField::kSha1:
      return draft.sha1(text);
    case OwnField::kSha256:
      return draft.sha256(text);
    case OwnField::kPhotoDna:
      return draft.photodna(text);
    case OwnField::kCarried:
      return set_carried(draft, text);
    case OwnField::kClassification:
      return draft.classification_text(text);
    case OwnField::kSeries:
      return draft.series(text);
    case OwnField::kTags:
      return set_tags(draft, text);
    case OwnField::kMediaType:
      return draft.media_type(text);
    case OwnField::kSizeBytes:
      return draft.size_bytes(name, text);
    case OwnField::kDecidedAt:
      return draft.decided_at(name, text);
    case OwnField::kAttributes:
      return set_attributes_json(draft, text);
    case OwnField::kError:
      return draft.refuse("hashing_failed", "the record says that its file could not be hashed");
    case OwnField::kPath:
    case OwnField::kUnknown:
      return draft.attribute(name, text);
  }
}

std::string pdq_cell(const EntrySignals& signals) {
  std::string cell;
  for (const ListedPdq& pdq : signals.pdq) {
    if (!cell.empty()) cell += ' ';
    cell += to_text(pdq.bits);
  }
  return cell;
}

std::string quality_cell(const EntrySignals& signals) {
  const auto known = [](const ListedPdq& pdq) { return pdq.quality != ListedPdq::kQualityUnknown; };
  if (std::ranges::none_of(signals.pdq, known)) return {};
  std::string cell;
  for (const ListedPdq& pdq : signals.pdq) {
    if (!cell.empty()) cell += ' ';
    cell += known(pdq) ? std::to_string(pdq.quality) : "?";
  }
  return cell;
}

std::string carried_cell(const EntrySignals& signals, Losses& losses) {
  std::string cell;
  std::size_t bytes = 0;
  for (const CarriedSignal& carried : signals.carried) {
    bytes += carried.bytes.size();
    if (bytes > kCarriedBytesMax) {
      losses.add(carried.type);
      continue;
    }
    if (!cell.empty()) cell += ' ';
    cell.append(carried.type).append(":").append(to_base64(carried.bytes));
  }
  return cell;
}

std::string tags_cell(const EntryContent& content) {
  std::string cell;
  for (const std::string& tag : content.tags) {
    if (!cell.empty()) cell += '|';
    for (const char c : tag) {
      if (c == '|' || c == '\\') cell += '\\';
      cell += c;
    }
  }
  return cell;
}

std::string classification_cell(const EntryContent& content) {
  if (!content.classification) return {};
  return std::string(name_of(content.classification->scheme)) + ":" + content.classification->value;
}

void set_attributes_json(RecordDraft& draft, std::string_view json) {
  std::string text(json);
  text.append(JsonObjectReader::kPaddingBytes, ' ');
  JsonObjectReader reader;
  const auto read = reader.read(std::string_view(text).substr(0, json.size()), [&](const JsonMember& member) {
    draft.attribute(member.key, member.text);
    return Result<void>();
  });
  if (!read) draft.refuse("malformed_record", "the attributes are not a JSON object");
}

void append_attributes_json(std::string& out, const EntryContent& content) {
  char separator = '{';
  for (const auto& [name, value] : content.attributes) {
    out += separator;
    append_json_string(out, name);
    out += ':';
    append_json_string(out, value);
    separator = ',';
  }
  if (separator == '{') out += '{';
  out += '}';
}

}  // namespace seawall::exchange_detail
