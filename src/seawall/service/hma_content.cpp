#include "seawall/service/hma_content.h"

#include <algorithm>

#include "seawall/base/hex.h"
#include "seawall/crypto/sha256.h"

namespace seawall {
namespace {

constexpr std::string_view kMetadata = "hma.metadata";
constexpr std::string_view kNote = "hma.note";
constexpr std::size_t kMetadataBytesMax = std::size_t{64} << 10;
constexpr std::size_t kContentIdBytesMax = 1'024;
constexpr std::size_t kContentUriBytesMax = 2'048;
constexpr std::size_t kKeyDigits = 40;

tl::unexpected<CallProblem> wrong(std::string words) {
  return refuse(ProblemKind::kInvalidInput, std::move(words));
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

bool is_nothing(const Json& value) {
  return value.is_null() || value == false || value == 0 || value == "" ||
         ((value.is_object() || value.is_array()) && value.empty());
}

std::string fault_of(const std::string& name, const Json& value) {
  const auto is_text = [&](std::size_t bytes_max) {
    return value.is_string() && value.get_ref<const std::string&>().size() <= bytes_max;
  };
  if (name == "content_id")
    return is_text(kContentIdBytesMax) ? "" : "content_id is a text of at most 1024 bytes";
  if (name == "content_uri") {
    return is_text(kContentUriBytesMax) ? "" : "content_uri is a text of at most 2048 bytes";
  }
  if (name == "json") return value.is_object() ? "" : "json is an object";
  return "only content_id, content_uri and json are kept";
}

HmaRead<std::string> metadata_text(const Json& metadata) {
  if (metadata.is_null()) return std::string();
  if (!metadata.is_object()) return wrong("metadata should be a json object");
  Json kept = Json::object();
  for (const auto& member : metadata.items()) {
    if (member.key() == "collab") continue;
    const bool known =
        member.key() == "content_id" || member.key() == "content_uri" || member.key() == "json";
    if (known && member.value().is_null()) continue;
    if (auto fault = fault_of(member.key(), member.value()); !fault.empty()) {
      return wrong("Invalid metadata: " + fault);
    }
    kept[member.key()] = member.value();
  }
  return kept.empty() ? std::string() : to_line(kept);
}

const std::string* attribute(const EntryContent& content, std::string_view name) {
  const auto found = std::ranges::find(content.attributes, name,
                                       [](const auto& one) { return std::string_view(one.first); });
  return found == content.attributes.end() ? nullptr : &found->second;
}

}  // namespace

HmaRead<std::string> hma_note(const Json& note) {
  if (is_nothing(note)) return std::string();
  if (!note.is_string()) return wrong("note should be a string");
  auto text = note.get<std::string>();
  if (characters(text) > HmaNotes::kNoteCharactersMax) return wrong("note must be at most 255 characters");
  return text;
}

HmaRead<HmaNotes> hma_notes(const Json& body, const HmaForm& form) {
  Json metadata, note;
  if (body.is_object()) {
    metadata = body.value("metadata", Json());
    note = body.value("note", Json());
  } else {
    if (const auto field = form.fields.find("metadata"); field != form.fields.end()) {
      const auto parsed = parse_json(field->second, kMetadataBytesMax);
      if (!parsed) return wrong("metadata form field must be valid JSON");
      metadata = *parsed;
    }
    if (const auto field = form.fields.find("note"); field != form.fields.end()) note = field->second;
  }
  HmaNotes notes;
  SEAWALL_TRY(notes.metadata, metadata_text(metadata));
  SEAWALL_TRY(notes.note, hma_note(note));
  return notes;
}

std::string hma_key(const std::vector<HmaSignal>& signals) {
  std::vector<std::string> texts;
  for (const HmaSignal& signal : signals)
    texts.push_back(std::string(name_of(signal.type)) + ' ' + signal.text);
  std::ranges::sort(texts);
  std::string all;
  for (const std::string& text : texts) all += text + '\n';
  return "hma-" + to_hex(sha256_of(all)).substr(0, kKeyDigits);
}

EntryContent hma_content(const std::vector<HmaSignal>& signals, const HmaNotes& notes) {
  EntryContent content;
  for (const HmaSignal& signal : signals) {
    if (signal.type == HmaType::kPdq) content.signals.pdq.push_back({signal.pdq});
    if (signal.type == HmaType::kVideoMd5) content.signals.md5 = signal.md5;
  }
  if (!notes.metadata.empty()) content.attributes.emplace_back(kMetadata, notes.metadata);
  return with_note(std::move(content), notes.note);
}

Json hma_signals_json(const EntrySignals& signals) {
  Json json = Json::object();
  if (!signals.pdq.empty()) json["pdq"] = to_text(signals.pdq.front().bits);
  if (signals.md5) json["video_md5"] = to_hex(*signals.md5);
  return json;
}

EntryContent with_note(EntryContent content, const std::string& note) {
  std::erase_if(content.attributes, [](const auto& one) { return one.first == kNote; });
  if (!note.empty()) content.attributes.emplace_back(kNote, note);
  std::ranges::sort(content.attributes);
  return content;
}

std::string note_of(const EntryContent& content) {
  const std::string* note = attribute(content, kNote);
  return note == nullptr ? std::string() : *note;
}

Json hma_user_metadata(const EntryContent& content) {
  const std::string* text = attribute(content, kMetadata);
  if (text == nullptr) return {};
  const auto kept = parse_json(*text, kMetadataBytesMax);
  return kept && kept->is_object() ? *kept : Json();
}

}  // namespace seawall
