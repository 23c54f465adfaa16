#include "seawall/cli/media_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "seawall/cli/input_file.h"

namespace seawall::cli {

std::optional<MediaFile> MediaFiles::next_in_folder() {
  auto step = walker_->next();
  if (!step) {
    walker_.reset();
    return std::nullopt;
  }
  const std::string prefix = folder_.ends_with('/') ? folder_ : folder_ + "/";
  if (auto* problem = std::get_if<WalkProblem>(&*step)) {
    return MediaFile{.path = problem->path.empty() ? folder_ : prefix + problem->path,
                     .error = problem->error};
  }
  auto& walked = std::get<WalkedFile>(*step);
  std::string path = prefix + walked.path;
  return MediaFile{.path = std::move(path), .walked = std::move(walked)};
}

std::optional<MediaFile> MediaFiles::next() {
  for (;;) {
    if (walker_) {
      if (auto file = next_in_folder()) return file;
      continue;
    }
    if (at_ == arguments_.size()) return std::nullopt;
    const std::string& argument = arguments_[at_++];
    if (argument == "-") return MediaFile{.path = argument, .is_stdin = true};
    struct stat status = {};
    if (::stat(argument.c_str(), &status) != 0) {
      return MediaFile{.path = argument, .error = path_error(argument, errno)};
    }
    if (!S_ISDIR(status.st_mode)) return MediaFile{.path = argument};
    auto walker = DirectoryWalker::open(argument);
    if (!walker) return MediaFile{.path = argument, .error = std::move(walker).error()};
    folder_ = argument;
    walker_ = std::make_unique<DirectoryWalker>(std::move(*walker));
  }
}

Error no_media(Error error) {
  if (error.code == Code::kUnsupported) {
    error.message = "neither a picture nor a video that is read, by its first bytes; its name does not count";
  }
  return error;
}

Result<void> read_media(const MediaFile& file, int stdin_fd, std::vector<std::byte>& bytes) {
  if (file.error) return tl::unexpected(Error(*file.error));
  if (file.is_stdin) return read_whole(stdin_fd, "standard input", kMediaBytesMax, bytes);
  if (file.walked) {
    SEAWALL_TRY(const UniqueFd fd, file.walked->open());
    return read_whole(fd.get(), file.path, kMediaBytesMax, bytes);
  }
  const UniqueFd fd = open_input(file.path);
  if (!fd) return tl::unexpected(path_error(file.path, errno));
  return read_whole(fd.get(), file.path, kMediaBytesMax, bytes);
}

}  // namespace seawall::cli
