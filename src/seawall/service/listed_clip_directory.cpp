#include "seawall/service/listed_clip_directory.h"

#include <algorithm>
#include <vector>

namespace seawall {
namespace {

MetEntry met_entry(EntryId entry, const ShownClip& shown) {
  return {.entry = entry,
          .by = MetBy::kVideo,
          .distance_bits = shown.distance_bits,
          .begin_ms = shown.begin_ms,
          .end_ms = shown.end_ms,
          .how = "is shown in a live stream"};
}

ClipForce force_of(Standing standing) {
  switch (standing) {
    case Standing::kEnforced:
      return ClipForce::kInForce;
    case Standing::kExpired:
    case Standing::kBankOff:
      return ClipForce::kDormant;
    default:
      return ClipForce::kSilent;
  }
}

}  // namespace

/// The clip as one that counts for nothing now; none: it is not for whoever asks.
std::optional<ClipStanding> ListedClipDirectory::dormant(const ListClip& clip,
                                                         const ClipQuestion& question) const {
  const bool asked =
      question.banks.empty() || std::ranges::find(question.banks, clip.bank) != question.banks.end();
  if (!asked) return std::nullopt;
  return ClipStanding{.bank = clip.bank,
                      .bank_name = names_.bank_name(clip.bank),
                      .entry = clip.entry,
                      .force = ClipForce::kDormant};
}

Result<std::optional<ClipStanding>> ListedClipDirectory::standing(const ClipQuestion& question) const {
  const auto clip = clips_.find(question.shown.clip);
  if (!clip) return std::nullopt;
  const auto tenant = names_.tenant_of(clip->bank);
  if (!tenant) return fail(Code::kUnavailable, "the banks' names are not read yet");
  if (*tenant != question.tenant) return std::nullopt;
  std::vector<MetEntry> met{met_entry(clip->entry, question.shown)};
  for (const ShownClip& beside : question.beside) {
    const auto other = clips_.find(beside.clip);
    if (other) met.push_back(met_entry(other->entry, beside));
  }
  ListQuery query{};
  query.tenant = question.tenant;
  query.banks = question.banks;
  query.met = met;
  query.again = question.again;
  SEAWALL_TRY(const ListVerdict verdict, lists_.match(query));
  const auto match = std::ranges::find(verdict.matches, clip->entry, &ListMatch::entry);
  if (match == verdict.matches.end()) return dormant(*clip, question);
  return ClipStanding{.bank = match->bank,
                      .bank_name = names_.bank_name(match->bank),
                      .entry = match->entry,
                      .action = match->action,
                      .force = force_of(match->standing),
                      .harmless = match->harmless};
}

std::uint64_t ListedClipDirectory::version() const { return lists_.proof().number; }

}  // namespace seawall
