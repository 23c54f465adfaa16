#include "seawall/access/key_gate.h"

#include <algorithm>

#include "seawall/access/detail/tried_from.h"
#include "seawall/crypto/constant_time.h"

namespace seawall {
namespace {

using access_detail::network_tried_from;

constexpr std::size_t kThrottlePlaces = 32 * 1024;
constexpr std::chrono::minutes kUseStep{1};
constexpr std::uint64_t kChangesReadMax = 256;
constexpr std::chrono::seconds kAskedFor{5};  // Whoever looks up a key is done by then, or was refused.

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

/// Reads it; or why that cannot be a key.
std::optional<Denial> fault_of(std::string_view presented, KeyText& text) {
  if (presented.empty()) return Denial{AccessRefusal::kNoCredentials};
  const KeyTextFault fault = text.read(presented);
  if (fault == KeyTextFault::kNotAKey) return Denial{AccessRefusal::kNotAKey};
  if (fault == KeyTextFault::kDamaged) return Denial{AccessRefusal::kDamagedKey};
  return std::nullopt;
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
      options.outage_max < options.stale_max || options.answer_max.count() < 1 || options.keys_max == 0 ||
      options.unknown_ids_max == 0) {
    return fail(Code::kInvalidInput, "of keys: 1 ms <= ask_after <= stale_max <= outage_max, and some room");
  }
  SEAWALL_TRY(Throttle unknown, Throttle::make(clock, options.unknown_limit, kThrottlePlaces));
  return std::unique_ptr<KeyGate>(new KeyGate(store, clock, options, std::move(unknown)));
}

KeyGate::KeyGate(AccessStore& store, const Clock& clock, const KeyGateOptions& options, Throttle unknown)
    : store_(store), clock_(clock), options_(options), unknown_(std::move(unknown)) {}

Result<Admission<Identity>> KeyGate::ask(const PresentedKey& presented, bool counted) {
  using Answer = Admission<Identity>;
  KeyText text;
  if (const auto fault = fault_of(presented.text, text)) return Answer(tl::unexpected(*fault));
  if (!counted) {
    // Only what no cache answers, and what is wrong, counts: a program with the right key never waits here.
    std::optional<KeyPointer> known;
    {
      const std::lock_guard lock(mutex_);
      known = cached(text.id());
    }
    counted = !known || *known == nullptr;
    if (counted) {
      if (const auto wait = unknown_.take(network_tried_from(presented.peer)))
        return Answer(refused(AccessRefusal::kTooManyTries, *wait));
    }
  }
  auto key = find(text.id());
  {
    const std::lock_guard lock(mutex_);
    asked_.erase(text.id());
  }
  if (!key) return tl::unexpected(std::move(key).error());
  return finish(key->get(), presented, text, counted);
}

std::optional<Admission<Identity>> KeyGate::known(const PresentedKey& presented, bool& counted) {
  using Answer = Admission<Identity>;
  counted = false;
  KeyText text;
  if (const auto fault = fault_of(presented.text, text)) return Answer(tl::unexpected(*fault));
  const Time now = clock_.now();
  std::optional<KeyPointer> key;
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    if (!believed(now)) return std::nullopt;
    key = cached(text.id());
    if (!key) first = first_to_ask(text.id(), now);
  }
  // Many requests with the one key that nobody has used yet are one try.
  if (!key && !first) return std::nullopt;
  if (!key || *key == nullptr) {
    if (const auto wait = unknown_.take(network_tried_from(presented.peer))) {
      const std::lock_guard lock(mutex_);
      if (first) asked_.erase(text.id());
      return Answer(refused(AccessRefusal::kTooManyTries, *wait));
    }
    counted = true;
  }
  if (!key) return std::nullopt;
  return finish(key->get(), presented, text, counted);
}

Admission<Identity> KeyGate::finish(const AccessKey* key, const PresentedKey& presented, const KeyText& text,
                                    bool counted) {
  const KeySecret* secret = secret_of(key, text.digest());
  if (secret == nullptr) {
    if (!counted) {
      if (const auto wait = unknown_.take(network_tried_from(presented.peer)))
        return refused(AccessRefusal::kTooManyTries, *wait);
    }
    return refused(AccessRefusal::kWrongKey);
  }
  if (counted) unknown_.give_back(network_tried_from(presented.peer));
  return judge(*key, presented, *secret, clock_.now());
}

std::optional<Admission<Identity>> KeyGate::known_identity_of(std::string_view id) {
  const Time now = clock_.now();
  std::optional<KeyPointer> key;
  {
    const std::lock_guard lock(mutex_);
    if (!believed(now)) return std::nullopt;
    key = cached(id);
  }
  if (!key || *key == nullptr) return std::nullopt;
  return judge_named(**key, now);
}

Result<Admission<Identity>> KeyGate::identity_of(std::string_view id) {
  SEAWALL_TRY(const KeyPointer key, find(id));
  if (key == nullptr)
    return fail(Code::kNotFound,
                "there is no key with the id that was named for callers "
                "without one");
  return judge_named(*key, clock_.now());
}

