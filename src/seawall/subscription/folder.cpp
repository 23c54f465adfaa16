#include "seawall/subscription/folder.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "seawall/durable_file/posix_file_system.h"
#include "seawall/subscription/page_store.h"

namespace seawall {

Result<std::unique_ptr<durable::FileSystem>> open_subscription_folder(const std::filesystem::path& folder) {
  (void)::mkdir(folder.parent_path().c_str(), 0700);  // Where it cannot be made, the next line says so.
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(Code::kUnavailable, "cannot make the folder " + folder.string() + ": " +
                                        std::strerror(errno) +
                                        "; the settings name where it goes with folder = \"...\"");
  }
  struct stat info {};
  if (::stat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return fail(Code::kUnavailable, folder.string() + " is not a folder");
  }
  if ((info.st_mode & 077) != 0) {
    return fail(Code::kInvalidInput,
                "others can look into " + folder.string() + "; type: chmod 700 " + folder.string());
  }
  return durable::posix_file_system(folder, false);
}

Result<std::optional<SubscriptionState>> read_subscription_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (!std::filesystem::exists(folder, error)) {
    if (!error) return std::optional<SubscriptionState>();
    return fail(Code::kUnavailable, "cannot look into " + folder.string() + ": " + error.message());
  }
  SEAWALL_TRY(const auto files, durable::posix_file_system(folder, false));
  return read_state(*files);
}

}  // namespace seawall
