#include "seawall/index/detail/storage.h"

#include <charconv>

#include "seawall/index/detail/try.h"

namespace seawall::index_detail {
namespace {

constexpr const char* kManifestName = "MANIFEST";
constexpr const char* kManifestNewName = "MANIFEST.new";
constexpr std::string_view kWalPrefix = "wal-", kWalSuffix = ".log";
constexpr std::string_view kSegmentPrefix = "segment-", kSegmentSuffix = ".seg";

std::optional<std::uint64_t> number_in(std::string_view name, std::string_view prefix,
                                       std::string_view suffix) {
  if (!name.starts_with(prefix) || !name.ends_with(suffix)) return std::nullopt;
  if (name.size() <= prefix.size() + suffix.size()) return std::nullopt;
  const std::string_view digits = name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
  std::uint64_t number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string wal_name(std::uint64_t number) { return "wal-" + std::to_string(number) + ".log"; }
std::string segment_name(std::uint64_t number) { return "segment-" + std::to_string(number) + ".seg"; }

Result<void> WalWriter::repair() {
  if (!needs_repair_) return {};
  SEAWALL_CHECK(file_->truncate(size_bytes_));
  SEAWALL_CHECK(file_->sync());
  needs_repair_ = false;
  return {};
}

Result<void> WalWriter::append(const IndexChange& change) {
  SEAWALL_CHECK(repair());
  const std::vector<std::byte> record = encode_wal_record(change);
  auto done = file_->append(record);
  if (done && durable_) done = file_->sync();
  if (!done) {
    needs_repair_ = true;
    (void)repair();  // If it fails now, the next append tries again before it writes.
    return done;
  }
  size_bytes_ += record.size();
  return {};
}

Result<void> Storage::lock() {
  SEAWALL_TRY(lock_, files_->lock("LOCK"));
  return {};
}

Result<std::optional<Manifest>> Storage::read_manifest() {
  auto content = files_->map(kManifestName);
  if (content) {
    SEAWALL_TRY(Manifest manifest, decode_manifest((*content)->bytes(), kManifestName));
    if (manifest.kind != kind_) {
      return fail(Code::kInvalidInput, "this folder holds an index of another kind of fingerprint");
    }
    return std::optional<Manifest>(std::move(manifest));
  }
  if (content.error().code != Code::kNotFound) return tl::unexpected(std::move(content).error());
  SEAWALL_TRY(const auto names, files_->list());
  for (const std::string& name : names) {
    if (number_in(name, kWalPrefix, kWalSuffix) || number_in(name, kSegmentPrefix, kSegmentSuffix)) {
      return fail(Code::kCorrupt, std::string(kManifestName) + ": missing, though " + name + " is there");
    }
  }
  return std::optional<Manifest>();
}

Result<void> Storage::commit(const Manifest& manifest) {
  doubtful_ = true;
  SEAWALL_CHECK(durable::replace_file(*files_, kManifestNewName, kManifestName, encode_manifest(manifest)));
  doubtful_ = false;
  return {};
}

Result<std::unique_ptr<WalWriter>> Storage::create_wal(std::uint64_t number) {
  SEAWALL_TRY(auto file, files_->create(wal_name(number)));
  const auto header = encode_wal_header(kind_, number);
  SEAWALL_CHECK(file->append(header));
  SEAWALL_CHECK(file->sync());
  SEAWALL_CHECK(files_->sync_folder());
  return std::make_unique<WalWriter>(std::move(file), header.size(), durable_);
}

Result<std::unique_ptr<WalWriter>> Storage::reopen_wal(std::uint64_t number, std::uint64_t size_bytes) {
  if (size_bytes == 0) return create_wal(number);  // Not even its header was whole.
  SEAWALL_TRY(auto file, files_->reopen(wal_name(number), size_bytes));
  SEAWALL_CHECK(file->sync());
  return std::make_unique<WalWriter>(std::move(file), size_bytes, durable_);
}

Result<std::vector<WalContent>> Storage::read_wals(std::uint64_t first) {
  SEAWALL_TRY(const auto names, files_->list());
  std::uint64_t last = 0;
  for (const std::string& name : names)
    last = std::max(last, number_in(name, kWalPrefix, kWalSuffix).value_or(0));
  std::vector<WalContent> wals;
  for (std::uint64_t number = first; number <= last; ++number) {
    auto content = files_->map(wal_name(number));
    if (!content && content.error().code == Code::kNotFound) {
      return fail(Code::kCorrupt, wal_name(number) + ": missing, though later logs are there");
    }
    if (!content) return tl::unexpected(std::move(content).error());
    SEAWALL_TRY(WalContent wal, decode_wal((*content)->bytes(), wal_name(number), kind_, number));
    // A log is closed whole before the next one takes records.
    if (!wals.empty() && wals.back().torn_tail && !wal.records.empty()) {
      return fail(Code::kCorrupt, wal_name(number - 1) + ": cut short, though later records are there");
    }
    wals.push_back(std::move(wal));
  }
  return wals;
}

Result<void> Storage::write_segment(std::uint64_t number, Bytes bytes) {
  SEAWALL_TRY(const auto file, files_->create(segment_name(number)));
  SEAWALL_CHECK(file->append(bytes));
  SEAWALL_CHECK(file->sync());
  return files_->sync_folder();
}

Result<std::shared_ptr<const Segment>> Storage::open_segment(std::uint64_t number) {
  auto content = files_->map(segment_name(number));
  if (!content && content.error().code == Code::kNotFound) {
    return fail(Code::kCorrupt, segment_name(number) + ": missing");
  }
  if (!content) return tl::unexpected(std::move(content).error());
  return Segment::open(*std::move(content), segment_name(number), kind_);
}

void Storage::remove_obsolete(const Manifest& manifest) {
  const auto names = files_->list();
  if (!names) return;
  for (const std::string& name : *names) {
    const auto wal = number_in(name, kWalPrefix, kWalSuffix);
    const auto segment = number_in(name, kSegmentPrefix, kSegmentSuffix);
    bool obsolete = name == kManifestNewName || (wal && *wal < manifest.first_wal);
    if (segment) {
      obsolete = true;
      for (const ManifestSegment& used : manifest.segments) obsolete = obsolete && used.number != *segment;
    }
    if (obsolete) (void)files_->remove(name);
  }
}

}  // namespace seawall::index_detail
