#include "seawall/media_sandbox/detail/worker_program.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace seawall::media_sandbox {

Result<std::string> find_worker_program(std::string named, const char* variable, const char* file) {
  if (const char* from_environment = std::getenv(variable); named.empty() && from_environment) {
    named = from_environment;
  }
  if (named.empty()) {
    std::error_code error;
    named = std::filesystem::read_symlink("/proc/self/exe", error).replace_filename(file).string();
  }
  if (::access(named.c_str(), X_OK) == 0) return named;
  return fail(Code::kUnavailable, "cannot run the decoder program " + named + "; put " + file +
                                      " beside this program or set " + variable);
}

}  // namespace seawall::media_sandbox
