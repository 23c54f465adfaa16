#include "seawall/store_sql/detail/load_lock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace seawall::store_sql_detail {
namespace {

// The first of two numbers of a PostgreSQL advisory lock; the second is the release's.
constexpr std::string_view kTake =
    "SELECT CASE WHEN pg_try_advisory_lock(601047, CAST($1::bigint AS INT)) THEN 1::bigint "
    "ELSE 0::bigint END";
constexpr std::string_view kLetGo =
    "SELECT CASE WHEN pg_advisory_unlock(601047, CAST($1::bigint AS INT)) THEN 1::bigint "
    "ELSE 0::bigint END";

tl::unexpected<Error> taken() {
  return fail(Code::kConflict, "another process, or another part of this one, is loading that release");
}

Result<bool> ask(SqlConnection& connection, std::string_view sql, ReleaseId release) {
  SEAWALL_TRY(SqlStatement * query, connection.statement(sql));
  SEAWALL_TRY([[maybe_unused]] const bool row,
              query->bind(1, static_cast<std::int64_t>(static_cast<std::uint32_t>(release))).step());
  const bool yes = query->integer(0) != 0;
  query->reset();
  return yes;
}

// Whoever may write to the database may lock, as with the files that SQLite itself puts beside it.
UniqueFd open_lock_file(const std::filesystem::path& database) {
  constexpr mode_t kReadWrite = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;
  const std::string path = database.string() + "-loads";
  UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file) return UniqueFd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  struct stat as {};
  if (::stat(database.c_str(), &as) != 0) return file;
  // One who may not give the file away keeps it: then no group may write that could not before.
  if (::fchown(file.get(), as.st_uid, as.st_gid) == 0 ||
      ::fchown(file.get(), static_cast<uid_t>(-1), as.st_gid) == 0) {
    (void)::fchmod(file.get(), as.st_mode & kReadWrite);
  }
  return file;
}

}  // namespace

Result<LoadLock> LoadLock::take(SqlConnection& connection, const std::filesystem::path& database,
                                ReleaseId release) {
  LoadLock lock(connection, release);
  lock.connection_ = nullptr;  // Nothing to let go yet.
  if (connection.dialect() == SqlDialect::kPostgres) {
    SEAWALL_TRY(const bool mine, ask(connection, kTake, release));
    if (!mine) return taken();
    lock.connection_ = &connection;
    return lock;
  }
  lock.file_ = open_lock_file(database);
  if (!lock.file_)
    return fail(Code::kUnavailable, std::string("file of load locks: ") + std::strerror(errno));
  struct flock range {};
  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  range.l_start = static_cast<off_t>(static_cast<std::uint32_t>(release));
  range.l_len = 1;
  if (::fcntl(lock.file_.get(), F_OFD_SETLK, &range) == 0) return lock;
  if (errno == EAGAIN || errno == EACCES) return taken();
  return fail(Code::kUnavailable, std::string("file of load locks: ") + std::strerror(errno));
}

LoadLock::~LoadLock() {
  // On a connection that is lost the lock is gone already.
  if (connection_ != nullptr) (void)ask(*connection_, kLetGo, release_).has_value();
}

}  // namespace seawall::store_sql_detail
