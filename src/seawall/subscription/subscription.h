#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "seawall/durable_file/file_system.h"
#include "seawall/remote/remote_client.h"
#include "seawall/subscription/list_sink.h"
#include "seawall/subscription/page_store.h"

namespace seawall {

/// How far a run has come.
struct RunProgress {
  std::uint64_t pages = 0;     ///< Read in this run.
  std::uint64_t records = 0;   ///< In them.
  std::uint64_t imported = 0;  ///< Not 0: records of the pages that are on their way into the lists.
};

struct SubscriptionOptions {
  /// Digest of kind and address: a folder that was filled from elsewhere is refused.
  std::string feed;
  std::chrono::milliseconds interval{std::chrono::minutes(15)};
  BackOff back_off = {};
  /// What goes into one release at most: pages are imported when they pass any of these.
  std::uint64_t batch_records = 500'000;
  std::uint64_t batch_bytes = 1ULL << 30;
  std::uint64_t batch_pages = 500;
  /// Called after each page and each step of an import, from the thread of run().
  std::function<void(const RunProgress&)> progress = {};
};

/// What one run did.
struct RunReport {
  bool finished = false;  ///< The end of the remote list was reached; else go on at `health.next_at`.
  std::uint64_t pages = 0;
  std::uint64_t records = 0;
  SinkReport changes;                   ///< Of all its releases together; `release`: the last one.
  std::vector<std::uint32_t> releases;  ///< Each of them.
  std::string waits_for;                ///< Not finished: why.
};

/// One remote list that is followed: pulls page by page into its folder, and proposes what is there to the
/// lists as a release when the end is reached or a batch is full.
/// Guarantees: whatever ends the process at whatever point, the next run goes on from there, with nothing
/// skipped and nothing proposed twice: a page and the checkpoint after it are durable together, and so are
/// the release's seal and everything in it; the state notes the release before it can be sealed.
/// It never sleeps: run() is for when `health().next_at` has come, by the caller's clock.
/// Threads: one. Lifetime: borrows client, format, sink, files and what `context` names. Costs: each page is
/// written to the folder once and read three times.
class Subscription {
 public:
  /// Errors: kConflict (another process follows it; or the lists are not those that it filled, or an older
  /// copy of them), kInvalidInput (the folder is of another feed), kCorrupt.
  static Result<std::unique_ptr<Subscription>> open(const RemoteContext& context, RemoteClient& client,
                                                    const ExchangeFormat& format, ExchangeReadOptions read,
                                                    ListSink& sink, durable::FileSystem& files,
                                                    SubscriptionOptions options);

  [[nodiscard]] const SubscriptionHealth& health() const { return pages_.state().health; }
  [[nodiscard]] bool due() const {
    const Time now = context_.clock.now();
    return now >= due_at(health(), now);
  }

  /// One pull, due or not: until the end of the remote list, a wait that the remote asks for, an error, or
  /// `stop`. Errors are in health() too, but for a stop, which is none of the feed's: kUnavailable, and the
  /// next run goes on from there. Afterwards `health().next_at` says when to run again.
  Result<RunReport> run(std::stop_token stop);

  /// One pull that proposes nothing and says what it would: `files` is an empty folder, and it begins after
  /// `checkpoint`, which may be that of a subscription that is running. Once, on a fresh object. A remote
  /// that asks to wait is kUnavailable here.
  Result<RunReport> rehearse(const std::string& checkpoint, std::stop_token stop);

 private:
  Subscription(const RemoteContext& context, RemoteClient& client, const ExchangeFormat& format,
               ExchangeReadOptions read, ListSink& sink, PageStore pages, SubscriptionOptions options);
  struct Wait {
    Time until{};
    std::string reason;
  };
  Result<void> work(RunReport& report, Wait& wait, const std::stop_token& stop);
  Result<bool> take_step(RemoteStep step, RunReport& report, Wait& wait);
  Result<void> keep(const RemoteStep& step);
  Result<void> begin_import();
  Result<void> import_pages(RunReport& report, const std::stop_token& stop);
  Result<SinkReport> offer_pages(const RunReport& report, const std::stop_token& stop);
  void tell(const RunReport& report, std::uint64_t imported) const;
  Result<void> finish_import(const SinkReport& changes, RunReport& report);
  Result<void> drop_pages();
  [[nodiscard]] bool batch_is_full() const;
  /// When to ask again; `until`: not before.
  Time after_failure(const SubscriptionHealth& health, std::optional<Time> until);

  RemoteContext context_;
  RemoteClient& client_;
  const ExchangeFormat& format_;
  ExchangeReadOptions read_;
  ListSink& sink_;
  PageStore pages_;
  SubscriptionOptions options_;
  bool dry_ = false;
};

}  // namespace seawall
