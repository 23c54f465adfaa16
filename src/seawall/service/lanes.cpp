#include "seawall/service/lanes.h"

#include <algorithm>
#include <array>
#include <thread>

namespace seawall {
namespace {

WorkQueue::Options queue(const Lanes::Options& options, unsigned threads) {
  WorkQueue::Options out;
  out.threads = threads;
  out.jobs_max = options.jobs_max;
  out.wait_max = options.wait_max;
  return out;
}

WorkQueue::Options later(const Lanes::Options& options) {
  WorkQueue::Options out = queue(options, options.later_threads);
  out.jobs_max = options.later_jobs_max;
  out.wait_max = options.later_wait_max;
  return out;
}

WorkQueue::Options sign_in_queue(unsigned threads) {
  WorkQueue::Options out;
  out.threads = threads;
  out.jobs_max = Lanes::kSignInsMax;
  out.wait_max = Lanes::kSignInWaitMax;
  return out;
}

WorkQueue::Options videos(const Lanes::Options& options) {
  WorkQueue::Options out = queue(options, video_threads_of(options.video_threads));
  out.jobs_max = Lanes::kVideosMax;
  out.wait_max = options.video_wait_max;
  return out;
}

WorkQueue::Options videos_later(const Lanes::Options& options) {
  WorkQueue::Options out = videos(options);
  out.jobs_max = Lanes::kVideosLaterMax;
  out.wait_max = options.later_wait_max;
  return out;
}

WorkQueue::Options callers_queue(const Lanes::Options& options) {
  WorkQueue::Options out = queue(options, options.caller_threads);
  out.wait_max = Lanes::kCallersWaitMax;
  return out;
}

}  // namespace

Lanes::Lanes(const Options& options)
    : later_(later(options)),
      videos_later_(videos_later(options)),
      videos_(videos(options)),
      signals_(queue(options, options.signal_threads)),
      media_(queue(options, options.media_threads)),
      fetch_(queue(options, options.fetch_threads)),
      store_(queue(options, options.store_threads)),
      sign_in_(sign_in_queue(options.sign_in_threads)),
      callers_(callers_queue(options)),
      jobs_max_((kLanes - 4) * options.jobs_max + options.later_jobs_max + kSignInsMax + kVideosMax +
                kVideosLaterMax) {}

WorkQueue& Lanes::of(Lane lane) {
  switch (lane) {
    case Lane::kSignals:
      return signals_;
    case Lane::kMedia:
      return media_;
    case Lane::kFetch:
      return fetch_;
    case Lane::kStore:
      return store_;
    case Lane::kLater:
      return later_;
    case Lane::kSignIn:
      return sign_in_;
    case Lane::kCallers:
      return callers_;
    case Lane::kVideos:
      return videos_;
    case Lane::kVideosLater:
      return videos_later_;
  }
  return store_;
}

bool Lanes::drain(std::chrono::steady_clock::time_point deadline) {
  bool all = callers_.drain(deadline);
  all = signals_.drain(deadline) && all;
  all = media_.drain(deadline) && all;
  all = fetch_.drain(deadline) && all;
  all = store_.drain(deadline) && all;
  all = videos_.drain(deadline) && all;
  all = videos_later_.drain(deadline) && all;
  all = later_.drain(deadline) && all;
  return sign_in_.drain(deadline) && all;
}

unsigned video_threads_of(unsigned wanted) {
  return wanted != 0 ? wanted : std::max(1U, std::thread::hardware_concurrency() / 2);
}

std::string_view name_of(Lane lane) {
  static constexpr std::array<std::string_view, kLanes> kNames{
      "signals", "media", "fetch", "store", "later", "sign_in", "callers", "videos", "videos_later"};
  return kNames[static_cast<std::size_t>(lane)];
}

}  // namespace seawall
