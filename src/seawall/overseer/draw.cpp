#include "seawall/overseer/draw.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "seawall/base/base64.h"
#include "seawall/base/hex.h"
#include "seawall/crypto/sha256.h"
#include "seawall/statement/canonical_json.h"
#include "seawall/statement/members.h"

namespace seawall {
namespace {

constexpr std::uint64_t kNumberMax = kLogCountMax;
constexpr std::size_t kOriginBytesMax = 1024;

std::string_view chars_of(const Sha256& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

std::string be64(std::uint64_t value) {
  std::string bytes(8, '\0');
  for (std::size_t i = 8; i-- > 0; value >>= 8U) bytes[i] = static_cast<char>(value & 0xffU);
  return bytes;
}

/// Numbers from a seed, in counter mode.
class SeedNumbers {
 public:
  explicit SeedNumbers(const Sha256& seed) : seed_(chars_of(seed)) {}

  /// Uniform in 0..n-1; n >= 1.
  std::uint64_t below(std::uint64_t n) {
    // 2^64 mod n: so many words at the top are of an incomplete multiple.
    const std::uint64_t rest = (0 - n) % n;
    for (;;) {
      const std::uint64_t word = next();
      if (word <= UINT64_MAX - rest) return word % n;
    }
  }

 private:
  std::uint64_t next() {
    if (used_ == block_.size()) refill();
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < 8; ++i) word = (word << 8U) | std::to_integer<std::uint64_t>(block_[used_++]);
    return word;
  }
  void refill() {
    block_ = sha256_of(seed_ + be64(counter_++));
    used_ = 0;
  }

  std::string seed_;
  std::uint64_t counter_ = 0;
  Sha256 block_{};
  std::size_t used_ = block_.size();
};

Json json_of(const DrawFrame& frame) {
  return {{"v", 2},
          {"origin", frame.origin},
          {"size", frame.head.size},
          {"root", to_base64(chars_of(frame.head.root))},
          {"kind", name_of(frame.kind)},
          {"from", frame.from},
          {"to", frame.to},
          {"count", frame.count},
          {"wanted", frame.wanted},
          {"secret_hash", to_base64(chars_of(frame.secret_hash))}};
}

Json json_of(const Draw& draw) {
  return {{"v", 2},
          {"frame", json_of(draw.frame)},
          {"secret", to_base64(chars_of(draw.secret))},
          {"entered", draw.entered},
          {"answer", to_base64(chars_of(draw.answer))},
          {"drawn", draw.drawn}};
}

// What cannot become canonical JSON here is an origin that is not UTF-8, which no frame that was read has.
std::string text_of(const Json& json) { return canonical_json(json).value_or(""); }

Sha256 hash_member(Members& members, std::string_view name) {
  Sha256 hash{};
  const auto bytes = from_base64(members.text(name, 44));
  if (bytes && bytes->size() == hash.size()) {
    std::ranges::copy(std::as_bytes(std::span(*bytes)), hash.begin());
  } else {
    members.refuse(std::string(name) + " is not 32 bytes of base64");
  }
  return hash;
}

LogKind kind_member(Members& members) {
  const auto kind = log_kind_named(members.text("kind", 64));
  if (!kind) members.refuse("kind is none that is known");
  return kind.value_or(LogKind::kOrder);
}

Result<void> fits(const DrawFrame& frame) {
  if (frame.from >= frame.to || frame.to > frame.head.size)
    return fail(Code::kInvalidInput, "a frame's leaves must be in its checkpoint");
  if (frame.count > frame.to - frame.from || frame.wanted > frame.count)
    return fail(Code::kInvalidInput,
                "a frame cannot have more entries than leaves, nor draw more than it has");
  return {};
}

Result<DrawFrame> frame_of(const Json& json) {
  Members members(json);
  members.number("v", 2, 2);
  DrawFrame frame;
  frame.origin = members.text("origin", kOriginBytesMax);
  frame.head.size = members.number("size", 1, kNumberMax);
  frame.head.root = hash_member(members, "root");
  frame.kind = kind_member(members);
  frame.from = members.number("from", 0, kNumberMax);
  frame.to = members.number("to", 1, kNumberMax);
  frame.count = members.number("count", 1, DrawFrame::kCountMax);
  frame.wanted = members.number("wanted", 1, DrawFrame::kWantedMax);
  frame.secret_hash = hash_member(members, "secret_hash");
  SEAWALL_CHECK(members.done("the frame of a draw"));
  SEAWALL_CHECK(fits(frame));
  return frame;
}

Result<std::vector<std::uint64_t>> leaves_of(const Json& array, const DrawFrame& frame) {
  std::vector<std::uint64_t> leaves;
  for (const Json& leaf : array) {
    if (!leaf.is_number_unsigned()) return fail(Code::kInvalidInput, "drawn is not a list of leaves");
    leaves.push_back(leaf.get<std::uint64_t>());
    const bool first = leaves.size() == 1;
    if (leaves.back() < frame.from || leaves.back() >= frame.to ||
        (!first && leaves.end()[-2] >= leaves.back()))
      return fail(Code::kInvalidInput, "what is drawn is not in the frame, or not in order");
  }
  if (leaves.size() != frame.wanted)
    return fail(Code::kInvalidInput, "not as many are drawn as the frame says");
  return leaves;
}

Result<void> agrees(const DrawFrame& frame, const DrawFacts& facts) {
  if (!facts.entered())
    return fail(Code::kUnavailable, "the log does not hold this frame: seawall oversee draw-enter");
  if (frame.head.size > *facts.entered() || !facts.frame_root() || *facts.frame_root() != frame.head.root)
    return fail(Code::kCorrupt, "the frame is not of this log as it was before: its root is another");
  if (!facts.answer())
    return fail(Code::kUnavailable, "the log holds the frame as leaf " + std::to_string(*facts.entered()) +
                                        ", and whoever keeps it has not answered yet");
  if (facts.leaves().size() != frame.count)
    return fail(Code::kCorrupt, "the log has another number of such entries than the frame says");
  return {};
}

}  // namespace

std::string to_text(const DrawFrame& frame) { return text_of(json_of(frame)) + "\n"; }
std::string to_text(const Draw& draw) { return text_of(json_of(draw)) + "\n"; }

Result<DrawFrame> draw_frame_from_text(std::string_view text) {
  SEAWALL_TRY(const Json json, read_strict_json(text, kDrawBytesMax));
  return frame_of(json);
}

Result<Draw> draw_from_text(std::string_view text) {
  SEAWALL_TRY(const Json json, read_strict_json(text, kDrawBytesMax));
  Members members(json);
  members.number("v", 2, 2);
  Draw draw;
  const Json& frame = members.object("frame");
  draw.secret = hash_member(members, "secret");
  draw.entered = members.number("entered", 1, kNumberMax);
  draw.answer = hash_member(members, "answer");
  const Json& drawn = members.array("drawn", DrawFrame::kWantedMax);
  SEAWALL_CHECK(members.done("a draw"));
  SEAWALL_TRY(draw.frame, frame_of(frame));
  if (draw.entered < draw.frame.head.size)
    return fail(Code::kInvalidInput, "a frame cannot stand in the log that it was made from");
  SEAWALL_TRY(draw.drawn, leaves_of(drawn, draw.frame));
  return draw;
}

Sha256 draw_frame_hash(const DrawFrame& frame) {
  return sha256_of("seawall/draw-frame/v2\n" + text_of(json_of(frame)));
}

DrawTelling telling_of(const DrawFrame& frame) {
  return {.record = text_of(json_of(frame)), .salt = frame.secret_hash};
}

DrawTelling telling_of(const Draw& draw) {
  return {.record = text_of({{"draw", to_hex(sha256_of(text_of(json_of(draw))))}}), .salt = draw.secret};
}

Sha256 commitment_of(const DrawTelling& telling) {
  return commitment_of(name_of(LogKind::kDraw), telling.salt, telling.record);
}

Sha256 draw_secret_hash(const Sha256& secret) {
  return sha256_of("seawall/draw-secret/v1\n" + std::string(chars_of(secret)));
}

Sha256 draw_seed(const DrawFrame& frame, const Sha256& secret, const Sha256& answer) {
  return sha256_of("seawall/draw/v2\n" + std::string(chars_of(draw_frame_hash(frame))) +
                   std::string(chars_of(secret)) + std::string(chars_of(answer)));
}

std::vector<std::uint64_t> draw_places(const Sha256& seed, std::uint64_t count, std::uint64_t wanted) {
  SeedNumbers numbers(seed);
  std::unordered_map<std::uint64_t, std::uint64_t>
      moved;  // Of the shuffled row, what is not at its own place.
  const auto at = [&moved](std::uint64_t place) {
    const auto found = moved.find(place);
    return found == moved.end() ? place : found->second;
  };
  std::vector<std::uint64_t> places;
  for (std::uint64_t i = 0; i < wanted; ++i) {
    const std::uint64_t taken = i + numbers.below(count - i);
    places.push_back(at(taken));
    moved[taken] = at(i);
  }
  std::ranges::sort(places);
  return places;
}

Result<void> DrawFacts::add(std::string_view text, const LogEntry* entry) {
  const std::uint64_t index = tree_.size();
  SEAWALL_CHECK(tree_.append(tlog::hash_leaf(text)));
  if (tree_.size() == wish_.size) frame_root_ = tree_.root();
  if (entry == nullptr) return {};
  const Found found{.leaf = index, .commitment = entry->commitment};
  if (entry->kind == LogKind::kDraw) SEAWALL_CHECK(take_draw(found, entry->ref));
  const bool answers = entry->kind == LogKind::kDrawAnswer && entered_ && entry->ref == entered_;
  if (answers && !answer_) answer_ = found;
  if (entry->kind != wish_.kind || index < wish_.from || (wish_.to && index >= *wish_.to)) return {};
  if (leaves_.size() == DrawFrame::kCountMax)
    return fail(Code::kLimitExceeded, "over 1,000,000 such entries: draw from a shorter range");
  leaves_.push_back(index);
  return {};
}

Result<void> DrawFacts::take_draw(const Found& found, std::optional<std::uint64_t> ref) {
  if (ref) {
    undrawn_.erase(*ref);
    if (ref == entered_ && !result_) result_ = found;
    return {};
  }
  ++frames_;
  if (undrawn_.size() == kFramesMax) return fail(Code::kLimitExceeded, "over 100,000 frames are not drawn");
  undrawn_.insert(found.leaf);
  if (!entered_ && found.commitment == wish_.frame) entered_ = found.leaf;
  return {};
}

Result<Draw> make_draw(const DrawFrame& frame, const Sha256& secret, const DrawFacts& facts) {
  SEAWALL_CHECK(fits(frame));
  SEAWALL_CHECK(agrees(frame, facts));
  if (draw_secret_hash(secret) != frame.secret_hash)
    return fail(Code::kInvalidInput, "this is not the secret that the frame was made with");
  Draw draw{.frame = frame,
            .secret = secret,
            .entered = *facts.entered(),
            .answer = facts.answer()->commitment,
            .drawn = {}};
  const Sha256 seed = draw_seed(frame, secret, draw.answer);
  for (const std::uint64_t place : draw_places(seed, frame.count, frame.wanted))
    draw.drawn.push_back(facts.leaves()[place]);
  return draw;
}

Result<void> check_draw(const Draw& draw, const DrawFacts& facts) {
  SEAWALL_TRY(const Draw again, make_draw(draw.frame, draw.secret, facts));
  if (again != draw) return fail(Code::kCorrupt, "the log makes another draw of this frame");
  if (!facts.result() || facts.result()->commitment == commitment_of(telling_of(draw))) return {};
  return fail(Code::kCorrupt, "what the log was told of this frame, as leaf " +
                                  std::to_string(facts.result()->leaf) + ", is another draw");
}

}  // namespace seawall
