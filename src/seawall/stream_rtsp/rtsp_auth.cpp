#include "seawall/stream_rtsp/rtsp_auth.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <span>

#include "seawall/base/base64.h"
#include "seawall/base/hex.h"
#include "seawall/crypto/digest.h"

namespace seawall {
namespace {

constexpr std::size_t kValueBytesMax = 1'024;
constexpr std::size_t kParametersMax = 32;
/// A server may let its nonces grow old while a stream is played; not all the time.
constexpr std::uint32_t kRoundsMax = 1'000;

bool same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

void skip(std::string_view& text, std::string_view what) {
  text.remove_prefix(std::min(text.find_first_not_of(what), text.size()));
}

/// A word or a quoted text at the beginning of `text`, which it leaves.
std::string take_value(std::string_view& text) {
  std::string value;
  if (!text.starts_with('"')) {
    const std::size_t end = std::min(text.find_first_of(", \t"), text.size());
    value = text.substr(0, end);
    text.remove_prefix(end);
    return value;
  }
  text.remove_prefix(1);
  while (!text.empty() && text.front() != '"') {
    if (text.front() == '\\' && text.size() > 1) text.remove_prefix(1);
    value.push_back(text.front());
    text.remove_prefix(1);
  }
  if (!text.empty()) text.remove_prefix(1);
  return value;
}

std::string quoted(std::string_view value) {
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
}

bool has_word(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    skip(list, ", \t");
    const std::size_t end = std::min(list.find_first_of(", \t"), list.size());
    if (same(list.substr(0, end), word)) return true;
    list.remove_prefix(end);
  }
  return false;
}

}  // namespace

RtspAuth::Challenge RtspAuth::challenge_of(std::string_view text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view scheme = text.substr(0, end);
  text.remove_prefix(end);
  Challenge challenge;
  std::string qop;
  for (std::size_t i = 0; i < kParametersMax; ++i) {
    skip(text, ", \t");
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) break;
    const std::string_view name = text.substr(0, std::min(text.find_first_of(" \t="), equals));
    text.remove_prefix(equals + 1);
    skip(text, " \t");
    std::string value = take_value(text);
    if (value.size() > kValueBytesMax) return {};
    if (same(name, "realm"))
      challenge.realm = std::move(value);
    else if (same(name, "nonce"))
      challenge.nonce = std::move(value);
    else if (same(name, "algorithm"))
      challenge.algorithm = std::move(value);
    else if (same(name, "qop"))
      qop = std::move(value);
    else if (same(name, "stale"))
      challenge.stale = same(value, "true");
    else if (same(name, "opaque")) {
      challenge.opaque = std::move(value);
      challenge.has_opaque = true;
    }
  }
  using Kind = Challenge::Kind;
  challenge.auth_qop = has_word(qop, "auth");
  if (same(scheme, "basic")) {
    challenge.kind = Kind::kBasic;
  } else if (same(scheme, "digest") && !challenge.nonce.empty() && (qop.empty() || challenge.auth_qop)) {
    if (challenge.algorithm.empty() || same(challenge.algorithm, "MD5")) challenge.kind = Kind::kMd5;
    if (same(challenge.algorithm, "SHA-256")) challenge.kind = Kind::kSha256;
  }
  return challenge;
}

Result<void> RtspAuth::challenged(const std::vector<std::string_view>& challenges) {
  Challenge best;
  for (const std::string_view text : challenges) {
    Challenge one = challenge_of(text);
    if (one.kind > best.kind) best = std::move(one);
  }
  if (best.kind == Challenge::Kind::kNone)
    return fail(Code::kUnsupported, "the server asks for a proof of identity that is not known here");
  if (user_.empty())
    return fail(Code::kUnavailable, "the server asks for a user and password: rtsp://USER:PASSWORD@...");
  // Said already, and this nonce is not merely too old.
  if ((challenge_.kind != Challenge::Kind::kNone && !best.stale) || ++rounds_ > kRoundsMax)
    return fail(Code::kUnavailable, "the server refuses the user and password");
  challenge_ = std::move(best);
  uses_ = 0;
  return {};
}

void RtspAuth::forget() {
  challenge_ = {};
  uses_ = rounds_ = 0;
}

std::string RtspAuth::authorization(std::string_view method, std::string_view url) {
  using Kind = Challenge::Kind;
  if (challenge_.kind == Kind::kNone) return {};
  const std::string user(user_.reveal());
  if (challenge_.kind == Kind::kBasic)
    return "Basic " + to_base64(user + ":" + std::string(password_.reveal()));
  const bool md5 = challenge_.kind == Kind::kMd5;
  const auto hash = [&](const std::string& text) {
    const FileDigests all = digests_of(std::as_bytes(std::span(text)));
    return md5 ? to_hex(all.md5) : to_hex(all.sha256);
  };
  const std::string secret = hash(user + ":" + challenge_.realm + ":" + std::string(password_.reveal()));
  const std::string asked = hash(std::string(method) + ":" + std::string(url));
  std::string words = "Digest username=" + quoted(user) + ", realm=" + quoted(challenge_.realm) +
                      ", nonce=" + quoted(challenge_.nonce) + ", uri=" + quoted(url);
  std::string middle = challenge_.nonce;
  if (challenge_.auth_qop) {
    std::array<char, 9> count{};
    std::snprintf(count.data(), count.size(), "%08x", ++uses_);
    const std::uint64_t number = random_.next();
    const std::string own = to_hex(std::as_bytes(std::span(&number, 1)));
    middle += ":" + std::string(count.data()) + ":" + own + ":auth";
    words += ", qop=auth, nc=" + std::string(count.data()) + ", cnonce=" + quoted(own);
  }
  words += ", response=" + quoted(hash(secret + ":" + middle + ":" + asked));
  if (!challenge_.algorithm.empty()) words += ", algorithm=" + std::string(md5 ? "MD5" : "SHA-256");
  if (challenge_.has_opaque) words += ", opaque=" + quoted(challenge_.opaque);
  return words;
}

}  // namespace seawall
