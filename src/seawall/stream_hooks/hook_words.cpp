#include "seawall/stream_hooks/hook_words.h"

#include <algorithm>

#include "seawall/json/json.h"
#include "seawall/net/url.h"

namespace seawall {
namespace {

bool is_path_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
         c == '~' || c == '-' || c == '/';
}

Result<StreamHook> hook_of(StreamHook::Kind kind, std::string path) {
  if (kind == StreamHook::Kind::kOther) return StreamHook{};
  if (!is_stream_path(path)) {
    return fail(Code::kInvalidInput,
                "the stream's name holds characters that are not followed: use letters, digits and . _ ~ -");
  }
  return StreamHook{kind, std::move(path)};
}

/// A member that is text; empty otherwise.
std::string text_of(const Json& json, const char* name) {
  const auto at = json.find(name);
  return at != json.end() && at->is_string() ? at->get<std::string>() : std::string();
}

Result<Json> object_of(std::string_view body) {
  if (body.size() > kHookBytesMax) return fail(Code::kLimitExceeded, "the call is over 64 KiB");
  auto json = parse_json(body, kHookBytesMax);
  if (!json || !json->is_object()) return fail(Code::kInvalidInput, "the call is no JSON object");
  return json;
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
    text.replace(at, what.size(), with);
}

}  // namespace

/// It goes into addresses and names: nothing may stand in it that means something there.
bool is_stream_path(std::string_view path) {
  if (path.empty() || path.size() > kHookPathBytesMax || !std::ranges::all_of(path, is_path_character))
    return false;
  while (true) {
    const std::size_t end = path.find('/');
    const std::string_view part = path.substr(0, end);
    if (part.empty() || part == "." || part == "..") return false;
    if (end == std::string_view::npos) return true;
    path.remove_prefix(end + 1);
  }
}

Result<StreamHook> hook_of_nginx_rtmp(std::string_view body) {
  if (body.size() > kHookBytesMax) return fail(Code::kLimitExceeded, "the call is over 64 KiB");
  const auto pairs = query_of("?" + std::string(body));
  if (!pairs) return fail(Code::kInvalidInput, "the call is no form");
  std::string call;
  std::string app;
  std::string name;
  for (const auto& [key, value] : *pairs) {
    std::string* const to = key == "call" ? &call : key == "app" ? &app : key == "name" ? &name : nullptr;
    if (to != nullptr && to->empty()) *to = value;
  }
  if (call.empty()) return fail(Code::kInvalidInput, "the form has no call: is it nginx-rtmp's?");
  const auto kind = call == "publish"        ? StreamHook::Kind::kBegins
                    : call == "publish_done" ? StreamHook::Kind::kEnds
                                             : StreamHook::Kind::kOther;
  return hook_of(kind, app + "/" + name);
}

Result<StreamHook> hook_of_srs(std::string_view body) {
  SEAWALL_TRY(const Json json, object_of(body));
  const std::string action = text_of(json, "action");
  if (action.empty()) return fail(Code::kInvalidInput, "the call has no action: is it SRS's?");
  const auto kind = action == "on_publish"     ? StreamHook::Kind::kBegins
                    : action == "on_unpublish" ? StreamHook::Kind::kEnds
                                               : StreamHook::Kind::kOther;
  return hook_of(kind, text_of(json, "app") + "/" + text_of(json, "stream"));
}

Result<StreamHook> hook_of_mediamtx(std::string_view body) {
  SEAWALL_TRY(const Json json, object_of(body));
  const std::string action = text_of(json, "action");
  if (action.empty()) return fail(Code::kInvalidInput, "the call has no action: is it MediaMTX's?");
  const auto kind = action == "ready" || action == "publish" ? StreamHook::Kind::kBegins
                    : action == "notReady"                   ? StreamHook::Kind::kEnds
                                                             : StreamHook::Kind::kOther;
  return hook_of(kind, text_of(json, "path"));
}

std::string tap_address(std::string_view pattern, std::string_view path) {
  const std::size_t slash = path.rfind('/');
  std::string address(pattern);
  replace_all(address, "{path}", path);
  replace_all(address, "{app}", slash == std::string_view::npos ? "" : path.substr(0, slash));
  replace_all(address, "{name}", slash == std::string_view::npos ? path : path.substr(slash + 1));
  return address;
}

}  // namespace seawall
