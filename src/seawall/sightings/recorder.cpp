#include "seawall/sightings/recorder.h"

#include <algorithm>

namespace seawall {
namespace {

/// Of an unknown quality: taken as good enough, as matchers take it.
PdqHash seen(const ListedPdq& pdq) {
  const bool unknown = pdq.quality == ListedPdq::kQualityUnknown;
  return {pdq.bits, unknown ? kPdqQualityMin : std::clamp(pdq.quality, 0, 100)};
}

}  // namespace

Result<void> Recorder::add(const SignalRecord& record) {
  if (!record.has_signal()) return {};
  std::string_view place = options_.place;
  if (place.empty()) {
    if (record.id.empty() || record.id.size() > Observation::kPlaceBytesMax) {
      return fail(Code::kInvalidInput,
                  "an id of more than " + std::to_string(Observation::kPlaceBytesMax) +
                      " bytes is no place, so this record is not observed: name a place for all of them");
    }
    place = places_.emplace_back(record.id);
  }
  Observation one;
  one.tenant = options_.tenant;
  one.place = place;
  one.time = clock_.now();
  one.md5 = record.md5;
  one.sha1 = record.sha1;
  one.sha256 = record.sha256;
  if (!record.pdq.empty()) one.pdq = seen(record.pdq.front());
  waiting_.push_back(one);
  Observation more;
  more.tenant = one.tenant;
  more.place = one.place;
  more.time = one.time;
  for (std::size_t i = 1; i < record.pdq.size(); ++i) {
    more.pdq = seen(record.pdq[i]);
    waiting_.push_back(more);
  }
  return {};
}

Result<void> Recorder::flush() {
  if (waiting_.empty()) return {};
  auto kept = log_.append(waiting_);
  waiting_.clear();
  places_.clear();
  return kept;
}

Result<void> Recorder::tidy_if_due() {
  const Time now = clock_.now();
  if (now - tidied_ < options_.tidy_every) return {};
  tidied_ = now;
  SEAWALL_CHECK(log_.tidy());
  return {};
}

}  // namespace seawall
