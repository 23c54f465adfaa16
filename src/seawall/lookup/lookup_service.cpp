#include "seawall/lookup/lookup_service.h"

#include <algorithm>

#include "seawall/crypto/digest.h"
#include "seawall/match/firm_decode.h"
#include "seawall/media/video_sniff.h"
#include "seawall/sightings/recorder.h"
#include "seawall/watch/observing_matcher.h"

namespace seawall {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// What a caller may know of a failure inside: its code, and words of this program. The error's own words may
/// name files and databases.
Error shown_to_callers(const Error& inner) {
  switch (inner.code) {
    case Code::kUnavailable:
    case Code::kConflict:
      return {inner.code, "a part of the service did not answer; try again"};
    case Code::kCorrupt:
      return {inner.code, "what the service has stored fails its checks; an operator must look"};
    case Code::kLimitExceeded:
      return {inner.code, "the service has reached a limit of its own; an operator must look"};
    default:
      return {inner.code, "a part of the service could not do this; an operator must look"};
  }
}

/// Of a decoder's errors those about the file are the caller's to read.
bool is_about_the_file(const Error& error) {
  return error.code == Code::kInvalidInput || error.code == Code::kLimitExceeded ||
         error.code == Code::kUnsupported || error.code == Code::kDecoderCrashed;
}

ListClipsAsker asker_of(const LookupOptions& options) {
  return {std::string(options.tenant), {options.banks.begin(), options.banks.end()}};
}

/// Adds to `sum` what passes while it lives.
class Stopwatch {
 public:
  explicit Stopwatch(std::chrono::nanoseconds& sum) : sum_(sum) {}
  ~Stopwatch() { sum_ += SteadyClock::now() - begun_; }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  std::chrono::nanoseconds& sum_;
  SteadyClock::time_point begun_ = SteadyClock::now();
};

Result<void> check_options(const LookupOptions& options) {
  if (options.radius_bits && (*options.radius_bits < 0 || *options.radius_bits > 256)) {
    return fail(Code::kInvalidInput, "a radius is 0 to 256 bits");
  }
  return {};
}

Result<void> check_item(const AskedItem& item) {
  if (item.id.size() > AskedItem::kIdBytesMax || item.place.size() > Observation::kPlaceBytesMax) {
    return fail(Code::kInvalidInput, "an id and a place are at most 128 bytes each");
  }
  if (item.signals.pdq.size() > AskedSignals::kPdqMax) {
    return fail(Code::kInvalidInput, "an item has at most 256 hashes");
  }
  return {};
}

Result<void> check_items(std::span<const AskedItem> items) {
  std::size_t hashes = 0;
  for (const AskedItem& item : items) {
    SEAWALL_CHECK(check_item(item));
    hashes += item.signals.pdq.size();
  }
  if (hashes <= AskedSignals::kPdqOfBatchMax) return {};
  return fail(Code::kLimitExceeded,
              "a batch has at most " + std::to_string(AskedSignals::kPdqOfBatchMax) + " hashes in all");
}

}  // namespace

/// One item on its way to an answer.
struct LookupService::Work {
  const AskedItem* item = nullptr;
  AskedSignals asked;  ///< All hashes to look up.
  std::vector<Variant>
      variants;  ///< Of each of asked.pdq, and of which frame it is; empty: as they are, each its own.
  std::vector<int> frames;
  std::vector<PdqHash> seen;  ///< What is observed: each frame as it is.
  std::vector<FoundClip> clips;
  std::vector<MetEntry> met_clips;  ///< Of `clips`, one each.
  LookupAnswer answer;

