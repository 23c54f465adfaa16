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

bool counts(Standing standing) { return standing != Standing::kExpired && standing != Standing::kBankOff; }

}  // namespace

Result<std::optional<ClipStanding>> ListedClipDirectory::standing(const ClipQuestion& question) const {
  const auto clip = clips_.find(question.shown.clip);
  if (!clip) return std::nullopt;
  if (names_.version() == 0) return fail(Code::kUnavailable, "the banks' names are not read yet");
  std::vector<MetEntry> met{met_entry(clip->entry, question.shown)};
  for (const ShownClip& beside : question.beside) {
    const auto other = clips_.find(beside.clip);
    if (other) met.push_back(met_entry(other->entry, beside));
  }
  ListQuery query{};
  query.tenant = question.tenant;
  query.banks = question.banks;
  query.met = met;
  SEAWALL_TRY(const ListVerdict verdict, lists_.match(query));
  const auto match = std::ranges::find(verdict.matches, clip->entry, &ListMatch::entry);
  if (match == verdict.matches.end() || !counts(match->standing)) return std::nullopt;
  return ClipStanding{.bank = match->bank,
                      .bank_name = names_.bank_name(match->bank),
                      .entry = match->entry,
                      .action = match->action,
                      .silent = match->standing != Standing::kEnforced,
                      .harmless = match->harmless};
}

}  // namespace seawall
