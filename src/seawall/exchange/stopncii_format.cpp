#include <algorithm>
#include <memory>

#include "seawall/base/base64.h"
#include "seawall/base/hex.h"
#include "seawall/crypto/sha256.h"
#include "seawall/exchange/detail/formats.h"
#include "seawall/exchange/detail/json_page.h"
#include "seawall/exchange/detail/json_text.h"
#include "seawall/exchange/detail/own_fields.h"
#include "seawall/exchange/detail/writing.h"
#include "seawall/json/text.h"

namespace seawall::exchange_detail {
namespace {

using Kind = JsonMember::Kind;

constexpr std::size_t kKeyValueBytesMax = 128;

/// The source has no name for a hash but the hash itself. Long ones are named by their digest.
std::string key_of(std::string_view type, std::string_view value) {
  if (value.size() > kKeyValueBytesMax) return std::string(type) + ":sha256:" + to_hex(sha256_of(value));
  return std::string(type) + ":" + (type == "VideoTMK" ? std::string(value) : lower(value));
}

class StopNciiReader final : public JsonPageReader {
 public:
  explicit StopNciiReader(ByteSource& source) : JsonPageReader(source, "hashRecords") {}

 protected:
  Result<void> on_member(std::string_view name, std::string_view json) override {
    const bool wanted =
        name == "nextPageToken" || name == "hasMoreRecords" || name == "nextSetTimestamp" || name == "count";
    if (!wanted || json == "null") return {};
    SEAWALL_TRY(const std::string text, json_value_text(json));
    if (name == "nextPageToken") token_ = text;
    if (name == "hasMoreRecords") more_ = lower(text);
    if (name == "count") is_empty_ = text == "0";
    Time time;
    if (name == "nextSetTimestamp" && time_from_seconds(text, time)) document_.newest = time;
    return {};
  }

  Result<void> on_end(bool seen_list) override {
    if (!seen_list && !is_empty_)
      return fail(Code::kInvalidInput, "not a page of StopNCII: it has no hashRecords");
    // The last page has a token too: only hasMoreRecords tells.
    const bool more = more_.empty() ? !token_.empty() : more_ == "true";
    if (more && token_.empty()) {
      return fail(Code::kInvalidInput, "the page says that more follow but gives no nextPageToken");
    }
    if (more) document_.continuation = token_;
    return {};
  }

  ExchangeOutcome on_record(std::string_view json, ExchangeRecord& record, std::string place) override {
    RecordDraft draft(record);
    std::string type;
    std::string value;
    std::string status;
    const auto once = [&](std::string& field, const JsonMember& member) {
      if (!field.empty()) draft.refuse("duplicate_member", "a member stands there twice");
      field = member.text;
    };
    const auto read = objects_.read(json, [&](const JsonMember& member) -> Result<void> {
      Time time;
      if (member.kind == Kind::kNull || member.text.empty()) return {};
      if (member.key == "signalType") {
        once(type, member);
      } else if (member.key == "hashValue") {
        once(value, member);
      } else if (member.key == "hashStatus") {
        once(status, member);
      } else if (member.key == "lastModtimestamp" && time_from_seconds(member.text, time)) {
        draft.decided_at(time);
      } else if (!draft.attribute_if_it_fits(member.key, member.text)) {
        ++document_.left_aside;
      }
      return {};
    });
    if (!read) return refused(std::move(place), read.error());
    set_status(draft, status);
    set_hash(draft, type, value);
    return draft.finish(std::move(place));
  }

 private:
  static void set_status(RecordDraft& draft, const std::string& status) {
    if (status == "Withdrawn" || status == "Deleted") return draft.withdrawn();
    if (status.empty() || status == "Active") return;
    if (status != "Received") return draft.refuse("unknown_status", "hashStatus is none that is known");
    draft.attribute("hashStatus", status);
  }

  static void set_hash(RecordDraft& draft, const std::string& type, const std::string& value) {
    if (type == "ImagePDQ") {
      draft.pdq(value);
      draft.media_type("image");
    } else if (type == "VideoMD5") {
      draft.md5(value);
      draft.media_type("video");
    } else if (type == "VideoTMK") {
      draft.carried_base64("tmk", value);
      draft.media_type("video");
    } else {
      return draft.refuse("unknown_type", "signalType is none that is read here");
    }
    if (!value.empty()) draft.key(key_of(type, value));
  }

