#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "seawall/base/random_source.h"
#include "seawall/net/fetcher.h"
#include "seawall/stream_poll/detail/listing.h"
#include "seawall/stream_poll/live_segment.h"

namespace seawall {

/// The segments of one stream from when they are listed until they are given, in order, whole and decrypted,
/// or counted as lost. Fetches at most PollLimits::segments_under_way ahead. Asks nobody itself. Threads:
/// one. Memory: that many segments, kInitsKept initializations.
class SegmentQueue {
 public:
  static constexpr std::size_t kInitsKept = 4;
  static constexpr std::size_t kKeysKept = 8;

  struct Ask {
    std::uint32_t id = 0;
    FetchRequest request;
  };
  struct Lost {
    GapCause cause = GapCause::kSlidOut;
    std::uint64_t count = 0;
    std::chrono::microseconds duration{0};
  };
  /// What comes next: a segment (without its stream), or some that are lost.
  struct Out {
    std::optional<LiveSegment> segment;
    Lost lost;
  };

  SegmentQueue(const StreamSettings& settings, const PollLimits& limits);

  /// Puts segments that are new behind those that wait. `keep`: how many may wait; older ones are lost.
  void add(const Listing& listing, std::size_t first, Time now, std::size_t keep);
  void add_lost(std::uint64_t count, std::chrono::microseconds each);
  /// Forgets those from `position` on that are not there yet: it turned out that they never will be.
  void forget_from(std::int64_t position);
  /// The next one given begins something new; initializations are fetched again.
  void restart();
  /// What to ask now; each must be answered by take().
  void due(Time now, std::vector<Ask>& asks);
  void take(std::uint32_t id, Result<FetchResponse> answer, Time now, RandomSource& random);
  /// What can be given, in order.
  [[nodiscard]] std::vector<Out> given();

  [[nodiscard]] bool is_empty() const { return waiting_.empty(); }
  [[nodiscard]] std::size_t size() const { return waiting_.size(); }
  /// When due() has something that it has not now; none: only after an answer.
  [[nodiscard]] std::optional<Time> next() const;
  /// Answers in a row that were not the segment that was asked for.
  [[nodiscard]] std::uint32_t misses() const { return misses_; }

 private:
  struct Waiting {
    std::uint64_t serial = 0;
    ListedSegment listed;
    Time listed_at{}, try_at{}, fetched_at{};
    int attempts = 0;
    bool restarted = false;
    std::optional<std::uint32_t> ask;
    std::optional<GapCause> lost;
    std::uint64_t lost_count = 1;
    std::shared_ptr<const std::vector<std::byte>> init;
    std::vector<std::byte> media;
    [[nodiscard]] bool settled() const { return lost || !media.empty(); }
  };
  /// An initialization or a key: fetched once for all that need it.
  struct Shared {
    std::optional<std::uint32_t> ask;
    std::shared_ptr<const std::vector<std::byte>> bytes;
    Time try_at{};
    int attempts = 0;
    bool failed = false;
    std::uint64_t used = 0;  // When last, in serials.
  };
  using SharedMap = std::map<std::string, Shared>;
  enum class What : std::uint8_t { kMedia, kInit, kKey };
  struct Asked {
    What what = What::kMedia;
    std::uint64_t serial = 0;  // kMedia.
    std::string name;          // kInit, kKey.
    std::optional<ByteRange> range;
    std::shared_ptr<const HlsKey> key;
    std::array<std::byte, 16> iv{};
    std::string key_name;
  };
  enum class Ready : std::uint8_t { kYes, kWait, kNever };

  void ask_for(Waiting& waiting, Time now, std::vector<Ask>& asks);
  /// Whether what `key` needs is at hand; asks for it where it may.
  Ready key_ready(const std::shared_ptr<const HlsKey>& key, const std::string& base_uri, Time now,
                  std::vector<Ask>& asks, std::string& name, GapCause& why_not);
  Ready init_ready(Waiting& waiting, Time now, std::vector<Ask>& asks, GapCause& why_not);
  Ready shared_ready(SharedMap& all, std::size_t kept_max, const std::string& name, const Asked& asked,
                     const std::string& uri, std::uint64_t bytes_max, Time now, std::vector<Ask>& asks);
  std::uint32_t send(Asked asked, std::string uri, std::uint64_t bytes_max, std::vector<Ask>& asks);
  /// The bytes of an answer, cut to the range and decrypted.
  Result<std::vector<std::byte>> opened(const Asked& asked, Result<FetchResponse> answer,
                                        std::uint64_t bytes_max) const;
  void take_media(const Asked& asked, Result<std::vector<std::byte>> bytes, Time now, RandomSource& random);
  void take_shared(const Asked& asked, Result<std::vector<std::byte>> bytes, Time now, RandomSource& random);
  [[nodiscard]] std::chrono::milliseconds retry_wait(int attempts, RandomSource& random) const;
  Waiting* find(std::uint64_t serial);

  const StreamSettings& settings_;
  const PollLimits& limits_;
  std::deque<Waiting> waiting_;
  std::uint64_t next_serial_ = 1;
  std::map<std::uint32_t, Asked> asked_;
  std::uint32_t next_ask_ = 1;
  SharedMap inits_, keys_;
  bool restarted_ = true;
  std::uint32_t misses_ = 0;
  std::chrono::milliseconds target_{0};
  bool i_frames_only_ = false;
  bool recorded_ = false;
  // Of what was given.
  std::shared_ptr<const std::vector<std::byte>> last_init_;
  std::chrono::microseconds running_{0};
  bool broken_ = true;  // The next one does not go on from the last.
};

}  // namespace seawall
