// Property: any bytes are read as an MPD or refused, within the stated limits; of what was read every
// period's choices lead to segments in order of time, at most as many as asked for, at any time.
#include <cstdint>
#include <cstdlib>

#include "seawall/playlist/choice.h"
#include "seawall/playlist/dash.h"

namespace {

void check(bool good) {
  if (!good) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto mpd = seawall::mpd_from_text(text, "https://a.example/x/y.mpd?q=1");
  if (!mpd) return 0;
  constexpr std::size_t kMost = 7;
  for (const auto& period : mpd->periods) {
    for (const auto& choice : seawall::video_choices(period)) {
      const auto& representation = period.sets.at(choice.set).representations.at(choice.representation);
      for (const std::int64_t now :
           {std::int64_t{0}, std::int64_t{1'795'000'000'000}, std::int64_t{1} << 52}) {
        const auto read = seawall::dash_segments(*mpd, period, representation,
                                                 seawall::Time(std::chrono::milliseconds(now)), kMost);
        if (!read) continue;
        check(read->segments.size() <= kMost);
        for (std::size_t i = 0; i < read->segments.size(); ++i) {
          check(read->segments[i].duration >= std::chrono::microseconds(0));
          check(i == 0 || read->segments[i - 1].number < read->segments[i].number);
        }
      }
    }
  }
  return 0;
}
