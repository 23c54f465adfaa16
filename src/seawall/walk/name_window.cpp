#include "seawall/walk/detail/name_window.h"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>
#include <utility>

#include "seawall/base/unique_fd.h"

namespace seawall::walk_detail {
namespace {

bool less(const Name& a, const Name& b) { return a.text < b.text; }

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using FolderStream = std::unique_ptr<DIR, CloseFolder>;

FolderStream open_stream(int folder_fd) {
  UniqueFd copy(::fcntl(folder_fd, F_DUPFD_CLOEXEC, 0));
  if (!copy) return nullptr;
  FolderStream stream(::fdopendir(copy.get()));
  if (!stream) return nullptr;
  copy.release();
  ::rewinddir(stream.get());  // The copy shares its offset with the earlier reads.
  return stream;
}

}  // namespace

Name NameWindow::take() {
  Name name = std::move(names_.back());
  names_.pop_back();
  return name;
}

int NameWindow::refill(int folder_fd, std::size_t window) {
  more_ = false;
  const FolderStream stream = open_stream(folder_fd);
  if (!stream) return errno;
  std::vector<Name> heap;  // A max-heap once it is full: its front is the first to give way.
  bool left_out = false;
  int error = 0;
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) {
      error = errno;
      break;
    }
    const std::string_view text(entry->d_name);
    if (text == "." || text == ".." || (!last_.empty() && text <= last_)) continue;
    if (heap.size() == window) {
      if (!left_out) std::ranges::make_heap(heap, less);
      left_out = true;
      if (text > heap.front().text) continue;
      std::ranges::pop_heap(heap, less);
      heap.back() = {std::string(text), entry->d_type};
      std::ranges::push_heap(heap, less);
    } else {
      heap.push_back({std::string(text), entry->d_type});
    }
  }
  std::ranges::sort(heap, [](const Name& a, const Name& b) { return less(b, a); });
  if (!heap.empty()) last_ = heap.front().text;
  names_ = std::move(heap);
  more_ = left_out && error == 0;
  return error;
}

}  // namespace seawall::walk_detail