  void fail_with(Error error) {
    if (!answer.failed) answer.failed = std::move(error);
  }
  /// The verdict, once everything is known.
  void decide(OnError on_error) {
    if (!answer.failed) return;
    const bool met = answer.verdict != BankAction::kAllow;
    if (on_error == OnError::kFailClosed) answer.verdict = BankAction::kBlock;
    answer.decided = met || on_error != OnError::kTell;
  }
  void take(ListVerdict verdict);
  /// What the file's digests are, for the log and the lists.
  void digest(std::span<const std::byte> file);
  void take(VideoLook look);
  void take(std::vector<FoundClip> found);
  void read(MediaDecoder& decoder, std::span<const std::byte> file, const LookupOptions& options,
            FunctionRef<Error(Error)> for_caller);
};

void LookupService::Work::take(ListVerdict verdict) {
  answer.verdict = verdict.action;
  answer.list_version = {verdict.list_version, verdict.list_chain};
  answer.reasons = std::move(verdict.reasons);
  answer.matches.reserve(verdict.matches.size());
  for (const ListMatch& match : verdict.matches) {
    LookupMatch& met = answer.matches.emplace_back();
    met.match = match;
    const auto clip = std::ranges::find(clips, match.entry, &FoundClip::entry);
    if (clip != clips.end()) met.parts = clip->parts;
    if (match.met_by) continue;
    if (match.type != SignalType::kPdq) continue;
    met.quality = asked.pdq[match.query_index].quality;
    met.frame = static_cast<int>(match.query_index);
    if (variants.empty()) continue;
    met.variant = variants[match.query_index];
    met.frame = frames[match.query_index];
  }
}

void LookupService::Work::digest(std::span<const std::byte> file) {
  LookedAt& media = answer.media.emplace();
  media.size_bytes = file.size();
  {
    const Stopwatch hashing(answer.times.hash);
    media.digests = digests_of(file);
  }
  asked.md5 = media.digests.md5;
  asked.sha1 = media.digests.sha1;
  asked.sha256 = media.digests.sha256;
}

void LookupService::Work::take(std::vector<FoundClip> found) {
  clips = std::move(found);
  for (const FoundClip& clip : clips) {
    MetEntry& one = met_clips.emplace_back();
    one = {clip.entry, clip.by, 0, 0, 0, clip.how};
    if (clip.parts.empty()) continue;
    one.distance_bits = clip.parts.front().distance_bits;
    one.begin_ms = clip.parts.front().begin_ms;
    for (const ClipPart& part : clip.parts) {
      one.distance_bits = std::min(one.distance_bits, part.distance_bits);
      one.begin_ms = std::min(one.begin_ms, part.begin_ms);
      one.end_ms = std::max(one.end_ms, part.end_ms);
    }
  }
}

void LookupService::Work::take(VideoLook look) {
  LookedAt& media = *answer.media;
  media.decoded = look.video.frames != 0;
  media.video = look.video;
  take(std::move(look.clips));
}

void LookupService::Work::read(MediaDecoder& decoder, std::span<const std::byte> file,
                               const LookupOptions& options, FunctionRef<Error(Error)> for_caller) {
  digest(file);
  LookedAt& media = *answer.media;
  std::chrono::nanoseconds all{}, hashing{};
  Result<MediaInfo> info = fail(Code::kUnavailable, "not decoded");
  {
    const Stopwatch decoding(all);
    info = decode_firm(decoder, file, options.decode, [&](const Frame& frame) {
      const Stopwatch one(hashing);
      const FrameSignals signals = frame_signals_of(frame, options.profile, VariantSide::kQuery);
      if (!media.pdq) media.pdq = signals.pdq;
      seen.push_back(signals.pdq);
      for (const VariantHash& hash : signals.variants) {
        asked.pdq.push_back(hash.hash);
        variants.push_back(hash.variant);
        frames.push_back(signals.index);
      }
    });
  }
  answer.times.hash += hashing;
  answer.times.decode = all - hashing;
  if (info) {
    media.info = *info;
    media.decoded = true;
    return;
  }
  media.info.type = sniff_media_type(file);
  // Another kind of file is no failure. A picture of a kind that is not read (12-bit JPEG) is: it may be
  // listed content that nothing looked at. Frames of one that failed half-way are looked up all the same.
  if (info.error().code == Code::kUnsupported && media.info.type == MediaType::kUnknown) return;
  fail_with(for_caller(std::move(info).error()));
}

