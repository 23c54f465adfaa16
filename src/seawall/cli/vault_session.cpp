#include "seawall/cli/vault_session.h"

#include <cstdlib>

#include "seawall/base/codes.h"
#include "seawall/cli/input_file.h"
#include "seawall/cli/secret_file.h"
#include "seawall/statement/canonical_json.h"

namespace seawall::cli {
namespace {

constexpr std::string_view kUnix = "unix:";
constexpr std::uint64_t kAnswerBytesMax = 4 << 20;
constexpr std::uint64_t kBackupBytesMax = 64 << 20;

/// The error that a service told, with its own code.
Error told_error(const Json& answer, int status) {
  Error error{Code::kUnavailable, "the key service answered " + std::to_string(status)};
  if (!answer.is_object() || !answer.contains("error") || !answer["error"].is_object()) return error;
  const Json& told = answer["error"];
  error.message = told.value("message", error.message);
  for (const CodeMeaning& row : kCodeMeanings) {
    if (told.value("code", "") == row.name) error.code = row.code;
  }
  return error;
}

}  // namespace

Result<VaultSession> VaultSession::open(const Arguments& arguments) {
  const char* variable = std::getenv("SEAWALL_VAULT");
  const std::string place = arguments.text("--vault").value_or(variable == nullptr ? "" : variable);
  if (!place.starts_with(kUnix))
    return fail(Code::kInvalidInput,
                "say where the key service listens, with --vault unix:PATH or in SEAWALL_VAULT");
  CurlOptions options;
  options.in_memory = true;
  options.unix_socket = place.substr(kUnix.size());
  SEAWALL_TRY(auto fetcher, CurlFetcher::open(std::move(options)));
  return VaultSession(std::move(fetcher));
}

Result<Json> VaultSession::get(std::string_view path) {
  return ask({.url = "http://localhost" + std::string(path), .response_bytes_max = kAnswerBytesMax});
}

Result<Json> VaultSession::post(std::string_view path, std::string body) {
  return ask({.method = FetchMethod::kPost,
              .url = "http://localhost" + std::string(path),
              .headers = {{"Content-Type", "application/json"}},
              .body = std::move(body),
              .response_bytes_max = kAnswerBytesMax});
}

Result<std::string> VaultSession::backup_page(const SignedStatement& statement) {
  const FetchRequest request{.method = FetchMethod::kPost,
                             .url = "http://localhost/statements",
                             .headers = {{"Content-Type", "application/json"}},
                             .body = statement.to_text(),
                             .response_bytes_max = kBackupBytesMax};
  SEAWALL_TRY(const FetchResponse response, fetcher_->fetch(request, {}));
  SEAWALL_TRY(std::string text, response.body->text(kBackupBytesMax));
  if (response.status == 200) return text;
  const Json answer = read_strict_json(text, kAnswerBytesMax).value_or(Json());
  return tl::unexpected(told_error(answer, response.status));
}

Result<Json> VaultSession::hand_in(const SignedStatement& statement) {
  return post("/statements", statement.to_text());
}

Result<Json> VaultSession::ask(FetchRequest request) {
  SEAWALL_TRY(const FetchResponse response, fetcher_->fetch(request, {}));
  SEAWALL_TRY(const std::string text, response.body->text(kAnswerBytesMax));
  const Json answer = read_strict_json(text, kAnswerBytesMax).value_or(Json());
  if ((response.status == 200 || response.status == 403) && answer.is_object()) return answer;
  return tl::unexpected(told_error(answer, response.status));
}

Result<Outcome> sign_for_vault(SignedStatement statement, const SealedPersonKey& sealed,
                               const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const PersonKey key, opened_key(sealed, arguments, console));
  return sign_for_vault(std::move(statement), key, arguments, console);
}

Result<Outcome> sign_for_vault(SignedStatement statement, const PersonKey& key, const Arguments& arguments,
                               Console& console) {
  SEAWALL_CHECK(statement.sign(key));
  if (!arguments.text("--out") && statement.is_complete()) {
    SEAWALL_TRY(VaultSession session, VaultSession::open(arguments));
    SEAWALL_TRY(const Json answer, session.hand_in(statement));
    print_answer(answer, console);
    return Outcome{};
  }
  SEAWALL_TRY(const std::string out,
              needed(arguments, "--out", "where the statement goes for the next to sign"));
  SEAWALL_CHECK(write_new_secret_file(out, statement.to_text(), "name another file"));
  const std::string next = statement.is_complete()
                               ? "all have signed; within the hour: seawall keys hand-in "
                               : statement.missing().front().by + " has an hour to type: seawall keys sign ";
  console.note("wrote the statement into " + out + "; " + next + out);
  return Outcome{};
}

Result<Outcome> draft_for_vault(KeyOffice office, const Arguments& arguments, Console& console) {
  SEAWALL_TRY(office.grounds, words_from(arguments, "--grounds"));
  SEAWALL_TRY(const SealedPersonKey sealed, person_key_file(arguments));
  std::vector<StatementSigner> signers{{sealed.public_key.name, PersonRole::kCustodian}};
  if (signers_of(office.what) == 2) {
    SEAWALL_TRY(std::string other, needed(arguments, "--with", "the custodian who signs after you"));
    signers.push_back({std::move(other), PersonRole::kCustodian});
  }
  const auto now = std::chrono::floor<std::chrono::seconds>(SystemClock().now());
  SEAWALL_TRY(auto statement, draft_key_office(now, office, std::move(signers)));
  return sign_for_vault(std::move(statement), sealed, arguments, console);
}

Result<std::string> whole_file(const std::string& path, std::uint64_t bytes_max) {
  const UniqueFd fd = open_input(path);
  if (!fd) return tl::unexpected(path_error(path, errno));
  std::vector<std::byte> bytes;
  SEAWALL_CHECK(read_whole(fd.get(), path, bytes_max, bytes));
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

Result<SignedStatement> statement_file(const std::string& path) {
  SEAWALL_TRY(const std::string text, whole_file(path, kStatementBytesMax + 1));
  return SignedStatement::from_text(text);
}

void print_answer(const Json& answer, Console& console) { console.print(to_line(answer) + "\n"); }

}  // namespace seawall::cli
