#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "seawall/access/key_gate.h"

namespace seawall {

/// Keeps a KeyGate up to date from one thread, so that whoever serves requests need not wait for the store.
/// Guarantees: `gate.refresh()` begins `every` after the one before has begun, or at once where that took
/// longer. What goes wrong is told once a change of its text; nothing: it is over. Threads: any. Lifetime:
/// borrows `gate`. Its end waits for the refresh that runs: the store's deadlines bound that.
class KeyWatch {
 public:
  using Trouble = std::function<void(const std::optional<Error>&)>;
  KeyWatch(KeyGate& gate, std::chrono::milliseconds every, Trouble trouble);
  KeyWatch(const KeyWatch&) = delete;
  KeyWatch& operator=(const KeyWatch&) = delete;

 private:
  void work(const std::stop_token& stop);

  KeyGate& gate_;
  const std::chrono::milliseconds every_;
  const Trouble trouble_;
  std::mutex mutex_;  ///< For waiting only.
  std::condition_variable_any changed_;
  std::jthread thread_;  ///< Last: it uses all of the above.
};

}  // namespace seawall
