#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"
#include "seawall/durable_file/file_system.h"
#include "seawall/tlog/proofs.h"

namespace seawall {

/// A log's newest tree head that its keeper has signed, with the text that it signed then.
struct KeptHead {
  tlog::TreeHead tree;
  std::string text;  ///< As the signer gave it to advance().
};

/// From one tree head to a later one of the same log.
struct HeadStep {
  std::string origin;
  std::uint64_t old_size = 0;
  tlog::TreeHead next;
  tlog::Proof proof;  ///< That `next` begins with the entries of the head of `old_size`.
};

/// What became of a step.
struct HeadAnswer {
  enum class Kind : std::uint8_t {
    kAdvanced,      ///< `next` is the newest head now, and `text` what was signed.
    kBackwards,     ///< The old size is larger than the new one.
    kStale,         ///< The newest head has another size than the step begins with: `known`.
    kInconsistent,  ///< The proof does not hold: the log has forked, or its proof is wrong.
  };
  Kind kind = Kind::kAdvanced;
  tlog::TreeHead known;  ///< The newest head, after the step; of size 0 if there is none.
  std::string text;      ///< kAdvanced: what was signed.
};

/// What signers and witnesses remember: for each log the newest head that they have signed, so that they
/// never sign two trees of which neither is the beginning of the other. Guarantees: checking, signing and
/// keeping are one step; what was kept is durable before advance() returns, and after a crash at any point
/// the head is that of the last step that was answered or of the one that was cut off. A file that was
/// changed behind its back is an error, never another head. Threads: any, one step at a time. Limits: origins
/// of kOriginBytesMax, texts of kTextBytesMax. Lifetime: borrows the files, which nobody else writes. Cost:
/// two syncs a step.
class HeadKeeper {
 public:
  static constexpr std::size_t kOriginBytesMax = 1024;
  static constexpr std::size_t kTextBytesMax = 64 * 1024;
  /// Makes the text that is kept and given out; called once all else holds.
  using Sign = FunctionRef<Result<std::string>()>;

  /// Errors: kConflict (another process keeps heads there), those of the files.
  static Result<std::unique_ptr<HeadKeeper>> open(durable::FileSystem& files);

  /// None: it has signed no head of that log. Errors: kCorrupt, kUnavailable.
  Result<std::optional<KeptHead>> head(std::string_view origin);
  /// Source: C2SP tlog-witness, "add-checkpoint". Errors: kInvalidInput (origin), kLimitExceeded (text),
  /// those of `sign`, kCorrupt, kUnavailable: nothing was answered, and the head may or may not be kept.
  Result<HeadAnswer> advance(const HeadStep& step, Sign sign);

 private:
  HeadKeeper(durable::FileSystem& files, std::unique_ptr<durable::FolderLock> lock)
      : files_(files), lock_(std::move(lock)) {}
  Result<std::optional<KeptHead>> read(std::string_view origin);

  durable::FileSystem& files_;
  std::unique_ptr<durable::FolderLock> lock_;
  std::mutex mutex_;  ///< Guards the files: one step at a time.
};

}  // namespace seawall
