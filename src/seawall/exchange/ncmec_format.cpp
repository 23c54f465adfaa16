#include <algorithm>
#include <memory>

#include "seawall/base/base64.h"
#include "seawall/base/hex.h"
#include "seawall/exchange/detail/formats.h"
#include "seawall/exchange/detail/ncmec.h"
#include "seawall/exchange/detail/vics.h"
#include "seawall/exchange/detail/writing.h"
#include "seawall/model/time_text.h"

namespace seawall::exchange_detail {
namespace {

constexpr std::string_view kOtherClass = "ncmec/";

bool is_plain(std::string_view text) {
  return is_xml_text(text) && trimmed_xml(text) == text && !text.empty();
}

void append_element(std::string& out, std::string_view name, std::string_view text) {
  out.append("<").append(name).append(">");
  append_xml_text(out, text);
  out.append("</").append(name).append(">");
}

/// "42-x" as the member's number and the entry's id; otherwise the writer's own number.
struct Key {
  std::string member;
  std::string id;
};
Key key_of(const std::string& key, const std::string& member_id, Losses& lost) {
  const std::size_t dash = key.find('-');
  if (dash != std::string::npos && is_whole_number(key.substr(0, dash)) && dash + 1 < key.size()) {
    return {key.substr(0, dash), key.substr(dash + 1)};
  }
  lost.add("key");
  return {is_whole_number(member_id) ? member_id : "0", key};
}

bool is_photodna(const CarriedSignal& carried) {
  return carried.type == "photodna" && carried.bytes.size() == kPhotoDnaBytes;
}

/// The inside of <fingerprints>; empty when none can be written.
std::string fingerprints_of(const EntrySignals& signals, Losses& lost) {
  std::string out;
  if (signals.md5) append_element(out, "md5", to_hex(*signals.md5));
  if (signals.sha1) append_element(out, "sha1", to_hex(*signals.sha1));
  for (const ListedPdq& pdq : signals.pdq) append_element(out, "pdq", to_text(pdq.bits));
  std::size_t bytes = 0;
  for (const CarriedSignal& carried : signals.carried) {
    const bool fits = (bytes += carried.bytes.size()) <= kCarriedBytesMax / 2;
    if (is_photodna(carried) && fits) {
      append_element(out, "pdna", to_base64(carried.bytes));
    } else if (carried.type == "netclean" && fits) {
      append_element(out, "netclean", to_base64(carried.bytes));
    } else {
      lost.add(carried.type);
    }
  }
  lost.qualities(signals);
  lost.add_if(signals.sha256.has_value(), "sha256");
  return out;
}

void append_classification(std::string& out, const EntryContent& content, Losses& lost) {
  if (!content.classification) return;
  const auto& [scheme, value] = *content.classification;
  if (scheme == ClassificationScheme::kNcmec) return append_element(out, "classification", value);
  const std::string_view own = std::string_view(value).substr(std::min(kOtherClass.size(), value.size()));
  if (scheme != ClassificationScheme::kOther || !value.starts_with(kOtherClass) || !is_plain(own) ||
      is_ncmec_class(own)) {
    return lost.add("classification");
  }
  append_element(out, "classification", own);
}

void append_categorizations(std::string& out, const EntryContent& content, Losses& lost) {
  for (const auto& [name, value] : content.attributes) lost.add_if(name != "categorizations", "attributes");
  const std::string* kept = attribute_of(content, "categorizations");
  if (kept == nullptr) return;
  if (!is_plain(*kept) || kept->find_first_of("\t\r\n") != std::string::npos ||
      kept->find("  ") != std::string::npos) {
    return lost.add("attributes");
  }
  std::string_view left = *kept;
  out += "<categorizations>";
  while (!left.empty()) {
    const std::size_t end = std::min(left.find(' '), left.size());
    append_element(out, "categorization", left.substr(0, end));
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  out += "</categorizations>";
}

class NcmecWriter final : public ExchangeWriter {
 public:
  NcmecWriter(ByteSink& sink, const ExchangeWriteOptions& options) : out_(sink), options_(options) {
    out_.text() +=
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
        "<queryResult xmlns=\"https://hashsharing.ncmec.org/hashsharing/v2\">\n";
    if (!is_xml_text(options_.body)) options_.body.clear();
  }

  Result<void> add(const ExchangeRecord& record, std::vector<std::string>& losses) override {
    SEAWALL_CHECK(check_record(record));
    Losses lost(losses);
    const EntryContent& content = record.content;
    const Key key = key_of(record.key, options_.member_id, lost);
    const std::string fingerprints =
        record.withdrawn ? std::string() : fingerprints_of(content.signals, lost);
    const bool too_long = key.member.size() + 1 + key.id.size() > seawall::Entry::kKeyBytesMax;
    if (!is_plain(key.id) || too_long || (!record.withdrawn && fingerprints.empty())) {
      lost.add("record");
      return {};
    }
    const bool is_video = !record.withdrawn && content.media_type.starts_with("video");
    open_group(is_video ? "videos" : "images");
    const std::string_view name = record.withdrawn ? "deletedImage" : is_video ? "video" : "image";
    std::string& out = out_.text();
    out.append("<").append(name).append("><member id=\"").append(key.member).append("\">");
    append_xml_text(out, options_.body);
    out += "</member>";
    append_element(out, "id", key.id);
    if (!record.withdrawn) append_content(content, fingerprints, is_video, lost);
    out.append("</").append(name).append(">\n");
    return out_.flush_if_full();
  }

  Result<void> finish() override {
    open_group({});
    if (!options_.document.continuation.empty()) {
      out_.text() += "<paging>";
      append_element(out_.text(), "next", options_.document.continuation);
      out_.text() += "</paging>\n";
    }
    out_.text() += "</queryResult>\n";
    return out_.flush();
  }

 private:
  void append_content(const EntryContent& content, const std::string& fingerprints, bool is_video,
                      Losses& lost) {
    std::string& out = out_.text();
    lost.add_if(content.media_type != (is_video ? "video" : "image"), "media_type");
    lost.add_if(!content.series.empty(), "series");
    lost.add_if(!content.tags.empty(), "tags");
    lost.add_if(content.size_bytes != 0, "size_bytes");
    if (content.decided_at) append_element(out, "timestamp", to_text(*content.decided_at));
    append_classification(out, content, lost);
    out.append("<fingerprints>").append(fingerprints).append("</fingerprints>");
    append_categorizations(out, content, lost);
  }

  /// Images and videos stand in groups of their own.
  void open_group(std::string_view name) {
    if (name == group_) return;
    if (!group_.empty()) out_.text().append("</").append(group_).append(">\n");
    group_ = name;
    if (name.empty()) return;
    out_.text().append("<").append(name).append(" maxTimestamp=\"");
    out_.text().append(to_text(options_.document.newest.value_or(options_.now))).append("\">\n");
  }

  BufferedSink out_;
  ExchangeWriteOptions options_;
  std::string group_;
};

class NcmecFormat final : public ExchangeFormat {
 public:
  [[nodiscard]] std::string_view name() const override { return "ncmec-v2"; }
  [[nodiscard]] std::string_view description() const override {
    return "NCMEC Hash Sharing v2, one page of entries (XML)";
  }
  Result<std::unique_ptr<ExchangeReader>> reader(ByteSource& source,
                                                 const ExchangeReadOptions&) const override {
    return std::make_unique<NcmecReader>(source);
  }
  Result<std::unique_ptr<ExchangeWriter>> writer(ByteSink& sink,
                                                 const ExchangeWriteOptions& options) const override {
    return std::make_unique<NcmecWriter>(sink, options);
  }
};

}  // namespace

const ExchangeFormat& ncmec_v2_format() {
  static const NcmecFormat format;
  return format;
}

}  // namespace seawall::exchange_detail
