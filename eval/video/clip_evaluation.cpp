#include "clip_evaluation.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <optional>

#include "../parallel.h"
#include "clip_lookup.h"
#include "clip_store.h"
#include "seawall/media_sandbox/sandboxed_video_decoder.h"

namespace seawall::eval {
namespace {

void say(const char* what, std::size_t done, std::size_t all) {
  std::fprintf(stderr, "\r%s: %zu of %zu%s", what, done, all, done == all ? "\n" : "   ");
}

/// Whether `segment` says what `shown` is: the same moments of the clip at the same moments of the query.
bool tells(const ClipSegment& segment, const Showing& shown) {
  const double middle = static_cast<double>(segment.query_begin_ms + segment.query_end_ms) / 2000;
  const double reference = static_cast<double>(segment.reference_begin_ms + segment.reference_end_ms) / 2000;
  return segment.tier != ClipTier::kNone && middle >= shown.query_begin - 1 &&
         middle <= shown.query_end + 1 && std::abs(shown.reference_at(middle) - reference) < 1;
}

struct Told {
  double seconds = 0;
  std::vector<TimeError> errors;
};

/// From where to where, in seconds.
struct Range {
  double begin = 1e9;
  double end = -1e9;

  void take(std::int64_t begin_ms, std::int64_t end_ms) {
    begin = std::min(begin, static_cast<double>(begin_ms) / 1000);
    end = std::max(end, static_cast<double>(end_ms) / 1000);
  }
  [[nodiscard]] double off(double true_begin, double true_end) const {
    return std::max(std::abs(begin - true_begin), std::abs(end - true_end));
  }
};

/// What the segments of the clip say of one showing; nothing where none does.
std::optional<TimeError> error_of(const ClipMatch& match, const Showing& shown, double& seconds_found) {
  Range query;
  Range reference;
  double misses = 0;
  std::size_t frames = 0;
  for (const ClipSegment& segment : match.segments) {
    if (!tells(segment, shown)) continue;
    query.take(segment.query_begin_ms, segment.query_end_ms);
    reference.take(segment.reference_begin_ms, segment.reference_end_ms);
    for (const AlignedPair& pair : segment.pairs) {
      const double at = static_cast<double>(pair.query_ms) / 1000;
      misses += std::abs(shown.reference_at(at) - static_cast<double>(pair.reference_ms) / 1000);
    }
    frames += segment.pairs.size();
  }
  if (frames == 0) return std::nullopt;
  seconds_found +=
      std::max(0.0, std::min(query.end, shown.query_end) - std::max(query.begin, shown.query_begin));
  return TimeError{query.off(shown.query_begin, shown.query_end),
                   reference.off(shown.reference_begin, shown.reference_at(shown.query_end)),
                   misses / static_cast<double>(frames)};
}

/// The listed clips that each rule names, and what the thorough profile says of them.
struct Named {
  std::array<std::vector<std::size_t>, kClipRules> clips;
  ClipAnswer thorough;
};

Named named_by_all(const ClipLookup& lookup, const ClipQuery& query) {
  Named named;
  named.thorough = lookup.answer(ClipRule::kThorough, query);
  for (std::size_t r = 0; r < kClipRules; ++r) {
    const auto rule = static_cast<ClipRule>(r);
    named.clips[r] = rule == ClipRule::kThorough ? clips_of(named.thorough) : lookup.found(rule, query);
  }
  return named;
}

class Evaluator {
 public:
  Evaluator(const ClipSet& set, const ClipEvaluationOptions& options)
      : set_(set), options_(options), store_(options.folder) {
    auto decoder = SandboxedVideoDecoder::create({.workers_max = static_cast<int>(options.threads)});
    if (!decoder) {
      std::fprintf(stderr, "video evaluation: %s\n", decoder.error().message.c_str());
      std::exit(3);
    }
    decoder_ = std::move(*decoder);
  }

  ClipEvaluation run() {
    const auto begin = std::chrono::steady_clock::now();
    last_trial_ = begin + std::chrono::seconds(options_.seconds_max);
    make_masters();
    list();
    measure_unrelated();
    measure_edits();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    result_.wall_seconds = took.count();
    return std::move(result_);
  }

 private:
  void make_masters() {
    const std::size_t count = set_.listed.size() + set_.unlisted.size();
    masters_.resize(count);
    std::atomic<std::size_t> done = 0;
    in_parallel(count, options_.threads, [&](std::size_t i) {
      masters_[i] = store_.master(movie(i));
      say("clips drawn", ++done, count);
    });
  }
  [[nodiscard]] const Movie& movie(std::size_t i) const {
    return i < set_.listed.size() ? set_.listed[i] : set_.unlisted[i - set_.listed.size()];
  }

  /// The test pattern in every shape of frame, as any frame is looked up and listed.
  std::vector<Fingerprint256> benign_hashes() {
    std::vector<Fingerprint256> hashes;
    for (const auto& [width, height] : {std::pair{640, 360}, {480, 360}, {360, 640}}) {
      Movie bars;
      bars.width_px = width;
      bars.height_px = height;
      bars.shots.push_back({.kind = ShotKind::kBars, .seconds = 0.5});
      std::ranges::copy(template_hashes(*decoder_, store_.master(bars)), std::back_inserter(hashes));
    }
    return hashes;
  }

