#include "store_suite.h"

namespace seawall::store_suite {

void StoreTest::SetUp() {
  place_ = GetParam().make();
  store_ = open_again({.create = true});
  bank_ = add_bank();
  source_ = add_source();
}

std::unique_ptr<Store> StoreTest::open_again(OpenStoreOptions options) {
  return must(open_store(place_->url(), options));
}

BankId StoreTest::add_bank(const std::string& name) {
  const auto change = must(store_->change());
  ListBank bank;
  bank.name = name;
  const BankId id = must(change->add_bank(bank, by()));
  must(change->commit());
  return id;
}

SourceId StoreTest::add_source(const std::string& name) {
  const auto change = must(store_->change());
  const SourceId id = must(change->add_source({{}, name, "plain-csv"}, by()));
  must(change->commit());
  return id;
}

Release StoreTest::load(std::vector<NewEntry> entries, std::vector<PendingChange> pending) {
  const auto load = must(store_->begin_load(bank_, source_, by()));
  ReleaseLoad::Step step;
  step.add = entries;
  step.pending = pending;
  must(load->write(step));
  return must(load->seal(by()));
}

void StoreTest::set_state(ReleaseId release, ReleaseState state) {
  const auto change = must(store_->change());
  must(change->set_release_state(release, state, by("bob")));
  must(change->commit());
}

std::vector<Entry> StoreTest::all_entries() {
  return must(must(store_->view())->entries_of_bank(bank_, EntryId{}, 10'000));
}

EntryContent content_of(std::uint64_t number) {
  EntryContent content;
  const auto fill = [&](auto& digest, std::uint64_t salt) {
    for (std::size_t i = 0; i < digest.size(); ++i) {
      digest[i] =
          static_cast<std::byte>((number * 0x9E3779B97F4A7C15U + salt * 77 + i * number) >> (i % 8 * 8));
    }
  };
  fill(content.signals.md5.emplace(), 1);
  fill(content.signals.sha1.emplace(), 2);
  content.signals.pdq = {{{{number, ~number, number * 3, number * 0x9E3779B97F4A7C15U}}, 80}};
  return content;
}

std::string key_of(std::uint64_t number) { return "record-" + std::to_string(number); }

NewEntry new_entry(std::uint64_t number) {
  NewEntry entry;
  entry.key = key_of(number);
  entry.content = content_of(number);
  return entry;
}

std::vector<NewEntry> new_entries(std::uint64_t first, std::uint64_t count) {
  std::vector<NewEntry> entries;
  for (std::uint64_t i = 0; i < count; ++i) entries.push_back(new_entry(first + i));
  return entries;
}

Authorship by(const std::string& who) {
  return {who, "a test of the store", Time(std::chrono::milliseconds(1'700'000'000'000))};
}

}  // namespace seawall::store_suite
