#include "seawall/cli/files_progress.h"

#include <sys/stat.h>

#include <utility>

#include "seawall/cli/media_files.h"

namespace seawall::cli {
namespace {

// 0 where the size cannot be known beforehand: a pipe, or a file that cannot be reached.
std::uint64_t size_of(const MediaFile& file) {
  if (file.walked) return file.walked->stamp.size_bytes;
  struct stat status = {};
  if (file.is_stdin || file.error || ::stat(file.path.c_str(), &status) != 0) return 0;
  return S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
}

}  // namespace

FilesProgress::FilesProgress(Console& console, std::vector<std::string> arguments)
    : display_(console, progress_style_from("auto", console)), began_(std::chrono::steady_clock::now()) {
  if (!display_.visible()) return;
  counter_ = std::thread([this, names = std::move(arguments)]() mutable { count_ahead(std::move(names)); });
}

FilesProgress::~FilesProgress() {
  stopping_ = true;
  if (counter_.joinable()) counter_.join();
}

void FilesProgress::count_ahead(std::vector<std::string> arguments) {
  MediaFiles files(std::move(arguments));
  while (!stopping_) {
    const auto file = files.next();
    if (!file) {
      total_known_ = true;
      return;
    }
    ++files_total_;
    bytes_total_ += size_of(*file);
  }
}

void FilesProgress::file_done(std::uint64_t bytes, bool matched, bool failed) {
  if (!display_.visible()) return;
  ++state_.files_done;
  state_.bytes_done += bytes;
  state_.matches += matched ? 1 : 0;
  state_.errors += failed ? 1 : 0;
  state_.total_known = total_known_;
  state_.files_total = files_total_;
  state_.bytes_total = bytes_total_;
  state_.elapsed =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began_);
  display_.show(state_);
}

}  // namespace seawall::cli
