#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "seawall/audit/audit_keys.h"
#include "seawall/audit/audit_state.h"
#include "seawall/audit/right_edge.h"
#include "seawall/base/clock.h"

namespace seawall {

/// Two checkpoints of one log, both signed, of which one does not continue the other: proof that the log, or
/// whoever serves it, deceives.
struct Contradiction {
  enum class Kind : std::uint8_t {
    kShrunk,  ///< A witness saw fewer entries after it had seen more.
    kForked,  ///< One does not begin with the entries of the other.
  };
  Kind kind = Kind::kForked;
  std::string before, now;  ///< As they were signed.
};

/// Told of what an audit sees, in the order of the log. Errors end the audit and are its own.
class AuditWatcher {
 public:
  virtual ~AuditWatcher() = default;
  /// An entry whose hash is in its tile; that it is in the checkpoint's tree is known with the next
  /// on_checked(). `entry`:
  /// an error if `text` is not an entry that is known.
  virtual Result<void> on_entry(std::uint64_t /*index*/, std::string_view /*text*/,
                                const Result<LogEntry>& /*entry*/) {
    return {};
  }
  /// A file of the log that agrees with the entries, once each.
  virtual Result<void> on_file(const std::string& /*path*/, std::string_view /*bytes*/) { return {}; }
  virtual Result<void> on_finding(const Finding& /*finding*/) { return {}; }
  /// Everything before state.checked.size has been told, and is in the tree of state.checkpoint. Every
  /// kSaveEvery entries, and at the end.
  virtual Result<void> on_checked(const AuditState& /*state*/) { return {}; }
  virtual void on_contradiction(const Contradiction& /*proof*/) {}
  /// A checkpoint that was shown elsewhere has `size` entries, more than the log shows here. `is_same`: what
  /// is served proves that the log continues to there; else it cannot be seen from here yet.
  virtual void on_ahead(std::uint64_t /*size*/, bool /*is_same*/) {}
  /// False ends the audit with kUnavailable. At least once in 2,048 entries.
  virtual bool goes_on(std::uint64_t /*checked*/, std::uint64_t /*size*/) { return true; }
};

/// Verifies a log from outside. Trusts the keys and nothing else.
/// Guarantees: succeeds only if the newest checkpoint is signed as the keys ask, continues every checkpoint
/// that was shown before, and is that of exactly the entries that were read, now or in the runs that the
/// state stands for; and if every tile that is served of them is the one that they make. Memory: 16 bundles.
/// Threads: one. Lifetime: borrows its parts.
class LogAudit {
 public:
  struct Parts {
    LogFiles& files;
    const AuditKeys& keys;
    const Clock& clock;
    AuditWatcher& watcher;
  };
  /// Entries between two calls of on_checked().
  static constexpr std::uint64_t kSaveEvery = 65'536;

  LogAudit(Parts parts, std::chrono::seconds clock_tolerance) : parts_(parts), tolerance_(clock_tolerance) {}

  /// Goes on from `state`; gives the new one. `others`: checkpoints of this log that were shown elsewhere, as
  /// they were signed. Errors: kCorrupt (the log fails, or the state's checkpoint is not signed by it: a
  /// sentence says where), kNotFound (no log), kUnavailable (also: an older copy than the state's, which is
  /// no contradiction), kInvalidInput, kLimitExceeded, those of the watcher.
  Result<AuditState> run(AuditState state, std::span<const std::string> others = {});

 private:
  enum class Standing : std::uint8_t { kContinues, kBehind, kBehindUnproved };
  Result<Standing> stands(const SignedHead& head, const SignedHead& seen);
  Result<void> continues(const SignedHead& head, const SignedHead& before);
  Result<Standing> is_behind(const SignedHead& head, const SignedHead& seen);
  tl::unexpected<Error> contradict(const Contradiction& found, std::string sentence);
  Result<void> compare_with_state(const SignedHead& head, const AuditState& state);
  [[nodiscard]] Result<SignedHead> opened_alone(const std::string& note) const;
  Result<void> compare_with(const SignedHead& head, const AuditState& state,
                            std::span<const std::string> others);
  Result<void> confirm(const SignedHead& head, const tlog::TreeHead& read);
  Result<void> read_on(const SignedHead& head, AuditState& state);
  Result<void> read_some(ServedLog& served, RightEdge& edge, AuditState& state);
  Result<void> take_bundle(const tlog::BundleId& bundle, const std::string& bytes, const std::string& tile,
                           RightEdge& edge, AuditState& state);
  Result<void> take_entry(std::uint64_t index, std::string_view text, AuditState& state);
  Result<void> compare_upper(ServedLog& served, const tlog::TileId& tile, const std::string& bytes);

  Parts parts_;
  std::chrono::seconds tolerance_;
  ServedLog* served_ = nullptr;  ///< Of the run that goes on.
};

}  // namespace seawall
