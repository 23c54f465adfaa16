#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>

#include "seawall/base/function_ref.h"
#include "seawall/remote/detail/asker.h"

namespace seawall {

/// Where a pull of "all that changed since" stands: the start of the span, and the server's own word for the
/// page in it.
struct SpanOfTime {
  std::int64_t since_s = 0;
  std::string page;           ///< Empty: the first.
  std::int64_t newest_s = 0;  ///< The newest change on the pages of this span so far.
};

inline constexpr std::size_t kPageWordBytesMax = 8 * 1024;

/// How one interface names spans and pages.
struct SpanInterface {
  std::string_view kind;  ///< Of its checkpoints.
  FunctionRef<Result<FetchRequest>(const SpanOfTime&)> request_for;
  /// What of the server's word for the next page is kept in the checkpoint: never a secret.
  FunctionRef<Result<std::string>(std::string_view)> page_word;
};

/// One step through such an interface. The start of the span moves to the newest change that was seen only
/// when the last page was read; that second is then asked for again, so nothing that falls into it later is
/// missed. A page that the server no longer knows (400, 404, 410) begins the span anew.
Result<RemoteStep> next_page_of_span(const SpanInterface& interface, Asker& asker,
                                     const ExchangeFormat& format, const std::string& checkpoint,
                                     std::stop_token stop);

}  // namespace seawall
