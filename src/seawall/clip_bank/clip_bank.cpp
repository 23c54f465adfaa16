#include "seawall/clip_bank/clip_bank.h"

#include <algorithm>
#include <utility>

#include "seawall/clip_match/clip_matcher.h"

namespace seawall {
namespace {

constexpr std::size_t kBatchHashes = std::size_t{1}
                                     << 20;  // Joined, because an index takes few large changes faster.
constexpr std::size_t kClipsMax = 0xFFFFFFFE;

bool can_be_found(const DensePrint& print, const ClipRules& rules) {
  return std::ranges::any_of(print.hashes, [&](const HeldHash& hash) {
    return hash.quality == ListedPdq::kQualityUnknown || hash.quality >= rules.quality_min;
  });
}

}  // namespace

Result<void> ClipBank::add(std::vector<std::pair<ClipId, DensePrint>>& batch) {
  if (batch.empty()) return {};
  return index_->add(std::exchange(batch, {}));
}

Result<std::unique_ptr<ClipBank>> ClipBank::load(BankReader& reader, const ClipIndexOptions& options) {
  SEAWALL_TRY(auto index, ClipIndex::make(options));
  std::unique_ptr<ClipBank> bank(new ClipBank(std::move(index)));
  std::vector<std::pair<ClipId, DensePrint>> batch;
  std::size_t hashes = 0;
  const auto take = [&](EntryId entry, std::string_view id, DensePrint print) -> Result<bool> {
    if (!can_be_found(print, options.rules)) return true;
    if (bank->listed_.size() == kClipsMax)
      return fail(Code::kLimitExceeded, "more videos than can be searched");
    const auto clip = static_cast<ClipId>(bank->listed_.size());
    bank->listed_.push_back({std::string(id), entry, print.duration_ms, print.labels});
    hashes += print.hashes.size();
    batch.emplace_back(clip, std::move(print));
    if (hashes < kBatchHashes) return true;
    hashes = 0;
    SEAWALL_CHECK(bank->add(batch));
    return true;
  };
  SEAWALL_CHECK(reader.each_clip(take));
  SEAWALL_CHECK(bank->add(batch));
  return bank;
}

Result<std::unique_ptr<ClipBank>> ClipBank::of(std::string id, DensePrint print,
                                               const ClipIndexOptions& options) {
  SEAWALL_TRY(auto index, ClipIndex::make(options));
  std::unique_ptr<ClipBank> bank(new ClipBank(std::move(index)));
  if (!can_be_found(print, options.rules)) return bank;
  bank->listed_.push_back({std::move(id), EntryId{1}, print.duration_ms, print.labels});
  SEAWALL_CHECK(bank->index_->add(ClipId{0}, std::move(print)));
  return bank;
}

Result<ClipAnswer> ClipBank::match(const HashTrack& query) const { return ClipMatcher(*index_).match(query); }

}  // namespace seawall
