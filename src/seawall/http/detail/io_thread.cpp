#include "seawall/http/detail/io_thread.h"

#include <signal.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>
#include <unordered_map>
#include <utility>  // Boost 1.74's Asio needs it and does not include it.
#include <vector>

#include "seawall/http/detail/connection.h"
#include "seawall/http/syntax.h"

namespace seawall {
namespace {

namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;
using std::chrono::milliseconds;

/// Connections that are refused with words, at once and per thread; others are closed without.
constexpr std::size_t kRefusedMax = 64;
/// Connections taken in a row before others have their turn.
constexpr int kAcceptsInARow = 64;

/// How often deadlines are looked at: an eighth of the shortest, so that none is passed by more than that.
milliseconds tick_of(const HttpServerOptions& options) {
  const auto shortest =
      std::min({options.head_deadline, options.idle_deadline, options.body_pace.grace,
                options.answer_pace.grace, options.answer_deadline, options.linger_deadline});
  return std::clamp(shortest / 8, milliseconds(1), milliseconds(250));
}

}  // namespace

class IoThread::Loop {
 public:
  explicit Loop(ServerShared& shared)
      : shared_(shared),
        box_(std::make_shared<AnswerBox>([this] { post([this] { deliver(); }); })),
        host_{shared.options, shared.handler, counts_, box_, {}, false},
        tick_(tick_of(shared.options)),
        timer_(context_) {
    post([this] { on_tick(); });
    thread_ = std::thread([this] { run(); });
  }

  void listen(UniqueFd socket, std::size_t listener) {
    post([this, listener, fd = socket.release()] {
      listeners_.push_back(std::make_unique<Listener>(Listener{Descriptor(context_, fd), listener}));
      await_connection(*listeners_.back());
    });
  }

  void add(AcceptedSocket accepted, std::optional<HttpRefusalReason> refused) {
    // Handlers of Asio must be copyable in 1.74.
    post([this, refused, shared = std::make_shared<AcceptedSocket>(std::move(accepted))] {
      open(std::move(*shared), refused);
    });
  }

  void drain() {
    post([this] {
      host_.draining = true;
      listeners_.clear();
      for (auto& [id, slot] : slots_) {
        if (slot.connection->has_request()) ++requests_at_drain_;
        slot.connection->on_drain();
        await(id, slot);
      }
      close_ended();
      say_if_drained();
    });
  }

  std::size_t stop() {
    if (!thread_.joinable()) return 0;
    post([this] {
      box_->close();
      for (auto& [id, slot] : slots_) stopped_requests_ += std::size_t{slot.connection->has_request()};
      while (!slots_.empty()) end(slots_.begin());
      listeners_.clear();
      context_.stop();
    });
    thread_.join();
    return stopped_requests_;
  }

  [[nodiscard]] std::size_t requests_at_drain() const { return requests_at_drain_; }
  [[nodiscard]] const ThreadCounts& counts() const { return counts_; }

 private:
  struct Listener {
    Descriptor socket;
    std::size_t number;
  };
  /// A connection and its socket. `awaits_*`: a wait of Asio's is under way.
  struct Slot {
    Descriptor socket;
    std::unique_ptr<Connection> connection;
    std::string peer_key;
    bool counted = true;  // The door let it in.
    bool awaits_read = false, awaits_write = false, has_turn = false;
  };
  using Slots = std::unordered_map<std::uint64_t, Slot>;

  template <class Work>
  void post(Work work) {
    asio::post(context_, std::move(work));
  }

  static Connection::Time now() { return std::chrono::steady_clock::now(); }

  void run() {
    const auto work = asio::make_work_guard(context_);
    context_.run();
  }

