#include "seawall/media_sandbox/detail/output_memory.h"

#include <algorithm>
#include <cstring>

#include "seawall/media_sandbox/detail/wire.h"

namespace seawall::media_sandbox {
namespace {

constexpr std::size_t kPageBytes = 4096;

}  // namespace

OutputMemory::OutputMemory(const SharedMemory& memory, Channel& channel)
    : memory_(memory), channel_(channel), half_(memory.bytes().size() / 2 / kPageBytes * kPageBytes) {}

std::span<std::uint8_t> OutputMemory::next(std::size_t bytes) {
  if (bytes > half_) return {};
  if (state_[current_] != State::kFree) current_ ^= 1U;
  while (state_[current_] != State::kFree) take_back_one();
  used_[current_] = std::max(used_[current_], bytes);
  auto* base = reinterpret_cast<std::uint8_t*>(memory_.bytes().data()) + current_ * half_;
  return {base, bytes};
}

void OutputMemory::lend(const std::uint8_t* data) {
  const std::size_t half = half_of(data);
  state_[half] = State::kLent;
  order_[lent_++ & 1U] = half;
}

bool OutputMemory::pool_has_enough() {
  while (!enough_ && taken_back_ < lent_) {
    const auto packet = channel_.receive_if_any();
    if (packet.empty()) break;
    note_taken_back(packet);
  }
  return enough_;
}

void OutputMemory::settle(bool wipe) {
  while (taken_back_ < lent_) take_back_one();
  for (const std::size_t half : {std::size_t{0}, std::size_t{1}}) {
    if (wipe) memory_.wipe(half * half_, used_[half]);
  }
  used_ = {};
  state_ = {};
  current_ = 0;
  enough_ = false;
}

std::size_t OutputMemory::half_of(const std::uint8_t* data) const {
  return std::min<std::size_t>(offset_of(data) / half_, 1);
}

void OutputMemory::take_back_one() {
  if (taken_back_ == lent_) throw PoolGone{};  // would wait for ever
  note_taken_back(channel_.receive());
}

void OutputMemory::note_taken_back(std::span<const std::byte> packet) {
  FrameDoneRecord done;
  if (packet.size() == sizeof done) {
    std::memcpy(&done, packet.data(), sizeof done);
    enough_ = enough_ || done.enough != 0;
  }
  state_[order_[taken_back_++ & 1U]] = State::kFree;
}

}  // namespace seawall::media_sandbox
