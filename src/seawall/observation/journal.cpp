#include "seawall/observation/detail/journal.h"

namespace seawall::observation_detail {

Result<std::unique_ptr<Journal>> Journal::create(FileSystem& files, std::uint64_t number) {
  SEAWALL_TRY(auto file, files.create(journal_name(number)));
  SEAWALL_CHECK(file->append(encode_file_header(FileKind::kJournal, number)));
  SEAWALL_CHECK(file->sync());
  SEAWALL_CHECK(files.sync_folder());
  return std::unique_ptr<Journal>(new Journal(std::move(file), number, kFileHeaderBytes));
}

Result<std::unique_ptr<Journal>> Journal::reopen(FileSystem& files, std::uint64_t number,
                                                 std::uint64_t size_bytes) {
  SEAWALL_TRY(auto file, files.reopen(journal_name(number), size_bytes));
  SEAWALL_CHECK(file->sync());
  return std::unique_ptr<Journal>(new Journal(std::move(file), number, size_bytes));
}

Result<void> Journal::repair() {
  if (!needs_repair_) return {};
  SEAWALL_CHECK(file_->truncate(size_bytes_));
  SEAWALL_CHECK(file_->sync());
  needs_repair_ = false;
  return {};
}

Result<void> Journal::append(Bytes block) {
  SEAWALL_CHECK(repair());
  auto done = file_->append(block);
  if (done) done = file_->sync();
  if (!done) {
    needs_repair_ = true;
    (void)repair();  // If it fails now, the next append tries again before it writes.
    return done;
  }
  size_bytes_ += block.size();
  return {};
}

}  // namespace seawall::observation_detail
