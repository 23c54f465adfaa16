#include "seawall/access/session_service.h"

#include <algorithm>
#include <array>
#include <optional>

#include "seawall/access/detail/base32.h"
#include "seawall/crypto/constant_time.h"
#include "seawall/crypto/hmac.h"
#include "seawall/crypto/random_bytes.h"
#include "seawall/crypto/sha256.h"
#include "seawall/lists/two_person.h"

namespace seawall {
namespace {

using TokenBytes = std::array<std::byte, 32>;

/// Zeroed at its end.
struct Token {
  TokenBytes bytes{};
  Token() = default;
  Token(const Token&) = delete;
  Token& operator=(const Token&) = delete;
  ~Token() { wipe_bytes(bytes.data(), bytes.size()); }
};

Secret secret_text(std::span<const std::byte> bytes) {
  std::string text = access_detail::to_base32(bytes);
  Secret secret(text);
  wipe_bytes(text.data(), text.size());
  return secret;
}

const AccessGrant* grant_in(const AccessAccount& account, std::string_view tenant, bool any) {
  const auto found = std::ranges::find_if(
      account.grants, [&](const AccessGrant& grant) { return any || grant.tenant == tenant; });
  return found == account.grants.end() ? nullptr : &*found;
}

Identity person_of(const AccessAccount& account, const AccessGrant& grant) {
  Identity person;
  person.kind = IdentityKind::kPerson;
  person.who = account.name;
  person.tenant = grant.tenant;
  person.roles = grant.roles;
  return person;
}

bool is_over(const SessionAt& at, Time now, const SessionLimits& limits) {
  return !at.account.active || now >= at.session.seen + limits.idle || now >= at.session.begun + limits.life;
}

OpenSession open_session(const Token& token, const AccessAccount& account, const AccessGrant& grant) {
  OpenSession session;
  session.identity = person_of(account, grant);
  session.csrf_token = secret_text(hmac_sha256(token.bytes, "seawall csrf 1"));
  return session;
}

}  // namespace

Result<Admission<NewSession>> SessionService::begin(const AccessAccount& verified, std::string_view tenant) {
  using Answer = Admission<NewSession>;
  const AccessGrant* grant = grant_in(verified, tenant, tenant.empty());
  if (grant == nullptr) return Answer(refused(AccessRefusal::kRoleMissing));
  Token token;
  SEAWALL_CHECK(fill_with_random_bytes(token.bytes));
  const Time now = clock_.now();
  SEAWALL_CHECK(
      store_.add_session({sha256_of(token.bytes), verified.name_key, grant->tenant, now, now}, verified));
  NewSession made{secret_text(token.bytes), open_session(token, verified, *grant)};
  made.session.expires = now + std::min(limits_.idle, limits_.life);
  return Answer(std::move(made));
}

Result<Admission<OpenSession>> SessionService::identify(std::string_view text) {
  using Answer = Admission<OpenSession>;
  if (text.empty()) return Answer(refused(AccessRefusal::kNoCredentials));
  Token token;
  if (!access_detail::from_base32(text, token.bytes)) return Answer(refused(AccessRefusal::kSessionOver));
  const Sha256 digest = sha256_of(token.bytes);
  SEAWALL_TRY(const auto at, store_.session(digest));
  const Time now = clock_.now();
  if (!at || is_over(*at, now, limits_)) return Answer(refused(AccessRefusal::kSessionOver));
  const AccessGrant* grant = grant_in(at->account, at->session.tenant, false);
  if (grant == nullptr) return Answer(refused(AccessRefusal::kRoleMissing));
  if (now - at->session.seen >= limits_.seen_step) SEAWALL_CHECK(store_.see_session(digest, now));
  OpenSession session = open_session(token, at->account, *grant);
  session.expires = std::min<Time>(now + limits_.idle, at->session.begun + limits_.life);
  return Answer(std::move(session));
}

Result<Admission<Identity>> SessionService::look(const Sha256& digest) {
  using Answer = Admission<Identity>;
  SEAWALL_TRY(const auto at, store_.session(digest));
  if (!at || is_over(*at, clock_.now(), limits_)) return Answer(refused(AccessRefusal::kSessionOver));
  const AccessGrant* grant = grant_in(at->account, at->session.tenant, false);
  if (grant == nullptr) return Answer(refused(AccessRefusal::kRoleMissing));
  return Answer(person_of(at->account, *grant));
}

std::optional<Sha256> SessionService::digest_of(std::string_view text) {
  Token token;
  if (!access_detail::from_base32(text, token.bytes)) return std::nullopt;
  return sha256_of(token.bytes);
}

Result<void> SessionService::sign_out(std::string_view text) {
  Token token;
  if (!access_detail::from_base32(text, token.bytes)) return {};
  return store_.end_session(sha256_of(token.bytes));
}

Result<std::uint64_t> SessionService::sign_out_everywhere(const Identity& person) {
  if (person.kind != IdentityKind::kPerson) return std::uint64_t{0};
  return store_.end_sessions(account_key(person.who));
}

Result<std::uint64_t> SessionService::tidy() {
  const Time now = clock_.now();
  const std::chrono::milliseconds just{1};  // A session is over at its last moment, not after it.
  return store_.drop_sessions(now - limits_.idle + just, now - limits_.life + just);
}

bool SessionService::csrf_matches(const OpenSession& session, std::string_view header) {
  return equal_in_constant_time(session.csrf_token.reveal(), header);
}

}  // namespace seawall
