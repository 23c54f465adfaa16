#include "seawall/console_files/console_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>

#include "seawall/base/hex.h"
#include "seawall/base/unique_fd.h"
#include "seawall/console_files/embedded_files.h"
#include "seawall/crypto/sha256.h"

namespace seawall {
namespace {

constexpr std::size_t kSegmentsMax = 8;
constexpr std::size_t kNameBytesMax = 200;
constexpr std::size_t kDigestCharacters = 8;  // That Vite puts into names.

struct Type {
  std::string_view ending, type;
};
constexpr std::array kTypes = std::to_array<Type>({
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".wasm", "application/wasm"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
});

std::string_view type_of(std::string_view name) {
  const auto* const found =
      std::ranges::find_if(kTypes, [&](const Type& type) { return name.ends_with(type.ending); });
  return found == kTypes.end() ? std::string_view("application/octet-stream") : found->type;
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_segment(std::string_view segment) {
  return !segment.empty() && segment.front() != '.' && std::ranges::all_of(segment, [](char c) {
    return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-';
  });
}

bool is_name(std::string_view name) {
  if (name.size() > kNameBytesMax) return false;
  for (std::size_t count = 1; count <= kSegmentsMax; ++count) {
    const auto end = name.find('/');
    if (!is_segment(name.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    name.remove_prefix(end + 1);
  }
  return false;
}

/// "assets/app-3f9c2a7d.js", "assets/session.svelte-3f9c2a7d.js"
bool has_digest(std::string_view name) {
  if (!name.starts_with("assets/")) return false;
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || dot < kDigestCharacters + 1) return false;
  const auto digest = name.substr(dot - kDigestCharacters, kDigestCharacters);
  return name[dot - kDigestCharacters - 1] == '-' &&
         std::ranges::all_of(digest, [](char c) { return is_letter_or_digit(c) || c == '_' || c == '-'; });
}

Result<std::string> bytes_of(const std::filesystem::path& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat about {};
  if (!file || ::fstat(file.get(), &about) != 0) {
    return fail(Code::kUnavailable, "cannot read " + path.string());
  }
  if (!S_ISREG(about.st_mode)) return fail(Code::kInvalidInput, path.string() + " is no file");
  if (static_cast<std::uint64_t>(about.st_size) > ConsoleFiles::kFileBytesMax) {
    return fail(Code::kInvalidInput, path.string() + " is over 16 MiB");
  }
  std::string bytes(static_cast<std::size_t>(about.st_size), '\0');
  std::size_t got = 0;
  while (got < bytes.size()) {
    const auto count = ::read(file.get(), bytes.data() + got, bytes.size() - got);
    if (count <= 0) return fail(Code::kUnavailable, "cannot read all of " + path.string());
    got += static_cast<std::size_t>(count);
  }
  return bytes;
}

}  // namespace

std::string gzipped(std::string_view bytes) {
  z_stream stream{};
  static constexpr int kGzipWindow = 15 + 16;  // zlib's word for RFC 1952.
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    return {};
  }
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  // zlib only reads what next_in names.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const bool whole = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  out.resize(whole ? stream.total_out : 0);
  deflateEnd(&stream);
  return out;
}

Result<void> ConsoleFiles::add(std::string name, std::string bytes) {
  if (!is_name(name)) return fail(Code::kInvalidInput, "the console has no file of the name " + name);
  if (bytes.size() > kFileBytesMax) return fail(Code::kLimitExceeded, name + " is over 16 MiB");
  if (by_name_.size() == kFilesMax) return fail(Code::kLimitExceeded, "over 2,000 files of a console");
  if (bytes_ + bytes.size() > kBytesMax) return fail(Code::kLimitExceeded, "a console of over 64 MiB");
  ConsoleFile file;
  file.content_type = type_of(name);
  file.digest = to_hex(sha256_of(bytes));
  file.immutable = has_digest(name);
  std::string small = gzipped(bytes);
  if (!small.empty() && small.size() < bytes.size()) {
    file.gzip = std::make_shared<const std::string>(std::move(small));
  }
  bytes_ += bytes.size();
  file.plain = std::make_shared<const std::string>(std::move(bytes));
  by_name_.insert_or_assign(std::move(name), std::move(file));
  return {};
}

const ConsoleFile* ConsoleFiles::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &found->second;
}

ConsoleFiles ConsoleFiles::built_in() {
  ConsoleFiles files;
  for (const EmbeddedFile& one : embedded_files()) {
    // The build has put in only what add() takes; what it does not take is not there.
    static_cast<void>(files.add(std::string(one.name), std::string(one.bytes)));
  }
  return files;
}

Result<ConsoleFiles> ConsoleFiles::from_folder(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::error_code failed;
  if (!fs::is_directory(folder, failed)) {
    return fail(Code::kNotFound, "there is no folder " + folder.string());
  }
  ConsoleFiles files;
  for (auto at = fs::recursive_directory_iterator(folder, failed); at != fs::recursive_directory_iterator();
       at.increment(failed)) {
    if (failed) break;
    const auto kind = at->symlink_status(failed).type();
    if (kind == fs::file_type::directory && at.depth() < static_cast<int>(kSegmentsMax)) continue;
    if (kind != fs::file_type::regular) {
      return fail(Code::kInvalidInput,
                  at->path().string() + " is neither a file nor a folder; links are not followed");
    }
    SEAWALL_TRY(std::string bytes, bytes_of(at->path()));
    if (const auto added =
            files.add(at->path().lexically_relative(folder).generic_string(), std::move(bytes));
        !added) {
      return fail(Code::kInvalidInput, at->path().string() + ": " + added.error().message);
    }
  }
  if (failed) return fail(Code::kUnavailable, "cannot read all of " + folder.string());
  if (files.find("index.html") == nullptr) {
    return fail(Code::kInvalidInput,
                folder.string() + " has no index.html: is it what `npm run build` wrote?");
  }
  return files;
}

}  // namespace seawall
