#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "seawall/bank/bank.h"
#include "seawall/base/result.h"
#include "seawall/clip_match/clip_index.h"
#include "seawall/clip_match/clip_match.h"
#include "seawall/model/signal.h"
#include "seawall/video_print/timed_hash.h"

namespace seawall {

/// The listed videos of a bank as it was when it was loaded, ready to be searched.
///
/// Threads: any number at once. Lifetime: needs no bank once loaded. Cost: loading reads every print and
/// indexes it, about 30 ms and 6 MB an hour of moving video; a search as docs/video-matching.md says.
class ClipBank {
 public:
  /// What a report says of a listed video.
  struct Listed {
    std::string id;
    EntryId entry{};
    std::uint32_t duration_ms = 0;
    std::vector<std::string> labels;  ///< DensePrint::labels.
  };

  /// Prints without a hash that is good enough to be found are left out. Errors: those of
  /// BankReader::each_clip, kLimitExceeded (more than 2^32 - 2 videos).
  static Result<std::unique_ptr<ClipBank>> load(BankReader& reader, const ClipIndexOptions& options = {});
  /// Of one print alone: what `seawall explain` compares with.
  static Result<std::unique_ptr<ClipBank>> of(std::string id, DensePrint print,
                                              const ClipIndexOptions& options = {});

  [[nodiscard]] std::size_t clips() const { return listed_.size(); }
  [[nodiscard]] const Listed& listed(ClipId clip) const { return listed_[static_cast<std::uint32_t>(clip)]; }
  /// As ClipMatcher::match().
  [[nodiscard]] Result<ClipAnswer> match(const HashTrack& query) const;

 private:
  explicit ClipBank(std::unique_ptr<ClipIndex> index) : index_(std::move(index)) {}
  Result<void> add(std::vector<std::pair<ClipId, DensePrint>>& batch);

  std::unique_ptr<ClipIndex> index_;
  std::vector<Listed> listed_;
};

}  // namespace seawall
