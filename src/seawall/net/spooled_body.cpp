#include "seawall/net/spooled_body.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <vector>

namespace seawall {
namespace {

/// Reads a file from its start at its own pace.
class FileSource final : public ByteSource {
 public:
  explicit FileSource(int fd) : fd_(fd) {}
  Result<std::size_t> read(std::span<char> out) override {
    ssize_t got = -1;
    do {
      got = ::pread(fd_, out.data(), out.size(), at_);
    } while (got < 0 && errno == EINTR);
    if (got < 0) return fail(Code::kUnavailable, "cannot read the temporary file of a download");
    at_ += got;
    return static_cast<std::size_t>(got);
  }

 private:
  int fd_;
  off_t at_ = 0;
};

Result<UniqueFd> nameless_file(const std::string& directory) {
  UniqueFd file(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file) return file;
  std::string name = directory + "/seawall-XXXXXX";  // For file systems without O_TMPFILE.
  file = UniqueFd(::mkostemp(name.data(), O_CLOEXEC));
  if (!file) return fail(Code::kUnavailable, "cannot make a temporary file in " + directory);
  ::unlink(name.c_str());
  return file;
}

Result<void> write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return fail(Code::kUnavailable, "cannot write the temporary file of a download: disk full?");
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

}  // namespace

Result<void> SpooledBody::append(std::string_view bytes) {
  if (bytes.size() > limits_.bytes_max - size_bytes_) {
    return fail(Code::kLimitExceeded,
                "the answer has more than " + std::to_string(limits_.bytes_max) + " bytes");
  }
  if (!file_ && size_bytes_ + bytes.size() > limits_.memory_bytes_max) SEAWALL_CHECK(move_to_file());
  if (file_) {
    SEAWALL_CHECK(write_all(file_.get(), bytes));
  } else {
    memory_.append(bytes);
  }
  size_bytes_ += bytes.size();
  return {};
}

Result<void> SpooledBody::move_to_file() {
  SEAWALL_TRY(file_, nameless_file(limits_.directory));
  SEAWALL_CHECK(write_all(file_.get(), memory_));
  memory_ = {};
  return {};
}

std::unique_ptr<ByteSource> SpooledBody::open() const {
  if (file_) return std::make_unique<FileSource>(file_.get());
  return std::make_unique<MemorySource>(memory_);
}

Result<std::string> SpooledBody::text(std::uint64_t bytes_max) const {
  if (size_bytes_ > bytes_max) return fail(Code::kLimitExceeded, "the answer is longer than is read at once");
  std::string out(size_bytes_, '\0');
  const auto source = open();
  for (std::size_t at = 0; at < out.size();) {
    SEAWALL_TRY(const std::size_t got, source->read(std::span(out).subspan(at)));
    if (got == 0) return fail(Code::kUnavailable, "the temporary file of a download was cut");
    at += got;
  }
  return out;
}

}  // namespace seawall
