#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "seawall/access/admission.h"
#include "seawall/access/identity.h"
#include "seawall/access/key_text.h"
#include "seawall/access/throttle.h"
#include "seawall/base/clock.h"
#include "seawall/net/network.h"

namespace seawall {

struct KeyGateOptions {
  /// The store is asked whether anything changed when this long was not known; 1 ms or more.
  std::chrono::milliseconds ask_after{1000};
  /// No answer rests on knowledge older than this while the store answers.
  std::chrono::milliseconds stale_max{2000};
  /// While it does not answer, keys that are known go on for this long; then kUnavailable. A process that is
  /// cut off from its store learns of no revocation meanwhile.
  std::chrono::milliseconds outage_max{60'000};
  /// One that has not told its version for this long does not answer.
  std::chrono::milliseconds answer_max{1000};
  std::size_t keys_max = 10'000;         ///< Kept in memory; about 1 KiB each.
  std::size_t unknown_ids_max = 10'000;  ///< Ids that there are not, kept so that they cost no look-up.
  TryLimit unknown_limit{100, 10};       ///< Look-ups of unknown ids and wrong secrets from one network.
};

/// What a caller showed.
struct PresentedKey {
  std::string_view text;  ///< Untrusted.
  PeerAddress peer;
  std::optional<Sha256> certificate = {};  ///< Of the client certificate that TLS verified.
};

/// Tells whose key it is: a read-through cache over AccessStore.
/// Guarantees: what KeyService did in this process holds from its return on; expiry and the end of an old
/// secret hold to the millisecond of the clock; what other processes did holds after
/// KeyGateOptions::stale_max at the latest, or outage_max where the store does not answer. Memory is bounded.
/// Threads: any; known() and the like never wait for the store, the others do. Lifetime: store, clock outlive
/// this. Cost: three SHA-256 of short texts when the key is known; one read of the store's newest version in
/// ask_after; else one look-up.
class KeyGate {
 public:
  /// Errors: kUnavailable, kInvalidInput.
  static Result<std::unique_ptr<KeyGate>> make(AccessStore& store, const Clock& clock,
                                               const KeyGateOptions& options = {});

  /// Errors: kUnavailable, kCorrupt: then nobody may be let in.
  Result<Admission<Identity>> identify(const PresentedKey& presented) { return ask(presented, false); }
  /// The identity of a key that the operator named for callers without one (HMA's paths). kNotFound.
  Result<Admission<Identity>> identity_of(std::string_view id);

  /// As identify(), from memory alone. Nothing: the store must be asked, by ask(), which wants `counted`.
  std::optional<Admission<Identity>> known(const PresentedKey& presented, bool& counted);
  /// As identity_of(), from memory alone.
  std::optional<Admission<Identity>> known_identity_of(std::string_view id);
  /// What known() could not answer.
  Result<Admission<Identity>> ask(const PresentedKey& presented, bool counted);
  /// Asks the store for its version, and reads anew what has changed since. For known(), somebody must call
  /// it every ask_after or more often (KeyWatch). Errors: kUnavailable, kCorrupt.
  Result<void> refresh();
  /// Whether the store answered when it was last asked for its version, and within answer_max. While it does
  /// not, known() goes on with what it has for outage_max; what must be asked will most likely fail.
  [[nodiscard]] bool store_answers();
  /// Whether anybody can be let in: the store answers, or has not been away for outage_max.
  [[nodiscard]] bool lets_in();

  /// What this process changed: holds from now on.
  void learn(const KeyAt& changed);
  /// Writes when keys were last used, for those that were used since. To be called each few seconds and at
  /// the end; writes each key at most once a minute. What fails is tried again at the next call.
  Result<void> write_uses();

 private:
  using KeyPointer = std::shared_ptr<const AccessKey>;
  struct Use {
    Time at{};
    std::optional<Time> written;
  };
  KeyGate(AccessStore& store, const Clock& clock, const KeyGateOptions& options, Throttle unknown);

  Result<KeyPointer> find(std::string_view id);
  Result<void> come_up_to_date(Time now);
  Result<void> learn_version(Time now);
  Result<std::uint64_t> newest_version();
  Result<void> read_changes(std::uint64_t version);
  Result<std::vector<std::pair<std::string, KeyAt>>> read_kept(const std::set<std::string>& ids);
  std::optional<KeyPointer> cached(std::string_view id);
  bool first_to_ask(const std::string& id, Time now);
  [[nodiscard]] bool answers(Time now) const;
  [[nodiscard]] bool believed(Time now) const;
  void take_over(std::string_view id, const KeyPointer& key, std::uint64_t version);
  void forget(std::uint64_t version);
  Admission<Identity> finish(const AccessKey* key, const PresentedKey& presented, const KeyText& text,
                             bool counted);
  Admission<Identity> judge(const AccessKey& key, const PresentedKey& presented, const KeySecret& secret,
                            Time now);
  Admission<Identity> judge_named(const AccessKey& key, Time now);
  void used(const AccessKey& key, Time now);

  AccessStore& store_;
  const Clock& clock_;
  const KeyGateOptions options_;
  Throttle unknown_;
  std::atomic<bool> asking_ = false;

  std::mutex mutex_;                                  ///< Guards what follows.
  std::unordered_map<std::string, KeyPointer> keys_;  ///< As of version_ or later.
  std::unordered_set<std::string> no_keys_;           ///< As of version_ or later.
  std::uint64_t version_ = 0;
  Time known_at_{};                              ///< When version_ was the newest.
  std::optional<Time> asking_since_;             ///< Of refresh().
  bool silent_ = false;                          ///< The store did not tell its version, or cannot.
  std::unordered_map<std::string, Time> asked_;  ///< Ids that are being looked up, and since when.
  std::unordered_map<std::string, Use> uses_;
};

}  // namespace seawall
