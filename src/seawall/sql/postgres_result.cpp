#include "seawall/sql/detail/postgres_result.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string_view>

#include "seawall/base/unique_fd.h"
#include "seawall/sql/postgres_connection.h"

namespace seawall {
namespace sql_detail {
namespace {

struct Meaning {
  std::string_view state;  ///< SQLSTATE, or its first two characters, the class.
  Code code;
};
// Source: PostgreSQL 15, appendix A.
constexpr std::array kMeanings = {
    Meaning{"55P03", Code::kConflict},       // lock_not_available
    Meaning{"40001", Code::kConflict},       // serialization_failure
    Meaning{"40P01", Code::kConflict},       // deadlock_detected
    Meaning{"3D000", Code::kNotFound},       // invalid_catalog_name
    Meaning{"53100", Code::kLimitExceeded},  // disk_full
    Meaning{"54", Code::kLimitExceeded},     // program_limit_exceeded
    Meaning{"23", Code::kInvalidInput},      // integrity constraints
    Meaning{"22", Code::kInvalidInput},      // data exceptions
    Meaning{"XX001", Code::kCorrupt},        // data_corrupted
    Meaning{"XX002", Code::kCorrupt},        // index_corrupted
};

Code code_of(std::string_view state) {
  for (const Meaning& meaning : kMeanings) {
    if (state.starts_with(meaning.state)) return meaning.code;
  }
  return Code::kUnavailable;
}

std::string first_line(const char* text) {
  const std::string_view all = text == nullptr ? "no reason given" : text;
  return std::string(all.substr(0, all.find('\n')));
}

}  // namespace

tl::unexpected<Error> lost(PGconn* handle) {
  const std::string message = first_line(handle == nullptr ? nullptr : PQerrorMessage(handle));
  const bool missing =
      message.find("database \"") != std::string::npos && message.find("does not exist") != std::string::npos;
  return fail(missing ? Code::kNotFound : Code::kUnavailable, "PostgreSQL: " + message);
}

tl::unexpected<Error> failure_of(PGconn* handle, const PGresult* result) {
  const char* state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  if (state == nullptr) return lost(handle);
  return fail(code_of(state),
              "PostgreSQL: " + first_line(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)));
}

Result<void> check_command(PGconn* handle, const ResultPtr& result) {
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return {};
  return failure_of(handle, result.get());
}

Result<std::string> read_password_file(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat about {};
  if (!file || ::fstat(file.get(), &about) != 0) {
    return fail(Code::kInvalidInput, std::string("password file: ") + std::strerror(errno));
  }
  if (!S_ISREG(about.st_mode) || (about.st_mode & 077) != 0) {
    return fail(Code::kInvalidInput,
                "the password file is not a file that its owner alone may read: chmod 600");
  }
  std::array<char, 4096> bytes;
  const ssize_t length = ::read(file.get(), bytes.data(), bytes.size());
  if (length <= 0 || length == static_cast<ssize_t>(bytes.size())) {
    return fail(Code::kInvalidInput, "the password file holds 1 to 4,095 bytes");
  }
  const std::string_view all(bytes.data(), static_cast<std::size_t>(length));
  return std::string(all.substr(0, all.find_first_of("\r\n")));
}

}  // namespace sql_detail

Result<void> check_postgres_settings(std::string_view settings) {
  char* message = nullptr;
  PQconninfoOption* options = PQconninfoParse(std::string(settings).c_str(), &message);
  PQfreemem(message);  // It may quote the settings, and with them a password.
  if (options == nullptr) {
    return fail(Code::kInvalidInput, "libpq cannot read the database's URL or settings");
  }
  bool password = false;
  for (const PQconninfoOption* one = options; one->keyword != nullptr; ++one) {
    const std::string_view name = one->keyword;
    password = password || ((name == "password" || name == "sslpassword") && one->val != nullptr);
  }
  PQconninfoFree(options);
  if (!password) return {};
  return fail(
      Code::kInvalidInput,
      "a database's URL holds no password, since others can read command lines and logs: put it into a "
      "file and name that by password_file=PATH, PGPASSFILE or PGSERVICEFILE");
}

}  // namespace seawall
