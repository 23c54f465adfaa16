#include "seawall/net/credentials.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "seawall/base/unique_fd.h"

namespace seawall {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::string listed(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

tl::unexpected<Error> bad_line(std::size_t line, std::string_view what) {
  return fail(Code::kInvalidInput, "credentials, line " + std::to_string(line) + ": " + std::string(what));
}

Result<void> read_line(std::string_view line, std::size_t number, std::span<const std::string_view> names,
                       Credentials& out) {
  const std::string_view text = trimmed(line);
  if (text.empty() || text.front() == '#') return {};
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return bad_line(number, "write: name = value");
  const std::string_view name = trimmed(text.substr(0, equals));
  const std::string_view value = trimmed(text.substr(equals + 1));
  if (std::ranges::find(names, name) == names.end()) {
    return bad_line(number, "the names here are: " + listed(names));
  }
  if (out.has(name)) return bad_line(number, "a name stands twice");
  if (value.empty()) return bad_line(number, "the value is empty");
  const bool printable =
      std::ranges::all_of(value, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
  if (!printable) return bad_line(number, "the value holds control characters");
  out.set(std::string(name), Secret(value));
  return {};
}

/// Whether the service manager handed this file over (systemd's LoadCredential=). Its folder can be entered
/// by the service alone; newer systemds let the service read by an ACL, which shows as the group's right.
bool is_handed_over(const struct stat& info, std::string_view path) {
  const char* const folder = std::getenv("CREDENTIALS_DIRECTORY");
  return folder != nullptr && *folder == '/' && info.st_uid == 0 && info.st_gid == 0 &&
         path.starts_with(std::string(folder) + "/") && path.find("/../") == std::string_view::npos;
}

Result<void> check_mode(int fd, const std::string& path) {
  struct stat info {};
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    return fail(Code::kInvalidInput, path + " is not a file");
  }
  if (info.st_uid != ::geteuid() && info.st_uid != 0) {
    return fail(Code::kInvalidInput, path + " belongs to another user; type: chown $(id -un) " + path);
  }
  // Root's files in a group of the service (systemd, containers) are still readable by others than the owner.
  const mode_t others = is_handed_over(info, path) ? 037 : 077;
  if ((info.st_mode & others) != 0) {
    return fail(Code::kInvalidInput, path + " can be read or written by others; type: chmod 600 " + path);
  }
  if (info.st_size > static_cast<off_t>(Secret::kBytesMax)) {
    return fail(Code::kLimitExceeded,
                path + " has more than " + std::to_string(Secret::kBytesMax) + " bytes");
  }
  return {};
}

std::string variable_of(std::string_view prefix, std::string_view name) {
  std::string variable = std::string(prefix) + "_" + std::string(name);
  for (char& c : variable) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return variable;
}

bool is_prefix(std::string_view text) {
  const auto allowed = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
  return !text.empty() && text.size() <= 100 && text.front() >= 'A' && text.front() <= 'Z' &&
         std::ranges::all_of(text, allowed);
}

}  // namespace

std::shared_ptr<const Secret> Credentials::find(std::string_view name) const {
  const auto at =
      std::ranges::find(fields_, name, [](const auto& field) -> std::string_view { return field.first; });
  return at == fields_.end() ? nullptr : at->second;
}

Result<std::shared_ptr<const Secret>> Credentials::get(std::string_view name) const {
  auto secret = find(name);
  if (!secret) return fail(Code::kInvalidInput, "the credentials lack \"" + std::string(name) + "\"");
  return secret;
}

void Credentials::set(std::string name, Secret value) {
  fields_.emplace_back(std::move(name), std::make_shared<const Secret>(std::move(value)));
}

Result<Credentials> credentials_from_text(std::string_view text, std::span<const std::string_view> names) {
  if (text.size() > Secret::kBytesMax) return fail(Code::kLimitExceeded, "credentials: too long");
  Credentials out;
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    SEAWALL_CHECK(read_line(text.substr(0, end), ++number, names, out));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (out.size() == 0) return fail(Code::kInvalidInput, "credentials: write lines of name = value");
  return out;
}

Result<Credentials> credentials_from_file(const std::string& path, std::span<const std::string_view> names) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) {
    const Code code = errno == ENOENT ? Code::kNotFound : Code::kInvalidInput;
    return fail(code, "cannot read credentials from " + path);
  }
  SEAWALL_CHECK(check_mode(fd.get(), path));
  std::vector<char> bytes(Secret::kBytesMax);  // Of fixed size: a growing one would leave copies behind.
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = ::read(fd.get(), bytes.data() + size, bytes.size() - size);
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  auto out = credentials_from_text({bytes.data(), size}, names);
  wipe_bytes(bytes.data(), bytes.size());
  if (!out) return tl::unexpected(std::move(out).error().within(path));
  return out;
}

Result<Credentials> credentials_from_environment(std::string_view prefix,
                                                 std::span<const std::string_view> names) {
  if (!is_prefix(prefix)) {
    return fail(Code::kInvalidInput, "credentials_env is the first part of names of variables, as in NCMEC");
  }
  Credentials out;
  for (const std::string_view name : names) {
    const char* value = std::getenv(variable_of(prefix, name).c_str());
    if (value == nullptr) continue;
    const std::string_view text(value);
    if (text.size() > Secret::kBytesMax || text.find('\n') != std::string_view::npos) {
      return fail(Code::kInvalidInput, variable_of(prefix, name) + " is not one line");
    }
    if (!trimmed(text).empty()) out.set(std::string(name), Secret(trimmed(text)));
  }
  if (out.size() > 0) return out;
  std::string wanted;
  for (const auto name : names) wanted.append(wanted.empty() ? "" : ", ").append(variable_of(prefix, name));
  return fail(Code::kInvalidInput, "none of these variables is set: " + wanted);
}

}  // namespace seawall
