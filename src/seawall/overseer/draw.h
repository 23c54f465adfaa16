#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/statement/commitment.h"
#include "seawall/statement/log_entry.h"
#include "seawall/tlog/proofs.h"

namespace seawall {

/// What a random draw chooses from; it stands in the log before anybody can know the outcome.
/// docs/howto/oversee.md says how a draw goes and what it proves.
struct DrawFrame {
  static constexpr std::uint64_t kCountMax = 1'000'000;
  static constexpr std::uint64_t kWantedMax = 10'000;

  std::string origin;   ///< Of the log.
  tlog::TreeHead head;  ///< Of the checkpoint that the frame was made from; size >= 1.
  LogKind kind = LogKind::kOrder;
  std::uint64_t from = 0, to = 0;  ///< Leaves [from, to), from < to <= head.size.
  std::uint64_t count = 0;         ///< Entries of that kind there, 1..kCountMax.
  std::uint64_t wanted = 0;        ///< How many are drawn, 1..min(count, kWantedMax).
  Sha256 secret_hash{};            ///< draw_secret_hash() of what the overseer keeps until the draw.
  friend bool operator==(const DrawFrame&, const DrawFrame&) = default;
};

/// A draw as it was made: all that is needed to make it again from the log.
struct Draw {
  DrawFrame frame;
  Sha256 secret{};
  std::uint64_t entered = 0;         ///< The leaf of the frame, >= frame.head.size.
  Sha256 answer{};                   ///< The commitment of the first draw-answer that refers to it.
  std::vector<std::uint64_t> drawn;  ///< Leaves, ascending, each once; frame.wanted of them.
  friend bool operator==(const Draw&, const Draw&) = default;
};

inline constexpr std::size_t kDrawBytesMax = std::size_t{1} << 20;

/// One line of canonical JSON and a line end.
[[nodiscard]] std::string to_text(const DrawFrame& frame);
[[nodiscard]] std::string to_text(const Draw& draw);
/// Reads JSON of those members and no others, within the ranges above. Errors: kInvalidInput, kLimitExceeded.
Result<DrawFrame> draw_frame_from_text(std::string_view text);
Result<Draw> draw_from_text(std::string_view text);

/// SHA-256("seawall/draw-frame/v2\n" || canonical JSON): the frame's number.
[[nodiscard]] Sha256 draw_frame_hash(const DrawFrame& frame);
/// What a log entry of kind draw commits to, so that whoever has the frame or the draw finds it there.
struct DrawTelling {
  std::string record;   ///< Canonical JSON: the frame itself; or {"draw": hex SHA-256 of the draw's}.
  CommitmentSalt salt;  ///< The frame's secret_hash; the draw's secret.
};
[[nodiscard]] DrawTelling telling_of(const DrawFrame& frame);
[[nodiscard]] DrawTelling telling_of(const Draw& draw);
[[nodiscard]] Sha256 commitment_of(const DrawTelling& telling);
/// SHA-256("seawall/draw-secret/v1\n" || secret).
[[nodiscard]] Sha256 draw_secret_hash(const Sha256& secret);
/// SHA-256("seawall/draw/v2\n" || draw_frame_hash() || secret || answer). The overseer cannot know `answer`
/// when the frame enters the log, nor the keeper of the log `secret` when they answer; no other entry has a
/// part in it.
[[nodiscard]] Sha256 draw_seed(const DrawFrame& frame, const Sha256& secret, const Sha256& answer);

/// `wanted` of the places 0..count-1, ascending: each subset as likely as any other if `seed` is random.
/// A partial Fisher-Yates shuffle; its numbers are the big-endian 64-bit words of SHA-256(seed || be64(i)),
/// i = 0, 1, ...; for a number below n those of the last incomplete multiple of n are passed over.
/// wanted <= count.
[[nodiscard]] std::vector<std::uint64_t> draw_places(const Sha256& seed, std::uint64_t count,
                                                     std::uint64_t wanted);

/// What the log itself says to a draw, entry by entry in order from 0. Whoever feeds it verifies the log.
/// Of several frames, answers or results alike the first one counts, so that nobody may choose among them.
/// Memory: DrawFrame::kCountMax numbers, and kFramesMax. Threads: one.
class DrawFacts {
 public:
  static constexpr std::size_t kFramesMax = 100'000;  ///< That are not drawn yet.
  struct Wish {
    LogKind kind = LogKind::kOrder;
    std::uint64_t from = 0;
    std::optional<std::uint64_t> to = {};    ///< None: to the end.
    std::optional<std::uint64_t> size = {};  ///< Of the frame's checkpoint.
    std::optional<Sha256> frame = {};        ///< What the frame's entry commits to.
  };
  /// An entry of the log.
  struct Found {
    std::uint64_t leaf = 0;
    Sha256 commitment{};
  };
  explicit DrawFacts(const Wish& wish) : wish_(wish) {}
  explicit DrawFacts(const DrawFrame& frame)
      : DrawFacts(Wish{frame.kind, frame.from, frame.to, frame.head.size, commitment_of(telling_of(frame))}) {
  }

  /// `entry`: null if the text is no entry that is known. Errors: kLimitExceeded.
  Result<void> add(std::string_view text, const LogEntry* entry);
  [[nodiscard]] const std::vector<std::uint64_t>& leaves() const { return leaves_; }
  /// None while the log has not reached it; as the next three.
  [[nodiscard]] const std::optional<tlog::Hash>& frame_root() const { return frame_root_; }
  [[nodiscard]] const std::optional<std::uint64_t>& entered() const { return entered_; }
  [[nodiscard]] const std::optional<Found>& answer() const { return answer_; }
  [[nodiscard]] const std::optional<Found>& result() const { return result_; }
  /// Frames of draws in the whole log, and those of them of which no result is told.
  [[nodiscard]] std::uint64_t frames() const { return frames_; }
  [[nodiscard]] std::uint64_t undrawn() const { return undrawn_.size(); }

 private:
  Result<void> take_draw(const Found& found, std::optional<std::uint64_t> ref);

  Wish wish_;
  tlog::Frontier tree_;
  std::vector<std::uint64_t> leaves_;
  std::optional<tlog::Hash> frame_root_;
  std::optional<std::uint64_t> entered_;
  std::optional<Found> answer_, result_;
  std::uint64_t frames_ = 0;
  std::set<std::uint64_t> undrawn_;
};

/// The draw that the frame and the log make. Errors: kUnavailable (the log does not hold the frame or its
/// answer yet), kCorrupt (the frame does not say what the log does), kInvalidInput (another secret).
Result<Draw> make_draw(const DrawFrame& frame, const Sha256& secret, const DrawFacts& facts);
/// Succeeds if the log makes exactly this draw. Errors: as above; kCorrupt if it makes another, or if the log
/// was told of another.
Result<void> check_draw(const Draw& draw, const DrawFacts& facts);

}  // namespace seawall
