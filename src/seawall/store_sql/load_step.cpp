#include "seawall/store_sql/detail/load_step.h"

#include <algorithm>

#include "seawall/store/canonical.h"
#include "seawall/store/content_check.h"
#include "seawall/store_sql/detail/key_hash.h"

namespace seawall::store_sql_detail {
namespace {

constexpr std::string_view kRepeatReason = "duplicate_key";
constexpr std::string_view kRepeatDetail =
    "the release adds an entry under this key already; the first one stays";

Result<void> check(const NewEntry& entry) {
  SEAWALL_CHECK(check_key(entry.key));
  SEAWALL_CHECK(check_content(entry.content));
  if (!entry.quarantined) return {};
  Entry settings;
  settings.state_reason = entry.state_reason;
  return check_entry_settings(settings);
}

}  // namespace

Result<LoadStep> LoadStep::prepare(const ReleaseLoad::Step& step) {
  if (step.add.size() + step.pending.size() + step.refusals.size() > kRecordsMax) {
    return fail(Code::kLimitExceeded, "a step of a load holds at most 1,000,000 records");
  }
  LoadStep ready(step);
  SEAWALL_CHECK(ready.encode());
  for (const Refusal& refusal : step.refusals) {
    SEAWALL_CHECK(check_refusal_reason(refusal.reason));
    ready.refusals_.push_back({clean_text(refusal.key, Entry::kKeyBytesMax), refusal.reason,
                               clean_text(refusal.detail, Entry::kReasonBytesMax), refusal.quarantined});
  }
  for (const PendingChange& change : step.pending) {
    if (change.content) SEAWALL_CHECK(check_content(*change.content));
  }
  return ready;
}

Result<void> LoadStep::encode() {
  by_hash_.reserve(step_->add.size());
  ends_.reserve(step_->add.size());
  for (std::uint32_t place = 0; const NewEntry& entry : step_->add) {
    if (auto fits = check(entry); !fits) {
      return tl::unexpected(
          std::move(fits).error().within("new entry " + std::to_string(place) + " of the step"));
    }
    append_canonical(contents_, entry.content);
    ends_.push_back(contents_.size());
    by_hash_.push_back({key_hash(entry.key), place++});
  }
  std::sort(by_hash_.begin(), by_hash_.end());
  dropped_.resize(step_->add.size());
  return {};
}

void LoadStep::drop(std::size_t place) {
  if (dropped_[place]) return;
  dropped_[place] = true;
  ++repeats_;
  refusals_.push_back({step_->add[place].key, std::string(kRepeatReason), std::string(kRepeatDetail), false});
}

Result<void> LoadStep::drop_repeats(KeyRuns& runs,
                                    FunctionRef<Result<bool>(std::uint32_t, std::string_view)> known) {
  for (std::size_t i = 0; i < by_hash_.size(); ++i) {
    const auto& [hash, place] = by_hash_[i];
    const std::string& key = step_->add[place].key;
    for (std::size_t j = i; j-- > 0 && by_hash_[j].hash == hash;) {
      if (step_->add[by_hash_[j].place].key == key) drop(place);
    }
    if (!runs.may_hold(hash)) continue;
    SEAWALL_TRY(const auto places, runs.places(hash));
    for (const std::uint32_t earlier : places) {
      SEAWALL_TRY(const bool same, known(earlier, key));
      if (same) drop(place);
    }
  }
  return {};
}

std::vector<KeyPlace> LoadStep::keys(std::uint32_t first) const {
  std::vector<std::uint32_t> places(dropped_.size());
  for (std::size_t i = 0; i < dropped_.size(); ++i) {
    places[i] = first;
    if (!dropped_[i]) ++first;
  }
  std::vector<KeyPlace> keys;
  keys.reserve(by_hash_.size());
  for (const KeyPlace& key : by_hash_) {
    if (!dropped_[key.place]) keys.push_back({key.hash, places[key.place]});
  }
  return keys;
}

Result<void> LoadStep::for_each(FunctionRef<Result<void>(const Row&)> visit) const {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    const Row row{&step_->add[i], std::string_view(contents_).substr(begin, ends_[i] - begin)};
    begin = ends_[i];
    if (!dropped_[i]) SEAWALL_CHECK(visit(row));
  }
  return {};
}

std::uint64_t LoadStep::kept_quarantined() const {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < dropped_.size(); ++i) {
    if (!dropped_[i] && step_->add[i].quarantined) ++count;
  }
  return count;
}

}  // namespace seawall::store_sql_detail
