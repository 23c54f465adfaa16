#include "seawall/stream_pieces/ts_cutter.h"

#include <algorithm>
#include <array>

namespace seawall {
namespace {

constexpr std::int64_t kTicksPerMs = 90;
constexpr std::uint64_t kStampRange = std::uint64_t{1} << 33U;
/// Where unwrapped times begin: a first step back leaves them above 0.
constexpr std::int64_t kFirstTicks = static_cast<std::int64_t>(kStampRange);
/// Readers tell a transport stream by some packets in a row: small pieces are filled up.
constexpr std::size_t kFillPackets = 24;

unsigned at(std::span<const std::byte> bytes, std::size_t index) {
  return std::to_integer<unsigned>(bytes[index]);
}

/// When the picture that begins there is shown, and where its bytes begin; 13818-1 section 2.4.3.6.
struct PesHead {
  std::optional<std::uint64_t> stamp;
  std::size_t bytes = 0;
};
std::optional<PesHead> pes_head(std::span<const std::byte> payload) {
  if (payload.size() < 9 || at(payload, 0) != 0 || at(payload, 1) != 0 || at(payload, 2) != 1)
    return std::nullopt;
  PesHead head{std::nullopt, std::min<std::size_t>(payload.size(), 9 + at(payload, 8))};
  if ((at(payload, 7) & 0x80U) != 0 && head.bytes >= 14) {
    head.stamp = std::uint64_t{at(payload, 9) >> 1U & 7U} << 30U | std::uint64_t{at(payload, 10)} << 22U |
                 std::uint64_t{at(payload, 11) >> 1U} << 15U | std::uint64_t{at(payload, 12)} << 7U |
                 std::uint64_t{at(payload, 13) >> 1U};
  }
  return head;
}

void append_fill(std::vector<std::byte>& out) {
  constexpr std::array kHead{std::byte{0x47}, std::byte{0x1f}, std::byte{0xff}, std::byte{0x10}};
  for (std::size_t i = 0; i < kFillPackets; ++i) {
    out.insert(out.end(), kHead.begin(), kHead.end());
    out.insert(out.end(), kTsPacketBytes - kHead.size(), std::byte{0xff});
  }
}

}  // namespace

void TsCutter::restart() {
  kept_.clear();
  searched_ = 0;
  forget_picture();
  programs_.clear();
  program_.clear();
  program_pid_.reset();
  video_.reset();
  counter_.reset();
  cutter_.restart();
}

void TsCutter::forget_picture() {
  packets_.clear();
  head_.clear();
  random_access_ = broken_ = false;
}

Result<void> TsCutter::take(std::span<const std::byte> bytes, Time now, bool wants_all,
                            FunctionRef<void()> on_picture, PictureCutter::OnPiece on_piece) {
  const Around around{now, wants_all, on_picture, on_piece};
  std::vector<std::byte> joined;
  if (!kept_.empty()) {
    joined.swap(kept_);
    joined.insert(joined.end(), bytes.begin(), bytes.end());
    bytes = joined;
  }
  constexpr std::byte kSync{0x47};
  while (bytes.size() >= kTsPacketBytes) {
    const bool in_step =
        bytes[0] == kSync && (bytes.size() == kTsPacketBytes || bytes[kTsPacketBytes] == kSync);
    if (!in_step) {
      const auto next = std::find(bytes.begin() + 1, bytes.end(), kSync);
      const auto skipped = static_cast<std::size_t>(next - bytes.begin());
      if (!video_) searched_ += skipped;
      bytes = bytes.subspan(skipped);
      continue;
    }
    SEAWALL_CHECK(take_packet(bytes.first(kTsPacketBytes), around));
    if (!video_) searched_ += kTsPacketBytes;
    bytes = bytes.subspan(kTsPacketBytes);
  }
  kept_.assign(bytes.begin(), bytes.end());
  if (searched_ > kSearchBytesMax)
    return fail(Code::kInvalidInput, "that is no MPEG transport stream with video");
  return {};
}

Result<void> TsCutter::take_packet(std::span<const std::byte> raw, const Around& around) {
  const auto packet = ts_packet(raw);
  if (!packet) return {};
  if (packet->pid == 0 || (program_pid_ && packet->pid == *program_pid_))
    return take_tables(*packet, raw, around);
  if (!video_ || packet->pid != video_->pid) return {};
  if (packet->scrambled) return fail(Code::kUnsupported, "the stream's video is encrypted");
  take_video(*packet, raw, around);
  return {};
}

Result<void> TsCutter::take_tables(const TsPacket& packet, std::span<const std::byte> raw,
                                   const Around& around) {
  if (packet.pid == 0) {
    if (!programs_.take(packet, raw) || programs_.id() != 0) return {};
    const auto pid = ts_program_table(programs_.body());
    if (pid == program_pid_) return {};
    program_pid_ = pid;
    program_.clear();
    return {};
  }
  if (!program_.take(packet, raw) || program_.id() != 2) return {};
  const auto video = ts_video(program_.body());
  if (!video) return fail(Code::kUnsupported, "the transport stream holds no video in H.264, HEVC or MPEG-2");
  if (video_ && *video_ != *video) finish_picture(around);
  if (video_ != video) counter_.reset();
  video_ = video;
  searched_ = 0;
  std::vector<std::byte> init = programs_.packets();
  init.insert(init.end(), program_.packets().begin(), program_.packets().end());
  append_fill(init);
  cutter_.set_init(std::move(init));
  return {};
}

void TsCutter::take_video(const TsPacket& packet, std::span<const std::byte> raw, const Around& around) {
  if (packet.payload.empty()) return;
  if (counter_ && packet.counter == *counter_) return;  // Sent twice.
  if (counter_ && packet.counter != ((*counter_ + 1) & 0xfU)) broken_ = true;
  counter_ = packet.counter;
  if (packet.begins) {
    finish_picture(around);  // What was lost is of this one: the next one's beginning is here.
    begin_picture(packet, around);
  } else if (packets_.empty()) {
    return;  // Its beginning is not here.
  }
  if (packets_.size() + raw.size() > kPictureBytesMax) {
    broken_ = true;
    return;
  }
  packets_.insert(packets_.end(), raw.begin(), raw.end());
  if (packet.begins || head_.size() >= kHeadBytesMax) return;
  const auto more = packet.payload.first(std::min(packet.payload.size(), kHeadBytesMax - head_.size()));
  head_.insert(head_.end(), more.begin(), more.end());
}

void TsCutter::begin_picture(const TsPacket& packet, const Around& around) {
  around.on_picture();
  random_access_ = packet.random_access;
  const auto head = pes_head(packet.payload);
  broken_ = !head;
  if (!head) return;
  head_.assign(packet.payload.begin() + static_cast<std::ptrdiff_t>(head->bytes), packet.payload.end());
  if (!head->stamp) return;
  if (!last_stamp_) ticks_ = kFirstTicks + static_cast<std::int64_t>(*head->stamp);
  std::uint64_t step = (*head->stamp - last_stamp_.value_or(*head->stamp)) & (kStampRange - 1);
  ticks_ +=
      static_cast<std::int64_t>(step) - static_cast<std::int64_t>(step >= kStampRange / 2 ? kStampRange : 0);
  last_stamp_ = head->stamp;
}

bool TsCutter::begins_as_key() const {
  if (random_access_) return true;
  bool key = false;
  for_each_nal(head_, [&](std::span<const std::byte> unit) {
    if (!video_->codec) {  // MPEG-2: a sequence's head, or a picture that needs no other.
      const unsigned code = at(unit, 0);
      key = code == 0xb3 || (code == 0 && unit.size() > 2 && (at(unit, 2) >> 3U & 7U) == 1);
      return !key && code != 0;
    }
    const NalKind kind = nal_kind(*video_->codec, unit);
    key = key || kind == NalKind::kKeyPicture || kind == NalKind::kRecovery;
    return !key && kind != NalKind::kPicture;
  });
  return key;
}

void TsCutter::finish_picture(const Around& around) {
  if (packets_.empty()) return forget_picture();
  if (broken_) {
    ++left_out_;
    return forget_picture();
  }
  FramedPicture picture{ticks_ / kTicksPerMs, begins_as_key(), std::move(packets_)};
  forget_picture();
  cutter_.take(std::move(picture), around.now, around.wants_all, around.on_piece);
}

}  // namespace seawall
