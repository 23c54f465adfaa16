#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/model/list_ids.h"
#include "seawall/net/secret.h"
#include "seawall/playlist/choice.h"

namespace seawall {

/// A stream of one Poller, from 1; never given twice.
enum class StreamId : std::uint32_t {};

/// A piece of a live stream, ready for a decoder: `init` before `media`, read as one.
struct LiveSegment {
  StreamId stream{};
  std::shared_ptr<const std::vector<std::byte>> init;  ///< fMP4's initialization; null: it needs none.
  std::vector<std::byte> media;                        ///< Decrypted; never empty.
  std::uint64_t sequence = 0;                          ///< HLS: media sequence number; DASH: $Number$.
  /// It does not go on from the last one given: the first, behind a gap or a restart, where the stream says
  /// so, and where the initialization is another.
  bool discontinuity = false;
  bool i_frames_only = false;
  bool recorded = false;  ///< The playlist was whole already: it comes as fast as it is fetched.
  /// It begins again with the key picture that the last one held: the same time, and what followed it.
  bool repeats = false;
  std::optional<Time> program_time;           ///< When it was made, as the stream says.
  std::chrono::microseconds running_time{0};  ///< Since the first one given, by durations; gaps count.
  std::chrono::microseconds duration{0};      ///< As the playlist says.
  Time listed_at{};                           ///< When the playlist first named it here.
  Time fetched_at{};                          ///< When it had arrived whole.
};

/// Why segments were lost.
enum class GapCause : std::uint8_t {
  kSlidOut,        ///< They left the playlist before they could be fetched, or were never seen in it.
  kLagging,        ///< More were waiting than are kept: the newest were taken.
  kNotServed,      ///< The server did not give them, however often it was asked.
  kTooLarge,       ///< segment_bytes_max.
  kEncrypted,      ///< By a method that is not decrypted here (SAMPLE-AES, ContentProtection).
  kNoKey,          ///< AES-128 without a key that was given or may be fetched.
  kUndecryptable,  ///< With the key at hand it is no segment.
  kMarked,         ///< EXT-X-GAP: the stream says that they are not there.
};
[[nodiscard]] std::string_view name_of(GapCause cause);

struct StreamEvent {
  enum class Kind : std::uint8_t {
    kStarted,    ///< The first segment is about to be given.
    kStalled,    ///< No new segment for longer than the limits say. Told once; polling goes on.
    kResumed,    ///< New segments after kStalled or kFailing.
    kRestarted,  ///< The source began anew: what follows may repeat numbers.
    kGap,        ///< `lost` segments are not given, for `cause`. Told where they would have stood.
    kBlind,  ///< It plays, but nothing comes that could be looked at, for `reason`. Told once until it does.
    kFailing,  ///< The playlist cannot be read, for `reason`. Told when the reason changes; polling goes on.
    kEnded,    ///< The stream says that it is over; its last segment was given. The last event.
    kFailed,   ///< It was failing for longer than the limits say. The last event.
  };
  StreamId stream{};
  Kind kind = Kind::kStarted;
  Time at{};
  std::uint64_t lost = 0;               ///< kGap: at least 1.
  GapCause cause = GapCause::kSlidOut;  ///< kGap.
  std::string reason;  ///< kBlind, kFailing, kFailed: a sentence without addresses or secrets.
};
[[nodiscard]] std::string_view name_of(StreamEvent::Kind kind);

/// An AES-128 key. Its bytes are zeroed at its end.
struct StreamKey {
  std::array<std::byte, 16> bytes{};
  StreamKey() = default;
  explicit StreamKey(const std::array<std::byte, 16>& given) : bytes(given) {}
  StreamKey(const StreamKey&) = default;
  StreamKey& operator=(const StreamKey&) = default;
  ~StreamKey() { wipe_bytes(bytes.data(), bytes.size()); }
};

/// What an operator says of one stream.
struct StreamSettings {
  std::string url;  ///< Of a playlist or MPD: http or https.
  ChoiceRules choice = {};
  std::optional<StreamKey> key = {};  ///< For every AES-128 segment of it.
  /// Whether keys may be asked for where the playlist says, if none is given. What may be reached is for the
  /// fetcher to decide, as for segments.
  bool fetch_keys = false;
};

/// Limits of each stream and of all.
struct PollLimits {
  std::size_t streams_max = 4'096;
  std::size_t requests_max = 256;      ///< Under way at once, of all streams.
  std::size_t segments_under_way = 2;  ///< Of one stream; also how many whole ones wait for an earlier one.
  std::size_t segments_waiting = 12;   ///< Of a live stream, before older ones are given up (kLagging).
  std::size_t first_segments = 2;      ///< How many of the newest of a live stream to begin with.
  std::size_t segments_read_max = 1'024;  ///< Of one playlist; of an ended one older ones are a gap.
  std::uint64_t playlist_bytes_max = 2 << 20;
  std::uint64_t segment_bytes_max = 8 << 20;
  std::uint64_t init_bytes_max = 1 << 20;
  int attempts = 4;  ///< For a segment, an initialization or a key.
  std::chrono::milliseconds playlist_deadline{10'000};
  std::chrono::milliseconds segment_deadline{20'000};
  std::chrono::milliseconds connect_deadline{5'000};
  std::chrono::milliseconds back_off_first{1'000};
  std::chrono::milliseconds back_off_most{60'000};
  std::chrono::milliseconds retry_after_most{
      300'000};  ///< A server that asks for a longer wait is asked then.
  std::chrono::milliseconds refresh_least{500};
  std::chrono::milliseconds refresh_most{
      30'000};  ///< An MPD that says more is asked sooner: sources restart.
  std::chrono::milliseconds stalled_least{6'000};  ///< Stalled: this and three target durations without news.
  std::chrono::milliseconds give_up_after{std::chrono::hours(1)};  ///< Of failing without an end.
};

}  // namespace seawall