  void on_tick() {
    const auto time = now();
    host_.date = http_date(std::chrono::floor<std::chrono::seconds>(shared_.clock.now()));
    for (auto& [id, slot] : slots_) {
      slot.connection->on_time(time);
      await(id, slot);
    }
    close_ended();
    timer_.expires_after(tick_);
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) on_tick();
    });
  }

  void await_connection(Listener& listener) {
    listener.socket.async_wait(Descriptor::wait_read,
                               [this, &listener](const boost::system::error_code& error) {
                                 if (!error) accept(listener);  // An error: the listener is gone.
                               });
  }

  void accept(Listener& listener) {
    for (int i = 0; i < kAcceptsInARow; ++i) {
      AcceptedSocket accepted;
      const auto state = accept_next(listener.socket.native_handle(), accepted);
      if (state == AcceptState::kNoResources) return pause(listener);
      if (state == AcceptState::kNone) break;
      accepted.peer.listener = listener.number;
      const auto refused = shared_.door.enter(accepted.peer_key);
      shared_.hand_over(std::move(accepted), refused);
    }
    await_connection(listener);
  }

  /// Waits until files or memory may be there again; the connections wait in the kernel.
  void pause(Listener& listener) {
    auto timer = std::make_shared<asio::steady_timer>(context_, milliseconds(100));
    timer->async_wait([this, timer, number = listener.number](const boost::system::error_code&) {
      for (auto& known : listeners_) {
        if (known->number == number) await_connection(*known);
      }
    });
  }

  void open(AcceptedSocket accepted, std::optional<HttpRefusalReason> refused) {
    counts_.accepted.add(1);
    const auto tls = shared_.tls_of(accepted.peer.listener);
    if (refused && (tls != nullptr || refused_now_ == kRefusedMax)) {
      counts_.closed.add(1);
      counts_.refused[static_cast<std::size_t>(*refused)].add(1);
      return;
    }
    if (refused) ++refused_now_;
    const auto id = next_id_++;
    const int fd = accepted.fd.release();
    auto connection = std::make_unique<Connection>(
        host_, id, Channel(fd, tls), std::make_shared<const HttpPeer>(std::move(accepted.peer)), now());
    const auto at = slots_
                        .emplace(id, Slot{Descriptor(context_, fd), std::move(connection),
                                          std::move(accepted.peer_key), !refused, false, false, false})
                        .first;
    if (refused) {
      at->second.connection->start_refused(
          {*refused, "Close connections that are not used; try again in a moment."}, now());
    } else {
      at->second.connection->on_ready(now());
    }
    if (host_.draining) at->second.connection->on_drain();
    after(at);
  }

  void on_socket(std::uint64_t id, bool Slot::*awaited, const boost::system::error_code& error) {
    const auto at = slots_.find(id);
    if (at == slots_.end()) return;
    at->second.*awaited = false;
    if (error) return;
    at->second.connection->on_ready(now());
    after(at);
  }

  void deliver() {
    const auto time = now();
    for (auto& letter : box_->take()) {
      const auto at = slots_.find(letter.connection);
      if (at == slots_.end()) {
        counts_.too_late.add(1);
        continue;
      }
      at->second.connection->on_letter(std::move(letter), time);
      after(at);
    }
  }

  /// Sees to what a connection wants after it was called.
  void after(Slots::iterator at) {
    if (at->second.connection->is_closed()) {
      end(at);
    } else {
      await(at->first, at->second);
    }
  }

  void await(std::uint64_t id, Slot& slot) {
    switch (slot.connection->interest()) {
      case Connection::Interest::kNothing:
        return;
      case Connection::Interest::kRead:
        return await_socket(id, slot, Descriptor::wait_read, &Slot::awaits_read);
      case Connection::Interest::kWrite:
        return await_socket(id, slot, Descriptor::wait_write, &Slot::awaits_write);
      case Connection::Interest::kAgain:
        if (std::exchange(slot.has_turn, true)) return;
        post([this, id] { on_socket(id, &Slot::has_turn, {}); });
    }
  }

  void await_socket(std::uint64_t id, Slot& slot, Descriptor::wait_type what, bool Slot::*awaited) {
    if (std::exchange(slot.*awaited, true)) return;
    slot.socket.async_wait(
        what, [this, id, awaited](const boost::system::error_code& error) { on_socket(id, awaited, error); });
  }

  void end(Slots::iterator at) {
    counts_.closed.add(1);
    if (at->second.counted) {
      shared_.door.leave(at->second.peer_key);
    } else {
      --refused_now_;
    }
    slots_.erase(at);
    say_if_drained();
  }

  void say_if_drained() {
    if (host_.draining && slots_.empty() && !std::exchange(said_drained_, true)) shared_.drained();
  }

  void close_ended() {
    for (auto at = slots_.begin(); at != slots_.end();) {
      const auto next = std::next(at);
      if (at->second.connection->is_closed()) end(at);
      at = next;
    }
  }

  ServerShared& shared_;
  ThreadCounts counts_;
  asio::io_context context_{1};  // One thread runs it.
  std::shared_ptr<AnswerBox> box_;
  ConnectionHost host_;
  const milliseconds tick_;
  asio::steady_timer timer_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  Slots slots_;
  std::uint64_t next_id_ = 1;
  std::size_t refused_now_ = 0;
  bool said_drained_ = false;
  std::size_t stopped_requests_ = 0;                // Read after join().
  std::atomic<std::size_t> requests_at_drain_ = 0;  // Of when the drain began.
  std::thread thread_;
};

IoThread::IoThread(ServerShared& shared) {
  // The new thread inherits the mask: signals are the program's to take, and a write of TLS to a peer that is
  // gone must not raise SIGPIPE.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  loop_ = std::make_unique<Loop>(shared);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}
IoThread::~IoThread() { loop_->stop(); }
void IoThread::listen(UniqueFd socket, std::size_t listener) { loop_->listen(std::move(socket), listener); }
void IoThread::add(AcceptedSocket accepted, std::optional<HttpRefusalReason> refused) {
  loop_->add(std::move(accepted), refused);
}
void IoThread::drain() { loop_->drain(); }
std::size_t IoThread::stop() { return loop_->stop(); }
std::size_t IoThread::requests_at_drain() const { return loop_->requests_at_drain(); }
const ThreadCounts& IoThread::counts() const { return loop_->counts(); }

}  // namespace seawall
