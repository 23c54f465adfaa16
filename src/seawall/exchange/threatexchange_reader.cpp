#include <algorithm>
#include <array>

#include "seawall/exchange/detail/own_fields.h"
#include "seawall/exchange/detail/threatexchange.h"
#include "seawall/model/time_text.h"

namespace seawall::exchange_detail {
namespace {

using Kind = JsonMember::Kind;

constexpr std::array<ThreatType, 7> kTypes{{
    {"HASH_PDQ", SignalType::kPdq, "image"},
    {"HASH_MD5", SignalType::kMd5, ""},
    {"HASH_VIDEO_MD5", SignalType::kMd5, "video"},
    {"HASH_SHA1", SignalType::kSha1, ""},
    {"HASH_SHA256", SignalType::kSha256, ""},
    {"HASH_VIDEO_SHA256", SignalType::kSha256, "video"},
    {"HASH_IMAGE_SHA256", SignalType::kSha256, "image"},
}};

bool is_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '_';
  });
}

/// A page's next address without the access token that it holds.
std::string without_token(std::string_view address) {
  const std::size_t question = address.find('?');
  std::string out(address.substr(0, question));
  if (question == std::string_view::npos) return out;
  std::string_view left = address.substr(question + 1);
  char separator = '?';
  while (!left.empty()) {
    const std::size_t end = std::min(left.find('&'), left.size());
    const std::string_view part = left.substr(0, end);
    if (!part.empty() && !lower(part).starts_with("access_token=")) {
      out.append(1, separator).append(part);
      separator = '&';
    }
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return out;
}

}  // namespace

std::span<const ThreatType> threat_types() { return kTypes; }

bool is_opinion(std::string_view text) {
  const std::size_t colon = text.find(':');
  return colon != std::string_view::npos && is_whole_number(text.substr(0, colon)) &&
         is_word(text.substr(colon + 1));
}

Result<void> ThreatExchangeReader::on_member(std::string_view name, std::string_view json) {
  if (name != "paging" || !json.starts_with('{')) return {};
  std::string padded(json);
  padded.append(JsonObjectReader::kPaddingBytes, ' ');
  const auto paging = [&](const JsonMember& member) -> Result<void> {
    if (member.key == "next" && member.kind == Kind::kString) next_ = member.text;
    if (member.key != "cursors" || member.kind != Kind::kObject) return {};
    return objects_.members([&](const JsonMember& cursor) -> Result<void> {
      if (cursor.key == "after" && cursor.kind == Kind::kString) after_ = cursor.text;
      return {};
    });
  };
  return objects_.read(std::string_view(padded).substr(0, json.size()), paging);
}

Result<void> ThreatExchangeReader::on_end(bool seen_list) {
  if (!seen_list) return fail(Code::kInvalidInput, "not a page of ThreatExchange: it has no member \"data\"");
  // The last page has a cursor too, but no next address.
  if (!next_.empty()) document_.continuation = after_.empty() ? without_token(next_) : after_;
  return {};
}

void ThreatExchangeReader::set_tags(RecordDraft& draft, const JsonMember& member) {
  Result<void> each;
  const auto element = [&](const JsonMember& tag) -> Result<void> {
    if (tag.kind == Kind::kString) draft.tag(tag.text);
    if (tag.kind != Kind::kObject) return {};
    return objects_.members([&](const JsonMember& part) -> Result<void> {
      if (part.key == "text" && part.kind == Kind::kString) draft.tag(part.text);
      return {};
    });
  };
  if (member.kind == Kind::kArray) {
    each = objects_.elements(element);
  } else if (member.kind == Kind::kObject) {
    each = objects_.members([&](const JsonMember& part) -> Result<void> {
      return part.key == "data" && part.kind == Kind::kArray ? objects_.elements(element) : Result<void>();
    });
  } else {
    draft.tag(member.text);
  }
  if (!each) draft.refuse("malformed_record", each.error().message);
}

void ThreatExchangeReader::set_opinion(RecordDraft& draft, const Opinion& opinion) {
  // A descriptor whose owner is not shown may come and go: it says nothing.
  if (opinion.owner.empty()) {
    ++document_.left_aside;
    return;
  }
  const std::string text = opinion.owner + ":" + (opinion.status.empty() ? "UNKNOWN" : opinion.status);
  if (!is_opinion(text)) return draft.refuse("malformed_record", "an owner or a status is no word");
  opinions_.append(opinions_.empty() ? "" : " ").append(text);
  ++opinion_count_;
  denials_ += opinion.status == "NON_MALICIOUS" ? 1U : 0U;
}

