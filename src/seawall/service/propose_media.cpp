#include <algorithm>

#include "seawall/api/list_asks.h"
#include "seawall/listing/listed_content.h"
#include "seawall/lookup/lookup.h"
#include "seawall/media/memory_file.h"
#include "seawall/media/video_sniff.h"
#include "seawall/service/bank_calls.h"
#include "seawall/service/list_answers.h"
#include "seawall/service/match_calls.h"
#include "seawall/video_signals/video_signals.h"

// A file that somebody wants listed: decoded, turned into signals, and forgotten.
namespace seawall {
namespace {

/// What is said of the file besides.
struct MediaProposal {
  std::string key;
  std::string why;
  std::string series;
  std::vector<std::string> tags;
};

Called<MediaProposal> proposal_from(const Call& call) {
  SEAWALL_TRY(Query query, Query::of(call.head.target()));
  MediaProposal said;
  SEAWALL_TRY(auto key, query.text("key", Entry::kKeyBytesMax));
  SEAWALL_TRY(auto why, query.text("why", Authorship::kWhyBytesMax));
  SEAWALL_TRY(auto series, query.text("series", EntryContent::kTextBytesMax));
  SEAWALL_TRY(said.tags, query.all("tags", EntryContent::kTagsMax, EntryContent::kTextBytesMax));
  SEAWALL_CHECK(query.finish());
  if (!why) return refuse_at("?why", "say why it shall be listed");
  said.key = std::move(key).value_or("");
  said.why = *std::move(why);
  said.series = std::move(series).value_or("");
  std::ranges::sort(said.tags);
  said.tags.erase(std::ranges::unique(said.tags).begin(), said.tags.end());
  return said;
}

}  // namespace

Called<EntryContent> BankCalls::content_of(std::span<const std::byte> file) {
  const std::string_view video = sniff_video_type(file.first(std::min(file.size(), kVideoSniffBytes)));
  if (video.empty()) {
    SignalOptions how;
    how.side = VariantSide::kStored;
    how.decode.exact = true;
    const auto signals = signals_of(parts_.decoder, file, how);
    if (!signals) return tl::unexpected(CallProblem(signals.error()));
    return content_of_picture(*signals, {signals->digests, mime_type_of(signals->info.type), file.size()});
  }
  if (parts_.videos == nullptr) {
    return refuse(ProblemKind::kUnsupported, "This server looks into no videos: it has no video_worker.");
  }
  SEAWALL_TRY(const UniqueFd memory, file_in_memory(file));
  ListingOptions how;
  how.limits = parts_.video_limits;
  const auto listed = listed_video(*parts_.videos, {.file = memory.get(), .file_bytes = file.size()}, how);
  if (!listed) return tl::unexpected(CallProblem(listed.error()));
  const auto stopping = [] { return false; };
  SEAWALL_TRY(const FileDigests digests, digests_of_file(memory.get(), file.size(), stopping));
  SEAWALL_TRY(EntryContent content, content_of_video(*listed, {digests, video, file.size()}));
  return content;
}

CallResult BankCalls::propose_media(const Call& call) {
  SEAWALL_TRY(const auto files, sent_files(call, 1));
  SEAWALL_TRY(MediaProposal said, proposal_from(call));
  SEAWALL_TRY(const ListBank bank, bank_of(call));
  if (files.empty() || files.front().name != "file") {
    return refuse(ProblemKind::kInvalidInput, "a form has one part `file`");
  }
  SEAWALL_TRY(EntryContent content, content_of(files.front().bytes));
  content.series = std::move(said.series);
  content.tags = std::move(said.tags);
  if (said.key.empty()) said.key = entry_key_of(content.signals);
  const EntryProposal proposal{bank.id, std::move(said.key), std::move(content)};
  SEAWALL_TRY(const Release release, parts_.lists.propose(proposal, actor_of(call, std::move(said.why))));
  return release_result(parts_, call, release.id, 201);
}

}  // namespace seawall