Result<MediaSignals> LookupService::signals(std::span<const std::byte> file, const SignalOptions& options) {
  auto signals = signals_of(parts_.decoder, file, options);
  if (signals) return signals;
  return tl::unexpected(decoder_error(std::move(signals).error()));
}

Error LookupService::decoder_error(Error error) {
  return is_about_the_file(error) ? error : inner_error(error);
}

Error LookupService::inner_error(const Error& error) {
  options_.problem(error);
  return shown_to_callers(error);
}

Result<void> LookupService::check_age() const {
  const auto age = parts_.keeper.age();
  if (!age) return fail(Code::kUnavailable, "the lists have not been read yet; try again");
  if (*age <= options_.lists_age_max) return {};
  return fail(Code::kUnavailable, "the lists have not been up to date for too long; an operator must look");
}

Result<LookupAnswer> LookupService::look_up(std::span<const std::byte> file, const AskedItem& item,
                                            const LookupOptions& options) {
  SEAWALL_CHECK(check_options(options));
  SEAWALL_CHECK(check_item(item));
  Work work;
  work.item = &item;
  const std::string_view video = sniff_video_type(file.first(std::min(file.size(), kVideoSniffBytes)));
  if (options.look_into_videos && !video.empty() && parts_.videos != nullptr) {
    work.digest(file);
    observe(std::span(&work, 1), options);
    look_at_video(work, file, video, options);
    search(std::span(&work, 1), options);
    return std::move(work.answer);
  }
  work.read(parts_.decoder, file, options, [this](Error error) { return decoder_error(std::move(error)); });
  observe(std::span(&work, 1), options);
  search(std::span(&work, 1), options);
  return std::move(work.answer);
}

void LookupService::look_at_video(Work& work, std::span<const std::byte> file, std::string_view type,
                                  const LookupOptions& options) {
  // Lists at least as new as those of the moment in which it was observed.
  if (auto fresh = parts_.clips_keeper->fresh(SteadyClock::now() + options_.fresh_within); !fresh) {
    work.fail_with(inner_error(fresh.error()));
  }
  if (!parts_.videos->lists_videos()) return;
  Result<VideoLook> look = fail(Code::kUnavailable, "not looked at");
  {
    const Stopwatch decoding(work.answer.times.decode);
    look = parts_.videos->look(file, type, options.profile, asker_of(options));
  }
  if (look) {
    if (look->ended) work.fail_with(*look->ended);
    work.take(*std::move(look));
  } else if (look.error().code != Code::kNotFound) {
    work.fail_with(decoder_error(std::move(look).error()));
  }
}

void LookupService::compare_tmk(Work& work, const LookupOptions& options) {
  if (!work.asked.tmk || parts_.clips == nullptr) return;
  auto found = tmk_clips(*parts_.clips, *work.asked.tmk, asker_of(options));
  if (!found) return work.fail_with(inner_error(found.error()));
  work.take(*std::move(found));
}

Result<std::vector<LookupAnswer>> LookupService::look_up(std::span<const AskedItem> items,
                                                         const LookupOptions& options) {
  SEAWALL_CHECK(check_options(options));
  if (items.empty() || items.size() > kItemsMax) {
    return fail(Code::kInvalidInput, "a batch has 1 to " + std::to_string(kItemsMax) + " items");
  }
  SEAWALL_CHECK(check_items(items));
  std::vector<Work> work(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    work[i].item = &items[i];
    work[i].asked = items[i].signals;
    work[i].seen = items[i].signals.pdq;
  }
  observe(work, options);
  for (Work& one : work) compare_tmk(one, options);
  search(work, options);
  std::vector<LookupAnswer> answers;
  answers.reserve(work.size());
  for (Work& one : work) answers.push_back(std::move(one.answer));
  return answers;
}

