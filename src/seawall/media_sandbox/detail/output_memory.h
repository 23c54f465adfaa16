#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "seawall/media/frame_memory.h"
#include "seawall/media_sandbox/detail/shared_memory.h"
#include "seawall/media_sandbox/detail/worker_channel.h"

namespace seawall::media_sandbox {

/// The worker's side of the frames: hands out the two halves of the output memory in turn, so that one frame
/// is looked at while the next one is decoded; waits until the pool is done with the half that is wanted.
/// Threads: one. Lifetime: memory and channel must outlive it.
class OutputMemory final : public FrameMemory {
 public:
  OutputMemory(const SharedMemory& memory, Channel& channel);

  std::span<std::uint8_t> next(std::size_t bytes) override;
  /// Notes that the half which holds `data` must be kept for now.
  void hold(const std::uint8_t* data) { state_[half_of(data)] = State::kHeld; }
  /// Notes that the half which holds `data` now belongs to the pool, until it says otherwise.
  void lend(const std::uint8_t* data);
  /// Whether the pool has said, with a half that it gave back, that it wants no more frames. Never blocks.
  [[nodiscard]] bool pool_has_enough();
  /// Waits for every half that is lent, then wipes what was used.
  void settle(bool wipe);
  [[nodiscard]] bool owns(const std::uint8_t* data) const {
    const auto* base = reinterpret_cast<const std::uint8_t*>(memory_.bytes().data());
    return data >= base && data < base + memory_.bytes().size();
  }
  [[nodiscard]] std::size_t offset_of(const std::uint8_t* data) const {
    return static_cast<std::size_t>(data - reinterpret_cast<const std::uint8_t*>(memory_.bytes().data()));
  }

 private:
  enum class State : std::uint8_t { kFree, kHeld, kLent };

  [[nodiscard]] std::size_t half_of(const std::uint8_t* data) const;
  void take_back_one();
  void note_taken_back(std::span<const std::byte> packet);

  const SharedMemory& memory_;
  Channel& channel_;
  std::size_t half_;
  std::size_t current_ = 0;
  std::array<State, 2> state_{};
  std::array<std::size_t, 2> used_{};
  std::array<std::size_t, 2> order_{};
  std::size_t lent_ = 0;
  std::size_t taken_back_ = 0;
  bool enough_ = false;
};

}  // namespace seawall::media_sandbox
