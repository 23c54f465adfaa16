#include <algorithm>
#include <array>
#include <memory>

#include "seawall/base/hex.h"
#include "seawall/exchange/detail/formats.h"
#include "seawall/exchange/detail/threatexchange.h"
#include "seawall/json/text.h"

namespace seawall::exchange_detail {
namespace {

/// Names that the reader takes for something else than an attribute.
constexpr std::array<std::string_view, 11> kTaken{
    "id",     "type",        "indicator", "raw_indicator", "should_delete", "tags",
    "status", "descriptors", "owner",     "last_updated",  "added_on"};

struct Indicator {
  const ThreatType* type = nullptr;
  std::string text;
};

/// The one signal of a record that is written.
Indicator indicator_of(const EntryContent& content, Losses& lost) {
  const EntrySignals& signals = content.signals;
  Indicator indicator;
  SignalType signal{};
  if (!signals.pdq.empty()) {
    signal = SignalType::kPdq;
    indicator.text = to_text(signals.pdq[0].bits);
  } else if (signals.sha256) {
    signal = SignalType::kSha256;
    indicator.text = to_hex(*signals.sha256);
  } else if (signals.md5) {
    signal = SignalType::kMd5;
    indicator.text = to_hex(*signals.md5);
  } else if (signals.sha1) {
    signal = SignalType::kSha1;
    indicator.text = to_hex(*signals.sha1);
  }
  lost.qualities(signals);
  lost.carried_but(signals, {});
  lost.add_if(signals.pdq.size() > 1, "pdq");
  lost.add_if(signals.md5 && signal != SignalType::kMd5, "md5");
  lost.add_if(signals.sha1 && signal != SignalType::kSha1, "sha1");
  lost.add_if(signals.sha256 && signal != SignalType::kSha256, "sha256");
  if (indicator.text.empty()) return indicator;
  const std::string_view kind = std::string_view(content.media_type).substr(0, 5);
  for (const ThreatType& type : threat_types()) {
    if (type.signal != signal) continue;
    if (indicator.type == nullptr || type.media_type == kind) indicator.type = &type;
  }
  lost.add_if(indicator.type->media_type != content.media_type, "media_type");
  return indicator;
}

/// The opinions of the record, or that of the member who writes.
std::vector<std::string> opinions_of(const EntryContent& content, const std::string& member_id,
                                     Losses& lost) {
  std::vector<std::string> opinions;
  const std::string* kept = attribute_of(content, "opinions");
  std::string_view left = kept == nullptr ? std::string_view() : std::string_view(*kept);
  bool all_deny = true;
  while (!left.empty()) {
    const std::size_t end = std::min(left.find(' '), left.size());
    opinions.emplace_back(left.substr(0, end));
    all_deny = all_deny && opinions.back().ends_with(":NON_MALICIOUS");
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  const bool good =
      !opinions.empty() && !all_deny && std::ranges::all_of(opinions, is_opinion) && !kept->ends_with(' ');
  if (good) return opinions;
  lost.add("attributes");  // The writer's own opinion comes back as one.
  return {(is_whole_number(member_id) ? member_id : "0") + ":MALICIOUS"};
}

void append_descriptors(std::string& out, const std::vector<std::string>& opinions,
                        const EntryContent& content) {
  out += ",\"descriptors\":{\"data\":[";
  for (std::size_t i = 0; i < opinions.size(); ++i) {
    const std::size_t colon = opinions[i].find(':');
    out.append(i == 0 ? "" : ",").append("{\"owner\":{\"id\":\"").append(opinions[i], 0, colon);
    out.append("\"},\"status\":\"").append(opinions[i], colon + 1).append("\"");
    if (i == 0 && !content.tags.empty()) {
      char separator = '[';
      out += ",\"tags\":";
      for (const std::string& tag : content.tags) {
        out += separator;
        append_json_string(out, tag);
        separator = ',';
      }
      out += ']';
    }
    out += '}';
  }
  out += "]}";
}

class ThreatExchangeWriter final : public ExchangeWriter {
 public:
  ThreatExchangeWriter(ByteSink& sink, const ExchangeWriteOptions& options)
      : out_(sink), member_id_(options.member_id), continuation_(options.document.continuation) {
    out_.text() += "{\"data\":[";
  }

  Result<void> add(const ExchangeRecord& record, std::vector<std::string>& losses) override {
    SEAWALL_CHECK(check_record(record));
    Losses lost(losses);
    const Indicator indicator = record.withdrawn ? Indicator{} : indicator_of(record.content, lost);
    if (!record.withdrawn && indicator.type == nullptr) {
      lost.add("record");
      return {};
    }
    std::string& out = out_.text();
    out.append(count_++ == 0 ? "\n" : ",\n").append("{\"id\":");
    append_json_string(out, record.key);
    if (record.withdrawn) {
      out += ",\"should_delete\":true}";
      return out_.flush_if_full();
    }
    out.append(",\"type\":\"")
        .append(indicator.type->name)
        .append("\",\"indicator\":\"")
        .append(indicator.text);
    out += "\",\"should_delete\":false";
    append_content(record.content, lost);
    return out_.flush_if_full();
  }

  Result<void> finish() override {
    std::string& out = out_.text();
    out += "\n]";
    if (!continuation_.empty()) {
      out += ",\"paging\":{\"cursors\":{\"after\":";
      append_json_string(out, continuation_);
      out += "},\"next\":";
      append_json_string(out, "?after=" + continuation_);
      out += '}';
    }
    out += "}\n";
    return out_.flush();
  }

 private:
  void append_content(const EntryContent& content, Losses& lost) {
    std::string& out = out_.text();
    lost.add_if(content.classification.has_value(), "classification");
    lost.add_if(!content.series.empty(), "series");
    lost.add_if(content.size_bytes != 0, "size_bytes");
    if (content.decided_at) {
      bool lossy = false;
      out.append(",\"last_updated\":").append(seconds_text(*content.decided_at, lossy));
      lost.add_if(lossy, "decided_at");
    }
    append_descriptors(out, opinions_of(content, member_id_, lost), content);
    for (const auto& [name, value] : content.attributes) {
      if (name == "opinions") continue;
      if (value.empty() || std::ranges::find(kTaken, std::string_view(name)) != kTaken.end()) {
        lost.add("attributes");
        continue;
      }
      out += ',';
      append_json_string(out, name);
      out += ':';
      append_json_string(out, value);
    }
    out += '}';
  }

  BufferedSink out_;
  std::string member_id_;
  std::string continuation_;
  std::uint64_t count_ = 0;
};

class ThreatExchangeFormat final : public ExchangeFormat {
 public:
  [[nodiscard]] std::string_view name() const override { return "threatexchange"; }
  [[nodiscard]] std::string_view description() const override {
    return "ThreatExchange and GIFCT, one page of updates or descriptors (JSON)";
  }
  Result<std::unique_ptr<ExchangeReader>> reader(ByteSource& source,
                                                 const ExchangeReadOptions&) const override {
    return std::make_unique<ThreatExchangeReader>(source);
  }
  Result<std::unique_ptr<ExchangeWriter>> writer(ByteSink& sink,
                                                 const ExchangeWriteOptions& options) const override {
    return std::make_unique<ThreatExchangeWriter>(sink, options);
  }
};

}  // namespace

const ExchangeFormat& threatexchange_format() {
  static const ThreatExchangeFormat format;
  return format;
}

}  // namespace seawall::exchange_detail
