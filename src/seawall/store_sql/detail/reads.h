#pragma once

#include "seawall/store_sql/detail/pool.h"
#include "seawall/store_sql/detail/reader.h"

namespace seawall::store_sql_detail {

/// The methods of StoreView, by a Reader, for both StoreView and StoreChange.
template <class Port>
class Reads : public Port {
 public:
  Reads(Pool::Loan loan, SqlTransaction transaction)
      : loan_(std::move(loan)), transaction_(std::move(transaction)), reader_(*loan_) {}

  Result<ListVersion> version() override { return reader_.version(); }
  Result<std::vector<ListBank>> banks() override { return reader_.banks(); }
  Result<std::optional<ListBank>> bank(BankId id) override { return reader_.bank(id); }
  Result<std::optional<ListBank>> bank_named(std::string_view tenant, std::string_view name) override {
    return reader_.bank_named(tenant, name);
  }
  Result<std::vector<Source>> sources() override { return reader_.sources(); }
  Result<std::optional<Source>> source_named(std::string_view name) override {
    return reader_.source_named(name);
  }
  Result<std::optional<Release>> release(ReleaseId id) override { return reader_.release(id); }
  Result<std::vector<Release>> releases(ReleaseId after, std::size_t limit) override {
    return reader_.releases(after, limit);
  }
  Result<std::vector<Release>> open_releases(ReleaseId after, std::size_t limit) override {
    return reader_.open_releases(after, limit);
  }
  Result<std::vector<PendingChange>> pending(ReleaseId release, EntryId after, std::size_t limit) override {
    return reader_.pending(release, after, limit);
  }
  Result<std::vector<Refusal>> refusals(ReleaseId release, std::uint64_t offset, std::size_t limit) override {
    return reader_.refusals(release, offset, limit);
  }
  Result<std::vector<Entry>> entries(std::span<const EntryId> ids) override { return reader_.entries(ids); }
  Result<std::vector<Entry>> entries_of_release(ReleaseId release, EntryId after,
                                                std::size_t limit) override {
    return reader_.entries_of_release(release, after, limit);
  }
  Result<std::vector<Entry>> entries_of_bank(BankId bank, EntryId after, std::size_t limit) override {
    return reader_.entries_of_bank(bank, after, limit);
  }
  Result<std::vector<std::optional<KnownKey>>> known_keys(BankId bank, SourceId source,
                                                          std::span<const std::string> keys) override {
    return reader_.known_keys(bank, source, keys);
  }
  Result<std::uint64_t> count(BankId bank, EntryState state) override { return reader_.count(bank, state); }
  Result<std::vector<VideoEntry>> video_entries(EntryId after, EntryId last, std::size_t limit) override {
    return reader_.video_entries(after, last, limit);
  }
  Result<std::vector<EntryChange>> history(EntryId entry) override { return reader_.history(entry); }
  Result<std::vector<Entry>> entries_at(BankId bank, std::uint64_t version, EntryId after,
                                        std::size_t limit) override {
    return reader_.entries_at(bank, version, after, limit);
  }
  Result<std::vector<FeedItem>> feed(std::uint64_t after, std::size_t limit) override {
    return reader_.feed(after, limit);
  }

 protected:
  Pool::Loan loan_;  // Given back after the transaction has ended.
  SqlTransaction transaction_;
  Reader reader_;
};

}  // namespace seawall::store_sql_detail
