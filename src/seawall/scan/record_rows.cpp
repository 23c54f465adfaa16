#include "seawall/scan/detail/record_rows.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <span>

#include "seawall/base/codes.h"
#include "seawall/scan/detail/stored_variant.h"

namespace seawall::scan_detail {
namespace {

constexpr std::int64_t kTruncated = 1;
constexpr std::int64_t kRescanned = 2;
constexpr std::size_t kPdqBytes = 32;
constexpr std::size_t kDigestBytes = sizeof(Md5) + sizeof(Sha1) + sizeof(Sha256);

constexpr std::string_view kInsertFile =
    "INSERT OR REPLACE INTO files(path, size, mtime_ns, type, width, height, frames, flags, pdq, "
    "pdq_quality, "
    "digests, match_count, verdict, error_code, error_message) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
constexpr std::string_view kInsertMatch =
    "INSERT INTO matches(file, place, bank, entry, signal, distance, variant, frame, verdict) "
    "VALUES (?,?,?,?,?,?,?,?,?)";
constexpr std::string_view kSelectFiles =
    "SELECT id, path, size, mtime_ns, type, width, height, frames, flags, pdq, pdq_quality, digests, "
    "match_count, error_code, error_message FROM files ";
constexpr std::string_view kSelectMatches =
    "SELECT bank, entry, signal, distance, variant, frame, verdict FROM matches WHERE file = ? ORDER BY "
    "place";

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

// Word 0 first, each little-endian.
std::array<std::byte, kPdqBytes> pdq_bytes(const Fingerprint256& fingerprint) {
  std::array<std::byte, kPdqBytes> bytes;
  for (std::size_t i = 0; i < kPdqBytes; ++i) {
    bytes[i] = static_cast<std::byte>(fingerprint.words[i / 8] >> (8 * (i % 8)) & 0xFF);
  }
  return bytes;
}

Fingerprint256 fingerprint_from(std::span<const std::byte> bytes) {
  Fingerprint256 fingerprint;
  for (std::size_t i = 0; i < kPdqBytes; ++i) {
    fingerprint.words[i / 8] |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * (i % 8));
  }
  return fingerprint;
}

std::array<std::byte, kDigestBytes> digest_bytes(const FileDigests& digests) {
  std::array<std::byte, kDigestBytes> bytes;
  auto at = std::ranges::copy(digests.md5, bytes.begin()).out;
  at = std::ranges::copy(digests.sha1, at).out;
  std::ranges::copy(digests.sha256, at);
  return bytes;
}

FileDigests digests_from(std::span<const std::byte> bytes, std::uint64_t size_bytes) {
  FileDigests digests;
  std::ranges::copy(bytes.first(sizeof(Md5)), digests.md5.begin());
  std::ranges::copy(bytes.subspan(sizeof(Md5), sizeof(Sha1)), digests.sha1.begin());
  std::ranges::copy(bytes.last(sizeof(Sha256)), digests.sha256.begin());
  digests.size_bytes = size_bytes;
  return digests;
}

tl::unexpected<Error> damaged(std::string_view what) {
  return fail(Code::kCorrupt,
              "the scan journal holds a bad " + std::string(what) + "; begin anew with --restart");
}

Result<int> checked_integer(std::int64_t value, std::int64_t maximum, std::string_view what) {
  if (value < 0 || value > maximum) return damaged(what);
  return static_cast<int>(value);
}

Result<Error> error_from(std::string_view name, std::string_view message) {
  for (const CodeMeaning& meaning : kCodeMeanings) {
    if (meaning.name == name) return Error{meaning.code, std::string(message)};
  }
  return damaged("error code");
}

}  // namespace

Result<RecordWriter> RecordWriter::prepare(Database& database) {
  RecordWriter writer(database);
  SEAWALL_TRY(writer.file_, database.prepare(kInsertFile));
  SEAWALL_TRY(writer.match_, database.prepare(kInsertMatch));
  return writer;
}

