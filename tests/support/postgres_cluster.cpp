#include "postgres_cluster.h"

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

namespace seawall::test_support {
namespace {

constexpr auto kStartDeadline = std::chrono::seconds(120);
constexpr auto kPollEvery = std::chrono::milliseconds(10);

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "PostgreSQL for tests: %s\n", why.c_str());
  std::exit(1);
}

/// The folder of the newest server's programs: where Debian puts them, or on the PATH.
std::filesystem::path programs() {
  std::filesystem::path newest;
  std::error_code none;
  for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", none)) {
    const auto bin = version.path() / "bin";
    if (std::filesystem::exists(bin / "postgres") && bin > newest) newest = bin;
  }
  if (newest.empty()) give_up("no server under /usr/lib/postgresql: install the package postgresql");
  return newest;
}

/// Whom the server runs as: PostgreSQL refuses to run as root.
const passwd* owner() {
  if (::geteuid() != 0) return nullptr;
  const passwd* user = ::getpwnam("postgres");
  if (user == nullptr) user = ::getpwnam("nobody");
  if (user == nullptr) give_up("root needs a user postgres or nobody to run it as");
  return user;
}

void redirect_output(const std::filesystem::path& log) {
  const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  ::dup2(file, 1);
  ::dup2(file, 2);
}

/// In the child: becomes the server's user, asks to be ended with its parent, and runs the program.
[[noreturn]] void become(const std::vector<std::string>& words, const passwd* user, pid_t parent,
                         const std::filesystem::path& log) {
  redirect_output(log);
  if (user != nullptr &&
      (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0)) {
    std::_Exit(126);
  }
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);  // After setuid, which forgets it.
  if (::getppid() != parent || ::chdir("/") != 0) std::_Exit(126);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  std::_Exit(127);
}

pid_t spawn(const std::vector<std::string>& words, const std::filesystem::path& log) {
  const passwd* user = owner();
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) become(words, user, parent, log);
  if (child < 0) give_up("fork failed");
  return child;
}

std::string text_of(const std::filesystem::path& path) {
  std::string text;
  if (std::FILE* file = std::fopen(path.c_str(), "r")) {
    char buffer[4096];
    const std::size_t length = std::fread(buffer, 1, sizeof buffer, file);
    text.assign(buffer, length);
    std::fclose(file);
  }
  return text;
}

}  // namespace

PostgresCluster::PostgresCluster(Sync sync) : sync_(sync) {
  std::string name = "/tmp/seawall-pg-XXXXXX";  // Short: a socket's path has at most 107 bytes.
  folder_ = ::mkdtemp(name.data());
  if (const passwd* user = owner()) {
    if (::chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) give_up("chown failed");
  }
  const auto log = folder_ / "log";
  const pid_t made = spawn({programs() / "initdb", "--no-sync", "--auth=trust", "--username=seawall",
                            "--encoding=UTF8", "--locale=C", "--pgdata", folder_ / "data"},
                           log);
  int status = 0;
  ::waitpid(made, &status, 0);
  if (status != 0) give_up("initdb failed: " + text_of(log));
  start();
}

PostgresCluster::~PostgresCluster() {
  stop(SIGINT);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void PostgresCluster::start() {
  server_ = spawn({programs() / "postgres", "-D", folder_ / "data", "-k", folder_.string(), "-c",
                   "listen_addresses=", "-c", sync_ == Sync::kOn ? "fsync=on" : "fsync=off", "-c",
                   "max_connections=60", "-c", "unix_socket_permissions=0777"},
                  folder_ / "log");
  wait_until_ready();
}

void PostgresCluster::wait_until_ready() {
  const auto end = std::chrono::steady_clock::now() + kStartDeadline;
  while (PQping(url("postgres").c_str()) != PQPING_OK) {
    int status = 0;
    if (::waitpid(server_, &status, WNOHANG) == server_)
      give_up("the server ended: " + text_of(folder_ / "log"));
    if (std::chrono::steady_clock::now() > end) give_up("the server is not ready after two minutes");
    std::this_thread::sleep_for(kPollEvery);
  }
}

void PostgresCluster::stop(int signal) {
  ::kill(server_, signal);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (::waitpid(server_, nullptr, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > end) ::kill(server_, SIGKILL);
    std::this_thread::sleep_for(kPollEvery);
  }
}

void PostgresCluster::crash_and_restart() {
  stop(SIGQUIT);
  start();
}

std::string PostgresCluster::url(const std::string& database) const {
  return "postgresql://seawall@/" + database + "?host=" + folder_.string();
}

std::string PostgresCluster::run(const std::string& sql) {
  PGconn* connection = PQconnectdb(url("postgres").c_str());
  PGresult* result = PQexec(connection, sql.c_str());
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) give_up(PQerrorMessage(connection));
  const bool value = PQntuples(result) > 0 && PQnfields(result) > 0;
  std::string first = value ? PQgetvalue(result, 0, 0) : "";
  PQclear(result);
  PQfinish(connection);
  return first;
}

std::string PostgresCluster::new_database() {
  const std::string name = "t" + std::to_string(++databases_);
  run("CREATE DATABASE " + name);
  return url(name);
}

}  // namespace seawall::test_support