Result<void> ThreatExchangeReader::read_owner(Opinion& opinion) {
  return objects_.members([&](const JsonMember& part) -> Result<void> {
    if (part.key == "id") opinion.owner = part.text;
    return {};
  });
}

Result<void> ThreatExchangeReader::read_descriptor(RecordDraft& draft) {
  Opinion opinion;
  SEAWALL_CHECK(objects_.members([&](const JsonMember& part) -> Result<void> {
    if (part.kind == Kind::kNull) return {};
    if (part.key == "status") opinion.status = part.text;
    if (part.key == "tags") set_tags(draft, part);
    return part.key == "owner" && part.kind == Kind::kObject ? read_owner(opinion) : Result<void>();
  }));
  set_opinion(draft, opinion);
  return {};
}

void ThreatExchangeReader::set_descriptors(RecordDraft& draft, const JsonMember& member) {
  seen_descriptors_ = true;
  if (member.kind != Kind::kObject) return draft.refuse("malformed_record", "descriptors is no object");
  const auto data = objects_.members([&](const JsonMember& part) -> Result<void> {
    if (part.key != "data" || part.kind != Kind::kArray) return {};
    return objects_.elements([&](const JsonMember& one) -> Result<void> {
      if (one.kind == Kind::kObject) return read_descriptor(draft);
      draft.refuse("malformed_record", "a descriptor is no object");
      return {};
    });
  });
  if (!data) draft.refuse("malformed_record", data.error().message);
}

void ThreatExchangeReader::set(RecordDraft& draft, const JsonMember& member) {
  const std::string_view name = member.key;
  Time time;
  if (member.kind == Kind::kNull) return;
  if (name == "id") {
    draft.key(member.text);
  } else if (name == "type") {
    type_ = member.text;
  } else if (name == "indicator" || name == "raw_indicator") {
    is_descriptor_ = is_descriptor_ || name == "raw_indicator";
    indicator_ = member.text;
  } else if (name == "should_delete") {
    should_delete_ = member.text == "true";
  } else if (name == "descriptors") {
    set_descriptors(draft, member);
  } else if (name == "tags") {
    set_tags(draft, member);
  } else if (name == "status") {
    own_.status = member.text;
  } else if (name == "owner" && member.kind == Kind::kObject) {
    if (const auto read = read_owner(own_); !read) draft.refuse("malformed_record", read.error().message);
  } else if ((name == "last_updated" || name == "added_on") && !draft.so_far().content.decided_at) {
    if (time_from_seconds(member.text, time)) {
      draft.decided_at(time);
    } else {
      draft.decided_at(name, member.text);
    }
  } else if (member.text.empty() || !draft.attribute_if_it_fits(name, member.text)) {
    document_.left_aside += member.text.empty() ? 0U : 1U;
  }
}

void ThreatExchangeReader::set_signal(RecordDraft& draft) {
  const auto type = std::ranges::find(kTypes, std::string_view(type_), &ThreatType::name);
  if (type == kTypes.end())
    return draft.refuse("unknown_type", "the type of the indicator is none that is read here");
  draft.media_type(type->media_type);
  switch (type->signal) {
    case SignalType::kPdq:
      return draft.pdq(indicator_);
    case SignalType::kMd5:
      return draft.md5(indicator_);
    case SignalType::kSha1:
      return draft.sha1(indicator_);
    case SignalType::kSha256:
      return draft.sha256(indicator_);
  }
}

ExchangeOutcome ThreatExchangeReader::on_record(std::string_view json, ExchangeRecord& record,
                                                std::string place) {
  RecordDraft draft(record);
  type_.clear();
  indicator_.clear();
  opinions_.clear();
  own_ = {};
  should_delete_ = seen_descriptors_ = is_descriptor_ = false;
  opinion_count_ = denials_ = 0;
  const auto read = objects_.read(json, [&](const JsonMember& member) -> Result<void> {
    set(draft, member);
    return {};
  });
  if (!read) return refused(std::move(place), read.error());
  if (is_descriptor_ || !own_.owner.empty()) set_opinion(draft, own_);
  // Updates without descriptors are deletions too (ThreatExchange issue 834).
  const bool is_tombstone = should_delete_ || (!is_descriptor_ && !seen_descriptors_);
  const bool all_deny = opinion_count_ > 0 && denials_ == opinion_count_;
  if (is_tombstone || all_deny) {
    draft.withdrawn();
    return draft.finish(std::move(place));
  }
  if (opinion_count_ == 0) draft.refuse("no_opinion", "no descriptor shows its owner");
  if (!opinions_.empty()) draft.attribute("opinions", opinions_);
  set_signal(draft);
  return draft.finish(std::move(place));
}

}  // namespace seawall::exchange_detail
