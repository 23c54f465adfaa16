#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/statement/log_entry.h"
#include "seawall/tlog/proofs.h"

namespace seawall {

/// What a random draw chooses from, and what is to decide it; stated before anybody can know the outcome.
/// docs/howto/oversee.md says what a draw proves.
struct DrawFrame {
  static constexpr std::uint64_t kCountMax = 1'000'000;
  static constexpr std::uint64_t kWantedMax = 10'000;

  std::string origin;   ///< Of the log.
  tlog::TreeHead head;  ///< Of the checkpoint that the frame was made from; size >= 1.
  LogKind kind = LogKind::kOrder;
  std::uint64_t from = 0, to = 0;  ///< Leaves [from, to), from < to <= head.size.
  std::uint64_t count = 0;         ///< Entries of that kind there, 1..kCountMax.
  std::uint64_t wanted = 0;        ///< How many are drawn, 1..min(count, kWantedMax).
  std::uint64_t seed_size = 0;     ///< The log's root at exactly this size decides; > head.size.
  Sha256 secret_hash{};            ///< draw_secret_hash() of what the overseer keeps until the draw.
  friend bool operator==(const DrawFrame&, const DrawFrame&) = default;
};

/// A draw as it was made: all that is needed to make it again from the log.
struct Draw {
  DrawFrame frame;
  Sha256 secret{};
  tlog::Hash seed_root{};            ///< Of the log at frame.seed_size.
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

/// SHA-256("seawall/draw-frame/v1\n" || canonical JSON): what is handed over before the log reaches
/// seed_size.
[[nodiscard]] Sha256 draw_frame_hash(const DrawFrame& frame);
/// SHA-256("seawall/draw-secret/v1\n" || secret).
[[nodiscard]] Sha256 draw_secret_hash(const Sha256& secret);
/// SHA-256("seawall/draw/v1\n" || draw_frame_hash() || secret || the text of a checkpoint of frame.origin
/// with frame.seed_size and `seed_root`). Neither log nor overseer has a choice in it once the frame is
/// fixed.
[[nodiscard]] Sha256 draw_seed(const DrawFrame& frame, const Sha256& secret, const tlog::Hash& seed_root);

/// `wanted` of the places 0..count-1, ascending: each subset as likely as any other if `seed` is random.
/// A partial Fisher-Yates shuffle; its numbers are the big-endian 64-bit words of SHA-256(seed || be64(i)),
/// i = 0, 1, ...; for a number below n those of the last incomplete multiple of n are passed over.
/// wanted <= count.
[[nodiscard]] std::vector<std::uint64_t> draw_places(const Sha256& seed, std::uint64_t count,
                                                     std::uint64_t wanted);

/// What the log itself says to a draw, entry by entry in order from 0. Whoever feeds it verifies the log.
/// Memory: DrawFrame::kCountMax numbers. Threads: one.
class DrawFacts {
 public:
  struct Wish {
    LogKind kind = LogKind::kOrder;
    std::uint64_t from = 0;
    std::optional<std::uint64_t> to = {};         ///< None: to the end.
    std::optional<std::uint64_t> size = {};       ///< Of the frame's checkpoint.
    std::optional<std::uint64_t> seed_size = {};  ///< > size.
  };
  explicit DrawFacts(const Wish& wish) : wish_(wish) {}
  explicit DrawFacts(const DrawFrame& frame)
      : DrawFacts(Wish{frame.kind, frame.from, frame.to, frame.head.size, frame.seed_size}) {}

  /// `entry`: null if the text is no entry that is known. Errors: kLimitExceeded.
  Result<void> add(std::string_view text, const LogEntry* entry);
  [[nodiscard]] const std::vector<std::uint64_t>& leaves() const { return leaves_; }
  /// None while the log has not reached them.
  [[nodiscard]] const std::optional<tlog::Hash>& frame_root() const { return frame_root_; }
  [[nodiscard]] const std::optional<tlog::Hash>& seed_root() const { return seed_root_; }
  [[nodiscard]] std::uint64_t size() const { return tree_.size(); }

 private:
  Wish wish_;
  tlog::Frontier tree_;
  std::vector<std::uint64_t> leaves_;
  std::optional<tlog::Hash> frame_root_, seed_root_;
};

/// The draw that the frame and the log make. Errors: kUnavailable (the log is not there yet), kCorrupt (the
/// frame does not say what the log does), kInvalidInput (another secret).
Result<Draw> make_draw(const DrawFrame& frame, const Sha256& secret, const DrawFacts& facts);
/// Succeeds if the log makes exactly this draw. Errors: as above; kCorrupt if it makes another.
Result<void> check_draw(const Draw& draw, const DrawFacts& facts);

}  // namespace seawall
