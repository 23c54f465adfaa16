#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/base/random_source.h"
#include "seawall/key_vault/key_vault.h"
#include "seawall/net/back_off.h"
#include "seawall/net/fetcher.h"
#include "seawall/net/secret.h"

namespace seawall {

/// {"alarm":{"at":"...","detail":"person-hour","kind":"limit"},"type":"keys.alarm"}; "detail" may be missing.
/// Names nobody, and nothing of a canary. The same bytes at each attempt.
[[nodiscard]] std::string page_body(const VaultPage& page);

/// Calls somebody when a key vault raises an alarm or a person is frozen: a signed webhook (docs/webhooks.md)
/// to one address.
///
/// At least once, under one webhook-id: what waits is in the vault, and is taken from there only after a 2xx.
/// Sent again after 2 s, doubled to 5 minutes, of which half is drawn at random, for KeyVault::kPagedFor. One
/// after another, the oldest first; one whose receiver hangs delays the next by the deadline. Threads: one of
/// its own. Lifetime: borrows vault, fetcher and clock.
class PageSender {
 public:
  struct Options {
    std::string url;  ///< https, at port 443 or from 1024.
    Secret secret;    ///< "whsec_..."
    std::chrono::milliseconds deadline{std::chrono::seconds(10)};
    BackOff back_off{.first = std::chrono::seconds(2), .most = std::chrono::minutes(5)};
  };
  /// `fetcher`: one that goes where it may (jobs/webhook_fetcher.h). Errors: kInvalidInput (address, secret).
  static Result<std::unique_ptr<PageSender>> open(Options options, KeyVault& vault, Fetcher& fetcher,
                                                  const Clock& clock);
  ~PageSender();
  PageSender(const PageSender&) = delete;
  PageSender& operator=(const PageSender&) = delete;

 private:
  PageSender(Options options, KeyVault& vault, Fetcher& fetcher, const Clock& clock);
  void run(const std::stop_token& stop);
  bool send_due(const std::stop_token& stop);
  [[nodiscard]] bool deliver(const VaultPage& page, const std::stop_token& stop) const;

  std::vector<Secret> secrets_;
  const Options options_;
  KeyVault& vault_;
  Fetcher& fetcher_;
  const Clock& clock_;
  SystemRandom random_;
  std::mutex mutex_;  ///< For the wait alone.
  std::condition_variable_any stopped_;
  std::jthread thread_;
};

}  // namespace seawall