Result<void> RecordWriter::write(const FileRecord& record) {
  const auto pdq = record.pdq ? pdq_bytes(record.pdq->bits) : std::array<std::byte, kPdqBytes>{};
  const auto digests = record.digests ? digest_bytes(*record.digests) : std::array<std::byte, kDigestBytes>{};
  const std::int64_t flags = (record.truncated ? kTruncated : 0) | (record.rescanned ? kRescanned : 0);
  file_.bind(1, bytes_of(record.path)).bind(2, static_cast<std::int64_t>(record.size_bytes));
  file_.bind(3, record.mtime_ns).bind(4, std::string_view(record.type));
  file_.bind(5, std::int64_t{record.width_px}).bind(6, std::int64_t{record.height_px});
  file_.bind(7, std::int64_t{record.frame_count}).bind(8, flags);
  record.pdq ? file_.bind(9, std::span<const std::byte>(pdq)) : file_.bind_null(9);
  file_.bind(10, std::int64_t{record.pdq ? record.pdq->quality : 0});
  record.digests ? file_.bind(11, std::span<const std::byte>(digests)) : file_.bind_null(11);
  file_.bind(12, static_cast<std::int64_t>(record.matches.size()));
  file_.bind(13, static_cast<std::int64_t>(record.verdict()));
  if (record.error) {
    file_.bind(14, meaning_of(record.error->code).name).bind(15, std::string_view(record.error->message));
  }
  SEAWALL_CHECK(file_.run());
  const std::int64_t id = database_->last_row_id();
  for (std::size_t place = 0; place < record.matches.size(); ++place) {
    SEAWALL_CHECK(write_match(id, place, record.matches[place]));
  }
  return {};
}

Result<void> RecordWriter::write_match(std::int64_t file, std::size_t place, const RecordedMatch& match) {
  const std::string variant = stored_variant(match);
  match_.bind(1, file).bind(2, static_cast<std::int64_t>(place)).bind(3, std::string_view(match.bank));
  match_.bind(4, std::string_view(match.entry)).bind(5, static_cast<std::int64_t>(match.type));
  match_.bind(6, std::int64_t{match.distance_bits}).bind(7, std::string_view(variant));
  match_.bind(8, std::int64_t{match.frame_index}).bind(9, static_cast<std::int64_t>(match.verdict));
  return match_.run();
}

Result<RecordReader> RecordReader::prepare(Database& database, RecordFilter filter) {
  std::string sql(kSelectFiles);
  if (filter == RecordFilter::kMatched) sql += "WHERE match_count > 0 ";
  if (filter == RecordFilter::kErrors) sql += "WHERE error_code IS NOT NULL ";
  if (filter == RecordFilter::kFindings) sql += "WHERE match_count > 0 OR error_code IS NOT NULL ";
  RecordReader reader;
  SEAWALL_TRY(reader.files_, database.prepare(sql + "ORDER BY path"));
  SEAWALL_TRY(reader.matches_, database.prepare(kSelectMatches));
  return reader;
}

Result<RecordReader> RecordReader::prepare_one(Database& database) {
  RecordReader reader;
  SEAWALL_TRY(reader.files_, database.prepare(std::string(kSelectFiles) + "WHERE id = ?"));
  SEAWALL_TRY(reader.matches_, database.prepare(kSelectMatches));
  return reader;
}

Result<void> RecordReader::each(FunctionRef<bool(const FileRecord&)> visit) {
  while (true) {
    SEAWALL_TRY(const bool row, files_.step());
    if (!row) break;
    SEAWALL_TRY(const FileRecord record, whole_record());
    if (!visit(record)) break;
  }
  files_.reset();
  return {};
}

Result<FileRecord> RecordReader::one(std::int64_t id) {
  files_.bind(1, id);
  SEAWALL_TRY(const bool row, files_.step());
  if (!row) return fail(Code::kNotFound, "the scan journal holds no such record");
  auto record = whole_record();
  files_.reset();
  return record;
}

