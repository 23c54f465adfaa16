#include "seawall/net_curl/detail/authorities.h"

#include <curl/curl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

namespace seawall {
namespace {

constexpr std::size_t kCaBytesMax = 8 << 20;

Result<std::string> read_pem(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file || text.empty() || text.size() > kCaBytesMax) {
    return fail(Code::kInvalidInput, "cannot read certificates from " + path);
  }
  return text;
}

/// A file in memory: libcurl keeps authorities that it has parsed only where they have a path.
Result<UniqueFd> memory_of(std::string_view text) {
  UniqueFd memory(::memfd_create("seawall-authorities", MFD_CLOEXEC));
  for (std::size_t at = 0; memory.get() >= 0 && at < text.size();) {
    const ssize_t written = ::write(memory.get(), text.data() + at, text.size() - at);
    if (written <= 0) return fail(Code::kUnavailable, "no memory for the authorities");
    at += static_cast<std::size_t>(written);
  }
  if (memory.get() < 0) return fail(Code::kUnavailable, "no memory for the authorities");
  return memory;
}

}  // namespace

Result<void> check_curl() {
  static const CURLcode started = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  const auto* version = ::curl_version_info(CURLVERSION_NOW);
  if (started != CURLE_OK || (version->features & CURL_VERSION_SSL) == 0 ||
      (version->features & CURL_VERSION_LIBZ) == 0) {
    return fail(Code::kUnavailable, "this libcurl lacks TLS or gzip; install libcurl4");
  }
  return {};
}

Result<Authorities> Authorities::open(const std::string& ca_file) {
  Authorities made;
  const char* named = ::curl_version_info(CURLVERSION_NOW)->cainfo;
  const std::string system_file = named != nullptr ? named : "/etc/ssl/certs/ca-certificates.crt";
  if (ca_file.empty()) {
    if (::access(system_file.c_str(), R_OK) == 0) made.path_ = system_file;
    return made;
  }
  SEAWALL_TRY(std::string extra, read_pem(ca_file));
  const auto system = read_pem(system_file);
  SEAWALL_TRY(made.memory_, memory_of((system ? *system + "\n" : "") + extra));
  made.path_ = "/proc/self/fd/" + std::to_string(made.memory_.get());
  if (::access(made.path_.c_str(), R_OK) == 0) return made;
  return fail(Code::kUnavailable, "/proc is needed for a ca_file: mount it");
}

}  // namespace seawall
