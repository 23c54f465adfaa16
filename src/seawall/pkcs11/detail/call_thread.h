#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "seawall/base/result.h"

namespace seawall::pkcs11_detail {

/// Does calls one after another on a thread of its own, and waits for each only so long: for a library that
/// may hang and cannot be told to stop. Guarantees: call() returns within its deadline and the one of whoever
/// calls at the same time; while a call that was given up still hangs, further ones are refused at once; what
/// it gives in the end is wiped. Its end waits for the deadline at most; a thread that hangs is left to
/// itself: whatever `Work` holds must be shared with it, not borrowed. Threads: any.
class CallThread {
 public:
  using Work = std::function<Result<std::string>()>;

  /// `deadline`: of each call.
  explicit CallThread(std::chrono::milliseconds deadline);
  CallThread(const CallThread&) = delete;
  CallThread& operator=(const CallThread&) = delete;
  ~CallThread();

  /// What `work` gives. Errors: those of `work`; kUnavailable (not in time).
  Result<std::string> call(Work work);
  /// Lets go of `thing` on the thread, where its end may hang, and does not wait.
  void drop(std::shared_ptr<void> thing);

 private:
  struct Desk;
  const std::chrono::milliseconds deadline_;
  std::shared_ptr<Desk> desk_;
  std::mutex one_;  ///< Held by who calls.
  std::thread thread_;
};

}  // namespace seawall::pkcs11_detail
