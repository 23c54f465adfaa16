#include "seawall/sql/detail/postgres_link.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>
#include <vector>

namespace seawall::sql_detail {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLookEvery{100};  // For SqlOptions::stop, and for bytes that TLS holds already.
constexpr milliseconds kGraceMin{250};
constexpr milliseconds kGraceMax{5'000};

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

/// A setting as libpq has it, from the URL, a service file, the environment or its defaults.
std::string setting_of(PGconn* handle, std::string_view name) {
  const std::unique_ptr<PQconninfoOption, FreeOptions> all(PQconninfo(handle));
  for (const PQconninfoOption* one = all.get(); one != nullptr && one->keyword != nullptr; ++one) {
    if (one->keyword == name) return one->val == nullptr ? "" : one->val;
  }
  return {};
}

std::string in_seconds(int ms) { return std::to_string((ms + 999) / 1000); }

std::string in_words(milliseconds time) {
  if (time.count() % 1000 == 0) return std::to_string(time.count() / 1000) + " s";
  return std::to_string(time.count()) + " ms";
}

}  // namespace

milliseconds PostgresLink::answer_within() const {
  const milliseconds statement(options_.statement_ms);
  return statement + std::clamp(statement / 4, kGraceMin, kGraceMax);
}

Result<std::unique_ptr<PostgresLink>> PostgresLink::open(const PostgresPlace& place,
                                                         const SqlOptions& options) {
  if (options.statement_ms < 1 || options.connect_ms < 1) {
    return fail(Code::kInvalidInput, "PostgreSQL: a connection and a statement need a limit of time");
  }
  SEAWALL_CHECK(check_postgres_settings(place.settings));
  std::unique_ptr<PostgresLink> link(new PostgresLink(place, options));
  SEAWALL_CHECK(link->reopen());
  return link;
}

Result<void> PostgresLink::reopen() {
  handle_.reset();
  expired_ = false;
  std::string password;
  if (!place_.password_file.empty()) {
    SEAWALL_TRY(password, read_password_file(place_.password_file));
  }
  const std::string seconds = in_seconds(options_.connect_ms);
  // What stands before "dbname" are defaults that the settings may overrule.
  std::vector<const char*> names = {"connect_timeout",
                                    "keepalives_idle",
                                    "keepalives_interval",
                                    "keepalives_count",
                                    "tcp_user_timeout",
                                    "fallback_application_name",
                                    "dbname"};
  std::vector<const char*> values = {
      seconds.c_str(), "15", "5", "3", "30000", options_.application_name.c_str(), place_.settings.c_str()};
  if (!password.empty()) {
    names.push_back("password");
    values.push_back(password.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  SEAWALL_CHECK(connect(names.data(), values.data()));
  PQsetNoticeProcessor(
      handle(), [](void*, const char*) {}, nullptr);
  if (PQsetnonblocking(handle(), 1) != 0) return lost(handle());
  return {};
}

Result<void> PostgresLink::connect(const char* const* names, const char* const* values) {
  handle_.reset(PQconnectStartParams(names, values, 1));
  if (handle_ == nullptr || PQstatus(handle()) == CONNECTION_BAD) return lost(handle());
  // Only libpq's own waiting goes on to the next of several hosts when one does not answer in time.
  if (setting_of(handle(), "host").find(',') != std::string::npos) {
    handle_.reset(PQconnectdbParams(names, values, 1));
    if (handle_ == nullptr || PQstatus(handle()) != CONNECTION_OK) return lost(handle());
    return {};
  }
  const std::string wanted = setting_of(handle(), "connect_timeout");
  const auto seconds = std::strtol(wanted.c_str(), nullptr, 10);
  const bool is_default = seconds <= 0 || wanted == in_seconds(options_.connect_ms);
  return shake_hands(is_default ? milliseconds(options_.connect_ms) : milliseconds(seconds * 1000));
}

Result<void> PostgresLink::shake_hands(milliseconds within) {
  const auto end = Steady::now() + within;
  auto next = PGRES_POLLING_WRITING;
  while (next != PGRES_POLLING_OK) {
    if (next == PGRES_POLLING_FAILED) return lost(handle());
    SEAWALL_CHECK(wait(next == PGRES_POLLING_READING ? POLLIN : POLLOUT, end, within));
    next = PQconnectPoll(handle());
  }
  return {};
}

tl::unexpected<Error> PostgresLink::give_up(std::string message) {
  expired_ = true;
  // Whatever libpq still does with it ends at once.
  if (handle_ != nullptr && PQsocket(handle()) >= 0) ::shutdown(PQsocket(handle()), SHUT_RDWR);
  return fail(Code::kUnavailable, std::move(message));
}

Result<void> PostgresLink::wait(short events, Steady::time_point end, milliseconds within) {
  for (bool ready = false; !ready;) {
    SEAWALL_TRY(ready, wait_a_turn(events, end, within));
  }
  return {};
}

Result<bool> PostgresLink::wait_a_turn(short events, Steady::time_point end, milliseconds within) {
  for (;;) {
    if (options_.stop.stop_requested()) {
      return give_up("PostgreSQL: its answer was not waited for, since the program ends");
    }
    const auto left = std::chrono::ceil<milliseconds>(end - Steady::now());
    if (left.count() <= 0) {
      return give_up("PostgreSQL did not answer within " + in_words(within) +
                     ", so the connection was closed: see whether its server runs and is not stopped or "
                     "overloaded, and the network to it; then try again");
    }
    pollfd socket{PQsocket(handle()), events, 0};
    const int ready = ::poll(&socket, 1, static_cast<int>(std::min(left, kLookEvery).count()));
    if (ready >= 0) return ready > 0;
    if (errno != EINTR) return give_up("PostgreSQL: waiting for its socket failed");
  }
}

Result<void> PostgresLink::flush(Steady::time_point end) {
  for (;;) {
    const int more = PQflush(handle());
    if (more == 0) return {};
    if (more < 0) return lost(handle());
    SEAWALL_TRY([[maybe_unused]] const bool ready, wait_a_turn(POLLIN | POLLOUT, end, answer_within()));
    // The server may wait for us to read before it reads itself.
    if (PQconsumeInput(handle()) != 1) return lost(handle());
  }
}

Result<ResultPtr> PostgresLink::answer(Steady::time_point end) {
  ResultPtr last;
  for (;;) {
    while (PQisBusy(handle()) == 1) {
      // Also when nothing has come: what TLS took from the socket and libpq had no room for is not to be
      // seen.
      SEAWALL_TRY([[maybe_unused]] const bool ready, wait_a_turn(POLLIN, end, answer_within()));
      if (PQconsumeInput(handle()) != 1) return lost(handle());
    }
    ResultPtr next(PQgetResult(handle()));
    if (next == nullptr) break;
    last = std::move(next);
    if (PQresultStatus(last.get()) == PGRES_COPY_IN) return last;
    if (PQstatus(handle()) != CONNECTION_OK) break;
  }
  SEAWALL_CHECK(check_command(handle(), last));
  return last;
}

Result<ResultPtr> PostgresLink::ask(const std::function<int(PGconn*)>& send) {
  if (expired_) return give_up("PostgreSQL did not answer before, so the connection was closed: try again");
  const auto end = Steady::now() + answer_within();
  if (send(handle()) != 1) return lost(handle());
  SEAWALL_CHECK(flush(end));
  return answer(end);
}

Result<ResultPtr> PostgresLink::run(std::string_view sql) {
  const std::string text(sql);
  return ask([&](PGconn* to) { return PQsendQuery(to, text.c_str()); });
}

Result<void> PostgresLink::send_copy(std::string_view bytes) {
  const auto end = Steady::now() + answer_within();
  for (;;) {
    const int queued = PQputCopyData(handle(), bytes.data(), static_cast<int>(bytes.size()));
    if (queued < 0) return lost(handle());
    SEAWALL_CHECK(flush(end));
    if (queued == 1) return {};
  }
}

Result<void> PostgresLink::end_copy(const char* reason) {
  if (expired_) return give_up("PostgreSQL did not answer before, so the connection was closed: try again");
  const auto end = Steady::now() + answer_within();
  for (int queued = 0; queued != 1;) {
    queued = PQputCopyEnd(handle(), reason);
    if (queued < 0) return lost(handle());
    SEAWALL_CHECK(flush(end));
  }
  SEAWALL_TRY(const ResultPtr result, answer(end));
  return {};
}

}  // namespace seawall::sql_detail