  JsonObjectReader objects_;
  std::string token_;
  std::string more_;
  bool is_empty_ = false;
};

struct Hash {
  std::string type;
  std::string value;
};

/// The one hash of a record that is written, or an empty type.
Hash hash_of(const EntrySignals& signals, Losses& losses) {
  Hash hash;
  const CarriedSignal* tmk = carried_of(signals, "tmk");
  if (!signals.pdq.empty()) {
    hash = {"ImagePDQ", to_text(signals.pdq[0].bits)};
  } else if (signals.md5) {
    hash = {"VideoMD5", to_hex(*signals.md5)};
  } else if (tmk != nullptr) {
    hash = {"VideoTMK", to_base64(tmk->bytes)};
  }
  losses.qualities(signals);
  losses.add_if(signals.pdq.size() > 1, "pdq");
  losses.add_if(signals.md5 && hash.type != "VideoMD5", "md5");
  losses.add_if(signals.sha1.has_value(), "sha1");
  losses.add_if(signals.sha256.has_value(), "sha256");
  for (const CarriedSignal& carried : signals.carried) {
    if (&carried != tmk || hash.type != "VideoTMK") losses.add(carried.type);
  }
  return hash;
}

/// What a tombstone's key stands for; an empty type if it is no key of this format.
Hash hash_of_key(const std::string& key) {
  const std::size_t colon = std::min(key.find(':'), key.size() - 1);
  Hash hash{key.substr(0, colon), key.substr(colon + 1)};
  ExchangeRecord scratch;
  RecordDraft draft(scratch);
  if (hash.type == "ImagePDQ") {
    draft.pdq(hash.value);
  } else if (hash.type == "VideoMD5") {
    draft.md5(hash.value);
  }
  const bool known = !scratch.content.signals.empty() && !draft.refused() && lower(hash.value) == hash.value;
  return known ? hash : Hash{};
}

void append_attribute(std::string& out, const std::string& name, const std::string& value, Losses& lost) {
  if (name == "hashStatus") return;
  if (name == "signalType" || name == "hashValue" || name == "lastModtimestamp" || value.empty()) {
    return lost.add("attributes");
  }
  out += ',';
  append_json_string(out, name);
  out += ':';
  const char bracket = name == "caseNumbers" ? '{' : name == "CSPFeedbacks" ? '[' : '\0';
  if (bracket != '\0' && is_minified(value, bracket)) {
    out += value;
  } else {
    append_json_string(out, value);
  }
}

void append_content(std::string& out, const EntryContent& content, std::string_view type, Losses& lost) {
  lost.add_if(content.media_type != (type == "ImagePDQ" ? "image" : "video"), "media_type");
  lost.add_if(content.classification.has_value(), "classification");
  lost.add_if(!content.series.empty(), "series");
  lost.add_if(!content.tags.empty(), "tags");
  lost.add_if(content.size_bytes != 0, "size_bytes");
  if (content.decided_at) {
    bool lossy = false;
    out.append(",\"lastModtimestamp\":").append(seconds_text(*content.decided_at, lossy));
    lost.add_if(lossy, "decided_at");
  }
  const std::string* status = attribute_of(content, "hashStatus");
  const bool received = status != nullptr && *status == "Received";
  lost.add_if(status != nullptr && !received, "attributes");
  out.append(",\"hashStatus\":\"").append(received ? "Received\"" : "Active\"");
  for (const auto& [name, value] : content.attributes) append_attribute(out, name, value, lost);
  out += '}';
}

class StopNciiWriter final : public ExchangeWriter {
 public:
  StopNciiWriter(ByteSink& sink, const ExchangeWriteOptions& options)
      : out_(sink), document_(options.document) {
    out_.text() += "{\"hashRecords\":[";
  }

  Result<void> add(const ExchangeRecord& record, std::vector<std::string>& losses) override {
    SEAWALL_CHECK(check_record(record));
    Losses lost(losses);
    const Hash hash = record.withdrawn ? hash_of_key(record.key) : hash_of(record.content.signals, lost);
    if (hash.type.empty()) {
      lost.add(record.withdrawn ? "withdrawn" : "record");
      return {};
    }
    std::string& out = out_.text();
    out.append(count_++ == 0 ? "\n" : ",\n").append("{\"signalType\":\"").append(hash.type);
    out.append("\",\"hashValue\":");
    append_json_string(out, hash.value);
    if (record.withdrawn) {
      out += ",\"hashStatus\":\"Deleted\"}";
    } else {
      lost.add_if(record.key != key_of(hash.type, hash.value), "key");
      append_content(out, record.content, hash.type, lost);
    }
    return out_.flush_if_full();
  }

  Result<void> finish() override {
    std::string& out = out_.text();
    out.append("\n],\"count\":").append(std::to_string(count_)).append(",\"hasMoreRecords\":");
    out.append(document_.continuation.empty() ? "false" : "true").append(",\"nextPageToken\":");
    append_json_string(out, document_.continuation);
    bool lossy = false;
    if (document_.newest) out.append(",\"nextSetTimestamp\":").append(seconds_text(*document_.newest, lossy));
    out += "}\n";
    return out_.flush();
  }

 private:
  BufferedSink out_;
  ExchangeDocument document_;
  std::uint64_t count_ = 0;
};

class StopNciiFormat final : public ExchangeFormat {
 public:
  [[nodiscard]] std::string_view name() const override { return "stopncii"; }
  [[nodiscard]] std::string_view description() const override {
    return "StopNCII v1, one page of FetchHashes (JSON)";
  }
  Result<std::unique_ptr<ExchangeReader>> reader(ByteSource& source,
                                                 const ExchangeReadOptions&) const override {
    return std::make_unique<StopNciiReader>(source);
  }
  Result<std::unique_ptr<ExchangeWriter>> writer(ByteSink& sink,
                                                 const ExchangeWriteOptions& options) const override {
    return std::make_unique<StopNciiWriter>(sink, options);
  }
};

}  // namespace

const ExchangeFormat& stopncii_format() {
  static const StopNciiFormat format;
  return format;
}

}  // namespace seawall::exchange_detail
