#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "seawall/base/clock.h"
#include "seawall/base/random_source.h"
#include "seawall/exchange/exchange_format.h"
#include "seawall/net/back_off.h"
#include "seawall/net/fetcher.h"

namespace seawall {

/// One document of a remote list: it has arrived whole and was read to its end once, signature included.
struct RemotePage {
  std::shared_ptr<const SpooledBody> body;
  const ExchangeFormat* format = nullptr;
  ExchangeReadOptions read_options;
  bool snapshot = false;         ///< It is the whole list: what it lacks is off the list.
  std::uint64_t records = 0;     ///< In it, tombstones included.
  std::uint64_t refused = 0;     ///< Records in it that cannot be used.
  std::uint64_t left_aside = 0;  ///< Signals of kinds that are not carried.
  std::optional<Time> newest;    ///< The newest change in it, where it is said.
};

/// What one step of pulling gave.
struct RemoteStep {
  enum class Kind : std::uint8_t {
    kPage,        ///< `page`; once its records are kept, go on from `checkpoint`.
    kNothingNew,  ///< The list holds no more than `checkpoint` covers.
    kLater,       ///< Nothing of it was taken: ask again from the same checkpoint, not before `retry_at`.
  };
  Kind kind = Kind::kNothingNew;
  RemotePage page;
  std::string checkpoint;
  bool last = false;  ///< kPage: what was on the list when this pull began has been read.
  Time retry_at{};
  std::string reason;  ///< kLater: for people; names the host, never an address or a secret.
};

/// What people here found about an entry of a remote list.
struct RemoteFeedback {
  enum class Verdict : std::uint8_t { kConfirmed, kRejected };
  std::string key;          ///< The remote's own name for the entry: ExchangeRecord::key.
  std::string signal_type;  ///< NCMEC: which of its fingerprints it is about: "MD5", "SHA1", "PDQ", ...
  Verdict verdict = Verdict::kConfirmed;
  std::string reason;  ///< NCMEC: the id of a reason for kRejected. Seawall: any text. Others: none.
  /// Names this feedback: the same each time it is sent, so that the remote can tell a repeat. 1 to 64
  /// letters and digits, sent as the header Idempotency-Key; empty: none is sent.
  std::string id = {};
};

/// What became of it.
struct FeedbackOutcome {
  bool sent = false;
  bool refused = false;  ///< Not sent, and never will be as it is; `reason` says why.
  Time retry_at{};       ///< Neither: not before this.
  std::string reason;    ///< For people; names the host, never an address or a secret.
};

inline constexpr std::size_t kCheckpointBytesMax = 16 * 1024;

/// Port: one remote list. The whole state of a pull is in the checkpoint, which is opaque, at most
/// kCheckpointBytesMax, holds no secret, and is "" at the start.
/// Guarantees: next() from the same checkpoint asks for the same page again, so that a page whose records
/// were not kept is asked for anew; checkpoints given with pages lead to the end without skipping anything,
/// whatever is interrupted between. It never sleeps. A document that is cut short, damaged or not of the
/// format is dropped whole: kLater.
/// Errors: what waiting does not mend: kInvalidInput (the configuration, the credentials, the checkpoint),
/// kLimitExceeded (a page above the limit), kCorrupt (the remote's list contradicts what it said before),
/// kUnsupported (no such feedback there), kUnavailable (stopped, or an answer nobody expects).
/// Threads: one. Lifetime: borrows what RemoteContext names.
class RemoteClient {
 public:
  virtual ~RemoteClient() = default;
  virtual Result<RemoteStep> next(const std::string& checkpoint, std::stop_token stop) = 0;
  /// Tells the remote once. It may have been told even where this does not say so: send it again with the
  /// same id. Every one of the bodies' own calls sets a vote, so that a repeat changes nothing.
  virtual Result<FeedbackOutcome> send(const RemoteFeedback& feedback, std::stop_token stop) = 0;
};

/// What every client needs of its surroundings.
struct RemoteContext {
  Fetcher& fetcher;
  const Clock& clock;
  RandomSource& random;
  BackOff back_off = {};
};

}  // namespace seawall
