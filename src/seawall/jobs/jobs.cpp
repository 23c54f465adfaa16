#include "seawall/jobs/jobs.h"

namespace seawall {

Result<std::unique_ptr<Jobs>> Jobs::open(const Parts& parts, const Options& options) {
  SEAWALL_TRY(auto mark, ProcessMark::make(parts.records, parts.clock, options.mark));
  return std::unique_ptr<Jobs>(new Jobs(parts, options, std::move(mark)));
}

Jobs::Jobs(const Parts& parts, const Options& options, std::unique_ptr<ProcessMark> mark)
    : mark_(std::move(mark)),
      sender_({parts.records, parts.master, parts.secrets, parts.fetcher, parts.clock}, options.sender),
      idempotency_(parts.records, *mark_, parts.master, parts.clock),
      lookups_({parts.records, *mark_, parts.master, parts.clock, [this] { sender_.nudge(); }},
               options.lookups),
      notices_({parts.records, *mark_, parts.master, parts.clock, [this] { sender_.nudge(); }}),
      keeper_({parts.records, *mark_, lookups_, parts.clock}, options.keeper) {}

}  // namespace seawall