void LookupService::observe(std::span<Work> work, const LookupOptions& options) {
  if (parts_.log == nullptr) return;
  const auto keep = [&]() -> Result<void> {
    RecorderOptions recording;
    if (!options.tenant.empty()) recording.tenant = options.tenant;
    Recorder recorder(*parts_.log, parts_.clock, recording);
    for (Work& one : work) {
      SignalRecord record;
      record.id = one.item->place.empty() ? one.item->id : one.item->place;
      if (record.id.empty()) record.id = "-";
      for (const PdqHash& hash : one.seen) record.pdq.push_back({hash.bits, hash.quality});
      record.md5 = one.asked.md5;
      record.sha1 = one.asked.sha1;
      record.sha256 = one.asked.sha256;
      if (!record.pdq.empty() || one.asked.has_digest()) SEAWALL_CHECK(recorder.add(record));
    }
    SEAWALL_CHECK(recorder.flush());
    for (Work& one : work) one.answer.observed = !one.seen.empty() || one.asked.has_digest();
    // What comes in force from now on finds the log; what did before must be in the answer.
    return parts_.keeper.fresh(SteadyClock::now() + options_.fresh_within);
  };
  std::chrono::nanoseconds took{};
  Result<void> kept;
  {
    const Stopwatch observing(took);
    kept = keep();
  }
  std::optional<Error> failed;
  if (!kept) failed = inner_error(kept.error());
  for (Work& one : work) {
    one.answer.times.observe = took;
    if (failed) one.fail_with(*failed);
  }
}

void LookupService::search(std::span<Work> work, const LookupOptions& options) {
  std::vector<ListQuery> queries(work.size());
  for (std::size_t i = 0; i < work.size(); ++i) {
    const AskedSignals& asked = work[i].asked;
    queries[i] = {asked.pdq,      work[i].frames, asked.md5,           asked.sha1,       asked.sha256,
                  options.tenant, options.banks,  options.radius_bits, work[i].met_clips};
    work[i].answer.id = work[i].item->id;
  }
  std::chrono::nanoseconds took{};
  Result<void> searched;
  MetEntries met;
  {
    const Stopwatch searching(took);
    searched = parts_.lists.match_batch(queries, [&](std::size_t i, ListVerdict&& verdict) {
      if (parts_.flood != nullptr) met.add(verdict);
      work[i].take(std::move(verdict));
    });
  }
  std::optional<Error> failed;
  if (!searched) {
    failed = inner_error(searched.error());
  } else if (auto recent = check_age(); !recent) {
    failed = std::move(recent).error();
  }
  for (Work& one : work) {
    one.answer.times.search = took;
    if (failed) one.fail_with(*failed);
    one.decide(options.on_error);
    if (options_.answered) options_.answered(options.tenant, one.answer);
  }
  count(met, options);
}

void LookupService::count(MetEntries& met, const LookupOptions& options) {
  if (parts_.flood == nullptr) return;
  parts_.flood->asked_by(options.caller);
  if (!options_.count_later) return count_now(met, options.caller);
  if (met.empty()) return;
  if (!options_.count_later([this, met, caller = options.caller]() mutable { count_now(met, caller); })) {
    count_now(met, options.caller);
  }
}

void LookupService::count_now(MetEntries& met, std::string_view caller) {
  met.count_in(*parts_.flood, caller, options_.problem, options_.flooded);
  if (const auto saved = parts_.flood->save_if_due(); !saved) options_.problem(saved.error());
}

Result<void> LookupService::tidy() {
  if (parts_.log == nullptr) return {};
  SEAWALL_CHECK(parts_.log->tidy());
  return {};
}

Result<void> LookupService::finish() {
  if (parts_.flood == nullptr) return {};
  return parts_.flood->save();
}

}  // namespace seawall
