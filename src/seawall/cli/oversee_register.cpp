#include "seawall/cli/oversee_register.h"

#include <charconv>
#include <cstdlib>
#include <filesystem>

#include "seawall/orders/order_book.h"
#include "seawall/statement/members.h"

namespace seawall::cli {

namespace {

Result<std::optional<Roster>> roster_from(const Arguments& arguments, const Clock& clock) {
  auto folder = arguments.text("--orders");
  const char* variable = std::getenv("SEAWALL_ORDER_BOOK");
  if (!folder && variable != nullptr && *variable != '\0') folder = variable;
  if (!folder) return std::nullopt;
  std::error_code ignored;
  if (!std::filesystem::exists(*folder, ignored))
    return fail(Code::kNotFound, "there is no order book in " + *folder);
  SEAWALL_TRY(const auto book, OrderBook::open(*folder, clock));
  SEAWALL_TRY(Roster roster, book->roster());
  return std::optional(std::move(roster));
}

}  // namespace

Result<std::unique_ptr<RegisterSession>> RegisterSession::open(const Arguments& arguments) {
  auto folder = arguments.text("--book");
  const char* variable = std::getenv("SEAWALL_OVERSEER_BOOK");
  if (!folder && variable != nullptr && *variable != '\0') folder = variable;
  if (!folder)
    return fail(Code::kInvalidInput, "say which register, with --book DIR or in SEAWALL_OVERSEER_BOOK");
  auto session = std::make_unique<RegisterSession>();
  SEAWALL_TRY(session->book, OversightRegister::open(*folder, session->clock));
  return session;
}

Result<std::unique_ptr<RegisterSession>> RegisterSession::open_to_write(const Arguments& arguments) {
  SEAWALL_TRY(Actor actor, actor_from(arguments));
  SEAWALL_TRY(auto session, open(arguments));
  SEAWALL_TRY(const auto roster, roster_from(arguments, session->clock));
  SEAWALL_CHECK(session->book->admit(roster ? &*roster : nullptr, actor.who));
  session->by = {.who = std::move(actor.who), .why = std::move(actor.why)};
  return session;
}

Result<std::int64_t> register_number(const Arguments& arguments) {
  const std::string& text = arguments.positionals()[0];
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || number < 1)
    return fail(Code::kInvalidInput, "NUMBER is a number of the register, such as 12");
  return number;
}

Result<std::string> needed_option(const Arguments& arguments, std::string_view option) {
  auto text = arguments.text(option);
  if (!text) return fail(Code::kInvalidInput, std::string(option) + " is needed; see --help");
  return *std::move(text);
}

void print_step(Console& console, std::string_view of, std::int64_t number, std::string_view step) {
  if (console.json()) {
    console.print(to_line(Json{{"number", number}, {"step", step}}) + "\n");
  } else {
    console.print(std::string(of) + " " + std::to_string(number) + ": " + std::string(step) + "\n");
  }
}

Json time_or_null(std::optional<Time> time) { return time ? Json(second_text(*time)) : Json(); }

}  // namespace seawall::cli
