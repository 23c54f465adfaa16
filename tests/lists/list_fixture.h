#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/base/temporary_folder.h"
#include "seawall/exchange/exchange_format.h"
#include "seawall/lists/import.h"
#include "seawall/lists/list_service.h"
#include "seawall/store_sql/open.h"
#include "seawall/store_sql/records.h"

namespace seawall::test {

class HandClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return at; }
  Time at{std::chrono::milliseconds(1'700'000'000'000)};
};

/// A list that lies in memory: the port's own contract, so that tests say records and not bytes.
class VectorReader final : public ExchangeReader {
 public:
  explicit VectorReader(std::vector<ExchangeRecord> records) : records_(std::move(records)) {}
  Result<ExchangeOutcome> next(ExchangeRecord& record) override {
    if (at_ == fail_at) return fail(fail_code, "cut off");
    ExchangeOutcome outcome;
    if (at_ == records_.size()) return outcome;
    outcome.place = "record " + std::to_string(at_ + 1);
    if (records_[at_].key == "(refused)") {
      outcome.kind = ExchangeOutcome::Kind::kRefused;
      outcome.reason = "malformed_hash";
      outcome.detail = "not hex";
    } else {
      outcome.kind = ExchangeOutcome::Kind::kRecord;
      record = records_[at_];
    }
    ++at_;
    return outcome;
  }
  [[nodiscard]] const ExchangeDocument& document() const override { return document_; }

  std::size_t fail_at = ~std::size_t{0};
  Code fail_code = Code::kUnavailable;

 private:
  std::vector<ExchangeRecord> records_;
  std::size_t at_ = 0;
  ExchangeDocument document_;
};

inline Fingerprint256 pattern(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  return {{random(), random(), random(), random()}};
}
inline Md5 md5_of(std::uint64_t seed) {
  Md5 digest{};
  std::mt19937_64 random(seed + 1'000'000);
  for (std::byte& byte : digest) byte = static_cast<std::byte>(random());
  return digest;
}
/// A generated hash and a generated digest.
inline EntryContent content_of(std::uint64_t seed) {
  EntryContent content;
  content.signals.pdq.push_back({pattern(seed), 80});
  content.signals.md5 = md5_of(seed);
  return content;
}
inline ExchangeRecord record_of(const std::string& key, std::uint64_t seed) {
  return {key, false, content_of(seed)};
}
inline ExchangeRecord tombstone(const std::string& key) { return {key, true, {}}; }

/// A value, or the test fails with the error's message.
template <class T, class E>
T get(tl::expected<T, E> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

inline TemporaryFolder temporary_folder() { return get(TemporaryFolder::make("seawall-lists")); }

/// A real store, and the service over it.
struct Lists {
  explicit Lists(const std::filesystem::path& file, bool make = true)
      : Lists("sqlite:" + file.string(), make) {}
  /// `place`: the store's URL. `make`: it is not there yet.
  explicit Lists(const std::string& place, bool make = true) : url(place) {
    OpenStoreOptions options;
    options.create = make;
    store = get(open_store(url, options));
    records = get(open_store_records(url));
    service = std::make_unique<ListService>(*store, *records.requests, clock);
  }

  BankId make_bank(const std::string& name, bool two_person = true, BankKind kind = BankKind::kListed) {
    ListBank bank;
    bank.name = name;
    bank.two_person = two_person;
    bank.kind = kind;
    return get(service->make_bank(bank, ann));
  }
  Release propose(BankId bank, const std::string& key, std::uint64_t seed) {
    return get(service->propose({bank, key, content_of(seed)}, ann));
  }
  /// Proposed by ann, approved and put in force by bob.
  EntryId list(BankId bank, const std::string& key, std::uint64_t seed) {
    const Release release = propose(bank, key, seed);
    get(service->approve(release.id, bob));
    get(service->activate(release.id, bob));
    return entry_id(release.id, 0);
  }
  ImportReport import(BankId bank, std::vector<ExchangeRecord> records_in, bool snapshot = false) {
    VectorReader reader(std::move(records_in));
    return get(import_list(*store, clock, reader, import_options(bank, snapshot)));
  }
  ImportOptions import_options(BankId bank, bool snapshot = false) {
    ImportOptions options;
    options.bank = bank;
    options.source = get(service->ensure_source("partner", "ndjson", ann));
    options.by = ann;
    options.snapshot = snapshot;
    options.batch_records = 7;
    return options;
  }
  void put_in_force(const Release& release) {
    get(service->approve(release.id, bob));
    if (get(service->stand(release.id)).missing() > 0) get(service->approve(release.id, carol));
    get(service->activate(release.id, bob));
  }
  Entry entry(EntryId id) {
    const auto view = get(store->view());
    auto found = get(view->entries(std::span(&id, 1)));
    if (found.empty()) throw std::runtime_error("no such entry");
    return found.front();
  }
  std::vector<Entry> entries(BankId bank) {
    const auto view = get(store->view());
    return get(view->entries_of_bank(bank, EntryId{}, 10'000));
  }
  ListBank bank(BankId id) { return get(get(store->view())->bank(id)).value(); }

  HandClock clock;
  std::string url;
  std::unique_ptr<Store> store;
  StoreRecords records;
  std::unique_ptr<ListService> service;
  Actor ann{"ann", "test"};
  Actor bob{"bob", "test"};
  Actor carol{"carol", "test"};
};

}  // namespace seawall::test
