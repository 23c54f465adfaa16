#include <algorithm>
#include <array>

#include "seawall/base/base64.h"
#include "seawall/base/hex.h"
#include "seawall/exchange/detail/json_text.h"
#include "seawall/exchange/detail/own_fields.h"
#include "seawall/exchange/detail/vics.h"
#include "seawall/json/text.h"
#include "seawall/model/time_text.h"

namespace seawall::exchange_detail {
namespace {

/// Members that have a place of their own in a record, or none at all.
constexpr std::array<std::string_view, 9> kTaken{"MD5",         "SHA1", "SHA256",    "MediaSize", "MimeType",
                                                 "DateUpdated", "Tags", "Miniature", "MediaID"};

std::string upper_hex(std::span<const std::byte> bytes) {
  std::string text = to_hex(bytes);
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

/// Writes members of one object.
class Members {
 public:
  explicit Members(std::string& out) : out_(out) {}
  void raw(std::string_view name, std::string_view json) {
    out_ += separator_;
    append_json_string(out_, name);
    out_ += ':';
    out_ += json;
    separator_ = ',';
  }
  void text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    raw(name, {});
    append_json_string(out_, value);
  }

 private:
  std::string& out_;
  char separator_ = '{';
};

void write_id(Members& members, const ExchangeRecord& record, std::uint64_t ordinal, Losses& losses) {
  const std::string by_digest = vics_key_by_digest(record.content.signals);
  const std::string* kept = attribute_of(record.content, "MediaID");
  const bool is_number = is_whole_number(record.key);
  if (record.key != by_digest && !is_number) {
    losses.add_if(kept != nullptr, "attributes");
    return members.text("MediaID", record.key);
  }
  if (by_digest.empty()) {
    losses.add_if(kept != nullptr, "attributes");
    return members.raw("MediaID", record.key);
  }
  losses.add_if(record.key != by_digest, "key");
  const std::string number = std::to_string(ordinal);
  if (kept == nullptr || !is_whole_number(*kept) || kept->starts_with('0')) {
    losses.add_if(kept != nullptr, "attributes");
    return members.raw("MediaID", number);
  }
  losses.add_if(*kept == number, "attributes");  // It would be taken for a running number.
  members.raw("MediaID", *kept);
}

void append_hash(std::string& out, std::string_view name, std::string_view value) {
  out += out.empty() ? '[' : ',';
  out.append("{\"HashName\":\"").append(name).append("\",\"HashValue\":\"").append(value).append("\"}");
}

void write_hashes(Members& members, const EntryContent& content, Losses& losses) {
  std::string list;
  const EntrySignals& signals = content.signals;
  for (const CarriedSignal& carried : signals.carried) {
    if (carried.type == "photodna" && carried.bytes.size() == kPhotoDnaBytes) {
      append_hash(list, "PhotoDNA", to_base64(carried.bytes));
    } else {
      losses.add(carried.type);
    }
  }
  for (const ListedPdq& pdq : signals.pdq) append_hash(list, "PDQ", to_text(pdq.bits));
  losses.qualities(signals);
  if (signals.sha256) append_hash(list, "SHA256", upper_hex(*signals.sha256));
  if (const std::string* others = attribute_of(content, "AlternativeHashes")) {
    // Only what the reader would have kept so: an array of objects with hashes of other names.
    ExchangeRecord scratch;
    std::uint64_t aside = 0;
    VicsMediaReader reader;
    const bool fits = is_minified(*others, '[') && others->size() > 2;
    std::string probe = "{\"MediaID\":\"x\",\"SHA1\":\"" + std::string(40, '0') +
                        "\",\"AlternativeHashes\":" + (fits ? *others : "[]") + "}";
    const std::size_t size = probe.size();
    probe.append(JsonObjectReader::kPaddingBytes, ' ');
    const auto outcome = reader.read(std::string_view(probe).substr(0, size), {}, 1, scratch, aside);
    const std::string* back = attribute_of(scratch.content, "AlternativeHashes");
    if (fits && outcome.kind == ExchangeOutcome::Kind::kRecord && back != nullptr && *back == *others) {
      list += list.empty() ? '[' : ',';
      list.append(*others, 1, others->size() - 2);
    } else {
      losses.add("attributes");
    }
  }
  if (!list.empty()) members.raw("AlternativeHashes", list + "]");
}

void write_category(Members& members, const EntryContent& content, const VicsContext& context,
                    Losses& losses) {
  const std::string* category = attribute_of(content, "Category");
  if (category != nullptr && category->empty()) losses.add("attributes");
  const bool is_number = category != nullptr && is_whole_number(*category);
  if (is_number && (*category == "0" || !category->starts_with('0'))) {
    members.raw("Category", *category);
  } else if (category != nullptr) {
    members.text("Category", *category);
  }
  const Classification said{ClassificationScheme::kOther,
                            vics_category_prefix(context) + (is_number ? *category : std::string())};
  losses.add_if(is_number ? content.classification != said : content.classification.has_value(),
                "classification");
}

void write_series(Members& members, const EntryContent& content, Losses& losses) {
  const std::string* object = attribute_of(content, "Series");
  if (object != nullptr && is_minified(*object, '{') && vics_series_name(*object) == content.series) {
    return members.raw("Series", *object);
  }
  losses.add_if(object != nullptr, "attributes");
  members.text("Series", content.series);
}

void write_attribute(Members& members, const std::string& name, const std::string& value, Losses& losses) {
  if (name == "Category" || name == "Series" || name == "AlternativeHashes" || name == "MediaID") return;
  if (std::ranges::find(kTaken, name) != kTaken.end() || value.empty()) return losses.add("attributes");
  if (is_vics_flag(name)) {
    const std::string flag = lower(value);
    if (flag != "true" && flag != "false") return members.text(name, value);
    losses.add_if(flag != value, "attributes");
    return members.raw(name, flag);
  }
  if ((name == "MediaFiles" || name == "Exifs") && is_minified(value, '[')) return members.raw(name, value);
  members.text(name, value);
}

}  // namespace

bool has_vics_signal(const EntrySignals& signals) {
  const auto is_photodna = [](const CarriedSignal& carried) {
    return carried.type == "photodna" && carried.bytes.size() == kPhotoDnaBytes;
  };
  return signals.md5 || signals.sha1 || signals.sha256 || !signals.pdq.empty() ||
         std::ranges::any_of(signals.carried, is_photodna);
}

void append_vics_media(std::string& out, const ExchangeRecord& record, const VicsContext& context,
                       std::uint64_t ordinal, Losses& losses) {
  const EntryContent& content = record.content;
  Members members(out);
  write_id(members, record, ordinal, losses);
  write_category(members, content, context, losses);
  if (content.signals.md5) members.text("MD5", upper_hex(*content.signals.md5));
  if (content.signals.sha1) members.text("SHA1", upper_hex(*content.signals.sha1));
  if (content.size_bytes != 0) members.raw("MediaSize", std::to_string(content.size_bytes));
  members.text("MimeType", content.media_type);
  if (content.decided_at) members.text("DateUpdated", to_text(*content.decided_at));
  write_series(members, content, losses);
  if (!content.tags.empty()) {
    std::string list;
    for (const std::string& tag : content.tags) {
      list += list.empty() ? '[' : ',';
      append_json_string(list, tag);
    }
    members.raw("Tags", list + "]");
  }
  write_hashes(members, content, losses);
  for (const auto& [name, value] : content.attributes) write_attribute(members, name, value, losses);
  out += '}';
}

}  // namespace seawall::exchange_detail
