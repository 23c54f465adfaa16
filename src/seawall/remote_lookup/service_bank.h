#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "seawall/base/random_source.h"
#include "seawall/base/result.h"
#include "seawall/net/back_off.h"
#include "seawall/net/fetcher.h"
#include "seawall/scan/file_examiner.h"

namespace seawall {

struct ServiceBankOptions {
  std::string url;                              ///< https://host[:port]; http to this machine only.
  std::shared_ptr<const Secret> authorization;  ///< "Bearer swk_..."; may be null.
  std::optional<int> radius_bits = {};          ///< Narrows the look-ups, 0..256.
  std::size_t requests_max = 4;                 ///< In flight at once.
  std::size_t batch_items_max = 1000;           ///< Of one request, 1..10,000.
  int tries_max = 10;                           ///< Of one request, waiting in between.
  BackOff back_off{std::chrono::milliseconds(500), std::chrono::seconds(30)};
  /// The longest wait that a service may ask for (Retry-After); beyond it the look-up fails.
  std::chrono::milliseconds wait_max = std::chrono::minutes(5);
  /// Waits; false once told to stop. Replaced in tests.
  std::function<bool(std::chrono::milliseconds, std::stop_token)> wait = {};
};

/// The lists of a look-up service as a bank of a scan: only signals leave this machine, never bytes, names or
/// places of files.
///
/// What: callers that ask at the same time share requests (POST /v1/match with items): whoever finds a
/// request free takes along all that wait, so batches grow as the service is slow, and nobody waits for a
/// batch to fill. Guarantees: each request is tried again under one Idempotency-Key after connection errors,
/// 429 and 503, when the service says; a batch that passes the key's rate is halved. Once a request has
/// failed for good, every later call fails at once with the same error.
/// Threads: search() from any number at once; each blocks for its answer. stop() from any.
/// Lifetime: fetcher and random must outlive it. Source: docs/openapi.yaml.
class ServiceBank final : public ScanBank {
 public:
  /// Errors: kInvalidInput (the URL).
  static Result<std::unique_ptr<ServiceBank>> open(ServiceBankOptions options, Fetcher& fetcher,
                                                   RandomSource& random);
  ~ServiceBank() override;

  /// Errors: kUnavailable (the service did not answer, refuses, or does not speak as Seawall does: the file
  /// is not to blame); kLimitExceeded and others for this file alone, matches that there are beside it.
  Result<void> search(const MediaSignals& signals, std::vector<RecordedMatch>& matches) const override;

  /// Ends requests and waits; every search() then fails with kUnavailable.
  void stop();

 private:
  struct Impl;
  explicit ServiceBank(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace seawall
