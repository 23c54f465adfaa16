#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/exchange/exchange_format.h"

namespace seawall {

struct SinkRequest {
  bool snapshot = false;     ///< The input is the whole list: what it lacks is withdrawn.
  bool dry_run = false;      ///< Says what would happen and changes nothing.
  std::uint32_t resume = 0;  ///< Not 0: goes on with the load of this release; the input is the same one.
  /// Called with the release's id before its first step is acknowledged to the caller: what to resume if the
  /// process ends. An error stops the load.
  std::function<Result<void>(std::uint32_t release)> began = {};
  std::function<void(std::uint64_t records)> progress = {};  ///< Read so far; after each step.
  std::stop_token stop = {};  ///< Ends the load between two steps: kUnavailable, and it can be resumed.
};

struct SinkReport {
  std::uint32_t release = 0;  ///< 0: nothing changes, or a dry run.
  std::uint64_t added = 0;
  std::uint64_t updated = 0;
  std::uint64_t withdrawn = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t refused = 0;
  std::uint64_t conflicts = 0;
  std::map<std::string, std::uint64_t> reasons = {};  ///< Of what was refused or quarantined.
  std::vector<std::string> conflicting_keys = {};     ///< The first of them.
};

/// Port: where the records of a subscription go: one bank and one source of the lists.
/// Guarantees: nobody sees any of an input before all of it is sealed; take() with `resume` after kill -9
/// ends as take() would have that was not cut off. Threads: one.
class ListSink {
 public:
  virtual ~ListSink() = default;
  /// Errors: kInvalidInput (the input can never be taken; the load is gone), and those that waiting mends.
  virtual Result<SinkReport> take(ExchangeReader& reader, const SinkRequest& request) = 0;
  /// Whether that release is no longer loading: sealed, or moved on since. Errors: kNotFound.
  virtual Result<bool> is_sealed(std::uint32_t release) = 0;
  /// What is left to do with a sealed release, and what it came to. As often as wanted.
  virtual Result<SinkReport> settle(std::uint32_t release) = 0;
  /// Where the lists stand now: opaque, at most 200 bytes.
  virtual Result<std::string> mark() = 0;
  /// Whether the lists hold all that they held when mark() gave this. False: it is another store, or an older
  /// copy of it.
  virtual Result<bool> holds(std::string_view mark) = 0;
};

}  // namespace seawall
