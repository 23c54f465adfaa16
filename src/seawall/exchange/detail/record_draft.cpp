#include "seawall/exchange/detail/record_draft.h"

#include <algorithm>
#include <charconv>

#include "seawall/base/base64.h"
#include "seawall/base/hex.h"
#include "seawall/json/text.h"
#include "seawall/model/time_text.h"

namespace seawall::exchange_detail {
bool is_carried_type(std::string_view type) {
  return !type.empty() && type.size() <= CarriedSignal::kTypeBytesMax &&
         std::ranges::all_of(type, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

RecordDraft::RecordDraft(ExchangeRecord& record) : record_(record) {
  record_.key.clear();
  record_.withdrawn = false;
  EntryContent& content = record_.content;
  content.signals.pdq.clear();
  content.signals.md5.reset();
  content.signals.sha1.reset();
  content.signals.sha256.reset();
  content.signals.carried.clear();
  content.classification.reset();
  content.series.clear();
  content.tags.clear();
  content.media_type.clear();
  content.size_bytes = 0;
  content.decided_at.reset();
  content.attributes.clear();
}

void RecordDraft::refuse(std::string_view reason, std::string_view detail) {
  if (refused()) return;
  reason_ = reason;
  detail_ = detail;
}

bool RecordDraft::check_text(std::string_view what, std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max) {
    refuse("text_too_long",
           "the " + std::string(what) + " has more than " + std::to_string(bytes_max) + " bytes");
    return false;
  }
  if (!is_utf8(text) || text.find('\0') != std::string_view::npos) {
    refuse("malformed_text", "the " + std::string(what) + " is not UTF-8 text");
    return false;
  }
  return true;
}

void RecordDraft::key(std::string_view text) {
  if (text.empty()) return;
  if (has_key()) return refuse("duplicate_member", "there are two keys");
  if (check_text("key", text, Entry::kKeyBytesMax)) record_.key = text;
}

template <class Digest>
void RecordDraft::digest(std::string_view name, std::string_view text, std::optional<Digest>& out) {
  if (text.empty()) return;
  if (out) return refuse("duplicate_member", "there are two values for " + std::string(name));
  Digest digest;
  if (!from_hex(text, digest)) {
    return refuse("malformed_hash", "the " + std::string(name) + " is not " +
                                        std::to_string(2 * digest.size()) + " hex digits");
  }
  out = digest;
}

void RecordDraft::md5(std::string_view text) { digest("md5", text, record_.content.signals.md5); }
void RecordDraft::sha1(std::string_view text) { digest("sha1", text, record_.content.signals.sha1); }
void RecordDraft::sha256(std::string_view text) { digest("sha256", text, record_.content.signals.sha256); }

void RecordDraft::pdq(std::string_view text, int quality) {
  if (text.empty()) return;
  auto& hashes = record_.content.signals.pdq;
  if (hashes.size() == EntryContent::kPdqMax) {
    return refuse("too_many_hashes", "more than " + std::to_string(EntryContent::kPdqMax) + " PDQ hashes");
  }
  const auto bits = fingerprint_from_text(text);
  if (!bits) return refuse("malformed_hash", "a PDQ hash is not 64 hex digits");
  hashes.push_back({*bits, quality});
}

void RecordDraft::quality(std::string_view text) {
  if (text.empty()) return;
  int quality = ListedPdq::kQualityUnknown;
  if (text != "?") {
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, quality);
    if (read.ec != std::errc() || read.ptr != end || quality < 0 || quality > 100) {
      return refuse("malformed_quality", "a quality is not a whole number from 0 to 100");
    }
  }
  if (qualities_.size() == EntryContent::kPdqMax)
    return refuse("malformed_quality", "there are too many qualities");
  qualities_.push_back(quality);
}

void RecordDraft::carried(std::string_view type, std::string_view bytes) {
  if (bytes.empty()) return;
  auto& all = record_.content.signals.carried;
  if (!is_carried_type(type)) return refuse("malformed_signal", "the type of a carried signal is no name");
  if (bytes.size() > carried_bytes_max(type)) {
    return refuse("signal_too_large",
                  "a carried signal has more than " + std::to_string(carried_bytes_max(type)) + " bytes");
  }
  if (all.size() == EntryContent::kCarriedMax) {
    return refuse("too_many_hashes",
                  "more than " + std::to_string(EntryContent::kCarriedMax) + " carried signals");
  }
  all.push_back({std::string(type), std::string(bytes)});
}

void RecordDraft::photodna(std::string_view text) {
  if (text.empty()) return;
  std::string bytes(kPhotoDnaBytes, '\0');
  if (text.size() == 2 * kPhotoDnaBytes && from_hex(text, std::as_writable_bytes(std::span(bytes)))) {
    return carried("photodna", bytes);
  }
  auto read = from_base64(text);
  if (!read || read->size() != kPhotoDnaBytes) {
    return refuse("malformed_signal", "a PhotoDNA is not 192 characters of base64 or 288 hex digits");
  }
  carried("photodna", *read);
}

void RecordDraft::carried_base64(std::string_view type, std::string_view text) {
  if (text.empty()) return;
  const auto bytes = from_base64(text);
  if (!bytes) return refuse("malformed_signal", "a carried signal is not base64");
  carried(type, *bytes);
}

void RecordDraft::classification(ClassificationScheme scheme, std::string_view value) {
  if (value.empty()) return;
  if (record_.content.classification) return refuse("duplicate_member", "there are two classifications");
  if (!check_text("classification", value, Classification::kValueBytesMax)) return;
  Classification classification{scheme, std::string(value)};
  if (auto checked = check_classification(classification); !checked) {
    return refuse("malformed_classification", checked.error().message);
  }
  record_.content.classification = std::move(classification);
}

void RecordDraft::classification_text(std::string_view text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  if (const auto scheme = classification_scheme_from_text(text.substr(0, colon));
      scheme && colon < text.size()) {
    const std::string_view value = text.substr(colon + 1);
    if (check_classification({*scheme, std::string(value)})) return classification(*scheme, value);
  }
  classification(ClassificationScheme::kOther, text);
}

void RecordDraft::series(std::string_view text) {
  if (text.empty()) return;
  if (!record_.content.series.empty()) return refuse("duplicate_member", "there are two series");
  if (check_text("series", text, EntryContent::kTextBytesMax)) record_.content.series = text;
}

void RecordDraft::tag(std::string_view text) {
  if (text.empty()) return;
  if (record_.content.tags.size() == EntryContent::kTagsMax) {
    return refuse("too_many_tags", "more than " + std::to_string(EntryContent::kTagsMax) + " tags");
  }
  if (check_text("tag", text, EntryContent::kTextBytesMax)) record_.content.tags.emplace_back(text);
}

void RecordDraft::media_type(std::string_view text) {
  if (text.empty()) return;
  if (!record_.content.media_type.empty()) return refuse("duplicate_member", "there are two media types");
  if (check_text("media type", text, kMediaTypeBytesMax)) record_.content.media_type = text;
}

void RecordDraft::size_bytes(std::string_view name, std::string_view text) {
  if (text.empty()) return;
  std::uint64_t size = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, size);
  if (read.ec != std::errc() || read.ptr != end) return attribute(name, text);
  if (record_.content.size_bytes != 0) return refuse("duplicate_member", "there are two sizes");
  record_.content.size_bytes = size;
}

