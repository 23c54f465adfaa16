#include "seawall/signal_file/detail/record_builder.h"

#include <algorithm>
#include <charconv>

#include "seawall/base/hex.h"
#include "seawall/json/text.h"

namespace seawall::signal_file_detail {
namespace {

constexpr std::array<std::pair<std::string_view, Column>, 9> kNames{{
    {"id", Column::kId},
    {"path", Column::kPath},
    {"pdq", Column::kPdq},
    {"quality", Column::kQuality},
    {"pdq_quality", Column::kQuality},
    {"md5", Column::kMd5},
    {"sha1", Column::kSha1},
    {"sha256", Column::kSha256},
    {"error", Column::kError},
}};

template <class Digest>
Result<void> read_digest(std::string_view text, std::string_view name, std::optional<Digest>& out) {
  if (text.empty()) return {};
  Digest digest;
  if (!from_hex(text, digest)) {
    return fail(Code::kInvalidInput,
                "the " + std::string(name) + " is not " + std::to_string(2 * digest.size()) + " hex digits");
  }
  out = digest;
  return {};
}

template <class Visit>
Result<void> each_word(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) SEAWALL_CHECK(visit(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

}  // namespace

Column column_of(std::string_view name) {
  for (const auto& [known, column] : kNames) {
    if (known == name) return column;
  }
  return Column::kAttribute;
}

Result<void> RecordBuilder::add_pdq(std::string_view text) {
  if (record_.pdq.size() == SignalRecord::kPdqMax) {
    return fail(Code::kLimitExceeded,
                "more than " + std::to_string(SignalRecord::kPdqMax) + " PDQ hashes in one record");
  }
  SEAWALL_TRY(const Fingerprint256 bits, fingerprint_from_text(text));
  record_.pdq.push_back({bits, ListedPdq::kQualityUnknown});
  return {};
}

Result<void> RecordBuilder::add_quality(std::string_view text) {
  int quality = ListedPdq::kQualityUnknown;
  if (text != "?") {
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, quality);
    if (read.ec != std::errc() || read.ptr != end || quality < 0 || quality > 100) {
      return fail(Code::kInvalidInput, "the quality is not a whole number from 0 to 100");
    }
  }
  if (qualities_.size() == SignalRecord::kPdqMax) return fail(Code::kLimitExceeded, "too many qualities");
  qualities_.push_back(quality);
  return {};
}

Result<void> RecordBuilder::set(Column column, std::string_view name, std::string_view text) {
  switch (column) {
    case Column::kId:
      record_.id = text;
      return {};
    case Column::kPath:
      path_ = text;
      return {};
    case Column::kPdq:
      return each_word(text, [&](std::string_view word) { return add_pdq(word); });
    case Column::kQuality:
      return each_word(text, [&](std::string_view word) { return add_quality(word); });
    case Column::kMd5:
      return read_digest(text, name, record_.md5);
    case Column::kSha1:
      return read_digest(text, name, record_.sha1);
    case Column::kSha256:
      return read_digest(text, name, record_.sha256);
    case Column::kError:
      if (text.empty()) return {};
      return fail(Code::kInvalidInput, "this row says that its file could not be hashed");
    case Column::kAttribute:
      return add_attribute(name, text);
  }
  return {};
}

Result<void> RecordBuilder::finish(std::string_view fallback_id) {
  if (record_.id.empty()) {
    record_.id = path_.empty() ? std::string(fallback_id) : path_;
  } else {
    SEAWALL_CHECK(add_attribute("path", path_));
  }
  SEAWALL_CHECK(check_id(record_.id));
  if (!record_.has_signal()) {
    return fail(Code::kInvalidInput, "no signal: pdq, md5, sha1 and sha256 are all empty");
  }
  if (!qualities_.empty() && !record_.pdq.empty() && qualities_.size() != record_.pdq.size()) {
    return fail(Code::kInvalidInput, "there are " + std::to_string(record_.pdq.size()) + " PDQ hashes but " +
                                         std::to_string(qualities_.size()) + " qualities");
  }
  const std::size_t known = std::min(qualities_.size(), record_.pdq.size());
  for (std::size_t i = 0; i < known; ++i) record_.pdq[i].quality = qualities_[i];
  return {};
}

Result<void> RecordBuilder::add_attribute(std::string_view name, std::string_view value) {
  if (value.empty()) return {};
  attribute_bytes_ += name.size() + value.size();
  if (record_.attributes.size() == SignalRecord::kAttributesMax ||
      attribute_bytes_ > SignalRecord::kAttributeBytesMax) {
    return fail(Code::kLimitExceeded, "further columns pass the limit of " +
                                          std::to_string(SignalRecord::kAttributesMax) + " or of " +
                                          std::to_string(SignalRecord::kAttributeBytesMax) + " bytes");
  }
  if (name.empty()) return fail(Code::kInvalidInput, "a member has no name");
  if (!is_utf8(value)) return fail(Code::kInvalidInput, "column " + std::string(name) + " is not UTF-8");
  for (const auto& [known, unused] : record_.attributes) {
    if (known == name) return fail(Code::kInvalidInput, std::string(name) + " stands there twice");
  }
  record_.attributes.emplace_back(name, value);
  return {};
}

}  // namespace seawall::signal_file_detail
