#include "seawall/observation/detail/block_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

namespace seawall::observation_detail {
namespace {

using durable::ByteWriter;
using durable::checksum;

constexpr std::array<char, 8> kMagic = {'S', 'E', 'A', 'W', 'O', 'B', 'S', '1'};
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kWindowBytes = std::size_t{1} << 20;

struct NameParts {
  std::string_view prefix, suffix;
};
constexpr NameParts parts_of(FileKind kind) {
  return kind == FileKind::kJournal ? NameParts{"journal-", ".log"} : NameParts{"part-", ".obs"};
}

/// A head at `offset`, and behind it a file long enough; with `bodies` also a whole body.
Result<std::optional<BlockHeader>> block_at(const ReadFile& file, std::uint64_t offset, bool bodies) {
  std::array<std::byte, kBlockHeaderBytes> head{};
  if (file.size_bytes() < offset + head.size()) return std::nullopt;
  SEAWALL_CHECK(file.read(offset, head));
  const auto header = read_header(head);
  if (!header || header->size_bytes() > file.size_bytes() - offset) return std::nullopt;
  if (!bodies) return header;
  std::vector<std::byte> block(header->size_bytes());
  SEAWALL_CHECK(file.read(offset, block));
  return decode_rows(block) ? header : std::nullopt;
}

/// Where the next block starts, from `offset` on; the file's size if there is none. Looks at every
/// kBlockAlign.
Result<std::uint64_t> next_block(const ReadFile& file, std::uint64_t offset, bool bodies) {
  std::vector<std::byte> window;
  for (std::uint64_t base = offset; base + kBlockHeaderBytes <= file.size_bytes(); base += kWindowBytes) {
    // Windows overlap by a head, so that none is cut.
    window.resize(std::min<std::uint64_t>(kWindowBytes + kBlockHeaderBytes, file.size_bytes() - base));
    SEAWALL_CHECK(file.read(base, window));
    for (std::size_t at = 0; at < kWindowBytes && at + kBlockHeaderBytes <= window.size();
         at += kBlockAlign) {
      if (!read_header(std::span(window).subspan(at, kBlockHeaderBytes))) continue;
      SEAWALL_TRY(const auto found, block_at(file, base + at, bodies));
      if (found) return base + at;
    }
  }
  return file.size_bytes();
}

ObservationDamage damage_of(const BlockFile& file, std::uint64_t offset, std::uint64_t size,
                            std::string what) {
  return {file.name, offset, size, std::move(what)};
}

}  // namespace

std::string journal_name(std::uint64_t number) { return "journal-" + std::to_string(number) + ".log"; }
std::string part_name(std::uint64_t number) { return "part-" + std::to_string(number) + ".obs"; }

std::optional<std::uint64_t> number_of(const std::string& name, FileKind kind) {
  const auto [prefix, suffix] = parts_of(kind);
  std::string_view digits = name;
  if (!digits.starts_with(prefix) || !digits.ends_with(suffix)) return std::nullopt;
  if (digits.size() <= prefix.size() + suffix.size()) return std::nullopt;
  digits = digits.substr(prefix.size(), digits.size() - prefix.size() - suffix.size());
  std::uint64_t number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return std::nullopt;
  return number;
}

std::vector<std::byte> encode_file_header(FileKind kind, std::uint64_t number) {
  ByteWriter out;
  out.put(kMagic);
  out.put(kVersion);
  out.put(kind);
  out.put(number);
  while (out.size() < kFileHeaderBytes - sizeof(std::uint64_t)) out.put(std::uint64_t{0});
  out.put(checksum(out.bytes()));
  return std::move(out).take();
}

Result<BlockFile> scan_file(std::shared_ptr<const ReadFile> file, std::string name, FileKind kind,
                            std::uint64_t number, bool bodies) {
  BlockFile out;
  out.name = std::move(name);
  out.file = std::move(file);
  const std::uint64_t size = out.file->size_bytes();
  const std::vector<std::byte> right = encode_file_header(kind, number);
  std::vector<std::byte> header(std::min<std::uint64_t>(size, kFileHeaderBytes));
  SEAWALL_CHECK(out.file->read(0, header));
  out.header_damaged = header != right;
  out.end = header.size();
  while (out.end < size) {
    SEAWALL_TRY(auto found, block_at(*out.file, out.end, bodies));
    if (!found) {
      SEAWALL_TRY(const std::uint64_t next, next_block(*out.file, out.end, bodies));
      if (next == size) break;
      out.gaps.push_back({out.end, next - out.end});
      out.end = next;
      continue;
    }
    out.blocks.push_back({out.end, *found});
    out.rows += found->rows;
    out.end += found->size_bytes();
  }
  out.tail_bytes = size - out.end;
  return out;
}

void add_damage(ObservationDamage damage, std::vector<ObservationDamage>& out) {
  if (out.size() < kDamageMax && std::find(out.begin(), out.end(), damage) == out.end()) {
    out.push_back(std::move(damage));
  }
}

void add_damage(const BlockFile& file, bool torn_tail, std::vector<ObservationDamage>& out) {
  if (file.header_damaged && (!torn_tail || !file.blocks.empty())) {
    add_damage(damage_of(file, 0, kFileHeaderBytes, "the file's head is damaged or foreign"), out);
  }
  for (const Gap& gap : file.gaps) {
    add_damage(damage_of(file, gap.offset, gap.size_bytes, "no block can be read here"), out);
  }
  if (file.missing_bytes != 0) {
    add_damage(damage_of(file, file.file->size_bytes(), file.missing_bytes, "the file was cut short"), out);
  }
  if (file.tail_bytes != 0 && !torn_tail) {
    add_damage(damage_of(file, file.end, file.tail_bytes, "the end of the file cannot be read"), out);
  }
}

Result<std::vector<std::byte>> read_block(const BlockFile& file, const BlockAt& block) {
  std::vector<std::byte> bytes(block.header.size_bytes());
  SEAWALL_CHECK(file.file->read(block.offset, bytes));
  return bytes;
}

Result<void> read_section(const BlockFile& file, const BlockAt& block, const Section& section,
                          std::uint64_t at, std::span<std::byte> out) {
  SEAWALL_CHECK(file.file->read(block.offset + at, out));
  if (!intact(section, out)) {
    return fail(Code::kCorrupt,
                file.name + ": the block at byte " + std::to_string(block.offset) + " is damaged");
  }
  return {};
}

}  // namespace seawall::observation_detail
