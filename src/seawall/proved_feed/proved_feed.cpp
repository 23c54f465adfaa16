#include "seawall/proved_feed/proved_feed.h"

#include <algorithm>

#include "seawall/durable_file/posix_file_system.h"
#include "seawall/list_log/list_log.h"
#include "seawall/store/list_version.h"

namespace seawall {
namespace {

Error of_version(std::uint64_t version, Code code, const std::string& what) {
  return {code, "list version " + std::to_string(version) + ": " + what};
}

/// A log that cannot be read, or does not reach so far, may come to: only what it shows is held against it.
Error of_log(std::uint64_t version, const Error& error) {
  const bool is_false = error.code == Code::kInvalidInput || error.code == Code::kCorrupt;
  return of_version(version, is_false ? Code::kCorrupt : Code::kNotFound, error.message);
}

Result<void> check_link(const ListVersion& before, const FeedItem& item) {
  const ListVersion& at = item.version;
  if (at.number == before.number + 1 && next_chain(before.chain, item) == at.chain) return {};
  return tl::unexpected(of_version(before.number + 1, Code::kCorrupt,
                                   "the change in the store does not continue the chain of those before"));
}

Error altered(std::uint64_t version) {
  return of_version(version, Code::kCorrupt, "the store's changes are not those that the log holds");
}

}  // namespace

Result<std::unique_ptr<ProvedFeed>> ProvedFeed::open(Store& store, LogRecordStore& records,
                                                     const std::filesystem::path& log, LogTrust trust,
                                                     Tell tell) {
  SEAWALL_TRY(auto files, durable::posix_folder_tree(log, false));
  PublishedLog published(std::move(files), trust);
  return std::make_unique<ProvedFeed>(store, records, std::move(published), std::move(trust),
                                      std::move(tell));
}

void ProvedFeed::remember(const ListVersion& version) {
  if (known_.size() >= kKnownMax) known_.clear();
  known_.insert_or_assign(version.number, version.chain);
  if (version.number > proved_.number) proved_ = version;
}

void ProvedFeed::note() {
  const auto& wrong = altered_ ? altered_ : claim_;
  const bool is_false = wrong && wrong->code == Code::kCorrupt;
  const std::uint64_t ahead = claimed_ > proved_.number ? claimed_ - proved_.number : 0;
  unproved_ = is_false ? std::max<std::uint64_t>(ahead, 1) : ahead;
  is_false_ = is_false;
  std::string now = is_false ? wrong->message : "";
  if (now == told_) return;
  told_ = std::move(now);
  tell_(is_false ? wrong : std::nullopt);
}

Result<Sha256> ProvedFeed::prove(std::uint64_t version) {
  if (const auto known = known_.find(version); known != known_.end()) return known->second;
  SEAWALL_TRY(const auto record, records().record_of(kListsSource, version));
  if (!record || !record->leaf) {
    return tl::unexpected(of_version(version, Code::kCorrupt, "it is called published and has no entry"));
  }
  if (!record->salt) return tl::unexpected(of_version(version, Code::kNotFound, "its record is erased"));
  SEAWALL_TRY(const ListVersion said, list_version_of(*record));
  if (said.number != version) {
    return tl::unexpected(of_version(version, Code::kCorrupt, "its record is of another version"));
  }
  const auto proof = log_.prove(*record->leaf);
  if (!proof) return tl::unexpected(of_log(version, proof.error()));
  if (!shows_in_log(record->entry, *proof, trust_)) {
    return tl::unexpected(of_version(version, Code::kCorrupt, "the published log holds another entry"));
  }
  remember(said);
  return said.chain;
}

/// The greatest version before `claimed` whose entry stands in the published head, as the database tells it.
Result<std::uint64_t> ProvedFeed::reached(std::uint64_t claimed) {
  std::uint64_t low = proved_.number, high = claimed;
  const auto size = log_.size();
  if (!size) return low;
  while (high - low > 1) {
    const std::uint64_t middle = low + (high - low) / 2;
    SEAWALL_TRY(const auto record, records().record_of(kListsSource, middle));
    (record && record->leaf && *record->leaf < *size ? low : high) = middle;
  }
  return low;
}

Result<void> ProvedFeed::advance(std::uint64_t claimed) {
  const auto all = prove(claimed);
  if (all) {
    claim_.reset();
    return {};
  }
  if (all.error().code == Code::kUnavailable) return tl::unexpected(all.error());
  claim_ = all.error();
  SEAWALL_TRY(const std::uint64_t some, reached(claimed));
  if (some <= proved_.number) return {};
  const auto part = prove(some);
  if (!part && part.error().code == Code::kCorrupt) claim_ = part.error();
  return {};
}

Result<std::optional<std::uint64_t>> ProvedFeed::shown() {
  SEAWALL_TRY(const auto published, PublishedFeed::shown());
  const std::scoped_lock lock(mutex_);
  claimed_ = published.value_or(0);
  if (claimed_ > proved_.number) {
    SEAWALL_CHECK(advance(claimed_));
  } else {
    claim_.reset();
  }
  note();
  return std::min(claimed_, proved_.number);
}

Result<void> ProvedFeed::walk(const ListVersion& from, std::size_t stride) {
  std::vector<ListVersion> passed{from};
  ListVersion at = from;
  while (at.number < proved_.number) {
    const std::uint64_t left = proved_.number - at.number;
    SEAWALL_TRY(const auto items, all().read(at.number, std::min<std::uint64_t>(left, kReadMax)));
    if (items.empty()) return tl::unexpected(altered(at.number + 1));
    for (const FeedItem& item : items) {
      SEAWALL_CHECK(check_link(at, item));
      at = item.version;
      if ((at.number - from.number) % stride == 0) passed.push_back(at);
    }
  }
  if (at != proved_) return tl::unexpected(altered(at.number));
  for (const ListVersion& one : passed) remember(one);
  return {};
}

/// `items`: those after `after`, and the one before them where there is one: it says what the first
/// continues.
Result<void> ProvedFeed::check(std::uint64_t after, std::span<const FeedItem> items, std::size_t limit) {
  ListVersion at;
  for (const FeedItem& item : items) {
    const bool is_before = item.version.number == after && &item == items.data();
    if (!is_before) SEAWALL_CHECK(check_link(at, item));
    at = item.version;
  }
  const auto chain = prove(at.number);
  if (chain) return *chain == at.chain ? Result<void>() : tl::unexpected(altered(at.number));
  if (chain.error().code != Code::kNotFound) return tl::unexpected(chain.error());
  return walk(at, limit);
}

Result<std::vector<FeedItem>> ProvedFeed::read(std::uint64_t after, std::size_t limit) {
  SEAWALL_TRY(const auto seen, shown());
  if (seen.value_or(0) <= after) return std::vector<FeedItem>();
  const std::uint64_t before = after == 0 ? 0 : 1;
  limit = std::clamp<std::size_t>(limit, 1, kReadMax - 1);
  SEAWALL_TRY(auto items, all().read(after - before, std::min<std::uint64_t>(limit, *seen - after) + before));
  if (items.size() <= before) return std::vector<FeedItem>();
  const std::scoped_lock lock(mutex_);
  const auto checked = check(after, items, limit);
  altered_ =
      !checked && checked.error().code == Code::kCorrupt ? std::optional(checked.error()) : std::nullopt;
  note();
  SEAWALL_CHECK(checked);
  items.erase(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(before));
  return items;
}

}  // namespace seawall