  void list() {
    std::vector<ListedVideo> listed(set_.listed.size());
    std::atomic<std::size_t> done = 0;
    in_parallel(listed.size(), options_.threads, [&](std::size_t i) {
      listed[i] = listing_of(*decoder_, masters_[i]);
      say("clips listed", ++done, listed.size());
    });
    for (const Movie& clip : set_.listed) result_.listed_seconds += clip.seconds();
    result_.listed = static_cast<int>(listed.size());
    lookup_ = std::make_unique<ClipLookup>(std::move(listed), benign_hashes());
    result_.listed_hashes = lookup_->hashes(ClipRule::kThorough);
    result_.plain_hashes = lookup_->hashes(ClipRule::kPlain);
  }

  [[nodiscard]] EditSource source_of(std::size_t clip, Random& random) const {
    const Movie& from = set_.listed[clip];
    EditSource source{masters_[clip], from.seconds(), from.width_px, from.height_px, {}, {}};
    for (std::filesystem::path* other : {&source.before, &source.after}) {
      std::size_t i = 0;
      do {
        i = static_cast<std::size_t>(random.between(0, static_cast<int>(set_.unlisted.size()) - 1));
      } while (set_.unlisted[i].family != "other photographs");
      *other = masters_[set_.listed.size() + i];
    }
    return source;
  }

  void measure_edits() {
    for (const ClipEdit& edit : all_clip_edits()) {
      const bool named =
          options_.edits.empty() || std::ranges::find(options_.edits, edit.name) != options_.edits.end();
      if (named && edit.name.find(options_.only) != std::string_view::npos)
        result_.edits.emplace_back().edit = &edit;
    }
    const std::size_t listed = set_.listed.size();
    const std::size_t trials = options_.trials == 0 ? listed : std::min(options_.trials, listed);
    const std::size_t count = trials * result_.edits.size();
    std::atomic<std::size_t> done = 0;
    in_parallel(count, options_.threads, [&](std::size_t i) {
      if (options_.seconds_max > 0 && std::chrono::steady_clock::now() > last_trial_) return;
      const std::size_t edit = i % result_.edits.size();
      const std::size_t first = i / result_.edits.size() * listed / trials;
      measure_edit((first + edit) % listed, result_.edits[edit]);
      say("edited clips looked up", ++done, count);
    });
    for (ClipEditResult& edit : result_.edits) std::ranges::sort(edit.missed);
  }

  void measure_edit(std::size_t clip, ClipEditResult& result) {
    const auto number = static_cast<std::uint64_t>(result.edit - all_clip_edits().data());
    Random random(1000003 * clip + number);
    const EditedClip edited = result.edit->make(store_, source_of(clip, random), random);
    const ClipQuery query = query_of(*decoder_, edited.file);
    const Named named = named_by_all(*lookup_, query);
    const ClipAnswer& answer = named.thorough;
    const std::scoped_lock lock(mutex_);
    ++result.trials;
    for (std::size_t r = 0; r < kClipRules; ++r) {
      for (const std::size_t found : named.clips[r]) ++(found == clip ? result.found : result.wrong)[r];
    }
    const auto own =
        std::ranges::find(answer.matches, ClipId{static_cast<std::uint32_t>(clip)}, &ClipMatch::clip);
    if (own == answer.matches.end()) result.missed.push_back(set_.listed[clip].name);
    for (const Showing& shown : edited.truth) {
      result.seconds_shown += shown.query_end - shown.query_begin;
      if (own == answer.matches.end()) continue;
      if (const auto error = error_of(*own, shown, result.seconds_found)) result.errors.push_back(*error);
    }
  }

  void measure_unrelated() {
    std::map<std::string, UnrelatedResult> families;
    std::atomic<std::size_t> done = 0;
    in_parallel(set_.unlisted.size(), options_.threads, [&](std::size_t i) {
      const Movie& clip = set_.unlisted[i];
      const ClipQuery query = query_of(*decoder_, masters_[set_.listed.size() + i]);
      const Named named = named_by_all(*lookup_, query);
      const std::scoped_lock lock(mutex_);
      UnrelatedResult& result = families[clip.family];
      result.family = clip.family;
      ++result.videos;
      result.seconds += clip.seconds();
      for (std::size_t r = 0; r < kClipRules; ++r) result.wrong[r] += static_cast<int>(named.clips[r].size());
      say("unlisted clips looked up", ++done, set_.unlisted.size());
    });
    for (auto& [family, result] : families) result_.unrelated.push_back(std::move(result));
  }

  const ClipSet& set_;
  const ClipEvaluationOptions& options_;
  std::chrono::steady_clock::time_point last_trial_;
  ClipStore store_;
  std::unique_ptr<VideoDecoder> decoder_;
  std::vector<std::filesystem::path> masters_;  ///< Of the listed ones, then of the others.
  std::unique_ptr<ClipLookup> lookup_;
  std::mutex mutex_;  ///< Of result_ while several threads look up.
  ClipEvaluation result_;
};

}  // namespace

ClipEvaluation evaluate_clips(const ClipSet& set, const ClipEvaluationOptions& options) {
  return Evaluator(set, options).run();
}

}  // namespace seawall::eval
