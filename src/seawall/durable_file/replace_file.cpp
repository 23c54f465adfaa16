#include "seawall/durable_file/file_system.h"

namespace seawall::durable {

Result<void> replace_file(FileSystem& files, const std::string& staging, const std::string& name,
                          Bytes bytes) {
  SEAWALL_TRY(const auto file, files.create(staging));
  SEAWALL_CHECK(file->append(bytes));
  SEAWALL_CHECK(file->sync());
  SEAWALL_CHECK(files.rename(staging, name));
  return files.sync_folder();
}

}  // namespace seawall::durable
