#include "seawall/service/console_calls.h"

#include <array>

#include "seawall/http/syntax.h"

namespace seawall {
namespace {

constexpr std::string_view kFolder = "/console/";
constexpr std::string_view kPage = "index.html";
constexpr std::string_view kNoConsole =
    "This program was built without the web console.\n\n"
    "Build it with:  cd web && npm ci && npm run build, then ./do build.\n"
    "Or name a folder that holds what `npm run build` wrote:  console_folder = \"web/dist\" in the "
    "settings.\n"
    "The interface for programs works without it: docs/openapi.yaml.\n";

using Header = std::pair<std::string_view, std::string_view>;
constexpr std::array kStrict = std::to_array<Header>({
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: "
     "data:; "
     "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; "
     "form-action 'self'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy",
     "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), encrypted-media=(), "
     "fullscreen=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), "
     "picture-in-picture=(), publickey-credentials-get=(), screen-wake-lock=(), usb=(), web-share=(), "
     "xr-spatial-tracking=()"},
});

HttpAnswer strict(HttpAnswer answer) {
  for (const auto& [name, value] : kStrict) answer.fields.emplace_back(name, value);
  return answer;
}

HttpAnswer words(int status, std::string_view text) {
  HttpAnswer answer = text_answer(status, "text/plain; charset=utf-8", std::string(text));
  answer.fields.emplace_back("Cache-Control", "no-store");
  return strict(std::move(answer));
}

HttpAnswer elsewhere(int status, std::string_view location) {
  HttpAnswer answer;
  answer.status = status;
  answer.fields.emplace_back("Location", location);
  answer.fields.emplace_back("Cache-Control", "no-store");
  answer.fields.emplace_back("Vary", "Accept");
  return strict(std::move(answer));
}

bool is_get(const HttpHead& head) {
  return head.method() == HttpMethod::kGet || head.method() == HttpMethod::kHead;
}

/// Whether the list of codings or types names `wanted`, and does not refuse it (q=0).
bool accepts(std::string_view list, std::string_view wanted) {
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    HttpParameters one(http_trimmed(list.substr(0, end)));
    list.remove_prefix(std::min(end + 1, list.size()));
    if (!equal_ignoring_case(http_trimmed(one.value()), wanted)) continue;
    if (one.at_end()) return true;
    const auto weight = one.next();
    return !weight || weight->name != "q" || weight->value.find_first_not_of("0.") != std::string_view::npos;
  }
  return false;
}

/// Of If-None-Match: whether it has `etag`. A weak one is the same here (RFC 9110 section 13.1.2).
bool names(std::string_view list, std::string_view etag) {
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    std::string_view one = http_trimmed(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == "*" || one == etag) return true;
  }
  return false;
}

HttpAnswer answer_of(const ConsoleFile& file, const HttpHead& head) {
  const bool small = file.gzip != nullptr && accepts(head.field("accept-encoding").value_or(""), "gzip");
  const std::string etag = '"' + file.digest + (small ? "-gzip\"" : "\"");
  HttpAnswer answer;
  answer.fields.emplace_back("ETag", etag);
  answer.fields.emplace_back("Cache-Control",
                             file.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  answer.fields.emplace_back("Vary", "Accept-Encoding");
  if (names(head.field("if-none-match").value_or(""), etag)) {
    answer.status = 304;
    return strict(std::move(answer));
  }
  answer.fields.emplace_back("Content-Type", file.content_type);
  if (small) answer.fields.emplace_back("Content-Encoding", "gzip");
  answer.body = small ? file.gzip : file.plain;
  return strict(std::move(answer));
}

/// Of a page that index.html draws: no segment has a dot, and it is not below the folder of hashed files.
bool is_page(std::string_view name) {
  return name.find('.') == std::string_view::npos && !name.starts_with("assets/");
}

}  // namespace

ConsoleCalls::ConsoleCalls(ConsoleFiles files)
    : files_(std::make_shared<const ConsoleFiles>(std::move(files))) {}

void ConsoleCalls::replace(ConsoleFiles files) {
  auto fresh = std::make_shared<const ConsoleFiles>(std::move(files));
  const std::scoped_lock lock(mutex_);
  files_.swap(fresh);
}

std::shared_ptr<const ConsoleFiles> ConsoleCalls::files() const {
  const std::scoped_lock lock(mutex_);
  return files_;
}

std::optional<HttpAnswer> ConsoleCalls::answer(const HttpHead& head) const {
  const std::string_view path = head.path();
  if (path == "/") {
    if (!is_get(head) || !accepts(head.field("accept").value_or(""), "text/html")) return std::nullopt;
    return elsewhere(303, kFolder);
  }
  const bool own = path == "/console" || path.starts_with(kFolder);
  if (!own) return std::nullopt;
  if (!is_get(head)) {
    HttpAnswer answer = words(405, "The console is read with GET.\n");
    answer.fields.emplace_back("Allow", "GET, HEAD");
    return answer;
  }
  if (path == "/console") return elsewhere(308, kFolder);
  const auto files = this->files();
  if (files->empty()) return words(503, kNoConsole);
  std::string_view name = path.substr(kFolder.size());
  const ConsoleFile* file = files->find(name);
  if (file == nullptr && is_page(name)) file = files->find(kPage);
  if (file == nullptr) return words(404, "The console has no such file.\n");
  return answer_of(*file, head);
}

}  // namespace seawall
