#include "seawall/store/canonical.h"

#include <array>

#include "seawall/store/compact_bytes.h"
#include "seawall/store/content_check.h"

namespace seawall {
namespace {

enum Field : std::uint32_t {
  kPdq = 1U << 0,
  kMd5 = 1U << 1,
  kSha1 = 1U << 2,
  kSha256 = 1U << 3,
  kCarried = 1U << 4,
  kClassification = 1U << 5,
  kSeries = 1U << 6,
  kTags = 1U << 7,
  kMediaType = 1U << 8,
  kSize = 1U << 9,
  kDecidedAt = 1U << 10,
  kAttributes = 1U << 11,
  kAllFields = (1U << 12) - 1,
};
constexpr std::uint64_t kNoQuality = 101;

std::uint32_t fields_of(const EntryContent& c) {
  std::uint32_t fields = 0;
  const auto set = [&](Field field, bool there) { fields |= there ? field : 0U; };
  set(kPdq, !c.signals.pdq.empty());
  set(kMd5, c.signals.md5.has_value());
  set(kSha1, c.signals.sha1.has_value());
  set(kSha256, c.signals.sha256.has_value());
  set(kCarried, !c.signals.carried.empty());
  set(kClassification, c.classification.has_value());
  set(kSeries, !c.series.empty());
  set(kTags, !c.tags.empty());
  set(kMediaType, !c.media_type.empty());
  set(kSize, c.size_bytes != 0);
  set(kDecidedAt, c.decided_at.has_value());
  set(kAttributes, !c.attributes.empty());
  return fields;
}

void write_pdq(CompactWriter& out, const std::vector<ListedPdq>& hashes) {
  out.number(hashes.size());
  for (const ListedPdq& hash : hashes) {
    std::array<std::byte, 32> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<std::byte>(hash.bits.words[3 - i / 8] >> (56 - 8 * (i % 8)));
    }
    out.raw(bytes).number(hash.quality < 0 ? kNoQuality : static_cast<std::uint64_t>(hash.quality));
  }
}

std::vector<ListedPdq> read_pdq(CompactReader& in) {
  const std::uint64_t count = in.number_up_to(EntryContent::kPdqMax);
  std::vector<ListedPdq> hashes;
  for (std::uint64_t n = 0; n < count && !in.bad(); ++n) {
    std::array<std::byte, 32> bytes{};
    in.raw(bytes);
    ListedPdq hash;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      hash.bits.words[3 - i / 8] |= std::to_integer<std::uint64_t>(bytes[i]) << (56 - 8 * (i % 8));
    }
    const std::uint64_t quality = in.number_up_to(kNoQuality);
    hash.quality = quality == kNoQuality ? ListedPdq::kQualityUnknown : static_cast<int>(quality);
    hashes.push_back(hash);
  }
  return hashes;
}

void write_signals(CompactWriter& out, const EntrySignals& s) {
  if (!s.pdq.empty()) write_pdq(out, s.pdq);
  if (s.md5) out.raw(*s.md5);
  if (s.sha1) out.raw(*s.sha1);
  if (s.sha256) out.raw(*s.sha256);
  if (s.carried.empty()) return;
  out.number(s.carried.size());
  for (const CarriedSignal& one : s.carried) out.text(one.type).text(one.bytes);
}

EntrySignals read_signals(CompactReader& in, std::uint32_t fields) {
  EntrySignals s;
  if ((fields & kPdq) != 0) s.pdq = read_pdq(in);
  if ((fields & kMd5) != 0) in.raw(s.md5.emplace());
  if ((fields & kSha1) != 0) in.raw(s.sha1.emplace());
  if ((fields & kSha256) != 0) in.raw(s.sha256.emplace());
  if ((fields & kCarried) == 0) return s;
  const std::uint64_t count = in.number_up_to(EntryContent::kCarriedMax);
  for (std::uint64_t n = 0; n < count && !in.bad(); ++n) {
    const std::string_view type = in.text(CarriedSignal::kTypeBytesMax);
    s.carried.push_back({std::string(type), std::string(in.text(carried_bytes_max(type)))});
  }
  return s;
}

void read_lists(CompactReader& in, std::uint32_t fields, EntryContent& content) {
  if ((fields & kTags) != 0) {
    const std::uint64_t count = in.number_up_to(EntryContent::kTagsMax);
    for (std::uint64_t n = 0; n < count && !in.bad(); ++n) {
      content.tags.emplace_back(in.text(EntryContent::kTextBytesMax));
    }
  }
  if ((fields & kMediaType) != 0) content.media_type = in.text(EntryContent::kTextBytesMax);
  if ((fields & kSize) != 0) content.size_bytes = in.number();
  if ((fields & kDecidedAt) != 0) content.decided_at = in.time();
  if ((fields & kAttributes) == 0) return;
  const std::uint64_t count = in.number_up_to(EntryContent::kAttributesMax);
  for (std::uint64_t n = 0; n < count && !in.bad(); ++n) {
    const std::string_view name = in.text(EntryContent::kTextBytesMax);
    content.attributes.emplace_back(name, in.text(EntryContent::kAttributeBytesMax));
  }
}

}  // namespace

void append_canonical(std::string& bytes, const EntryContent& content) {
  CompactWriter out(bytes);
  out.number(fields_of(content));
  write_signals(out, content.signals);
  if (content.classification) {
    out.number(static_cast<std::uint64_t>(content.classification->scheme))
        .text(content.classification->value);
  }
  if (!content.series.empty()) out.text(content.series);
  if (!content.tags.empty()) {
    out.number(content.tags.size());
    for (const std::string& tag : content.tags) out.text(tag);
  }
  if (!content.media_type.empty()) out.text(content.media_type);
  if (content.size_bytes != 0) out.number(content.size_bytes);
  if (content.decided_at) out.time(*content.decided_at);
  if (content.attributes.empty()) return;
  out.number(content.attributes.size());
  for (const auto& [name, value] : content.attributes) out.text(name).text(value);
}

Result<EntryContent> read_canonical(std::string_view bytes) {
  CompactReader in(bytes);
  const auto fields = static_cast<std::uint32_t>(in.number_up_to(kAllFields));
  EntryContent content;
  content.signals = read_signals(in, fields);
  if ((fields & kClassification) != 0) {
    auto& classification = content.classification.emplace();
    classification.scheme = static_cast<ClassificationScheme>(in.number_up_to(kClassificationSchemes.size()));
    classification.value = in.text(Classification::kValueBytesMax);
    if (static_cast<unsigned>(classification.scheme) == 0) in.set_bad();
  }
  if ((fields & kSeries) != 0) content.series = in.text(EntryContent::kTextBytesMax);
  read_lists(in, fields, content);
  // A field that is there holds something: else two byte strings would mean one content.
  if (in.bad() || !in.at_end() || fields_of(content) != fields || !check_content(content)) {
    return fail(Code::kCorrupt, "stored content is not in the form that Seawall writes");
  }
  return content;
}

}  // namespace seawall
