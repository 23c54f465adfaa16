#include "seawall/observation/detail/folder.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace seawall::observation_detail {
namespace {

constexpr const char* kManifestName = "MANIFEST";
constexpr const char* kManifestNewName = "MANIFEST.new";

/// Adds a journal's blocks to `out`; small ones are put together.
Result<void> replay_file(const BlockFile& file, Replayed& out) {
  Rows rows;
  const auto close_chunk = [&] {
    if (rows.size() != 0) out.chunks.push_back(std::make_shared<const Rows>(std::exchange(rows, {})));
  };
  for (const BlockAt& block : file.blocks) {
    SEAWALL_TRY(const auto bytes, read_block(file, block));
    const auto decoded = decode_rows(bytes);
    if (!decoded) return fail(Code::kUnavailable, file.name + " changed while it was read");
    if (rows.size() + decoded->size() > kBlockRowsMax) close_chunk();
    rows.append(*decoded);
  }
  close_chunk();
  for (const Gap& gap : file.gaps)
    SEAWALL_CHECK(keep_bytes(file, gap.offset, gap.size_bytes, out.unreadable));
  return {};
}

}  // namespace

Result<void> keep_bytes(const BlockFile& file, std::uint64_t offset, std::uint64_t size, Unreadable& out) {
  std::vector<std::byte> bytes(size);
  SEAWALL_CHECK(file.file->read(offset, bytes));
  bytes.resize((size + kBlockAlign - 1) / kBlockAlign * kBlockAlign);
  out.push_back(std::move(bytes));
  return {};
}

Result<void> Folder::lock() {
  SEAWALL_TRY(lock_, files_->lock("LOCK"));
  return {};
}

Result<std::optional<Manifest>> Folder::read_manifest() {
  const auto content = files_->map(kManifestName);
  if (content) {
    SEAWALL_TRY(Manifest manifest, decode_manifest((*content)->bytes()));
    return std::optional<Manifest>(std::move(manifest));
  }
  if (content.error().code != Code::kNotFound) return tl::unexpected(content.error());
  SEAWALL_TRY(const auto names, files_->list());
  for (const std::string& name : names) {
    bool holds = number_of(name, FileKind::kPart).has_value();
    if (const auto number = number_of(name, FileKind::kJournal)) {
      SEAWALL_TRY(auto file, files_->open_read(name));
      SEAWALL_TRY(const BlockFile journal,
                  scan_file(std::move(file), name, FileKind::kJournal, *number, true));
      holds = !journal.blocks.empty();
    }
    if (holds)
      return fail(Code::kCorrupt,
                  "MANIFEST: missing, though " + name + " is there; restore it from a backup");
  }
  return std::optional<Manifest>();
}

Result<void> Folder::commit(const Manifest& manifest) {
  doubtful_ = true;
  SEAWALL_CHECK(durable::replace_file(*files_, kManifestNewName, kManifestName, encode_manifest(manifest)));
  doubtful_ = false;
  return {};
}

Result<std::shared_ptr<const BlockFile>> Folder::open_part(const PartRecord& record) {
  const std::string name = part_name(record.number);
  SEAWALL_TRY(auto file, files_->open_read(name));
  SEAWALL_TRY(BlockFile part, scan_file(std::move(file), name, FileKind::kPart, record.number, false));
  if (part.file->size_bytes() < record.size_bytes)
    part.missing_bytes = record.size_bytes - part.file->size_bytes();
  return std::make_shared<const BlockFile>(std::move(part));
}

Result<Replayed> Folder::replay(std::uint64_t first) {
  SEAWALL_TRY(const auto names, files_->list());
  std::set<std::uint64_t> numbers;
  for (const std::string& name : names) {
    const auto number = number_of(name, FileKind::kJournal);
    if (number && *number >= first) numbers.insert(*number);
  }
  if (numbers.empty() || *numbers.begin() != first || *numbers.rbegin() - first + 1 != numbers.size()) {
    return fail(Code::kNotFound,
                "a journal is missing after " + journal_name(first) + "; restore it from a backup");
  }
  Replayed out;
  out.first = first;
  out.last = *numbers.rbegin();
  for (const std::uint64_t number : numbers) {
    const std::string name = journal_name(number);
    SEAWALL_TRY(auto content, files_->open_read(name));
    SEAWALL_TRY(const BlockFile file, scan_file(std::move(content), name, FileKind::kJournal, number, true));
    add_damage(file, true, out.damage);
    SEAWALL_CHECK(replay_file(file, out));
    out.last_end = file.header_damaged ? 0 : file.end;
    out.size_bytes += file.end;
  }
  return out;
}

Result<PartRecord> Folder::write_part(std::uint64_t number, const Rows& rows,
                                      std::span<const std::uint32_t> order, const Unreadable& unreadable) {
  PartRecord record{number, 0};
  SEAWALL_TRY(const auto file, files_->create(part_name(number)));
  const auto append = [&](Bytes bytes) {
    record.size_bytes += bytes.size();
    return file->append(bytes);
  };
  SEAWALL_CHECK(append(encode_file_header(FileKind::kPart, number)));
  for (std::size_t first = 0; first < order.size(); first += block_rows_) {
    const Rows block = rows.select(order.subspan(first, std::min(block_rows_, order.size() - first)));
    SEAWALL_CHECK(append(encode_rows(block)));
  }
  for (const auto& bytes : unreadable) SEAWALL_CHECK(append(bytes));
  SEAWALL_CHECK(file->sync());
  SEAWALL_CHECK(files_->sync_folder());
  return record;
}

Result<std::uint64_t> Folder::remove_obsolete(const Manifest& manifest) {
  if (doubtful_) return std::uint64_t{0};
  SEAWALL_TRY(const auto names, files_->list());
  std::set<std::uint64_t> parts;
  for (const PartRecord& part : manifest.parts) parts.insert(part.number);
  std::uint64_t removed = 0;
  for (const std::string& name : names) {
    const auto journal = number_of(name, FileKind::kJournal), part = number_of(name, FileKind::kPart);
    const bool obsolete = (journal && *journal < manifest.first_journal) ||
                          (part && !parts.contains(*part)) || name == kManifestNewName;
    if (!obsolete) continue;
    SEAWALL_CHECK(files_->remove(name));
    ++removed;
  }
  if (removed != 0) SEAWALL_CHECK(files_->sync_folder());
  return removed;
}

}  // namespace seawall::observation_detail
