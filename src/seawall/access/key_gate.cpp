#include "seawall/access/key_gate.h"

#include <algorithm>
#include <vector>

#include "seawall/crypto/constant_time.h"

namespace seawall {
namespace {

constexpr std::size_t kThrottlePlaces = 32 * 1024;
constexpr unsigned kV4Bits = 24;
constexpr unsigned kV6Bits = 48;
constexpr std::chrono::minutes kUseStep{1};

Identity identity_for(const AccessKey& key) {
  Identity identity;
  identity.kind = IdentityKind::kKey;
  identity.who = key.name;
  identity.tenant = key.tenant;
  identity.scopes = key.scopes;
  identity.key_id = key.id;
  identity.banks = key.banks;
  identity.rate = key.rate;
  return identity;
}

/// The secret of that digest, or none; as slow whichever it is.
const KeySecret* secret_of(const AccessKey* key, const Sha256& digest) {
  const KeySecret none;
  const KeySecret* found = nullptr;
  for (std::size_t i = 0; i < 2; ++i) {
    const bool there = key != nullptr && i < key->secrets.size();
    const KeySecret& secret = there ? key->secrets[i] : none;
    if (equal_in_constant_time(secret.digest, digest) && there) found = &secret;
  }
  return found;
}

bool comes_from(const AccessKey& key, const PeerAddress& peer) {
  if (key.networks.empty()) return true;
  return std::ranges::any_of(key.networks, [&](const std::string& text) {
    const auto network = Network::from_text(text);
    return network && network->holds(peer);
  });
}

}  // namespace

Result<std::unique_ptr<KeyGate>> KeyGate::make(AccessStore& store, const Clock& clock,
                                               const KeyGateOptions& options) {
  if (options.ask_after.count() < 1 || options.stale_max < options.ask_after ||
      options.outage_max < options.stale_max || options.keys_max == 0 || options.unknown_ids_max == 0) {
    return fail(Code::kInvalidInput, "of keys: 1 ms <= ask_after <= stale_max <= outage_max, and some room");
  }
  SEAWALL_TRY(Throttle unknown, Throttle::make(clock, options.unknown_limit, kThrottlePlaces));
  return std::unique_ptr<KeyGate>(new KeyGate(store, clock, options, std::move(unknown)));
}

KeyGate::KeyGate(AccessStore& store, const Clock& clock, const KeyGateOptions& options, Throttle unknown)
    : store_(store), clock_(clock), options_(options), unknown_(std::move(unknown)) {}

Result<Admission<Identity>> KeyGate::identify(const PresentedKey& presented) {
  using Answer = Admission<Identity>;
  if (presented.text.empty()) return Answer(refused(AccessRefusal::kNoCredentials));
  KeyText text;
  const KeyTextFault fault = text.read(presented.text);
  if (fault == KeyTextFault::kNotAKey) return Answer(refused(AccessRefusal::kNotAKey));
  if (fault == KeyTextFault::kDamaged) return Answer(refused(AccessRefusal::kDamagedKey));
  const std::string network = Network::around(presented.peer, kV4Bits, kV6Bits).to_text();
  std::optional<KeyPointer> known;
  {
    const std::lock_guard lock(mutex_);
    known = cached(text.id());
  }
  // Only what no cache answers, and what is wrong, counts: a program with the right key never waits here.
  const bool counted = !known || *known == nullptr;
  if (counted) {
    if (const auto wait = unknown_.take(network)) return Answer(refused(AccessRefusal::kTooManyTries, *wait));
  }
  SEAWALL_TRY(const KeyPointer key, find(text.id()));
  const KeySecret* secret = secret_of(key.get(), text.digest());
  if (secret == nullptr) {
    if (!counted) {
      if (const auto wait = unknown_.take(network))
        return Answer(refused(AccessRefusal::kTooManyTries, *wait));
    }
    return Answer(refused(AccessRefusal::kWrongKey));
  }
  if (counted) unknown_.give_back(network);
  return judge(*key, presented, *secret, clock_.now());
}

Result<Admission<Identity>> KeyGate::identity_of(std::string_view id) {
  using Answer = Admission<Identity>;
  SEAWALL_TRY(const KeyPointer key, find(id));
  if (key == nullptr)
    return fail(Code::kNotFound,
                "there is no key with the id that was named for callers "
                "without one");
  const Time now = clock_.now();
  if (key->revoked) return Answer(refused(AccessRefusal::kRevokedKey));
  if (now >= key->expires) return Answer(refused(AccessRefusal::kExpiredKey));
  used(*key, now);
  return Answer(identity_for(*key));
}

/// Of a caller who knows a secret of the key: it may be told what is wrong.
Admission<Identity> KeyGate::judge(const AccessKey& key, const PresentedKey& presented,
                                   const KeySecret& secret, Time now) {
  if (key.revoked) return refused(AccessRefusal::kRevokedKey);
  if (now >= key.expires) return refused(AccessRefusal::kExpiredKey);
  if (secret.until && now >= *secret.until) return refused(AccessRefusal::kOldSecret);
  if (!comes_from(key, presented.peer)) return refused(AccessRefusal::kWrongNetwork);
  const bool shown = !key.certificate || (presented.certificate &&
                                          equal_in_constant_time(*key.certificate, *presented.certificate));
  if (!shown) return refused(AccessRefusal::kWrongCertificate);
  used(key, now);
  return identity_for(key);
}

/// As far as it is known without asking: null for an id that there is not. Under mutex_.
std::optional<KeyGate::KeyPointer> KeyGate::cached(std::string_view id) {
  const std::string name(id);
  if (const auto at = keys_.find(name); at != keys_.end()) return at->second;
  if (no_keys_.contains(name)) return KeyPointer();
  return std::nullopt;
}

Result<KeyGate::KeyPointer> KeyGate::find(std::string_view id) {
  SEAWALL_CHECK(come_up_to_date(clock_.now()));
  {
    const std::lock_guard lock(mutex_);
    if (auto known = cached(id)) return *std::move(known);
  }
  SEAWALL_TRY(KeyAt at, store_.key(id));
  const KeyPointer key = at.key ? std::make_shared<const AccessKey>(*std::move(at.key)) : nullptr;
  const std::lock_guard lock(mutex_);
  take_over(id, key, at.version);
  return key;
}

/// Asks the store for its version if that was not done lately. One thread asks; the others go on meanwhile
/// with what is known, as long as it is no older than stale_max.
Result<void> KeyGate::come_up_to_date(Time now) {
  const auto age = [&] {
    const std::lock_guard lock(mutex_);
    return now - known_at_;
  };
  // A clock that was set back makes a negative age: that is no knowledge.
  const auto within = [&](std::chrono::milliseconds bound) {
    const auto old = age();
    return old.count() >= 0 && old < bound;
  };
  if (within(options_.ask_after)) return {};
  const bool mine = !asking_.exchange(true);
  if (!mine && within(options_.stale_max)) return {};
  const auto version = newest_version();
  if (mine) asking_ = false;
  if (!version) {
    if (within(options_.outage_max)) return {};
    return tl::unexpected(version.error());
  }
  const std::lock_guard lock(mutex_);
  move_to(*version);
  if (*version == version_) known_at_ = now;
  return {};
}

/// A version below what is known was read before somebody here changed something. Read again, it is not; else
/// the store itself went back (to a backup), and nothing that is known counts.
Result<std::uint64_t> KeyGate::newest_version() {
  SEAWALL_TRY(std::uint64_t version, store_.access_version());
  const auto known = [this] {
    const std::lock_guard lock(mutex_);
    return version_;
  };
  const std::uint64_t before = known();
  if (version >= before) return version;
  SEAWALL_TRY(version, store_.access_version());
  if (version >= before) return version;
  const std::lock_guard lock(mutex_);
  keys_.clear();
  no_keys_.clear();
  version_ = version;
  return version;
}

/// What is kept is of older versions: it goes. Under mutex_.
void KeyGate::move_to(std::uint64_t version) {
  if (version <= version_) return;
  keys_.clear();
  no_keys_.clear();
  version_ = version;
}

/// Under mutex_.
void KeyGate::take_over(std::string_view id, const KeyPointer& key, std::uint64_t version) {
  move_to(version);
  if (version < version_) return;  // Read before a change that is known by now.
  if (key == nullptr) {
    if (no_keys_.size() >= options_.unknown_ids_max) no_keys_.clear();
    no_keys_.emplace(id);
    return;
  }
  if (keys_.size() >= options_.keys_max) keys_.erase(keys_.begin());
  keys_.insert_or_assign(std::string(id), key);
}

void KeyGate::learn(const KeyAt& changed) {
  const std::lock_guard lock(mutex_);
  move_to(changed.version);
  if (!changed.key) return;
  take_over(changed.key->id, std::make_shared<const AccessKey>(*changed.key), changed.version);
}

void KeyGate::used(const AccessKey& key, Time now) {
  const std::lock_guard lock(mutex_);
  const auto at = uses_.find(key.id);
  if (at != uses_.end()) {
    at->second.at = std::max(at->second.at, now);
  } else if (uses_.size() < options_.keys_max) {
    uses_.emplace(key.id, Use{now, key.last_used});
  }
}

Result<void> KeyGate::write_uses() {
  std::vector<KeyUse> due;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, use] : uses_) {
      if (!use.written || use.at - *use.written >= kUseStep) due.push_back({id, use.at});
    }
  }
  SEAWALL_CHECK(store_.keep_uses(due));
  const std::lock_guard lock(mutex_);
  for (const KeyUse& written : due) {
    const auto at = uses_.find(written.id);
    if (at != uses_.end()) at->second.written = written.at;
  }
  // Those that were not used for a while make room; the store knows all about them but the last minute.
  const Time now = clock_.now();
  std::erase_if(uses_,
                [&](const auto& use) { return use.second.written && now - use.second.at >= 2 * kUseStep; });
  return {};
}

}  // namespace seawall
