#include "seawall/http/server.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>

#include "seawall/http/detail/io_thread.h"

namespace seawall {
namespace {

/// Files that the rest of the program needs beside connections.
constexpr std::size_t kOtherFiles = 256;

using Contexts = std::vector<std::shared_ptr<const TlsContext>>;

/// One for each listener; null for those that are plain.
Result<Contexts> load_contexts(const HttpServerOptions& options) {
  Contexts contexts;
  for (const auto& listen : options.listen) {
    if (!listen.tls) {
      contexts.push_back(nullptr);
      continue;
    }
    SEAWALL_TRY(auto context, TlsContext::load(*listen.tls));
    contexts.push_back(std::move(context));
  }
  return contexts;
}

Result<void> check(const HttpServerOptions& options) {
  const auto bad = [](std::string why) {
    return fail(Code::kInvalidInput, "the HTTP server: " + std::move(why));
  };
  if (options.listen.empty()) return bad("name an address to listen on");
  if (options.threads < 1 || options.threads > 256) return bad("threads must be 1 to 256");
  if (options.connections_max < 1 || options.connections_per_peer_max < 1)
    return bad("connections_max must be 1 or more");
  if (options.head.bytes_max < 1024 || options.head.bytes_max > (1 << 20)) {
    return bad("the head's limit must be 1 KiB to 1 MiB");
  }
  const std::size_t files = raise_file_limit();
  if (options.connections_max + kOtherFiles > files) {
    return bad(std::to_string(options.connections_max) + " connections need " +
               std::to_string(options.connections_max + kOtherFiles) + " open files, and " +
               std::to_string(files) +
               " are allowed; raise LimitNOFILE (ulimit -Hn), or lower connections_max");
  }
  return {};
}

}  // namespace

struct HttpServer::Parts {
  Parts(const HttpServerOptions& options, HttpHandler& handler, const Clock& clock)
      : shared{options, handler, clock,  Door(options.connections_max, options.connections_per_peer_max),
               nullptr, nullptr, nullptr} {}

  std::shared_ptr<const TlsContext> tls_of(std::size_t listener) {
    const std::scoped_lock lock(mutex);
    return contexts[listener];
  }
  void hand_over(AcceptedSocket accepted, std::optional<HttpRefusalReason> refused) {
    threads[turn.fetch_add(1, std::memory_order_relaxed) % threads.size()]->add(std::move(accepted), refused);
  }
  void one_drained() {
    const std::scoped_lock lock(mutex);
    ++threads_drained;
    some_drained.notify_all();
  }

  ServerShared shared;
  std::vector<std::string> addresses, unix_paths;
  std::atomic<std::size_t> turn = 0;
  std::atomic<bool> draining = false;
  mutable std::mutex mutex;  // Guards contexts, threads_drained.
  std::condition_variable some_drained;
  Contexts contexts;
  std::size_t threads_drained = 0;
  std::vector<std::unique_ptr<IoThread>> threads;  // Last: they use all above.
};

HttpServer::HttpServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
HttpServer::~HttpServer() { drain(std::chrono::milliseconds(0)); }

Result<std::unique_ptr<HttpServer>> HttpServer::start(const HttpServerOptions& options, HttpHandler& handler,
                                                      const Clock& clock) {
  SEAWALL_CHECK(check(options));
  SEAWALL_TRY(auto contexts, load_contexts(options));
  std::vector<ListeningSocket> sockets;
  for (const auto& listen : options.listen) {
    SEAWALL_TRY(auto socket, open_listener(listen.address, options.backlog));
    sockets.push_back(std::move(socket));
  }
  auto parts = std::make_unique<Parts>(options, handler, clock);
  parts->contexts = std::move(contexts);
  auto* all = parts.get();
  all->shared.tls_of = [all](std::size_t listener) { return all->tls_of(listener); };
  all->shared.hand_over = [all](AcceptedSocket accepted, std::optional<HttpRefusalReason> refused) {
    all->hand_over(std::move(accepted), refused);
  };
  all->shared.drained = [all] { all->one_drained(); };
  for (unsigned i = 0; i < all->shared.options.threads; ++i) {
    all->threads.push_back(std::make_unique<IoThread>(all->shared));
  }
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    all->addresses.push_back(sockets[i].address);
    if (!sockets[i].unix_path.empty()) all->unix_paths.push_back(sockets[i].unix_path);
    all->threads[i % all->threads.size()]->listen(std::move(sockets[i].fd), i);
  }
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(parts)));
}

std::vector<std::string> HttpServer::addresses() const { return parts_->addresses; }

Result<void> HttpServer::reload() {
  SEAWALL_TRY(auto contexts, load_contexts(parts_->shared.options));
  const std::scoped_lock lock(parts_->mutex);
  parts_->contexts.swap(contexts);
  return {};
}

HttpCounters HttpServer::counters() const {
  HttpCounters sum;
  for (const auto& thread : parts_->threads) thread->counts().add_to(sum);
  sum.draining = parts_->draining;
  return sum;
}

HttpDrained HttpServer::drain(std::chrono::milliseconds deadline) {
  if (parts_->draining.exchange(true)) return {};
  HttpDrained drained;
  for (const auto& path : parts_->unix_paths) ::unlink(path.c_str());
  for (const auto& thread : parts_->threads) thread->drain();
  {
    std::unique_lock lock(parts_->mutex);
    parts_->some_drained.wait_for(lock, deadline,
                                  [this] { return parts_->threads_drained >= parts_->threads.size(); });
  }
  std::size_t under_way = 0;
  for (const auto& thread : parts_->threads) {
    drained.cut += thread->stop();
    under_way += thread->requests_at_drain();
  }
  drained.finished = under_way - std::min(under_way, drained.cut);
  return drained;
}

}  // namespace seawall
