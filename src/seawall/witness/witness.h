#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/base/result.h"
#include "seawall/tlog/checkpoint.h"
#include "seawall/tlog/keys.h"
#include "seawall/tlog/witness_request.h"
#include "seawall/tlog_heads/head_keeper.h"

namespace seawall {

/// A log whose heads are signed, and whose keys must have signed what is asked.
struct WitnessedLog {
  std::string origin;
  std::vector<tlog::VerifierKey> keys;
};

/// What an asker gets.
struct WitnessAnswer {
  int status = 200;
  std::string content_type;
  std::string body;
};

/// A log's keys signed two trees of which neither can be the beginning of the other, or a step without a
/// proof.
struct WitnessAlarm {
  enum class Kind : std::uint8_t {
    kSplitView,     ///< Two roots for one size, both signed: proof that the log lies.
    kInconsistent,  ///< A larger tree, signed, whose proof does not hold: a rewritten history, or somebody
                    ///< who brought a true head with a wrong proof.
  };
  Kind kind = Kind::kInconsistent;
  std::string origin;
  std::string kept;     ///< The newest checkpoint that was signed here, as a note; empty if there is none.
  std::string refused;  ///< What was asked, as its request's body.
  std::string about;    ///< What it is about: the same for the same two heads, whoever brings them, and how.
};

/// Port: who is told of a log that lies.
class AlarmSink {
 public:
  virtual ~AlarmSink() = default;
  /// True: this is the first that is about that.
  virtual bool on_alarm(const WitnessAlarm& alarm) = 0;
};

struct WitnessCounts {
  std::uint64_t signed_heads = 0;
  std::uint64_t malformed = 0;     ///< 400.
  std::uint64_t unknown = 0;       ///< 404: no log of that origin is known.
  std::uint64_t forbidden = 0;     ///< 403: not signed by the log.
  std::uint64_t stale = 0;         ///< 409.
  std::uint64_t inconsistent = 0;  ///< 422.
  std::uint64_t split_views = 0;   ///< Of the last two, each of two heads counted once.
  std::uint64_t suspicions = 0;    ///< kInconsistent, likewise.
  std::uint64_t failed = 0;        ///< 500: the disk or the key.
};

/// Signs a log's heads, each only if it continues the last one that was signed: a witness, if its key makes
/// cosignatures, or the log's own signer, if its key is the log's (then `keys` are those of the sequencer
/// that asks it). Guarantees: as HeadKeeper; what is signed is durable before it is given out. Threads: any;
/// steps wait for each other. Lifetime: borrows keeper, clock and sink. Source: C2SP tlog-witness.
class Witness {
 public:
  /// Errors: kInvalidInput (an origin twice, a log without keys).
  static Result<std::unique_ptr<Witness>> make(tlog::NoteSigner key, std::vector<WitnessedLog> logs,
                                               HeadKeeper& keeper, const Clock& clock, AlarmSink& sink);

  /// POST add-checkpoint. Blocks for two syncs.
  WitnessAnswer add_checkpoint(std::string_view body);
  /// GET <origin hash>/checkpoint: the newest head of the log whose origin has that SHA-256 (hex), as it was
  /// signed. 404 if there is none.
  WitnessAnswer checkpoint(std::string_view origin_hash);

  [[nodiscard]] WitnessCounts counts() const;
  [[nodiscard]] const tlog::VerifierKey& verifier() const { return key_.verifier(); }
  [[nodiscard]] std::span<const WitnessedLog> logs() const { return logs_; }

 private:
  struct Ask;
  Witness(tlog::NoteSigner key, std::vector<WitnessedLog> logs, HeadKeeper& keeper, const Clock& clock,
          AlarmSink& sink)
      : key_(std::move(key)), logs_(std::move(logs)), keeper_(keeper), clock_(clock), sink_(sink) {}

  [[nodiscard]] const WitnessedLog* log_of(std::string_view origin) const;
  WitnessAnswer judge(const Ask& ask);
  WitnessAnswer answer_of(const Ask& ask, const HeadAnswer& done, const std::string& line);
  void alarm_if_it_lies(const Ask& ask, const HeadAnswer& done);
  Result<std::string> sign(const Ask& ask, std::string& line) const;

  const tlog::NoteSigner key_;
  const std::vector<WitnessedLog> logs_;
  HeadKeeper& keeper_;
  const Clock& clock_;
  AlarmSink& sink_;
  std::atomic<std::uint64_t> signed_heads_{0}, malformed_{0}, unknown_{0}, forbidden_{0}, stale_{0},
      inconsistent_{0}, split_views_{0}, suspicions_{0}, failed_{0};
};

}  // namespace seawall
