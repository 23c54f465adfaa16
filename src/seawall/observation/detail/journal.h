#pragma once

#include <memory>
#include <utility>

#include "seawall/observation/detail/block_file.h"

namespace seawall::observation_detail {

/// The file that takes new blocks: appends are all or nothing, and durable on return. Not thread-safe.
class Journal {
 public:
  /// An empty, durable one.
  static Result<std::unique_ptr<Journal>> create(FileSystem& files, std::uint64_t number);
  /// Cut to `size_bytes`: header and whole blocks.
  static Result<std::unique_ptr<Journal>> reopen(FileSystem& files, std::uint64_t number,
                                                 std::uint64_t size_bytes);

  /// On an error the block is not in the journal: what was written of it is cut off, at the latest before the
  /// next append. Errors: kUnavailable.
  Result<void> append(Bytes block);
  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }

 private:
  Journal(std::unique_ptr<durable::AppendFile> file, std::uint64_t number, std::uint64_t size_bytes)
      : file_(std::move(file)), number_(number), size_bytes_(size_bytes) {}
  Result<void> repair();

  std::unique_ptr<durable::AppendFile> file_;
  std::uint64_t number_;
  std::uint64_t size_bytes_;
  bool needs_repair_ = false;
};

}  // namespace seawall::observation_detail
