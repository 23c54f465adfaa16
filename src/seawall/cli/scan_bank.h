#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "seawall/bank/bank.h"
#include "seawall/base/result.h"
#include "seawall/clip_bank/clip_bank.h"
#include "seawall/clip_match/clip_match.h"
#include "seawall/match/matcher.h"
#include "seawall/report/summary.h"
#include "seawall/scan/file_examiner.h"

namespace seawall::cli {

/// A bank in a folder, opened for a scan. Threads: search() from any number at once.
class OpenedScanBank final : public ScanBank, private DigestLookup {
 public:
  /// `radius_bits`: empty takes the bank's own. `benign`: templates that its videos are compared with.
  /// Errors: those of Bank::open_for_reading.
  static Result<std::unique_ptr<OpenedScanBank>> open(const std::filesystem::path& folder,
                                                      std::optional<int> radius_bits,
                                                      std::vector<Fingerprint256> benign = {});

  Result<void> search(const MediaSignals& signals, std::vector<RecordedMatch>& matches) const override;
  /// Of the bank as it was opened.
  [[nodiscard]] bool lists_videos() const override { return lists_videos_; }
  Result<void> search_video(const HashTrack& track, VideoFindings& findings) const override;

  /// What a scan depends on of this bank.
  [[nodiscard]] const SummaryBank& summary() const { return summary_; }
  [[nodiscard]] int radius_bits() const { return radius_bits_; }
  /// As Bank::remark().
  [[nodiscard]] const std::string& remark() const { return bank_->remark(); }

 private:
  OpenedScanBank(std::unique_ptr<Bank> bank, BankReader reader);
  Result<void> find(SignalType type, std::span<const std::byte> digest,
                    std::vector<EntryId>& entries) const override;

  std::unique_ptr<Bank> bank_;
  mutable std::mutex reader_mutex_;  // Guards reader_.
  mutable BankReader reader_;
  [[nodiscard]] Result<const ClipBank*> clips() const;

  mutable std::mutex clips_mutex_;  // Guards the loading of clips_, which the first video asks for.
  mutable std::unique_ptr<ClipBank> clips_;
  std::vector<Fingerprint256> benign_;
  Matcher matcher_;
  SummaryBank summary_;
  Verdict verdict_ = Verdict::kReview;
  int radius_bits_ = kPdqRadiusDefault;
  bool lists_videos_ = false;
};

}  // namespace seawall::cli
