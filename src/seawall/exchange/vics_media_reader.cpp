#include <algorithm>
#include <array>

#include "seawall/base/hex.h"
#include "seawall/exchange/detail/json_text.h"
#include "seawall/exchange/detail/own_fields.h"
#include "seawall/exchange/detail/vics.h"
#include "seawall/json/text.h"

namespace seawall::exchange_detail {
namespace {

using Kind = JsonMember::Kind;

constexpr std::array<std::string_view, 6> kFlags{"VictimIdentified", "OffenderIdentified", "IsDistributed",
                                                 "IsPrecategorized", "IsSuspected",        "SelfGenerated"};

enum class HashKind { kPhotoDna, kPdq, kMd5, kSha1, kSha256, kOther };

HashKind hash_kind_of(std::string_view name) {
  std::string plain = lower(name);
  std::erase_if(plain, [](char c) { return c == '-' || c == '_' || c == ' '; });
  if (plain == "photodna" || plain == "pdna") return HashKind::kPhotoDna;
  if (plain == "pdq") return HashKind::kPdq;
  if (plain == "md5") return HashKind::kMd5;
  if (plain == "sha1") return HashKind::kSha1;
  if (plain == "sha256") return HashKind::kSha256;
  return HashKind::kOther;
}

/// A digest given a second time in the same words is no contradiction.
template <class Digest>
bool is_same(const std::optional<Digest>& known, std::string_view text) {
  return known && to_hex(*known) == lower(text);
}

void set_hash(RecordDraft& draft, HashKind kind, std::string_view value) {
  const EntrySignals& signals = draft.so_far().content.signals;
  switch (kind) {
    case HashKind::kPhotoDna:
      return draft.photodna(value);
    case HashKind::kPdq:
      return draft.pdq(value);
    case HashKind::kMd5:
      return is_same(signals.md5, value) ? void() : draft.md5(value);
    case HashKind::kSha1:
      return is_same(signals.sha1, value) ? void() : draft.sha1(value);
    case HashKind::kSha256:
      return is_same(signals.sha256, value) ? void() : draft.sha256(value);
    case HashKind::kOther:
      return;
  }
}

}  // namespace

bool is_vics_flag(std::string_view name) { return std::ranges::find(kFlags, name) != kFlags.end(); }

bool is_whole_number(std::string_view text) {
  return !text.empty() && text.size() <= 20 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string vics_key_by_digest(const EntrySignals& signals) {
  if (signals.md5) return "md5:" + to_hex(*signals.md5);
  if (signals.sha1) return "sha1:" + to_hex(*signals.sha1);
  if (signals.sha256) return "sha256:" + to_hex(*signals.sha256);
  return {};
}

std::string vics_series_name(std::string_view json) {
  JsonObjectReader reader;
  std::string name;
  const auto read = read_object(reader, json, [&](const JsonMember& member) -> Result<void> {
    const std::string key = lower(member.key);
    if (member.kind == Kind::kString && name.empty() && (key == "seriesname" || key == "name"))
      name = member.text;
    return {};
  });
  return read ? name : std::string();
}

void VicsMediaReader::set_series(RecordDraft& draft, const JsonMember& member) {
  if (member.kind != Kind::kObject) return draft.series(member.text);
  draft.series(vics_series_name(member.text));
  left_aside_ += draft.attribute_if_it_fits("Series", member.text) ? 0U : 1U;
}

void VicsMediaReader::set_tags(RecordDraft& draft, const JsonMember& member) {
  if (member.kind == Kind::kArray) {
    const auto each = objects_.elements([&](const JsonMember& tag) -> Result<void> {
      if (tag.kind != Kind::kNull) draft.tag(tag.text);
      return {};
    });
    if (!each) draft.refuse("malformed_record", each.error().message);
    return;
  }
  std::string_view left = member.text;
  while (!left.empty()) {
    const std::size_t end = std::min(left.find(','), left.size());
    draft.tag(trimmed(left.substr(0, end)));
    left.remove_prefix(std::min(end + 1, left.size()));
  }
}

// Known hashes become signals; the others are kept together as one attribute.
void VicsMediaReader::set_hashes(RecordDraft& draft, const JsonMember& member) {
  if (member.kind != Kind::kArray) return draft.refuse("malformed_record", "AlternativeHashes is no array");
  std::string others;
  const auto each = objects_.elements([&](const JsonMember& item) -> Result<void> {
    HashKind kind = HashKind::kOther;
    std::string value;
    const auto one = objects_.members([&](const JsonMember& part) -> Result<void> {
      if (part.key == "HashName") kind = hash_kind_of(part.text);
      if (part.key == "HashValue" && part.kind != Kind::kNull) value = part.text;
      return {};
    });
    if (!one) return tl::unexpected(one.error());
    if (kind != HashKind::kOther) {
      set_hash(draft, kind, value);
    } else {
      others.append(others.empty() ? "[" : ",").append(item.text);
    }
    return {};
  });
  if (!each) return draft.refuse("malformed_record", "AlternativeHashes holds what is no object");
  if (others.empty()) return;
  left_aside_ += draft.attribute_if_it_fits(member.key, others + "]") ? 0U : 1U;
}

void VicsMediaReader::set_other(RecordDraft& draft, const JsonMember& member) {
  std::string flag;
  std::string_view text = member.text;
  if (is_vics_flag(member.key)) {
    flag = lower(text);
    if (flag == "true" || flag == "false") text = flag;
  }
  left_aside_ += draft.attribute_if_it_fits(member.key, text) ? 0U : 1U;
}

void VicsMediaReader::set(RecordDraft& draft, const JsonMember& member) {
  if (member.kind == Kind::kNull || member.text.empty()) return;
  const std::string_view name = member.key;
  if (name == "MediaID") {
    if (!media_id_.empty()) draft.refuse("duplicate_member", "there are two MediaID");
    media_id_ = member.text;
  } else if (name == "MD5") {
    draft.md5(member.text);
  } else if (name == "SHA1") {
    draft.sha1(member.text);
  } else if (name == "SHA256") {
    draft.sha256(member.text);
  } else if (name == "Category") {
    category_ = member.text;
    draft.attribute(name, member.text);
  } else if (name == "MediaSize") {
    draft.size_bytes(name, member.text);
  } else if (name == "MimeType") {
    draft.media_type(member.text);
  } else if (name == "DateUpdated") {
    draft.decided_at(name, member.text);
  } else if (name == "Series") {
    set_series(draft, member);
  } else if (name == "Tags") {
    set_tags(draft, member);
  } else if (name == "AlternativeHashes") {
    set_hashes(draft, member);
  } else if (name == "Miniature") {
    ++left_aside_;  // A small picture of the content: never kept.
  } else {
    set_other(draft, member);
  }
}

void VicsMediaReader::name_record(RecordDraft& draft, std::uint64_t ordinal) {
  const bool is_number = is_whole_number(media_id_);
  std::string key = vics_key_by_digest(draft.so_far().content.signals);
  if (key.empty() || (!is_number && !media_id_.empty())) return draft.key(media_id_);
  draft.key(key);
  if (is_number && media_id_ != std::to_string(ordinal)) draft.attribute("MediaID", media_id_);
}

ExchangeOutcome VicsMediaReader::read(std::string_view json, const VicsContext& context,
                                      std::uint64_t ordinal, ExchangeRecord& record,
                                      std::uint64_t& left_aside) {
  RecordDraft draft(record);
  media_id_.clear();
  category_.clear();
  left_aside_ = 0;
  std::string place = "record " + std::to_string(ordinal);
  const auto read = objects_.read(json, [&](const JsonMember& member) -> Result<void> {
    set(draft, member);
    return {};
  });
  if (!read) return refused(std::move(place), read.error());
  if (is_whole_number(category_)) {
    draft.classification(ClassificationScheme::kOther, vics_category_prefix(context) + category_);
  }
  name_record(draft, ordinal);
  left_aside += left_aside_;
  return draft.finish(std::move(place));
}

}  // namespace seawall::exchange_detail
