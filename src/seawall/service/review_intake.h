#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/lookup/lookup.h"
#include "seawall/media/decoder.h"
#include "seawall/media/video_decoder.h"
#include "seawall/metrics/metrics_text.h"
#include "seawall/review/review_book.h"
#include "seawall/service/json_log.h"
#include "seawall/service/list_names.h"

namespace seawall {

/// Makes review items of uploads: what is told of them, and their stills. Of the upload itself nothing is
/// kept; it is decoded once more for the frames that met something, so that looking up what needs no review
/// costs nothing. What goes wrong is told the operator and counted: no verdict waits for it or changes by it.
/// Threads: any; blocks for the decode and the disk. Lifetime: borrows its parts.
class ReviewIntake {
 public:
  struct Parts {
    ReviewBook& book;
    MediaDecoder& decoder;
    VideoDecoder* videos = nullptr;  ///< None: videos come without stills.
    VideoLimits video_limits{};
    ListNames& names;
    JsonLog& log;
    std::size_t stills_max = 0;
    std::function<void(const std::string& tenant)> changed;  ///< There is a new item; must not block.
  };
  explicit ReviewIntake(const Parts& parts) : parts_(parts) {}

  /// Which request it was, so that a repeat is not kept twice. Empty: it had no Idempotency-Key.
  struct Upload {
    std::string_view tenant;
    std::string_view origin;
    std::span<const std::byte> file;
    const LookupAnswer& answer;
  };
  /// Keeps it, if the verdict is `review`.
  void keep(const Upload& upload);
  void write_metrics(MetricsText& out) const;

 private:
  Result<ReviewKept> keep_item(const Upload& upload);
  Result<void> read_names(const LookupAnswer& answer);
  std::vector<NewStill> stills_of_picture(const Upload& upload);
  std::vector<NewStill> stills_of_video(const Upload& upload);

  Parts parts_;
  std::atomic<std::uint64_t> kept_{0}, again_{0}, known_{0}, failed_{0}, without_stills_{0};
};

/// All of an item's facts that a reviewer is told, as JSON of one object: `matches`, `signals`, `media`.
[[nodiscard]] std::string review_facts(const LookupAnswer& answer, const ListNames& names);

}  // namespace seawall