void RecordDraft::decided_at(std::string_view name, std::string_view text) {
  if (text.empty()) return;
  const auto time = time_from_text(text);
  if (!time) return attribute(name, text);
  decided_at(*time);
}

void RecordDraft::decided_at(Time time) {
  if (record_.content.decided_at) return refuse("duplicate_member", "there are two times");
  record_.content.decided_at = time;
}

void RecordDraft::attribute(std::string_view name, std::string_view value) {
  if (refused()) return;
  if (name.empty()) return refuse("malformed_record", "a member has no name");
  if (!check_text("name of a member", name, EntryContent::kTextBytesMax)) return;
  attribute_bytes_ += name.size() + value.size();
  auto& all = record_.content.attributes;
  if (all.size() == EntryContent::kAttributesMax || attribute_bytes_ > EntryContent::kAttributeBytesMax) {
    return refuse("too_many_attributes", "what has no place of its own passes the limit of " +
                                             std::to_string(EntryContent::kAttributesMax) + " members or " +
                                             std::to_string(EntryContent::kAttributeBytesMax) + " bytes");
  }
  if (check_text("value of a member", value, EntryContent::kAttributeBytesMax)) all.emplace_back(name, value);
}

bool RecordDraft::attribute_if_it_fits(std::string_view name, std::string_view value) {
  const bool fits = record_.content.attributes.size() < EntryContent::kAttributesMax &&
                    name.size() <= EntryContent::kTextBytesMax &&
                    attribute_bytes_ + name.size() + value.size() <= EntryContent::kAttributeBytesMax;
  if (fits) attribute(name, value);
  return fits;
}

void RecordDraft::sort_parts() {
  auto& tags = record_.content.tags;
  auto& attributes = record_.content.attributes;
  std::ranges::sort(tags);
  tags.erase(std::ranges::unique(tags).begin(), tags.end());
  std::ranges::sort(attributes);
  const auto same_name = [](const auto& a, const auto& b) { return a.first == b.first; };
  if (std::ranges::adjacent_find(attributes, same_name) != attributes.end()) {
    refuse("duplicate_member", "a member stands there twice");
  }
}

ExchangeOutcome RecordDraft::finish(std::string place) {
  if (!has_key()) refuse("missing_key", "the record has no key");
  if (record_.withdrawn) {
    record_.content = EntryContent{};
  } else {
    sort_parts();
    EntrySignals& signals = record_.content.signals;
    if (signals.empty()) refuse("no_signal", "the record holds no signal");
    if (!qualities_.empty() && !signals.pdq.empty() && qualities_.size() != signals.pdq.size()) {
      refuse("malformed_quality", "there are not as many qualities as PDQ hashes");
    }
    const std::size_t known = std::min(qualities_.size(), signals.pdq.size());
    for (std::size_t i = 0; i < known; ++i) signals.pdq[i].quality = qualities_[i];
  }
  if (refused()) return {ExchangeOutcome::Kind::kRefused, std::move(place), reason_, detail_};
  return {ExchangeOutcome::Kind::kRecord, std::move(place), {}, {}};
}

ExchangeOutcome refused(std::string place, std::string_view reason, std::string_view detail) {
  return {ExchangeOutcome::Kind::kRefused, std::move(place), std::string(reason), std::string(detail)};
}

ExchangeOutcome refused(std::string place, const Error& error) {
  const bool limit = error.code == Code::kLimitExceeded;
  return refused(std::move(place), limit ? "record_too_large" : "malformed_record", error.message);
}

}  // namespace seawall::exchange_detail
