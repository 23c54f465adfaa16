#pragma once

#include <utility>

#include "seawall/api/media_asks.h"
#include "seawall/match/signals.h"
#include "seawall/media/decoder.h"
#include "seawall/service/call.h"
#include "seawall/service/media_fetch.h"

namespace seawall {

/// POST /v1/hash and POST /v1/compare: nothing is looked up, observed or kept. Threads: any. Lifetime:
/// borrows.
class MediaCalls {
 public:
  MediaCalls(MediaDecoder& decoder, MediaFetch& fetch) : decoder_(decoder), fetch_(fetch) {}
  void serve(ServedOperations& operations);

 private:
  struct Side;
  template <class T>
  using Checked = tl::expected<T, CallProblem>;

  CallResult hash(Call& call);
  CallResult hash_url(Call& call, const struct HashStyle& style);
  CallResult compare(Call& call);
  Checked<Side> side_of(std::span<const std::byte> file, const SignalOptions& options);
  Checked<Side> side_from(const CompareSideAsk& asked, const SignalOptions& options);
  Checked<std::pair<Side, Side>> sides_of(Call& call, const CompareAsk& asked);
  Checked<FetchedBytes> fetched(const std::string& url);

  MediaDecoder& decoder_;
  MediaFetch& fetch_;
};

}  // namespace seawall