Admission<Identity> KeyGate::judge_named(const AccessKey& key, Time now) {
  if (key.revoked) return refused(AccessRefusal::kRevokedKey);
  if (now >= key.expires) return refused(AccessRefusal::kExpiredKey);
  used(key, now);
  return identity_for(key);
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
  auto learned = learn_version(now);
  if (mine) asking_ = false;
  if (learned || within(options_.outage_max)) return {};
  return learned;
}

Result<void> KeyGate::refresh() {
  const Time now = clock_.now();
  {
    const std::lock_guard lock(mutex_);
    asking_since_ = now;
  }
  auto learned = learn_version(now);
  const std::lock_guard lock(mutex_);
  asking_since_.reset();
  return learned;
}

Result<void> KeyGate::learn_version(Time now) {
  const auto learn = [&]() -> Result<void> {
    SEAWALL_TRY(const std::uint64_t version, newest_version());
    SEAWALL_CHECK(read_changes(version));
    const std::lock_guard lock(mutex_);
    if (version == version_) known_at_ = now;
    return {};
  };
  auto learned = learn();
  const std::lock_guard lock(mutex_);
  silent_ = !learned;
  return learned;
}

/// What is kept is as of `version` then. Few changes: the keys that they are of are read again, so that a
/// busy program does not find its own forgotten; many: all goes.
Result<void> KeyGate::read_changes(std::uint64_t version) {
  const auto before = [this] {
    const std::lock_guard lock(mutex_);
    return version_;
  }();
  if (version <= before) return {};
  std::set<std::string> changed;
  std::vector<std::pair<std::string, KeyAt>> read;
  const bool few = before != 0 && version - before <= kChangesReadMax;
  if (few) {
    SEAWALL_TRY(const auto changes, store_.access_changes(before, kChangesReadMax));
    for (const AccessChange& change : changes) changed.insert(change.subject);
    SEAWALL_TRY(read, read_kept(changed));
  }
  const std::lock_guard lock(mutex_);
  if (!few) return forget(std::max(version_, version)), Result<void>();
  // At once: whatever a look-up read before these changes and took over meanwhile goes here, and from here on
  // take_over() refuses it.
  for (const std::string& id : changed) {
    keys_.erase(id);
    no_keys_.erase(id);
  }
  version_ = std::max(version_, version);
  for (auto& [id, at] : read) {
    if (at.key) take_over(id, std::make_shared<const AccessKey>(*std::move(at.key)), at.version);
  }
  return {};
}

/// Those of `ids` that are kept, as the store has them now.
Result<std::vector<std::pair<std::string, KeyAt>>> KeyGate::read_kept(const std::set<std::string>& ids) {
  std::vector<std::pair<std::string, KeyAt>> read;
  for (const std::string& id : ids) {
    const bool kept = [&] {
      const std::lock_guard lock(mutex_);
      return keys_.contains(id);
    }();
    if (!kept) continue;
    SEAWALL_TRY(KeyAt at, store_.key(id));
    read.emplace_back(id, std::move(at));
  }
  return read;
}

/// Under mutex_, as the next two.
bool KeyGate::answers(Time now) const {
  return !silent_ && !(asking_since_ && now - *asking_since_ >= options_.answer_max);
}

/// Whether what is kept may be acted on without asking.
bool KeyGate::believed(Time now) const {
  const auto age = now - known_at_;  // A clock that was set back makes a negative one: that is no knowledge.
  if (age.count() < 0) return false;
  return age < options_.stale_max || (!answers(now) && age < options_.outage_max);
}

/// Whether nobody else looks that id up; then the caller does.
bool KeyGate::first_to_ask(const std::string& id, Time now) {
  const auto at = asked_.find(id);
  if (at != asked_.end() && now - at->second < kAskedFor && now >= at->second) return false;
  if (asked_.size() >= options_.unknown_ids_max) asked_.clear();
  asked_.insert_or_assign(id, now);
  return true;
}

bool KeyGate::store_answers() {
  const Time now = clock_.now();
  const std::lock_guard lock(mutex_);
  return answers(now);
}

bool KeyGate::lets_in() {
  const Time now = clock_.now();
  const std::lock_guard lock(mutex_);
  return answers(now) || believed(now);
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
  forget(version);
  return version;
}

/// What is kept is of other versions: it goes. Under mutex_.
void KeyGate::forget(std::uint64_t version) {
  keys_.clear();
  no_keys_.clear();
  version_ = version;
}

/// Under mutex_. What else changed up to `version` is read once that is the newest that is known.
void KeyGate::take_over(std::string_view id, const KeyPointer& key, std::uint64_t version) {
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
  // Changes between are not known here; the one that is known is of this key alone.
  const bool next = changed.key && changed.version == version_ + 1;
  if (next) version_ = changed.version;
  if (changed.version > version_) forget(changed.version);
  if (!changed.key) return;
  no_keys_.erase(changed.key->id);
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
