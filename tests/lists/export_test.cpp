#include "seawall/lists/export.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>

#include "list_fixture.h"

namespace seawall {
namespace {

using test::get;
using test::Lists;
using test::record_of;
using test::tombstone;

/// What somebody holds who takes each document in turn; counts keys that come twice in one.
class Holder final : public ExchangeWriter {
 public:
  Result<void> add(const ExchangeRecord& record, std::vector<std::string>&) override {
    twice += ++times[record.key] > 1 ? 1 : 0;
    if (record.withdrawn) {
      list.erase(record.key);
    } else {
      list[record.key] = record.content.signals.md5.value();
    }
    return {};
  }
  Result<void> finish() override {
    times.clear();
    return {};
  }
  std::map<std::string, Md5> list;
  std::map<std::string, int> times;
  int twice = 0;
};

/// One random change by people or by the partner's list. `staged`: a release that waits; it is decided first.
void change_something(Lists& lists, BankId bank, std::optional<Release>& staged, std::mt19937_64& random) {
  if (staged) lists.put_in_force(*staged);
  staged.reset();
  const std::vector<Entry> entries = lists.entries(bank);
  const std::string key = "k" + std::to_string(random() % 12);
  const auto propose = [&](ExchangeRecord record) {
    const ImportReport report = lists.import(bank, {std::move(record)});
    if (!report.release) return;
    if (random() % 4 == 0) {
      staged = get(lists.service->stage(report.release->id, lists.ann));
    } else if (random() % 8 == 0) {
      get(lists.service->reject(report.release->id, lists.ann));
    } else {
      lists.put_in_force(*report.release);
    }
  };
  const std::uint64_t kind = random() % 8;
  if (kind < 4) return propose(record_of(key, random() % 50));
  if (kind < 6) return propose(tombstone(key));
  if (entries.empty()) return;
  const Entry& one = entries[random() % entries.size()];
  if (kind == 6 && one.state == EntryState::kActive) get(lists.service->quarantine(one.id, lists.ann));
  if (kind == 7 && one.state == EntryState::kQuarantined) {
    const auto request = lists.service->end_quarantine(one.id, lists.ann);
    if (request && request->request) get(lists.service->approve_request(*request->request, lists.bob));
  }
}

/// Keeps what it gets in its order; each record loses its notes.
class InOrder final : public ExchangeWriter {
 public:
  Result<void> add(const ExchangeRecord& record, std::vector<std::string>& losses) override {
    all.push_back(record);
    losses.emplace_back("notes");
    return {};
  }
  Result<void> finish() override {
    ++ended;
    return {};
  }
  std::vector<ExchangeRecord> all;
  int ended = 0;
};

TEST(ExportList, WritesAllInAscendingRankWindowByWindowWhereThereIsOne) {
  const TemporaryFolder folder = test::temporary_folder();
  Lists lists(folder.path() / "store.db");
  ExportOptions options;
  options.bank = lists.make_bank("b");
  std::vector<ExchangeRecord> records;
  for (std::uint64_t i = 0; i < 150; ++i) records.push_back(record_of("k" + std::to_string(i), i));
  lists.put_in_force(*lists.import(options.bank, records).release);
  const auto view = get(lists.store->view());
  InOrder plain, ranked;
  get(export_list(*view, options, plain));
  const std::hash<std::string> hash;
  options.rank = [&](const ExchangeRecord& record) { return hash(record.key); };
  const ExportReport report = get(export_list(*view, options, ranked));
  EXPECT_EQ(report.records, 150U);
  EXPECT_EQ(report.losses.at("notes"), 150U);
  EXPECT_EQ(ranked.ended, 1);
  ASSERT_EQ(ranked.all.size(), plain.all.size());
  for (std::size_t at = 0; at < plain.all.size(); at += ExportOptions::kRankedTogether) {
    const std::size_t end = std::min(at + ExportOptions::kRankedTogether, plain.all.size());
    std::vector<std::size_t> wanted, written;
    for (std::size_t i = at; i < end; ++i) {
      wanted.push_back(hash(plain.all[i].key));
      written.push_back(hash(ranked.all[i].key));
    }
    std::ranges::sort(wanted);
    EXPECT_EQ(written, wanted) << at;
  }
}

TEST(ExportChanges, GiveWhoeverHoldsAnyPastVersionWhatTheListIsNow) {
  constexpr std::uint64_t kSeed = 20261122;
  std::mt19937_64 random(kSeed);
  const TemporaryFolder folder = test::temporary_folder();
  Lists lists(folder.path() / "store.db");
  ExportOptions options;
  options.bank = lists.make_bank("b");
  std::map<std::uint64_t, Holder> at;
  std::optional<Release> staged;
  std::uint64_t tombstones = 0;
  for (int round = 0; round < 40; ++round) {
    for (int i = 0; i < 3; ++i) change_something(lists, options.bank, staged, random);
    const auto view = get(lists.store->view());
    Holder now;
    const std::uint64_t version = get(export_list(*view, options, now)).version.number;
    for (const auto& [then, held] : at) {
      Holder holder = held;
      tombstones += get(export_changes(*view, options, then, holder)).tombstones;
      EXPECT_EQ(holder.list, now.list) << "from " << then << " to " << version << ", seed " << kSeed;
      EXPECT_EQ(holder.twice, 0) << "from " << then << " to " << version << ", seed " << kSeed;
    }
    at.emplace(version, std::move(now));
  }
  EXPECT_GT(tombstones, 50u);
  EXPECT_GT(at.size(), 20u);
}

TEST(ExportChanges, TellOfEntriesThatExpiredOrCameBack) {
  const TemporaryFolder folder = test::temporary_folder();
  Lists lists(folder.path() / "store.db");
  ExportOptions options;
  options.bank = lists.make_bank("b", false);
  lists.put_in_force(lists.import(options.bank, {record_of("a", 1), record_of("b", 2)}).release.value());
  const EntryId a = lists.entries(options.bank).front().id;
  const Time soon = lists.clock.at + std::chrono::hours(1);
  get(lists.service->set_settings(a, {{}, {}, soon}, lists.ann));
  const std::uint64_t then = get(get(lists.store->view())->version()).number;
  Holder held;
  options.now = soon;
  const auto view = get(lists.store->view());
  EXPECT_EQ(get(export_changes(*view, options, then, held)).tombstones, 1u);
  get(lists.service->set_settings(a, {{}, {}, soon + std::chrono::hours(1)}, lists.ann));
  const ExportReport report = get(export_changes(*get(lists.store->view()), options, then, held));
  EXPECT_EQ(report.records, 1u) << "its expiry was put off: whoever took it for expired must hear of it";
  EXPECT_EQ(report.tombstones, 0u);
}

TEST(ExportChanges, KnowTheChainOfEachVersion) {
  const TemporaryFolder folder = test::temporary_folder();
  Lists lists(folder.path() / "store.db");
  const BankId bank = lists.make_bank("b");
  const auto view = get(lists.store->view());
  const ListVersion now = get(view->version());
  EXPECT_EQ(get(chain_at(*view, 0)), "");
  EXPECT_EQ(get(chain_at(*view, now.number)).size(), 64u);
  EXPECT_EQ(chain_at(*view, now.number + 1).error().code, Code::kNotFound);
  Holder holder;
  ExportOptions options;
  options.bank = bank;
  EXPECT_EQ(export_changes(*view, options, now.number + 1, holder).error().code, Code::kNotFound);
}

}  // namespace
}  // namespace seawall
