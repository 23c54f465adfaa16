#include "seawall/access/local_sign_in.h"

#include <algorithm>

#include "seawall/access/account_service.h"
#include "seawall/access/detail/tried_from.h"
#include "seawall/access/totp.h"
#include "seawall/lists/two_person.h"

namespace seawall {
namespace {

constexpr std::size_t kAccountBytesMax = 200;
constexpr std::size_t kCodeBytesMax = 64;
constexpr std::size_t kTotpDigits = 6;
constexpr TryLimit kSeenFor{1, 30 * 24 * 3600};
constexpr std::uint32_t kBusyRetryS = 2;

bool is_totp_code(std::string_view code) {
  return code.size() == kTotpDigits && std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Result<std::unique_ptr<LocalSignIn>> LocalSignIn::make(AccessStore& store, HashGate& hashes,
                                                       const Clock& clock, const MasterKey* master,
                                                       const LocalSignInLimits& limits) {
  SEAWALL_TRY(Throttle both, Throttle::make(clock, limits.account_and_network, limits.places));
  SEAWALL_TRY(Throttle network, Throttle::make(clock, limits.network, limits.places));
  SEAWALL_TRY(Throttle account, Throttle::make(clock, limits.account, limits.places));
  SEAWALL_TRY(Throttle codes, Throttle::make(clock, limits.codes, limits.places));
  SEAWALL_TRY(Throttle seen, Throttle::make(clock, kSeenFor, limits.places));
  SEAWALL_TRY(std::string decoy, hashes.decoy());
  Tables tables{std::move(both), std::move(network), std::move(account), std::move(codes), std::move(seen)};
  return std::unique_ptr<LocalSignIn>(
      new LocalSignIn(store, hashes, clock, master, std::move(tables), std::move(decoy)));
}

LocalSignIn::LocalSignIn(AccessStore& store, HashGate& hashes, const Clock& clock, const MasterKey* master,
                         Tables tables, std::string decoy)
    : store_(store),
      hashes_(hashes),
      clock_(clock),
      master_(master),
      tables_(std::move(tables)),
      decoy_(std::move(decoy)) {}

LocalSignIn::Names LocalSignIn::names_of(const SignInTry& tried) {
  Names names;
  names.account_key = account_key(tried.account);
  names.network = access_detail::network_tried_from(tried.peer);
  names.both = names.account_key + "\n" + names.network;
  names.known = tables_.seen.wait_of(names.both).has_value();
  return names;
}

/// Takes a try from each table, or from none.
std::optional<std::uint32_t> LocalSignIn::count(const Names& names) {
  if (const auto wait = tables_.both.take(names.both)) return wait;
  const auto network = tables_.network.take(names.network);
  if (network) {
    tables_.both.give_back(names.both);
    return network;
  }
  if (names.known) return std::nullopt;
  const auto account = tables_.account.take(names.account_key);
  if (account) {
    tables_.network.give_back(names.network);
    tables_.both.give_back(names.both);
  }
  return account;
}

void LocalSignIn::uncount(const Names& names) {
  tables_.both.give_back(names.both);
  tables_.network.give_back(names.network);
  if (!names.known) tables_.account.give_back(names.account_key);
}

Result<Admission<AccessAccount>> LocalSignIn::sign_in(const SignInTry& tried) {
  using Answer = Admission<AccessAccount>;
  if (tried.account.size() > kAccountBytesMax || tried.code.size() > kCodeBytesMax) {
    return Answer(refused(AccessRefusal::kWrongSignIn));  // Nobody's: the limits are public.
  }
  const Names names = names_of(tried);
  if (const auto wait = count(names)) return Answer(refused(AccessRefusal::kTooManyTries, *wait));
  SEAWALL_TRY(auto account, store_.account(names.account_key));
  const bool usable = account && account->active && !account->password.empty();
  const std::string_view encoded = usable ? std::string_view(account->password) : decoy_;
  SEAWALL_TRY(const auto right, hashes_.verifies(encoded, tried.password.reveal()));
  if (!right) {
    uncount(names);
    return Answer(refused(AccessRefusal::kSignInsBusy, kBusyRetryS));
  }
  if (!usable || !*right) return Answer(refused(AccessRefusal::kWrongSignIn));
  if (!account->totp.empty()) {
    SEAWALL_TRY(Answer answer, ask_for_code(names, *std::move(account), tried.code));
    if (!answer) return answer;
    account = *std::move(answer);
  }
  uncount(names);
  if (!names.known) [[maybe_unused]]
    const auto marked = tables_.seen.take(names.both);
  SEAWALL_CHECK(upgrade(*account, tried.password.reveal()));
  return Answer(*std::move(account));
}

/// The password was right.
Result<Admission<AccessAccount>> LocalSignIn::ask_for_code(const Names& names, AccessAccount account,
                                                           std::string_view code) {
  using Answer = Admission<AccessAccount>;
  if (code.empty()) {
    uncount(names);
    return Answer(refused(AccessRefusal::kCodeRequired));
  }
  if (master_ == nullptr && is_totp_code(code)) {
    uncount(names);
    return Answer(refused(AccessRefusal::kNoAccessKey));
  }
  if (const auto wait = tables_.codes.take(names.account_key)) {
    uncount(names);
    return Answer(refused(AccessRefusal::kTooManyTries, *wait));
  }
  SEAWALL_TRY(const bool right, code_is_right(account, code));
  if (!right) return Answer(refused(AccessRefusal::kWrongSignIn));
  tables_.codes.give_back(names.account_key);
  return Answer(std::move(account));
}

Result<bool> LocalSignIn::code_is_right(const AccessAccount& account, std::string_view code) {
  const Time now = clock_.now();
  if (!is_totp_code(code)) return store_.take_recovery(account.name_key, recovery_digest(code), now);
  SEAWALL_TRY(auto secret, open_totp(*master_, account.name_key, account.totp));
  const auto step = totp_step_of_code(secret, code, now);
  wipe_bytes(secret.data(), secret.size());
  if (!step) return false;
  return store_.take_totp_step(account.name_key, *step);
}

/// A hash that was made at another cost is made anew, now that the password is known.
Result<void> LocalSignIn::upgrade(AccessAccount& account, std::string_view password) {
  SEAWALL_TRY(const Argon2Cost cost, argon2id_cost_of(account.password));
  if (cost == hashes_.cost()) return {};
  SEAWALL_TRY(auto encoded, hashes_.hash(password));
  if (!encoded) return {};  // Too many others: the next time.
  SEAWALL_CHECK(store_.replace_password(account.name_key, account.password, *encoded));
  account.password = *std::move(encoded);
  return {};
}

}  // namespace seawall
