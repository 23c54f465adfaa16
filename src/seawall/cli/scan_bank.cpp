#include "seawall/cli/scan_bank.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace seawall::cli {
namespace {

Verdict verdict_of(BankAction action) {
  if (action == BankAction::kBlock) return Verdict::kBlock;
  return action == BankAction::kReview ? Verdict::kReview : Verdict::kAllow;
}

}  // namespace

OpenedScanBank::OpenedScanBank(std::unique_ptr<Bank> bank, BankReader reader)
    : bank_(std::move(bank)), reader_(std::move(reader)), matcher_(bank_->pdq_index(), this) {}

Result<std::unique_ptr<OpenedScanBank>> OpenedScanBank::open(const std::filesystem::path& folder,
                                                             std::optional<int> radius_bits,
                                                             std::vector<Fingerprint256> benign) {
  SEAWALL_TRY(auto bank, Bank::open_for_reading(folder));
  SEAWALL_TRY(auto reader, bank->reader());
  SEAWALL_TRY(const BankCounts counts, bank->counts());
  std::unique_ptr<OpenedScanBank> opened(new OpenedScanBank(std::move(bank), std::move(reader)));
  const BankSettings& settings = opened->bank_->settings();
  std::error_code error;
  const auto whole_path = std::filesystem::canonical(folder, error);
  opened->summary_.name = settings.name;
  opened->summary_.path = (error ? folder : whole_path).string();
  opened->summary_.entry_count = counts.entries;
  opened->summary_.revision = counts.changes;
  opened->summary_.action = name_of(settings.action);
  opened->benign_ = std::move(benign);
  opened->lists_videos_ = counts.clips > 0;
  opened->verdict_ = verdict_of(settings.action);
  opened->radius_bits_ = radius_bits.value_or(settings.radius_bits);
  return opened;
}

Result<void> OpenedScanBank::search(const MediaSignals& signals, std::vector<RecordedMatch>& matches) const {
  SEAWALL_TRY(const auto found, matcher_.match(signals, {.radius_bits = radius_bits_}));
  if (found.empty()) return {};
  const std::scoped_lock lock(reader_mutex_);
  for (const Match& match : found) {
    std::string_view id;
    SEAWALL_TRY(const bool listed, reader_.id_of(match.entry, id));
    if (!listed) continue;
    matches.push_back({summary_.name, std::string(id), match.type, match.distance_bits, match.variant.name(),
                       match.frame_index, verdict_});
  }
  return {};
}

Result<const ClipBank*> OpenedScanBank::clips() const {
  const std::scoped_lock lock(clips_mutex_);
  if (!clips_) {
    SEAWALL_TRY(BankReader reader, bank_->reader());
    SEAWALL_TRY(clips_, ClipBank::load(reader, {.benign = benign_}));
  }
  return clips_.get();
}

Result<void> OpenedScanBank::search_video(const HashTrack& track, VideoFindings& findings) const {
  SEAWALL_TRY(const ClipBank* clips, this->clips());
  SEAWALL_TRY(const ClipAnswer answer, clips->match(track));
  findings.is_near = findings.is_near || !answer.near_misses.empty();
  for (const ClipMatch& match : answer.matches) {
    findings.is_near = findings.is_near || match.tier < ClipTier::kThreeAligned;
    const ClipBank::Listed& listed = clips->listed(match.clip);
    {
      const std::scoped_lock lock(reader_mutex_);
      std::string_view id;
      SEAWALL_TRY(const bool still_listed, reader_.id_of(listed.entry, id));
      if (!still_listed) continue;
    }
    for (const ClipSegment& segment : match.segments) {
      if (segment.tier == ClipTier::kNone) continue;
      RecordedMatch found = recorded_clip(segment, track.labels, listed.labels);
      found.bank = summary_.name;
      found.entry = listed.id;
      found.verdict = verdict_;
      findings.matches.push_back(std::move(found));
    }
  }
  return {};
}

Result<void> OpenedScanBank::find(SignalType type, std::span<const std::byte> digest,
                                  std::vector<EntryId>& entries) const {
  SEAWALL_TRY(const auto found, bank_->entries_with(type, digest));
  entries.insert(entries.end(), found.begin(), found.end());
  return {};
}

}  // namespace seawall::cli
