#include "seawall/figures/figure_board.h"

#include <algorithm>

namespace seawall {
namespace {

std::uint64_t key_of(const CountedCell& cell) {
  return static_cast<std::uint64_t>(cell.counted) << 56 | static_cast<std::uint64_t>(cell.subject) << 16 |
         std::min(cell.value, FigureBoard::kValueMax);
}

CountedCell cell_of(std::uint64_t key) {
  return {static_cast<Counted>(key >> 56), static_cast<std::uint32_t>(key >> 16),
          static_cast<std::uint16_t>(key)};
}

/// The finisher of MurmurHash3 (Austin Appleby, public domain): every bit of the key moves the place.
std::uint64_t mixed(std::uint64_t key) {
  key = (key ^ key >> 33) * 0xff51afd7ed558ccdULL;
  key = (key ^ key >> 33) * 0xc4ceb9fe1a85ec53ULL;
  return key ^ key >> 33;
}

}  // namespace

FigureBoard::FigureBoard() : slots_(std::make_unique<Slot[]>(kSlots)) {}

void FigureBoard::add(const CountedCell& cell, std::uint64_t count) {
  const std::uint64_t key = key_of(cell);
  for (std::size_t at = mixed(key);; ++at) {
    Slot& slot = slots_[at % kSlots];
    std::uint64_t known = slot.key.load(std::memory_order_relaxed);
    if (known == 0) {
      if (used_.load(std::memory_order_relaxed) >= kCellsMax) {
        lost_.fetch_add(count, std::memory_order_relaxed);
        return;
      }
      if (slot.key.compare_exchange_strong(known, key, std::memory_order_relaxed)) {
        used_.fetch_add(1, std::memory_order_relaxed);
        known = key;
      }
    }
    if (known != key) continue;
    slot.count.fetch_add(count, std::memory_order_relaxed);
    return;
  }
}

std::uint32_t FigureBoard::tenant(std::string_view name) {
  for (std::uint32_t i = 0; i < kTenantsMax; ++i) {
    const std::string* known = tenants_[i].load(std::memory_order_acquire);
    if (known == nullptr) break;
    if (*known == name) return i + 1;
  }
  const std::scoped_lock lock(mutex_);
  for (std::uint32_t i = 0; i < names_.size(); ++i) {
    if (*names_[i] == name) return i + 1;
  }
  if (names_.size() == kTenantsMax) return 0;
  names_.push_back(std::make_unique<const std::string>(name));
  tenants_[names_.size() - 1].store(names_.back().get(), std::memory_order_release);
  return static_cast<std::uint32_t>(names_.size());
}

std::string FigureBoard::tenant_named(std::uint32_t number) const {
  const std::scoped_lock lock(mutex_);
  return number >= 1 && number <= names_.size() ? *names_[number - 1] : std::string();
}

void FigureBoard::take(const std::function<void(const CountedCell&, std::uint64_t)>& visit) {
  for (std::size_t i = 0; i < kSlots; ++i) {
    const std::uint64_t key = slots_[i].key.load(std::memory_order_relaxed);
    if (key == 0) continue;
    if (const std::uint64_t count = slots_[i].count.exchange(0, std::memory_order_relaxed); count != 0) {
      visit(cell_of(key), count);
    }
  }
}

}  // namespace seawall