Result<FileRecord> RecordReader::whole_record() {
  SEAWALL_TRY(FileRecord record, file_row());
  const std::int64_t matches = files_.integer(12);
  if (matches > 0) {
    SEAWALL_CHECK(read_matches(files_.integer(0), static_cast<std::size_t>(matches), record));
  }
  return record;
}

Result<PictureReader> PictureReader::prepare(Database& database) {
  PictureReader reader;
  SEAWALL_TRY(reader.pictures_,
              database.prepare("SELECT id, pdq, pdq_quality, width * height FROM files WHERE pdq IS NOT NULL "
                               "ORDER BY path"));
  return reader;
}

Result<void> PictureReader::each(FunctionRef<void(const Journal::Picture&)> visit) {
  while (true) {
    SEAWALL_TRY(const bool row, pictures_.step());
    if (!row) return {};
    if (pictures_.blob(1).size() != kPdqBytes) return damaged("PDQ hash");
    SEAWALL_TRY(const int quality, checked_integer(pictures_.integer(2), 100, "quality"));
    if (pictures_.integer(3) < 0) return damaged("size in pixels");
    visit({pictures_.integer(0),
           {fingerprint_from(pictures_.blob(1)), quality},
           static_cast<std::uint64_t>(pictures_.integer(3))});
  }
}

Result<FileRecord> RecordReader::file_row() {
  constexpr std::int64_t kSideMax = 1 << 24;
  FileRecord record;
  const auto path = files_.blob(1);
  record.path.assign(reinterpret_cast<const char*>(path.data()), path.size());
  if (files_.integer(2) < 0) return damaged("size");
  record.size_bytes = static_cast<std::uint64_t>(files_.integer(2));
  record.mtime_ns = files_.integer(3);
  record.type = files_.text(4);
  SEAWALL_TRY(record.width_px, checked_integer(files_.integer(5), kSideMax, "width"));
  SEAWALL_TRY(record.height_px, checked_integer(files_.integer(6), kSideMax, "height"));
  SEAWALL_TRY(record.frame_count, checked_integer(files_.integer(7), 1 << 30, "frame count"));
  record.truncated = (files_.integer(8) & kTruncated) != 0;
  record.rescanned = (files_.integer(8) & kRescanned) != 0;
  if (!files_.is_null(9)) {
    if (files_.blob(9).size() != kPdqBytes) return damaged("PDQ hash");
    SEAWALL_TRY(const int quality, checked_integer(files_.integer(10), 100, "quality"));
    record.pdq = PdqHash{fingerprint_from(files_.blob(9)), quality};
  }
  if (!files_.is_null(11)) {
    if (files_.blob(11).size() != kDigestBytes) return damaged("digest");
    record.digests = digests_from(files_.blob(11), record.size_bytes);
  }
  if (!files_.is_null(13)) {
    SEAWALL_TRY(record.error, error_from(files_.text(13), files_.text(14)));
  }
  return record;
}

Result<void> RecordReader::read_matches(std::int64_t file, std::size_t count, FileRecord& record) {
  matches_.bind(1, file);
  while (true) {
    SEAWALL_TRY(const bool row, matches_.step());
    if (!row) break;
    RecordedMatch match;
    match.bank = matches_.text(0);
    match.entry = matches_.text(1);
    SEAWALL_TRY(const int type, checked_integer(matches_.integer(2), 4, "signal type"));
    if (type == 0) return damaged("signal type");
    match.type = static_cast<SignalType>(type);
    SEAWALL_TRY(match.distance_bits, checked_integer(matches_.integer(3), 256, "distance"));
    SEAWALL_CHECK(read_variant(matches_.text(4), match));
    SEAWALL_TRY(match.frame_index, checked_integer(matches_.integer(5), 1 << 30, "frame"));
    SEAWALL_TRY(const int verdict, checked_integer(matches_.integer(6), 2, "verdict"));
    match.verdict = static_cast<Verdict>(verdict);
    record.matches.push_back(std::move(match));
  }
  matches_.reset();
  if (record.matches.size() != count) return damaged("number of matches");
  return {};
}

}  // namespace seawall::scan_detail
