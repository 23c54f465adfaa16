#include "seawall/exchange/detail/own_json.h"

#include <charconv>

#include "seawall/base/base64.h"
#include "seawall/base/hex.h"
#include "seawall/json/text.h"
#include "seawall/model/time_text.h"

namespace seawall::exchange_detail {
namespace {

void append_member(std::string& out, std::string_view key, std::string_view value) {
  if (value.empty()) return;
  out += ',';
  append_json_string(out, key);
  out += ':';
  append_json_string(out, value);
}

template <class Digest>
void append_digest(std::string& out, std::string_view key, const std::optional<Digest>& digest) {
  if (digest) append_member(out, key, to_hex(*digest));
}

/// `[a,b]`, each by `append`; nothing when there are none.
template <class Items, class Append>
void append_list(std::string& out, std::string_view key, const Items& items, Append append) {
  if (items.empty()) return;
  out.append(",\"").append(key).append("\":");
  char separator = '[';
  for (const auto& item : items) {
    out += separator;
    append(item);
    separator = ',';
  }
  out += ']';
}

void append_pdq(std::string& out, const EntrySignals& signals) {
  if (signals.pdq.size() == 1) {
    append_member(out, "pdq", to_text(signals.pdq[0].bits));
    if (signals.pdq[0].quality == ListedPdq::kQualityUnknown) return;
    out.append(",\"quality\":");
    append_json_number(out, signals.pdq[0].quality);
    return;
  }
  append_list(out, "pdq", signals.pdq,
              [&](const ListedPdq& pdq) { append_json_string(out, to_text(pdq.bits)); });
  if (quality_cell(signals).empty()) return;
  append_list(out, "quality", signals.pdq, [&](const ListedPdq& pdq) {
    if (pdq.quality == ListedPdq::kQualityUnknown) {
      out += "null";
    } else {
      append_json_number(out, pdq.quality);
    }
  });
}

void append_carried(std::string& out, const EntrySignals& signals, Losses& losses) {
  std::size_t bytes = 0;
  char separator = '[';
  for (const CarriedSignal& carried : signals.carried) {
    bytes += carried.bytes.size();
    if (bytes > CarriedSignal::kAllBytesMax) {
      losses.add(carried.type);
      continue;
    }
    if (separator == '[') out += ",\"carried\":";
    out += separator;
    append_json_string(out, carried.type + ":" + to_base64(carried.bytes));
    separator = ',';
  }
  if (separator == ',') out += ']';
}

}  // namespace

void append_record_json(std::string& out, const ExchangeRecord& record, Losses& losses) {
  out += "{\"id\":";
  append_json_string(out, record.key);
  if (record.withdrawn) {
    out += ",\"withdrawn\":true}";
    return;
  }
  const EntryContent& content = record.content;
  append_pdq(out, content.signals);
  append_digest(out, "md5", content.signals.md5);
  append_digest(out, "sha1", content.signals.sha1);
  append_digest(out, "sha256", content.signals.sha256);
  append_carried(out, content.signals, losses);
  append_member(out, "classification", classification_cell(content));
  append_member(out, "series", content.series);
  append_list(out, "tags", content.tags, [&](const std::string& tag) { append_json_string(out, tag); });
  append_member(out, "media_type", content.media_type);
  if (content.size_bytes != 0) out.append(",\"size_bytes\":").append(std::to_string(content.size_bytes));
  if (content.decided_at) append_member(out, "decided_at", to_text(*content.decided_at));
  if (!content.attributes.empty()) {
    out += ",\"attributes\":";
    append_attributes_json(out, content);
  }
  out += '}';
}

void OwnJsonReader::set_items(RecordDraft& draft, OwnField field) {
  const auto each = objects_.elements([&](const JsonMember& item) -> Result<void> {
    const bool is_null = item.kind == JsonMember::Kind::kNull;
    if (field == OwnField::kTags) {
      draft.tag(item.text);
    } else if (field == OwnField::kQuality) {
      draft.quality(is_null ? "?" : item.text);
    } else {
      set_own_text(draft, field, {}, item.text);
    }
    return {};
  });
  if (!each) draft.refuse("malformed_record", each.error().message);
}

void OwnJsonReader::set(RecordDraft& draft, const JsonMember& member) {
  if (member.kind == JsonMember::Kind::kNull) return;
  const OwnField field = own_field_of(member.key);
  const bool is_list = member.kind == JsonMember::Kind::kArray;
  switch (field) {
    case OwnField::kPath:
      path_ = member.text;
      return;
    case OwnField::kPdq:
    case OwnField::kQuality:
    case OwnField::kCarried:
    case OwnField::kPhotoDna:
    case OwnField::kTags:
      if (is_list) return set_items(draft, field);
      return set_own_text(draft, field, member.key, member.text);
    case OwnField::kAttributes:
      if (member.kind != JsonMember::Kind::kObject) return draft.attribute(member.key, member.text);
      if (const auto each = objects_.members([&](const JsonMember& one) -> Result<void> {
            draft.attribute(one.key, one.text);
            return {};
          });
          !each) {
        draft.refuse("malformed_record", each.error().message);
      }
      return;
    default:
      set_own_text(draft, field, field == OwnField::kUnknown ? trimmed(member.key) : member.key, member.text);
  }
}

ExchangeOutcome OwnJsonReader::read(std::string_view line, ExchangeRecord& record, std::string place) {
  RecordDraft draft(record);
  path_.clear();
  const auto read = objects_.read(line, [&](const JsonMember& member) -> Result<void> {
    set(draft, member);
    return {};
  });
  if (!read) return refused(std::move(place), read.error());
  if (!path_.empty()) {
    if (draft.has_key()) {
      draft.attribute("path", path_);
    } else {
      draft.key(path_);
    }
  }
  return draft.finish(std::move(place));
}

}  // namespace seawall::exchange_detail
