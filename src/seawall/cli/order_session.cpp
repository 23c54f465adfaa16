#include "seawall/cli/order_session.h"

#include <algorithm>
#include <cstdlib>

#include "seawall/base/hex.h"
#include "seawall/cli/input_file.h"
#include "seawall/cli/secret_file.h"
#include "seawall/model/time_text.h"
#include "seawall/statement/members.h"

namespace seawall::cli {
namespace {

std::optional<std::string> text_or_variable(const Arguments& arguments, std::string_view option,
                                            const char* variable) {
  if (auto text = arguments.text(option)) return text;
  const char* value = std::getenv(variable);
  return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
}

Result<std::string> file_text(const std::string& path, std::uint64_t bytes_max) {
  const UniqueFd fd = open_input(path);
  if (!fd) return tl::unexpected(path_error(path, errno));
  std::vector<std::byte> bytes;
  SEAWALL_CHECK(read_whole(fd.get(), path, bytes_max, bytes));
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

std::string names_of(const std::vector<StatementSigner>& signers) {
  std::string text;
  for (const StatementSigner& one : signers)
    text.append(text.empty() ? "" : ", ").append(one.by + " (" + std::string(name_of(one.role)) + ")");
  return text;
}

void print_submitted(Console& console, const SubmittedStatement& done, const SignedStatement& statement) {
  if (console.json()) {
    Json json;
    json["statement"] = done.id;
    json["kind"] = statement.kind();
    json["order"] = done.order.empty() ? Json() : Json(done.order);
    json["accepted"] = done.accepted;
    json["missing"] = Json::array();
    for (const StatementSigner& one : done.missing)
      json["missing"].push_back({{"by", one.by}, {"role", name_of(one.role)}});
    console.print(to_line(json) + "\n");
    return;
  }
  const std::string what = statement.kind() + (done.order.empty() ? "" : " " + done.order);
  if (done.accepted) {
    console.note(what + ": signed by all, and in the book");
  } else {
    console.note(what + ": signed; it waits for " + names_of(done.missing) + ", who type: seawall " +
                 (done.order.empty() ? "roster" : "orders") + " sign " + done.id.substr(0, 16));
  }
  if (!done.order.empty()) console.print(done.order + "\n");
}

/// The draft whose digest begins with `name`, or the statement in the file of that name.
Result<SignedStatement> statement_named(OrderSession& session, const std::string& name) {
  SEAWALL_TRY(const auto drafts, session.book().drafts());
  const SignedStatement* found = nullptr;
  for (const SignedStatement& draft : drafts) {
    if (name.size() < 8 || !to_hex(draft.id()).starts_with(name)) continue;
    if (found != nullptr)
      return fail(Code::kInvalidInput, "several statements begin like that: give more of it");
    found = &draft;
  }
  if (found != nullptr) return *found;
  auto text = file_text(name, kStatementBytesMax + 1);
  if (text) return SignedStatement::from_text(*text);
  return fail(Code::kNotFound,
              "no statement " + name + " waits for a signature; see: seawall orders waiting");
}

void append_members(std::string& out, const Json& json, const std::string& indent) {
  for (const auto& [name, value] : json.items()) {
    if (name == "signers" || name == "kind") continue;
    out += indent + name + ": ";
    if (value.is_object()) {
      out += "\n";
      append_members(out, value, indent + "  ");
    } else {
      out += shown_text(value.is_string() ? value.get<std::string>() : to_line(value)) + "\n";
    }
  }
}

}  // namespace

Result<std::unique_ptr<OrderSession>> OrderSession::open(const Arguments& arguments) {
  const auto path = text_or_variable(arguments, "--book", "SEAWALL_ORDER_BOOK");
  if (!path)
    return fail(Code::kInvalidInput, "say which order book, with --book DIR or in SEAWALL_ORDER_BOOK");
  auto session = std::unique_ptr<OrderSession>(new OrderSession());
  SEAWALL_TRY(session->book_, OrderBook::open(*path, session->clock_));
  return session;
}

Result<OrderRecord> OrderSession::order(const Arguments& arguments) {
  const std::string& id = arguments.positionals()[0];
  if (!is_order_id(id))
    return fail(Code::kInvalidInput, "an order's id is o- and 16 hex digits; see: seawall orders list");
  return book_->order(id);
}

Result<PersonRole> OrderSession::role_of(std::string_view person, const std::vector<PersonRole>& allowed,
                                         const Arguments& arguments) {
  SEAWALL_TRY(const Roster roster, book_->roster());
  const auto wanted = arguments.text("--role");
  std::vector<PersonRole> fitting;
  for (const PersonRole role : allowed) {
    if ((!wanted || *wanted == name_of(role)) && roster.has_role(person, role, now()))
      fitting.push_back(role);
  }
  if (fitting.empty())
    return fail(Code::kInvalidInput, std::string(person) + " has no role that may sign this");
  if (fitting.size() == 1 || wanted) return fitting.front();
  return fail(Code::kInvalidInput,
              std::string(person) + " has several roles that may sign this: say which with --role");
}

Result<SealedPersonKey> person_key_file(const Arguments& arguments) {
  const auto path = text_or_variable(arguments, "--key", "SEAWALL_PERSON_KEY");
  if (!path)
    return fail(Code::kInvalidInput, "say which key is yours, with --key FILE or in SEAWALL_PERSON_KEY");
  SEAWALL_TRY(const std::string text, file_text(*path, 4096));
  auto key = sealed_person_key_from(text);
  if (key) return key;
  return tl::unexpected(std::move(key).error().within(*path));
}

Result<PersonKey> opened_key(const SealedPersonKey& sealed, const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const Secret passphrase,
              password_from(arguments, console, "Passphrase of " + sealed.public_key.name + ": "));
  return PersonKey::open(sealed, passphrase.reveal());
}

Result<Outcome> sign_and_submit(OrderSession& session, SignedStatement statement,
                                const SealedPersonKey& sealed, const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const PersonKey key, opened_key(sealed, arguments, console));
  SEAWALL_CHECK(statement.sign(key));
  if (const auto out = arguments.text("--out")) {
    SEAWALL_CHECK(write_new_secret_file(*out, statement.to_text(), "name another file"));
    console.note("wrote the statement into " + *out + "; whoever signs next types: seawall orders sign " +
                 *out);
    return Outcome{};
  }
  SEAWALL_TRY(const SubmittedStatement done, session.book().submit(statement));
  print_submitted(console, done, statement);
  return Outcome{};
}

