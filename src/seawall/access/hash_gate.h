#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "seawall/argon2/password_hash.h"

namespace seawall {

struct HashLimits {
  Argon2Cost cost;               ///< Of new hashes. 64 MiB and 3 passes: docs/access.md says what it takes.
  std::size_t at_once = 4;       ///< So at most 256 MiB.
  std::size_t waiting_max = 32;  ///< More are turned away at once.
  std::chrono::milliseconds wait{2000};  ///< At most.
};

/// Hashes passwords, a few at a time, so that people who sign in cannot exhaust the memory or the CPU.
/// Threads: any. Blocks for HashLimits::wait and one hash at most.
class HashGate {
 public:
  explicit HashGate(const HashLimits& limits) : limits_(limits) {}
  HashGate(const HashGate&) = delete;
  HashGate& operator=(const HashGate&) = delete;

  /// With a new salt. nullopt: too many others. Errors: those of argon2id_hash().
  Result<std::optional<std::string>> hash(std::string_view password);
  Result<std::optional<bool>> verifies(std::string_view encoded, std::string_view password);
  /// What no password fits, of the same cost to find out; with a new salt. Takes no place.
  Result<std::string> decoy() const;
  [[nodiscard]] const Argon2Cost& cost() const { return limits_.cost; }

 private:
  class Place;
  bool enter();
  void leave();

  const HashLimits limits_;
  std::mutex mutex_;  ///< Guards running_ and waiting_.
  std::condition_variable left_;
  std::size_t running_ = 0;
  std::size_t waiting_ = 0;
};

}  // namespace seawall
