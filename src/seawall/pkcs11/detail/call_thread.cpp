#include "seawall/pkcs11/detail/call_thread.h"

#include <condition_variable>
#include <optional>
#include <vector>

#include "seawall/net/secret.h"

namespace seawall::pkcs11_detail {

struct CallThread::Desk {
  std::mutex mutex;  ///< Guards what follows.
  std::condition_variable changed;
  Work work;
  std::vector<std::shared_ptr<void>> dropped;
  std::optional<Result<std::string>> result;
  bool busy = false;
  bool dropping = false;
  bool given_up = false;
  bool closing = false;

  [[nodiscard]] bool is_idle() const { return !busy && dropped.empty() && !dropping; }
  void run();
  void put(Result<std::string> given);
};

void CallThread::Desk::run() {
  std::unique_lock lock(mutex);
  for (;;) {
    changed.wait(lock, [this] { return work || closing || !dropped.empty(); });
    Work now = std::exchange(work, nullptr);
    auto gone = std::exchange(dropped, {});
    dropping = !gone.empty();
    if (!now && !dropping) return;
    lock.unlock();
    gone.clear();
    std::optional<Result<std::string>> given;
    if (now) given = now();
    now = nullptr;
    lock.lock();
    dropping = false;
    if (given) put(*std::move(given));
    changed.notify_all();
  }
}

void CallThread::Desk::put(Result<std::string> given) {
  busy = false;
  if (given_up && given) wipe_bytes(given->data(), given->size());
  if (!given_up) result = std::move(given);
  given_up = false;
}

CallThread::CallThread(std::chrono::milliseconds deadline)
    : deadline_(deadline), desk_(std::make_shared<Desk>()), thread_([desk = desk_] { desk->run(); }) {}

CallThread::~CallThread() {
  bool idle = false;
  {
    std::unique_lock lock(desk_->mutex);
    desk_->closing = true;
    desk_->changed.notify_all();
    idle = desk_->changed.wait_for(lock, deadline_, [this] { return desk_->is_idle(); });
  }
  if (idle) thread_.join();
  if (!idle) thread_.detach();
}

void CallThread::drop(std::shared_ptr<void> thing) {
  const std::scoped_lock lock(desk_->mutex);
  desk_->dropped.push_back(std::move(thing));
  desk_->changed.notify_all();
}

Result<std::string> CallThread::call(Work work) {
  const std::scoped_lock one(one_);
  std::unique_lock lock(desk_->mutex);
  if (desk_->busy)
    return fail(Code::kUnavailable, "the token has not answered what it was asked before: look at it");
  desk_->work = std::move(work);
  desk_->busy = true;
  desk_->changed.notify_all();
  if (!desk_->changed.wait_for(lock, deadline_, [this] { return !desk_->busy; })) {
    desk_->given_up = true;
    return fail(Code::kUnavailable,
                "the token did not answer in " + std::to_string(deadline_.count()) + " ms");
  }
  return *std::exchange(desk_->result, std::nullopt);
}

}  // namespace seawall::pkcs11_detail
