#include "seawall/list_clips/detail/entry_videos.h"

#include <cmath>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "seawall/video_print/vpdq.h"

namespace seawall::list_clips_detail {
namespace {

std::span<const std::byte> bytes_of(const CarriedSignal& signal) {
  return std::as_bytes(std::span(signal.bytes));
}

std::optional<DensePrint> sampled_print(const CarriedSignal& signal) {
  const auto features = read_vpdq(signal.bytes);
  if (!features) return std::nullopt;
  auto print = print_of_samples(track_of(*features));
  if (!print || print->hashes.empty()) return std::nullopt;
  return *std::move(print);
}

void take_dense(const EntrySignals& signals, EntryVideos& videos) {
  for (const CarriedSignal& one : signals.carried) {
    if (one.type != CarriedSignal::kDensePrint) continue;
    auto print = read_dense_print(bytes_of(one));
    if (print && !print->hashes.empty()) {
      videos.prints.push_back({*std::move(print), false});
    } else {
      ++videos.unusable;
    }
  }
}

void take_others(const EntrySignals& signals, EntryVideos& videos) {
  const bool dense = !videos.prints.empty();
  for (const CarriedSignal& one : signals.carried) {
    if (one.type == CarriedSignal::kTmk) {
      const auto print = read_tmk(bytes_of(one));
      if (print) videos.tmk.push_back(head_of(*print));
      if (!print) ++videos.unusable;
    } else if (one.type == CarriedSignal::kVpdq && !dense) {
      auto print = sampled_print(one);
      if (print) videos.prints.push_back({*std::move(print), true});
      if (!print) ++videos.unusable;
    }
  }
}

}  // namespace

TmkHead head_of(const TmkPrint& print) {
  return {print.average, print.periods, print.coefficients.size(), print.frames_per_second};
}

double level1(const TmkHead& a, const TmkHead& b) {
  if (a.average.size() != b.average.size() || a.periods != b.periods || a.coefficients != b.coefficients ||
      a.frames_per_second != b.frames_per_second) {
    return -1;
  }
  double dot = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.average.size(); ++i) {
    const double x = a.average[i], y = b.average[i];
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? dot / std::sqrt(aa * bb) : -1;
}

std::uint64_t content_of(const EntrySignals& signals) {
  std::uint64_t sum = 0;
  for (const CarriedSignal& one : signals.carried) {
    if (!is_video_signal(one.type)) continue;
    for (const std::string_view part : {std::string_view(one.type), std::string_view(one.bytes)}) {
      sum = (sum ^ std::hash<std::string_view>{}(part)) * 0x9E3779B97F4A7C15U + part.size();
    }
  }
  return sum;
}

EntryVideos videos_of(const EntrySignals& signals) {
  EntryVideos videos;
  videos.content = content_of(signals);
  take_dense(signals, videos);
  take_others(signals, videos);
  return videos;
}

}  // namespace seawall::list_clips_detail
