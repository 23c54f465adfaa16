#include "seawall/bank/detail/store.h"

#include <algorithm>
#include <cstring>

#include "seawall/json/text.h"

namespace seawall::bank_detail {
namespace {

constexpr std::size_t kPdqBytes = 33;
constexpr unsigned char kQualityUnknownByte = 255;

template <class Digest>
Result<void> read_digest(const Statement& statement, int column, std::optional<Digest>& out) {
  out.reset();
  if (statement.is_null(column)) return {};
  const auto blob = statement.blob(column);
  if (blob.size() != std::tuple_size_v<Digest>) return fail(Code::kCorrupt, "a digest of the wrong length");
  std::ranges::copy(blob, out.emplace().begin());
  return {};
}

template <class Digest>
void bind_digest(Statement& statement, int place, const std::optional<Digest>& digest) {
  if (digest) statement.bind(place, std::span<const std::byte>(*digest));
}

void encode_attributes(const SignalRecord& record, std::string& text) {
  text.clear();
  for (const auto& [name, value] : record.attributes) {
    text += text.empty() ? '{' : ',';
    append_json_string(text, name);
    text += ':';
    append_json_string(text, value);
  }
  text += '}';
}

}  // namespace

const std::string_view kSchema = R"(
CREATE TABLE entry(
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  pdq BLOB,
  md5 BLOB,
  sha1 BLOB,
  sha256 BLOB,
  attributes TEXT
) STRICT;
CREATE TABLE change(
  position INTEGER PRIMARY KEY,
  first_row INTEGER NOT NULL,
  last_row INTEGER NOT NULL
) STRICT;
CREATE TABLE removal(
  row INTEGER PRIMARY KEY,
  position INTEGER NOT NULL,
  id TEXT NOT NULL
) STRICT;
CREATE INDEX removal_position ON removal(position);
)";

const std::string_view kClipSchema =
    "CREATE TABLE IF NOT EXISTS clip(row INTEGER PRIMARY KEY, print BLOB NOT NULL) STRICT";

Result<bool> has_clips(Database& database) {
  SEAWALL_TRY(Statement select,
              database.prepare("SELECT 1 FROM sqlite_master WHERE type='table' AND name='clip'"));
  return select.step();
}

void encode_pdq(std::span<const ListedPdq> pdq, std::string& blob) {
  blob.clear();
  for (const ListedPdq& one : pdq) {
    for (std::size_t word = 4; word > 0; --word) {
      for (int shift = 56; shift >= 0; shift -= 8) {
        blob += static_cast<char>((one.bits.words[word - 1] >> shift) & 0xFF);
      }
    }
    const bool known = one.quality != ListedPdq::kQualityUnknown;
    blob += static_cast<char>(known ? static_cast<unsigned char>(one.quality) : kQualityUnknownByte);
  }
}

Result<void> decode_pdq(std::span<const std::byte> blob, std::vector<ListedPdq>& pdq) {
  pdq.clear();
  if (blob.size() % kPdqBytes != 0) return fail(Code::kCorrupt, "a PDQ blob of the wrong length");
  for (; !blob.empty(); blob = blob.subspan(kPdqBytes)) {
    ListedPdq one;
    for (std::size_t i = 0; i < 32; ++i) {
      std::uint64_t& word = one.bits.words[3 - i / 8];
      word = (word << 8) | std::to_integer<std::uint64_t>(blob[i]);
    }
    const auto quality = std::to_integer<unsigned char>(blob[32]);
    one.quality = quality == kQualityUnknownByte ? ListedPdq::kQualityUnknown : quality;
    pdq.push_back(one);
  }
  return {};
}

void RowCodec::bind(Statement& statement, std::int64_t row, const SignalRecord& record) {
  statement.bind(1, row).bind(2, record.id);
  if (!record.pdq.empty()) {
    encode_pdq(record.pdq, pdq_);
    statement.bind(3, std::as_bytes(std::span(pdq_)));
  }
  bind_digest(statement, 4, record.md5);
  bind_digest(statement, 5, record.sha1);
  bind_digest(statement, 6, record.sha256);
  if (!record.attributes.empty()) {
    encode_attributes(record, attributes_);
    statement.bind(7, std::string_view(attributes_));
  }
}

Result<void> RowCodec::read(const Statement& statement, StoredRow& stored) {
  stored.row = statement.integer(0);
  SignalRecord& record = stored.record;
  record.id = statement.text(1);
  SEAWALL_CHECK(decode_pdq(statement.blob(2), record.pdq));
  SEAWALL_CHECK(read_digest(statement, 3, record.md5));
  SEAWALL_CHECK(read_digest(statement, 4, record.sha1));
  SEAWALL_CHECK(read_digest(statement, 5, record.sha256));
  record.attributes.clear();
  if (statement.is_null(6)) return {};
  attributes_ = statement.text(6);
  const std::size_t length = attributes_.size();
  attributes_.append(JsonObjectReader::kPaddingBytes, '\0');
  auto read = objects_.read(std::string_view(attributes_).substr(0, length), [&](const JsonMember& member) {
    record.attributes.emplace_back(member.key, member.text);
    return Result<void>();
  });
  if (!read) return fail(Code::kCorrupt, "attributes that are not JSON");
  return {};
}

Result<std::uint64_t> last_position(Database& database) {
  SEAWALL_TRY(Statement select, database.prepare("SELECT max(position) FROM change"));
  SEAWALL_TRY(const bool any, select.step());
  return any ? static_cast<std::uint64_t>(select.integer(0)) : 0;
}

}  // namespace seawall::bank_detail
