#include "seawall/bank/bank.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "seawall/bank/detail/bank_impl.h"
#include "seawall/bank/detail/store.h"

namespace seawall {
namespace {

namespace fs = std::filesystem;
using bank_detail::Indexes;

constexpr std::int64_t kWriterCacheKib = 256 * 1024;
constexpr std::int64_t kReaderCacheKib = 32 * 1024;

tl::unexpected<Error> io_error(const fs::path& path, int number) {
  if (number == EACCES || number == EPERM) {
    return fail(Code::kUnavailable,
                path.string() + ": this user may not do that here; check its permissions");
  }
  return fail(Code::kUnavailable, path.string() + ": " + std::strerror(number));
}

Result<void> sync_path(const fs::path& path, int flags) {
  const UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) return io_error(path, errno);
  return {};
}

Result<void> write_file(const fs::path& path, std::string_view text) {
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!fd) return io_error(path, errno);
  while (!text.empty()) {
    const ssize_t written = ::write(fd.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return io_error(path, errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(fd.get()) != 0) return io_error(path, errno);
  return {};
}

Result<BankSettings> load_settings(const fs::path& folder) {
  std::error_code ignored;
  const fs::path path = folder / bank_detail::kSettingsFile;
  const bool there = fs::exists(folder, ignored);
  if (ignored || (there && ::access(folder.c_str(), X_OK) != 0))
    return io_error(folder, ignored ? ignored.value() : errno);
  if (!there) {
    return fail(Code::kNotFound, "there is no folder " + folder.string() +
                                     "; make a bank with: seawall bank create " + folder.string());
  }
  if (!fs::is_regular_file(path, ignored)) {
    return fail(Code::kNotFound, folder.string() +
                                     " is not a bank: it holds no bank.json; make one with: seawall "
                                     "bank create DIR");
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(1 << 17, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || !file.is_open()) return io_error(path, errno);
  text.resize(static_cast<std::size_t>(file.gcount()));
  auto settings = bank_settings_from_text(text);
  if (!settings) return tl::unexpected(std::move(settings).error().within(folder.string()));
  return settings;
}

// Fills `building`, which is nobody else's, with the files of an empty bank.
Result<void> build(const fs::path& building, std::string_view settings_text) {
  SEAWALL_CHECK(write_file(building / bank_detail::kSettingsFile, settings_text));
  {
    SEAWALL_TRY(Database database, Database::open(building / bank_detail::kEntriesFile, {.create = true}));
    SEAWALL_TRY(Transaction transaction, Transaction::begin(database));
    SEAWALL_CHECK(database.run(bank_detail::kSchema));
    SEAWALL_CHECK(database.run(bank_detail::kClipSchema));
    SEAWALL_CHECK(transaction.commit());
  }
  SEAWALL_CHECK(write_file(building / bank_detail::kLockFile, ""));
  return sync_path(building, O_RDONLY | O_DIRECTORY);
}

// What cannot be opened or written for the lack of a right says so, and where.
Error access_advice(Error error, const fs::path& folder) {
  const fs::path file = folder / bank_detail::kEntriesFile;
  if (error.code != Code::kUnavailable || ::access(file.c_str(), R_OK) == 0) return error;
  error.message = file.string() + " may not be read by this user; check its permissions";
  return error;
}

Error corrupt_advice(Error error, const fs::path& folder) {
  if (error.code != Code::kCorrupt) return access_advice(std::move(error), folder);
  error.message +=
      "; entries.db of " + folder.string() + " is damaged: restore it from a backup or import anew";
  return error;
}

}  // namespace

namespace bank_detail {

Result<void> store_settings(const fs::path& folder, const BankSettings& settings) {
  SEAWALL_TRY(const std::string text, bank_settings_to_text(settings));
  const fs::path target = folder / kSettingsFile;
  const fs::path staging = target.string() + ".new";
  std::error_code ignored;
  fs::remove(staging, ignored);  // Of a process that died.
  SEAWALL_CHECK(write_file(staging, text));
  if (::rename(staging.c_str(), target.c_str()) != 0) return io_error(target, errno);
  return sync_path(folder, O_RDONLY | O_DIRECTORY);
}

Result<UniqueFd> take_lock(const fs::path& folder) {
  const fs::path path = folder / kLockFile;
  UniqueFd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!lock) return io_error(path, errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return io_error(path, errno);
    return fail(Code::kConflict, "another process is writing to " + folder.string() +
                                     "; wait for it to end (matching works meanwhile)");
  }
  return lock;
}

Result<Indexes> open_indexes(const fs::path& folder, Database& database, std::string& remark) {
  const fs::path index_folder = folder / kIndexFolder;
  std::error_code ignored;
  const bool existed = fs::exists(index_folder, ignored);
  SEAWALL_TRY(const std::uint64_t last, last_position(database));
  fs::create_directories(index_folder, ignored);
  auto opened = Indexes::open(index_folder, false);
  const bool unusable = !opened && opened.error().code == Code::kCorrupt;
  if (!opened && !unusable) return opened;
  if (unusable || opened->position_max() > last) {
    opened = fail(Code::kCorrupt, "");  // Closes its files.
    fs::remove_all(index_folder, ignored);
    fs::create_directories(index_folder, ignored);
    opened = Indexes::open(index_folder, false);
    if (!opened) return opened;
  }
  const bool rebuilding = opened->position_min() == 0 && last > 0;
  SEAWALL_CHECK(opened->follow(database));
  if (rebuilding) {
    remark = existed ? "the index was damaged or not this bank's; it was rebuilt from entries.db"
                     : "the index was missing; it was rebuilt from entries.db";
  }
  return opened;
}

}  // namespace bank_detail

Bank::Bank(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Bank::~Bank() = default;

Result<void> Bank::create(const fs::path& folder, const BankSettings& settings) {
  SEAWALL_TRY(const std::string text, bank_settings_to_text(settings));
  std::error_code error;
  if (fs::exists(folder / bank_detail::kSettingsFile, error)) {
    return fail(Code::kConflict, folder.string() + " is a bank already; look at it with: seawall bank show " +
                                     folder.string());
  }
  if (fs::exists(folder, error) && (!fs::is_directory(folder, error) || !fs::is_empty(folder, error))) {
    return fail(Code::kConflict, folder.string() + " exists and is not an empty folder; choose another name");
  }
  fs::path target = folder;
  if (!target.has_filename()) target = target.parent_path();
  const fs::path parent = target.has_parent_path() ? target.parent_path() : fs::path(".");
  if (!fs::is_directory(parent, error)) {
    return fail(Code::kNotFound,
                "there is no folder " + parent.string() + " to make a bank in; make it first");
  }
  // Built beside its place and renamed, so that a crash leaves a whole bank or none.
  std::string building = (parent / (target.filename().string() + ".new-XXXXXX")).string();
  if (::mkdtemp(building.data()) == nullptr) return io_error(parent, errno);
  auto built = build(building, text);
  if (built && (::chmod(building.c_str(), 0755) != 0 || ::rename(building.c_str(), target.c_str()) != 0)) {
    built = io_error(target, errno);
  }
  if (!built) {
    fs::remove_all(building, error);
    return built;
  }
  return sync_path(parent, O_RDONLY | O_DIRECTORY);
}

Result<std::unique_ptr<Bank>> Bank::open_for_writing(const fs::path& folder) {
  auto impl = std::make_unique<Impl>();
  impl->folder = folder;
  impl->writable = true;
  SEAWALL_TRY(impl->settings, load_settings(folder));
  SEAWALL_TRY(impl->lock, bank_detail::take_lock(folder));
  auto database = Database::open(folder / bank_detail::kEntriesFile, {.cache_kib = kWriterCacheKib});
  if (!database) return tl::unexpected(corrupt_advice(std::move(database).error(), folder));
  impl->database.emplace(std::move(*database));
  if (auto made = impl->database->run(bank_detail::kClipSchema); !made) {
    return tl::unexpected(corrupt_advice(std::move(made).error(), folder));
  }
  auto indexes = bank_detail::open_indexes(folder, *impl->database, impl->remark);
  if (!indexes) return tl::unexpected(corrupt_advice(std::move(indexes).error(), folder));
  impl->indexes.emplace(std::move(*indexes));
  return std::unique_ptr<Bank>(new Bank(std::move(impl)));
}

Result<std::unique_ptr<Bank>> Bank::open_for_reading(const fs::path& folder) {
  auto impl = std::make_unique<Impl>();
  impl->folder = folder;
  SEAWALL_TRY(impl->settings, load_settings(folder));
  auto database =
      Database::open(folder / bank_detail::kEntriesFile, {.read_only = true, .cache_kib = kReaderCacheKib});
  if (!database) return tl::unexpected(corrupt_advice(std::move(database).error(), folder));
  impl->database.emplace(std::move(*database));
  SEAWALL_TRY(const std::uint64_t last, bank_detail::last_position(*impl->database));
  auto indexes = Indexes::open(folder / bank_detail::kIndexFolder, true);
  if (!indexes || indexes->position_min() != last || indexes->position_max() != last) {
    // Either a writer is at work, and is about to bring the index up itself, or one died before it could.
    if (auto repaired = open_for_writing(folder)) {
      impl->remark = (*repaired)->remark();
      repaired->reset();
      indexes = Indexes::open(folder / bank_detail::kIndexFolder, true);
    } else if (!indexes || repaired.error().code != Code::kConflict) {
      return tl::unexpected(std::move(repaired).error());
    }
  }
  if (!indexes) return tl::unexpected(std::move(indexes).error().within(folder.string()));
  impl->indexes.emplace(std::move(*indexes));
  return std::unique_ptr<Bank>(new Bank(std::move(impl)));
}

const fs::path& Bank::folder() const { return impl_->folder; }
const BankSettings& Bank::settings() const { return impl_->settings; }
const std::string& Bank::remark() const { return impl_->remark; }
const LiveIndex& Bank::pdq_index() const { return impl_->indexes->pdq(); }

Result<std::vector<EntryId>> Bank::entries_with(SignalType type, std::span<const std::byte> digest) const {
  SEAWALL_TRY(const LiveDigestIndex* index, impl_->indexes->digests(type));
  return index->find(digest);
}

Result<BankCounts> Bank::counts() {
  BankCounts counts;
  SEAWALL_TRY(
      Statement select,
      impl_->database->prepare("SELECT count(*), coalesce(sum(length(pdq)),0)/33, count(md5), count(sha1), "
                               "count(sha256) FROM entry"));
  SEAWALL_TRY([[maybe_unused]] const bool any, select.step());
  counts.entries = static_cast<std::uint64_t>(select.integer(0));
  counts.pdq = static_cast<std::uint64_t>(select.integer(1));
  counts.md5 = static_cast<std::uint64_t>(select.integer(2));
  counts.sha1 = static_cast<std::uint64_t>(select.integer(3));
  counts.sha256 = static_cast<std::uint64_t>(select.integer(4));
  SEAWALL_TRY(const bool clips, bank_detail::has_clips(*impl_->database));
  if (clips) {
    SEAWALL_TRY(Statement prints,
                impl_->database->prepare("SELECT count(*), coalesce(sum(length(print)),0) FROM clip"));
    SEAWALL_TRY([[maybe_unused]] const bool one, prints.step());
    counts.clips = static_cast<std::uint64_t>(prints.integer(0));
    counts.clip_bytes = static_cast<std::uint64_t>(prints.integer(1));
  }
  SEAWALL_TRY(counts.changes, bank_detail::last_position(*impl_->database));
  std::error_code error;
  for (fs::recursive_directory_iterator at(impl_->folder, error), end; !error && at != end;
       at.increment(error)) {
    std::error_code vanished;
    if (at->is_regular_file(vanished)) counts.size_bytes += at->file_size(vanished);
  }
  return counts;
}

Result<void> Bank::verify() {
  if (!impl_->writable) return fail(Code::kConflict, "the bank is open for reading only");
  SEAWALL_TRY(Statement check, impl_->database->prepare("PRAGMA integrity_check(1)"));
  SEAWALL_TRY(const bool any, check.step());
  if (!any || check.text(0) != "ok") {
    return tl::unexpected(corrupt_advice({Code::kCorrupt, "SQLite's own check fails"}, impl_->folder));
  }
  if (auto clips = bank_detail::verify_clips(*impl_->database); !clips) {
    return tl::unexpected(corrupt_advice(std::move(clips).error(), impl_->folder));
  }
  auto verified = bank_detail::verify_indexes(*impl_->database, *impl_->indexes);
  if (!verified && verified.error().code == Code::kCorrupt) {
    verified.error().message += "; delete " + (impl_->folder / bank_detail::kIndexFolder).string() +
                                ": it is rebuilt at the next use";
  }
  return verified;
}

}  // namespace seawall
