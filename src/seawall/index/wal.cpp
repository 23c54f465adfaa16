#include "seawall/index/detail/wal.h"

#include <algorithm>
#include <array>

#include "seawall/index/detail/files.h"

namespace seawall::index_detail {
namespace {

constexpr std::array<char, 8> kMagic = {'S', 'E', 'A', 'W', 'W', 'A', 'L', '1'};
constexpr std::uint32_t kVersion = 1;
constexpr std::uint32_t kRecordMark = 0x52575357;  // "WSWR"
constexpr std::size_t kHeaderBytes = 32;
constexpr std::size_t kRecordHeadBytes = 32;
constexpr std::size_t kIdBytes = sizeof(EntryId);
constexpr std::size_t kEntryBytes = sizeof(Fingerprint256) + kIdBytes;

struct RecordHead {
  std::uint32_t mark = kRecordMark;
  std::uint32_t remove_count = 0;
  std::uint32_t add_count = 0;
  std::uint32_t reserved = 0;
  std::uint64_t position = 0;
  std::uint64_t checksum = 0;  // Of the head before this field, then of the body.
};
static_assert(sizeof(RecordHead) == kRecordHeadBytes);

std::uint64_t record_checksum(const RecordHead& head, Bytes body) {
  std::array<std::uint64_t, 2> parts = {
      checksum(std::as_bytes(std::span(&head, 1)).first(offsetof(RecordHead, checksum))), checksum(body)};
  return checksum(std::as_bytes(std::span(parts)));
}

std::size_t body_bytes(const RecordHead& head) {
  return std::size_t{head.remove_count} * kIdBytes + std::size_t{head.add_count} * kEntryBytes;
}

/// The record at the front of `bytes`, if it is whole and undamaged.
bool read_record(Bytes bytes, WalRecord* record, std::size_t* size) {
  RecordHead head;
  ByteReader reader(bytes);
  if (!reader.get(head) || head.mark != kRecordMark || head.reserved != 0) return false;
  if (head.remove_count > kWalRemovesMax || head.add_count > kWalAddsMax) return false;
  if (reader.left().size() < body_bytes(head)) return false;
  if (record_checksum(head, reader.left().first(body_bytes(head))) != head.checksum) return false;
  *size = kRecordHeadBytes + body_bytes(head);
  if (record == nullptr) return true;
  record->position = head.position;
  record->remove.resize(head.remove_count);
  record->add.resize(head.add_count);
  for (EntryId& id : record->remove) reader.get(id);
  for (IndexEntry& entry : record->add) {
    reader.get(entry.fingerprint);
    reader.get(entry.id);
  }
  return true;
}

/// Whether a whole record starts anywhere in `bytes`: then what is before it was damaged, not torn.
bool holds_a_record(Bytes bytes) {
  std::size_t size = 0;
  for (std::size_t at = 0; at + kRecordHeadBytes <= bytes.size(); ++at) {
    std::uint32_t mark = 0;
    std::memcpy(&mark, bytes.data() + at, sizeof mark);
    if (mark == kRecordMark && read_record(bytes.subspan(at), nullptr, &size)) return true;
  }
  return false;
}

}  // namespace

std::vector<std::byte> encode_wal_header(Kind kind, std::uint64_t number) {
  ByteWriter out;
  out.put(kMagic);
  out.put(kVersion);
  out.put(kind);
  out.put(number);
  out.put(checksum(out.bytes()));
  return std::move(out).take();
}

std::vector<std::byte> encode_wal_record(const IndexChange& change) {
  ByteWriter out;
  RecordHead head;
  head.remove_count = static_cast<std::uint32_t>(change.remove.size());
  head.add_count = static_cast<std::uint32_t>(change.add.size());
  head.position = change.position;
  out.put(head);
  out.put_bytes(std::as_bytes(change.remove));
  for (const IndexEntry& entry : change.add) {
    out.put(entry.fingerprint);
    out.put(entry.id);
  }
  head.checksum = record_checksum(head, out.bytes().subspan(kRecordHeadBytes));
  out.set(0, head);
  return std::move(out).take();
}

Result<WalContent> decode_wal(Bytes file, const std::string& name, Kind kind, std::uint64_t number) {
  const std::vector<std::byte> header = encode_wal_header(kind, number);
  static_assert(kHeaderBytes == 32);
  WalContent content;
  if (file.size() <
      header.size()) {  // The crash came before the header was down: no record was acknowledged.
    content.torn_tail = !file.empty();
    return content;
  }
  if (!std::equal(header.begin(), header.end(), file.begin())) {
    if (!holds_a_record(file)) {
      content.torn_tail = true;
      return content;
    }
    return fail(Code::kCorrupt, name + ": not a log of this index (its header is foreign or damaged)");
  }
  content.valid_bytes = header.size();
  while (content.valid_bytes < file.size()) {
    const Bytes left = file.subspan(content.valid_bytes);
    WalRecord record;
    std::size_t size = 0;
    if (!read_record(left, &record, &size)) {
      if (holds_a_record(left.subspan(1))) {
        return fail(Code::kCorrupt,
                    name + ": record at byte " + std::to_string(content.valid_bytes) +
                        " is damaged and later ones are not; restore the file or rebuild the index");
      }
      content.torn_tail = true;
      break;
    }
    content.records.push_back(std::move(record));
    content.valid_bytes += size;
  }
  return content;
}

}  // namespace seawall::index_detail
