#include "seawall/cli/explain_videos.h"

#include <algorithm>

#include "seawall/bank/bank.h"
#include "seawall/cli/benign_banks.h"
#include "seawall/cli/report_files.h"
#include "seawall/clip_bank/clip_bank.h"
#include "seawall/clip_match/clip_match.h"
#include "seawall/clip_report/alignment_page.h"
#include "seawall/clip_report/alignment_picture.h"
#include "seawall/json/json.h"
#include "seawall/json/text.h"
#include "seawall/video_signals/video_signals.h"

namespace seawall::cli {
namespace {

constexpr std::int64_t kIntervalUs = 200'000;  // As match looks where it comes near to something.

Result<DensePrint> listed_print(const ExplainedVideos& videos, VideoDecoder& decoder,
                                const ListingOptions& options) {
  if (videos.listed != nullptr) {
    SEAWALL_TRY(ListedVideo listed, listed_video(decoder, videos.listed->source(), options));
    return std::move(listed.print);
  }
  SEAWALL_TRY(const auto bank, Bank::open_for_reading(*videos.bank));
  SEAWALL_TRY(BankReader reader, bank->reader());
  DensePrint print;
  SEAWALL_TRY(const bool found, reader.find_clip(videos.listed_name, print));
  if (!found) {
    return fail(Code::kNotFound, "the bank lists no video under " + videos.listed_name +
                                     "; see what it lists with: seawall bank export " + *videos.bank);
  }
  return print;
}

/// The match where there is one, else what came nearest, else nothing.
ClipMatch best_of(const ClipAnswer& answer) {
  if (!answer.matches.empty()) return answer.matches.front();
  return answer.near_misses.empty() ? ClipMatch{} : answer.near_misses.front();
}

Json segment_json(const ClipSegment& segment) {
  Json json;
  json["tier"] = name_of(segment.tier);
  json["begin_ms"] = segment.query_begin_ms;
  json["end_ms"] = segment.query_end_ms;
  json["listed_begin_ms"] = segment.reference_begin_ms;
  json["listed_end_ms"] = segment.reference_end_ms;
  json["speed"] = segment.speed;
  json["frames"] = segment.distinct_frames;
  json["why"] = segment.why;
  json["pairs"] = Json::array();
  for (const AlignedPair& pair : segment.pairs) {
    Json one;
    one["ms"] = pair.query_ms;
    one["listed_ms"] = pair.reference_ms;
    one["distance"] = pair.distance_bits;
    json["pairs"].push_back(std::move(one));
  }
  return json;
}

Json answer_json(const ClipMatch& match, const ClipAnswer& answer, const AlignmentSubject& subject) {
  Json json;
  json["a"] = {{"name", subject.query_name}, {"duration_ms", subject.query_duration_ms}};
  json["b"] = {{"name", subject.reference_name}, {"duration_ms", subject.reference_duration_ms}};
  json["match"] = match.tier != ClipTier::kNone;
  json["tier"] = name_of(match.tier);
  json["low_quality_hashes"] = answer.left_out.low_quality;
  json["benign_hashes"] = answer.left_out.benign;
  json["segments"] = Json::array();
  for (const ClipSegment& segment : match.segments) json["segments"].push_back(segment_json(segment));
  return json;
}

}  // namespace

Result<Outcome> explain_videos(const ExplainedVideos& videos, const Arguments& arguments, Console& console) {
  const VideoLimits limits = video_limits_of(arguments);
  LateVideoDecoder decoder(1, limits);
  ListingOptions listing;
  SEAWALL_TRY(listing.profile, variant_profile_from_text(*arguments.text("--variants")));
  listing.limits = limits;
  listing.stopping = [&console] { return console.stopping(); };
  SEAWALL_TRY(DensePrint print, listed_print(videos, decoder, listing));
  AlignmentSubject subject;
  subject.query_name = path_to_utf8(videos.query_name);
  subject.reference_name = path_to_utf8(videos.listed_name);
  subject.reference_duration_ms = print.duration_ms;
  subject.reference_labels = print.labels;
  SEAWALL_TRY(BenignTemplates benign, benign_templates(arguments, console));
  SEAWALL_TRY(const auto clips,
              ClipBank::of(videos.listed_name, std::move(print), {.benign = std::move(benign.hashes)}));
  VideoQueryOptions how;
  how.profile = listing.profile;
  how.depth = VideoDepth::kInterval;
  how.interval_us = kIntervalUs;
  how.limits = limits;
  how.stopping = listing.stopping;
  auto query = query_video(decoder, videos.query->source(), how);
  if (!query) return tl::unexpected(std::move(query).error().within(videos.query_name));
  if (auto whole = query->whole(); !whole) {
    console.error(std::move(whole).error().within(videos.query_name));
  }
  subject.query_duration_ms = query->info.length_ms();
  subject.query_labels = query->track.labels;
  SEAWALL_TRY(const ClipAnswer answer, clips->match(query->track));
  const ClipMatch match = best_of(answer);
  if (const auto page = arguments.text("--html")) {
    const auto write = [&](TextSink sink) { return write_alignment_page(match, subject, sink); };
    SEAWALL_CHECK(write_whole_file(*page, write));
    if (!console.json()) console.note("wrote " + *page);
  }
  console.print(console.json() ? to_line(answer_json(match, answer, subject)) + "\n"
                               : alignment_table(match, subject));
  return Outcome{.matched = match.tier != ClipTier::kNone, .input_errors = 0};
}

}  // namespace seawall::cli
