#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/base/unique_fd.h"
#include "seawall/crypto/sha256.h"
#include "seawall/sql/connection.h"
#include "seawall/store_sql/detail/table_shapes.h"

namespace seawall::store_sql_detail {

/// The file of a backup: frames of a length and that many bytes, and at the end a frame of no bytes and the
/// SHA-256 of all before it. Format: docs/formats/store-backup.md.
class BackupWriter {
 public:
  static Result<BackupWriter> create(const std::filesystem::path& file);
  BackupWriter(BackupWriter&& other) noexcept;
  BackupWriter& operator=(BackupWriter&&) = delete;
  ~BackupWriter();

  Result<void> frame(std::string_view bytes);
  /// The end, all on disk, and only then the file under its name. Errors: kConflict (it exists).
  Result<void> finish();
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  BackupWriter(std::filesystem::path file, std::filesystem::path unfinished, UniqueFd fd)
      : file_(std::move(file)), unfinished_(std::move(unfinished)), fd_(std::move(fd)) {}
  Result<void> flush();

  std::filesystem::path file_;
  std::filesystem::path unfinished_;  ///< Empty once it has its name.
  UniqueFd fd_;
  std::string buffer_;
  Sha256Hasher hasher_;
  std::uint64_t bytes_ = 0;
};

class BackupReader {
 public:
  static constexpr std::size_t kFrameBytesMax = std::size_t{64} << 20;

  static Result<BackupReader> open(const std::filesystem::path& file);
  /// The next frame, until the next call; none at the end, when the SHA-256 was right and nothing follows.
  /// Errors: kCorrupt.
  Result<std::optional<std::string_view>> next();
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  explicit BackupReader(UniqueFd fd) : fd_(std::move(fd)) {}
  Result<std::uint64_t> length();
  Result<void> fill(std::size_t bytes);
  Result<void> check_end();

  UniqueFd fd_;
  std::string frame_;
  std::string ahead_;      ///< Read, not yet taken.
  std::size_t taken_ = 0;  ///< Of ahead_.
  Sha256Hasher hasher_;
  std::uint64_t bytes_ = 0;
};

/// A row as a frame holds it: of each column a kind (0: NULL) and its value.
void append_row(std::string& out, const TableShape& table, const SqlStatement& row);
/// Adds the row to `bulk`. Errors: kCorrupt when it is not of the table's shape.
Result<void> add_row(SqlBulk& bulk, const TableShape& table, std::string_view bytes);

}  // namespace seawall::store_sql_detail
