#include <algorithm>
#include <memory>

#include "seawall/base/base64.h"
#include "seawall/exchange/detail/ncmec.h"
#include "seawall/exchange/detail/vics.h"
#include "seawall/model/time_text.h"

namespace seawall::exchange_detail {
namespace {

using Kind = XmlStream::Event::Kind;

// Depths: queryResult 1, images 2, image 3, its members 4, fingerprints' own 5.
constexpr std::size_t kEntryDepth = 3;
constexpr std::size_t kMemberDepth = 4;
constexpr std::size_t kFingerprintDepth = 5;

}  // namespace

std::string_view trimmed_xml(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

bool is_ncmec_class(std::string_view value) {
  return value == "A1" || value == "A2" || value == "B1" || value == "B2";
}

void NcmecReader::begin_entry(const XmlStream::Event& event) {
  std::string_view type = event.name;
  entry_ = {};
  in_entry_ = type == "image" || type == "video" || type == "deletedImage" || type == "deletedVideo";
  entry_.deleted = type.starts_with("deleted");
  entry_.is_video = type == "video" || type == "deletedVideo";
}

void NcmecReader::on_begin(const XmlStream::Event& event) {
  ++depth_;
  path_.resize(depth_);
  path_[depth_ - 1] = event.name;
  if (depth_ == 2) {
    Result<Time> newest = time_from_text(event.attribute("maxTimestamp"));
    if (newest && (!document_.newest || *document_.newest < *newest)) document_.newest = *newest;
  }
  if (depth_ == kEntryDepth) begin_entry(event);
  if (!in_entry_) return;
  if (depth_ == kMemberDepth && event.name == "member") entry_.member = event.attribute("id");
  // Binary fingerprints lie behind addresses that live shortly: counted, never kept.
  has_address_ = depth_ == kFingerprintDepth && !event.attribute("href").empty();
}

void NcmecReader::add_fingerprint(const XmlStream::Event& event) {
  const std::string_view text = trimmed_xml(event.text);
  if (has_address_ || text.empty()) {
    document_.left_aside += has_address_ ? 1U : 0U;
    has_address_ = false;
    return;
  }
  if (entry_.fingerprints.size() > EntryContent::kPdqMax + EntryContent::kCarriedMax) {
    entry_.too_many = true;
    return;
  }
  entry_.bytes += text.size();
  entry_.fingerprints.emplace_back(event.name, text);
}

void NcmecReader::on_end(const XmlStream::Event& event) {
  const std::string_view text = trimmed_xml(event.text);
  if (in_entry_ && depth_ == kFingerprintDepth && path_[kMemberDepth - 1] == "fingerprints")
    add_fingerprint(event);
  if (in_entry_ && depth_ == kFingerprintDepth && path_[kMemberDepth - 1] == "categorizations" &&
      !text.empty()) {
    entry_.categorizations.append(entry_.categorizations.empty() ? "" : " ").append(text);
    entry_.bytes += text.size();
  }
  if (in_entry_ && depth_ == kMemberDepth) {
    if (event.name == "id") entry_.id = text;
    if (event.name == "timestamp") entry_.timestamp = text;
    if (event.name == "classification") entry_.classification = text;
  }
  if (depth_ == 3 && path_[1] == "paging" && event.name == "next") document_.continuation = text;
  --depth_;
  if (entry_.bytes > kRecordBytesMax) entry_.too_many = true;
}

void NcmecReader::set_fingerprint(RecordDraft& draft, const std::string& name, const std::string& text) {
  if (name == "md5") return draft.md5(text);
  if (name == "sha1") return draft.sha1(text);
  if (name == "pdna") return draft.photodna(text);
  if (name == "pdq") return draft.pdq(text);
  if (name == "netclean") return draft.carried_base64("netclean", text);
  ++document_.left_aside;
}

ExchangeOutcome NcmecReader::read_entry(ExchangeRecord& record) {
  RecordDraft draft(record);
  std::string place = "record " + std::to_string(++ordinal_);
  if (entry_.too_many) {
    return refused(
        std::move(place), "record_too_large",
        "the record has more than " + std::to_string(kRecordBytesMax) + " bytes or too many fingerprints");
  }
  if (!is_whole_number(entry_.member) || entry_.id.empty()) {
    draft.refuse("missing_key", "the entry has no id, or its member has no number");
  } else {
    draft.key(entry_.member + "-" + entry_.id);
  }
  if (entry_.deleted) draft.withdrawn();
  draft.media_type(entry_.is_video ? "video" : "image");
  draft.decided_at("timestamp", entry_.timestamp);
  if (is_ncmec_class(entry_.classification)) {
    draft.classification(ClassificationScheme::kNcmec, entry_.classification);
  } else if (!entry_.classification.empty()) {
    draft.classification(ClassificationScheme::kOther, "ncmec/" + entry_.classification);
  }
  if (!entry_.categorizations.empty()) draft.attribute("categorizations", entry_.categorizations);
  for (const auto& [name, text] : entry_.fingerprints) set_fingerprint(draft, name, text);
  return draft.finish(std::move(place));
}

Result<ExchangeOutcome> NcmecReader::step(ExchangeRecord& record) {
  for (;;) {
    SEAWALL_TRY(const XmlStream::Event* const event, xml_.next());
    if (event->kind == Kind::kDone) return ExchangeOutcome{};
    if (event->kind == Kind::kBegin) {
      on_begin(*event);
      if (depth_ == 1 && event->name != "queryResult") {
        return fail(Code::kInvalidInput, "not a page of NCMEC hash sharing: its root is not queryResult");
      }
      continue;
    }
    const bool ends_entry = in_entry_ && depth_ == kEntryDepth;
    on_end(*event);
    if (!ends_entry) continue;
    in_entry_ = false;
    return read_entry(record);
  }
}

}  // namespace seawall::exchange_detail
