#include "seawall/store_sql/detail/backup_format.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "seawall/store/compact_bytes.h"
#include "seawall/store_sql/detail/stored_entry.h"

namespace seawall::store_sql_detail {
namespace {

constexpr std::size_t kBlockBytes = 256 * 1024;

tl::unexpected<Error> io_error(std::string_view what) {
  const Code code =
      errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? Code::kLimitExceeded : Code::kUnavailable;
  return fail(code, std::string(what) + ": " + std::strerror(errno));
}

tl::unexpected<Error> corrupt(std::string_view what) {
  return fail(Code::kCorrupt, "the backup is damaged or cut off: " + std::string(what));
}

std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

}  // namespace

Result<BackupWriter> BackupWriter::create(const std::filesystem::path& file) {
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored))
    return fail(Code::kConflict, "the backup's file exists already");
  std::string unfinished = file.string() + ".unfinished-XXXXXX";
  UniqueFd fd(::mkostemp(unfinished.data(), O_CLOEXEC));
  if (!fd) return io_error("making the backup's file");
  return BackupWriter(file, unfinished, std::move(fd));
}

BackupWriter::BackupWriter(BackupWriter&& other) noexcept
    : file_(std::move(other.file_)),
      unfinished_(std::exchange(other.unfinished_, {})),
      fd_(std::move(other.fd_)),
      buffer_(std::move(other.buffer_)),
      hasher_(std::move(other.hasher_)),
      bytes_(other.bytes_) {}

BackupWriter::~BackupWriter() {
  if (!unfinished_.empty()) ::unlink(unfinished_.c_str());
}

Result<void> BackupWriter::frame(std::string_view bytes) {
  CompactWriter(buffer_).text(bytes);
  if (buffer_.size() < kBlockBytes) return {};
  return flush();
}

Result<void> BackupWriter::flush() {
  hasher_.update(buffer_);
  for (std::string_view left = buffer_; !left.empty();) {
    const ssize_t written = ::write(fd_.get(), left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return io_error("writing the backup");
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  bytes_ += buffer_.size();
  buffer_.clear();
  return {};
}

Result<void> BackupWriter::finish() {
  SEAWALL_CHECK(frame(""));
  SEAWALL_CHECK(flush());
  buffer_ = text_of(hasher_.finish());
  SEAWALL_CHECK(flush());
  if (::fsync(fd_.get()) != 0) return io_error("writing the backup");
  // link() gives a name only where there is none.
  if (::link(unfinished_.c_str(), file_.c_str()) != 0) {
    if (errno == EEXIST) return fail(Code::kConflict, "the backup's file exists already");
    return io_error("naming the backup");
  }
  ::unlink(std::exchange(unfinished_, {}).c_str());
  const auto folder = file_.has_parent_path() ? file_.parent_path() : std::filesystem::path(".");
  const UniqueFd opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened || ::fsync(opened.get()) != 0) return io_error("naming the backup");
  return {};
}

Result<BackupReader> BackupReader::open(const std::filesystem::path& file) {
  UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd && errno == ENOENT) return fail(Code::kNotFound, "there is no backup of that name");
  if (!fd) return io_error("opening the backup");
  return BackupReader(std::move(fd));
}

/// Makes sure that `bytes` lie ahead. Errors: kCorrupt at the end of the file.
Result<void> BackupReader::fill(std::size_t bytes) {
  while (ahead_.size() - taken_ < bytes) {
    ahead_.erase(0, std::exchange(taken_, 0));
    const std::size_t had = ahead_.size();
    ahead_.resize(had + std::max(kBlockBytes, bytes - had));
    const ssize_t got = ::read(fd_.get(), ahead_.data() + had, ahead_.size() - had);
    ahead_.resize(had + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("reading the backup");
    if (got == 0) return corrupt("it ends too early");
  }
  return {};
}

Result<std::uint64_t> BackupReader::length() {
  for (std::size_t bytes = 1; bytes <= 5; ++bytes) {
    SEAWALL_CHECK(fill(bytes));
    if ((static_cast<unsigned char>(ahead_[taken_ + bytes - 1]) & 0x80) != 0) continue;
    const std::string_view digits = std::string_view(ahead_).substr(taken_, bytes);
    CompactReader in(digits);
    const std::uint64_t length = in.number_up_to(kFrameBytesMax);
    if (in.bad()) break;
    hasher_.update(digits);
    bytes_ += bytes;
    taken_ += bytes;
    return length;
  }
  return corrupt("a frame has no right length");
}

Result<std::optional<std::string_view>> BackupReader::next() {
  SEAWALL_TRY(const std::uint64_t bytes, length());
  if (bytes == 0) {
    SEAWALL_CHECK(check_end());
    return std::optional<std::string_view>();
  }
  SEAWALL_CHECK(fill(static_cast<std::size_t>(bytes)));
  frame_.assign(ahead_, taken_, static_cast<std::size_t>(bytes));
  hasher_.update(frame_);
  taken_ += frame_.size();
  bytes_ += frame_.size();
  return std::optional<std::string_view>(frame_);
}

Result<void> BackupReader::check_end() {
  const Sha256 digest = hasher_.finish();
  SEAWALL_CHECK(fill(digest.size()));
  const bool right = std::string_view(ahead_).substr(taken_, digest.size()) == text_of(digest);
  taken_ += digest.size();
  bytes_ += digest.size();
  if (!right) return corrupt("its SHA-256 differs");
  if (fill(1)) return corrupt("bytes follow its end");
  return {};
}

void append_row(std::string& out, const TableShape& table, const SqlStatement& row) {
  CompactWriter writer(out);
  for (int column = 0; const ColumnShape& shape : table.columns) {
    if (row.is_null(column)) {
      writer.number(0);
    } else if (shape.kind == ColumnKind::kInteger) {
      writer.number(1).number(zigzag(row.integer(column)));
    } else {
      writer.number(static_cast<std::uint64_t>(shape.kind));
      writer.text(shape.kind == ColumnKind::kText ? row.text(column) : text_of(row.blob(column)));
    }
    ++column;
  }
}

Result<void> add_row(SqlBulk& bulk, const TableShape& table, std::string_view bytes) {
  CompactReader in(bytes);
  for (const ColumnShape& shape : table.columns) {
    const std::uint64_t kind = in.number();
    if (kind == 0 && shape.may_be_null && !in.bad()) {
      bulk.add_null();
    } else if (kind != static_cast<std::uint64_t>(shape.kind)) {
      in.set_bad();
      break;
    } else if (shape.kind == ColumnKind::kInteger) {
      bulk.add(unzigzag(in.number()));
    } else if (shape.kind == ColumnKind::kText) {
      bulk.add(in.text(BackupReader::kFrameBytesMax));
    } else {
      bulk.add(bytes_of(in.text(BackupReader::kFrameBytesMax)));
    }
  }
  if (in.bad() || !in.at_end()) return corrupt("a row is not of its table's shape");
  return bulk.end_row();
}

}  // namespace seawall::store_sql_detail
