#include <algorithm>
#include <unordered_set>

#include "seawall/base/hex.h"
#include "seawall/lists/detail/export_record.h"
#include "seawall/lists/export.h"

namespace seawall {
namespace {

using lists_detail::has_expired;
using lists_detail::is_listed;
using lists_detail::is_wanted;

constexpr std::size_t kPage = 2'000;

/// The entries of a bank one by one, in the order of their ids.
class Cursor {
 public:
  /// `version`: as the bank was then; none: as it is.
  Cursor(StoreView& view, BankId bank, std::optional<std::uint64_t> version)
      : view_(view), bank_(bank), version_(version) {}

  /// Null after the last one. Lives until the next call.
  Result<Entry*> next() {
    if (at_ == page_.size()) {
      if (ended_) return nullptr;
      SEAWALL_TRY(page_, version_ ? view_.entries_at(bank_, *version_, after_, kPage)
                                  : view_.entries_of_bank(bank_, after_, kPage));
      at_ = 0;
      ended_ = page_.empty();
      if (ended_) return nullptr;
      after_ = page_.back().id;
    }
    return &page_[at_++];
  }

 private:
  StoreView& view_;
  BankId bank_;
  std::optional<std::uint64_t> version_;
  std::vector<Entry> page_;
  std::size_t at_ = 0;
  EntryId after_{};
  bool ended_ = false;
};

/// Writes the entries that came or changed, and notes the keys of those that went.
Result<std::unordered_set<std::string>> write_changed(StoreView& view, const ExportOptions& options,
                                                      std::uint64_t after, ExchangeWriter& writer,
                                                      ExportReport& report) {
  std::unordered_set<std::string> gone;
  Cursor now(view, options.bank, std::nullopt);
  Cursor then(view, options.bank, after);
  SEAWALL_TRY(Entry * old, then.next());
  for (;;) {  // Ends with the bank.
    SEAWALL_TRY(Entry* const entry, now.next());
    if (entry == nullptr) return gone;
    while (old != nullptr && old->id < entry->id) {
      SEAWALL_TRY(old, then.next());
    }
    if (!is_wanted(*entry, options)) continue;
    const bool was = old != nullptr && old->id == entry->id && is_listed(*old, options);
    const bool is = is_listed(*entry, options) && !has_expired(*entry, options);
    if (was && !is) gone.insert(entry->key);
    if (!is) continue;
    const bool same = was && old->content == entry->content && old->expires_at == entry->expires_at;
    if (!same) SEAWALL_CHECK(lists_detail::write_record(*entry, options, writer, report));
  }
}

/// Takes out the keys that another entry has.
Result<void> keep_unlisted(StoreView& view, const ExportOptions& options,
                           std::unordered_set<std::string>& gone) {
  Cursor now(view, options.bank, std::nullopt);
  while (!gone.empty()) {
    SEAWALL_TRY(const Entry* const entry, now.next());
    if (entry == nullptr) return {};
    const bool is = is_wanted(*entry, options) && is_listed(*entry, options) && !has_expired(*entry, options);
    if (is) gone.erase(entry->key);
  }
  return {};
}

}  // namespace

Result<std::string> chain_at(StoreView& view, std::uint64_t version) {
  if (version == 0) return std::string();
  SEAWALL_TRY(const auto items, view.feed(version - 1, 1));
  if (items.empty()) {
    return fail(Code::kNotFound, "the list has not come to version " + std::to_string(version) + " yet");
  }
  return to_hex(items.front().version.chain);
}

Result<ExportReport> export_changes(StoreView& view, const ExportOptions& options, std::uint64_t after,
                                    ExchangeWriter& writer) {
  ExportReport report;
  SEAWALL_TRY(const auto bank, view.bank(options.bank));
  if (!bank) return fail(Code::kNotFound, "there is no such bank to export");
  SEAWALL_TRY(report.version, view.version());
  SEAWALL_TRY(auto gone, write_changed(view, options, after, writer, report));
  SEAWALL_CHECK(keep_unlisted(view, options, gone));
  std::vector<std::string> keys(gone.begin(), gone.end());
  std::ranges::sort(keys);
  for (std::string& key : keys) SEAWALL_CHECK(lists_detail::write_tombstone(std::move(key), writer, report));
  SEAWALL_CHECK(writer.finish());
  return report;
}

}  // namespace seawall
