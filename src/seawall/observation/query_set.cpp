#include "seawall/observation/detail/query_set.h"

#include <string>

namespace seawall::observation_detail {

Result<QuerySet> QuerySet::make(std::span<const RetroEntry> entries) {
  if (entries.size() > ObservationLog::kRetroEntriesMax) {
    return fail(Code::kLimitExceeded,
                "at most " + std::to_string(ObservationLog::kRetroEntriesMax) + " entries at a time");
  }
  QuerySet set;
  std::vector<Fingerprint256> queries;
  std::vector<int> radius_bits;
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    const RetroEntry& entry = entries[i];
    for (std::uint32_t f = 0; f < entry.pdq.size(); ++f) {
      queries.push_back(entry.pdq[f].bits);
      radius_bits.push_back(entry.pdq[f].radius_bits);
      set.owners.push_back({i, f});
    }
    if (entry.md5) set.md5.add(*entry.md5, i);
    if (entry.sha1) set.sha1.add(*entry.sha1, i);
    if (entry.sha256) set.sha256.add(*entry.sha256, i);
  }
  SEAWALL_TRY(set.matcher, FlatMatcher::make(queries, radius_bits));
  set.md5.finish();
  set.sha1.finish();
  set.sha256.finish();
  return set;
}

}  // namespace seawall::observation_detail
