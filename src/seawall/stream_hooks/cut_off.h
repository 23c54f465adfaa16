#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/base/random_source.h"
#include "seawall/model/list_ids.h"
#include "seawall/net/back_off.h"
#include "seawall/net/fetcher.h"
#include "seawall/net/secret.h"

namespace seawall {

/// Tells whoever can end a stream that it shows a listed video: a signed webhook (Standard Webhooks 1.0.0),
/// {"type":"stream.match","timestamp":...,"data":{the evidence}}.
///
/// Each is sent until the receiver answers 2xx, after 1 s, doubled to a minute, for an hour; each by itself
/// and under one webhook-id, so a receiver that hangs delays the others by its deadline at most. At most
/// kWaitingMax wait, in memory: whoever needs them after a crash reads the evidence file. Threads: any; one
/// of its own. Lifetime: borrows fetcher and clock.
class CutOffSender {
 public:
  static constexpr std::size_t kWaitingMax = 4'096;
  struct Options {
    std::string url;              ///< https; http only to this machine or a network of one's own.
    std::vector<Secret> secrets;  ///< "whsec_...", newest first.
    std::chrono::milliseconds deadline{std::chrono::seconds(5)};
    BackOff back_off{.first = std::chrono::seconds(1), .most = std::chrono::minutes(1)};
    std::chrono::milliseconds sent_for{std::chrono::hours(1)};
  };
  struct Stats {
    std::uint64_t delivered = 0;
    std::uint64_t failed_tries = 0;
    std::uint64_t given_up = 0;  ///< After sent_for, or for want of room.
    std::size_t waiting = 0;
  };

  /// Errors: kInvalidInput (a secret or an address that is none).
  static Result<std::unique_ptr<CutOffSender>> open(Options options, Fetcher& fetcher, const Clock& clock);
  ~CutOffSender();
  CutOffSender(const CutOffSender&) = delete;
  CutOffSender& operator=(const CutOffSender&) = delete;

  /// `evidence`: a JSON object on one line. Never blocks.
  void send(std::string evidence);
  [[nodiscard]] Stats stats() const;
  /// Whether nothing waits.
  [[nodiscard]] bool idle() const;

 private:
  struct Waiting {
    std::string id;
    std::string body;
    Time first{};
    Time due{};
    std::uint32_t tries = 0;
  };
  CutOffSender(Options options, Fetcher& fetcher, const Clock& clock);
  void run(const std::stop_token& stop);
  [[nodiscard]] bool deliver(const Waiting& waiting, const std::stop_token& stop) const;
  std::optional<Waiting> take_due();
  void put_back(Waiting waiting, Time now);

  const Options options_;
  Fetcher& fetcher_;
  const Clock& clock_;
  SystemRandom random_;
  mutable std::mutex mutex_;  // Guards what follows.
  std::condition_variable_any changed_;
  std::vector<Waiting> waiting_;
  Stats stats_;
  bool sending_ = false;
  std::jthread thread_;
};

}  // namespace seawall
