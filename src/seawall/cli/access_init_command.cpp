#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "seawall/access/master_key.h"
#include "seawall/base/unique_fd.h"
#include "seawall/cli/access_commands.h"

namespace seawall::cli {
namespace {

constexpr mode_t kOwnerOnly = 0600;
constexpr std::string_view kHead =
    "# Seawall's access key (docs/access.md): whoever has it and the database can make codes of second "
    "factors.\n# Keep a copy in a safe place; without it second factors must be set anew.\n";

tl::unexpected<Error> cannot(const std::string& what, const std::string& path, int error) {
  return fail(Code::kUnavailable, "cannot " + what + " " + path + ": " + std::strerror(error));
}

Result<UniqueFd> make_file(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kOwnerOnly));
  if (fd) return fd;
  if (errno != EEXIST) return cannot("make", path, errno);
  return fail(Code::kConflict,
              path +
                  " is there already and stays as it is: another key would make all second factors and "
                  "webhook secrets of this one useless; name another file");
}

Result<void> write_and_sync(int fd, std::string_view text, const std::string& path) {
  if (::fchmod(fd, kOwnerOnly) != 0) return cannot("set the mode of", path, errno);
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return cannot("write", path, errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(fd) != 0) return cannot("write", path, errno);
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const UniqueFd parent(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent || ::fsync(parent.get()) != 0) return cannot("write", path, errno);
  return {};
}

Result<void> write_key(int fd, const std::string& path) {
  SEAWALL_TRY(const Secret key, MasterKey::new_text());
  std::string text;
  text.reserve(512);  // A text that grows would leave copies behind.
  text.append(kHead).append(MasterKey::kName).append(" = ").append(key.reveal()).append("\n");
  auto written = write_and_sync(fd, text, path);
  wipe_bytes(text.data(), text.size());
  return written;
}

Result<Outcome> run_init(const Arguments& arguments, Console& console) {
  const std::string& path = arguments.positionals()[0];
  SEAWALL_TRY(const UniqueFd fd, make_file(path));
  if (auto written = write_key(fd.get(), path); !written) {
    (void)::unlink(path.c_str());
    return tl::unexpected(std::move(written).error());
  }
  console.note("wrote a new access key into " + path +
               ", which its owner alone may read; keep a copy of it "
               "in a safe place. Next: seawall keys create --help");
  return Outcome{};
}

constexpr std::array kFile{
    PositionalSpec{.name = "FILE", .help = "a file that does not exist yet", .kind = ValueKind::kPath}};
constexpr std::array kExamples{
    Example{"seawall access init access.key", "Make the access key of a new installation."},
    Example{"sudo install -d -m 700 -o seawall /etc/seawall && sudo -u seawall seawall access init "
            "/etc/seawall/access.key",
            "For a service that runs as the account seawall, which then owns the file."}};

}  // namespace

const CommandSpec& access_init_command() {
  static constexpr CommandSpec kCommand{
      .name = "access init",
      .summary = "make the access key of an installation",
      .description =
          "The access key is the one secret that lies outside the database: second factors are sealed with "
          "it, and secrets of webhooks are made of it. It goes into a file that its owner alone may read "
          "(mode 600), which is never written over. Who loses it sets all second factors anew; keys and "
          "passwords are not touched.\n\nOne installation has one access key: every process that serves the "
          "same store gets the same.",
      .positionals = kFile,
      .options = {},
      .examples = kExamples,
      .run = run_init};
  return kCommand;
}

}  // namespace seawall::cli