Result<Outcome> cosign(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, OrderSession::open(arguments));
  SEAWALL_TRY(SignedStatement statement, statement_named(*session, arguments.positionals()[0]));
  console.print_error(statement_words(statement));
  if (arguments.flag("--only-take")) {
    SEAWALL_TRY(const SubmittedStatement done, session->book().submit(statement));
    print_submitted(console, done, statement);
    return Outcome{};
  }
  SEAWALL_TRY(const SealedPersonKey key, person_key_file(arguments));
  if (can_ask(console) && !arguments.text("--password-file")) {
    SEAWALL_TRY(const std::string answer,
                ask(console, "Sign this as " + key.public_key.name + "? Type yes: "));
    if (answer != "yes") return fail(Code::kInvalidInput, "not signed");
  }
  return sign_and_submit(*session, std::move(statement), key, arguments, console);
}

Result<std::string> words_from(const Arguments& arguments, std::string_view option) {
  SEAWALL_TRY(std::string text, needed(arguments, option, "in your own words"));
  if (!text.starts_with('@')) return text;
  SEAWALL_TRY(text, file_text(text.substr(1), kOrderWordsBytesMax));
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

Result<std::optional<Time>> time_option(const Arguments& arguments, std::string_view option) {
  const auto text = arguments.text(option);
  if (!text) return std::nullopt;
  const auto time = time_from_text(*text);
  if (!time) return fail(Code::kInvalidInput, std::string(option) + ": " + time.error().message);
  return std::chrono::floor<std::chrono::seconds>(*time);
}

Result<std::string> needed(const Arguments& arguments, std::string_view option, std::string_view what) {
  auto text = arguments.text(option);
  if (text && !text->empty()) return *std::move(text);
  return fail(Code::kInvalidInput, "give " + std::string(option) + ": " + std::string(what));
}

Json statement_json(const SignedStatement& statement) {
  Json json;
  json["statement"] = to_hex(statement.id());
  json["kind"] = statement.kind();
  json["at"] = second_text(statement.at());
  json["signed"] = Json::array();
  for (const StatementSignature& one : statement.signatures())
    json["signed"].push_back({{"by", one.signer.by}, {"role", name_of(one.signer.role)}});
  json["missing"] = Json::array();
  for (const StatementSigner& one : statement.missing())
    json["missing"].push_back({{"by", one.by}, {"role", name_of(one.role)}});
  if (statement.body().contains("grounds")) json["grounds"] = statement.body()["grounds"];
  return json;
}

Json order_json(const OrderRecord& record, Time now) {
  const OrderCase& order = record.order;
  const auto time = [](const std::optional<Time>& one) { return one ? Json(second_text(*one)) : Json(); };
  Json json;
  json["order"] = order.id();
  json["state"] = name_of(order.state(now));
  json["urgent"] = order.is_urgent();
  json["approver"] = order.approver().empty() ? Json() : Json(order.approver());
  json["reviewer"] = order.reviewer().empty() ? Json() : Json(order.reviewer());
  json["used"] = record.used;
  json["leaf"] = record.leaf ? Json(*record.leaf) : Json();
  json["ends"] = time(order.ends());
  json["confirm_by"] = order.is_confirmed() ? Json() : time(order.confirm_by());
  json["opening_due"] = time(order.opening_due());
  json["opened"] = order.is_opened();
  json["document"] = to_json(order.document());
  json["statements"] = Json::array();
  for (const SignedStatement& one : order.statements()) json["statements"].push_back(statement_json(one));
  return json;
}

std::string statement_words(const SignedStatement& statement) {
  std::string out = statement.kind() + "\n";
  append_members(out, statement.body(), "  ");
  out += "  to be signed by: " + names_of(statement.signers()) + "\n";
  return out;
}

}  // namespace seawall::cli
