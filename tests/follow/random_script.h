#pragma once

#include "lists_model.h"

namespace seawall::test {

/// Changes lists at random through the service, as two people would, and the model alike.
class RandomScript {
 public:
  RandomScript(Lists& lists, std::uint64_t seed) : lists_(lists), random_(seed) {
    source_ = get(lists.service->ensure_source("partner", "ndjson", lists.ann));
    for (const bool harmless : {false, false, true}) {
      const BankId id = lists.make_bank("bank " + std::to_string(model.banks.size()), true,
                                        harmless ? BankKind::kHarmless : BankKind::kListed);
      model.banks[id].harmless = harmless;
      banks_.push_back(id);
    }
  }

  void change() {
    switch (below(12)) {
      case 0:
      case 1:
      case 2:
        return import();
      case 3:
        return move(ReleaseState::kProposed, ReleaseState::kStaged);
      case 4:
      case 5:
        return activate();
      case 6:
        return move(below(2) == 0 ? ReleaseState::kProposed : ReleaseState::kStaged, ReleaseState::kRejected);
      case 7:
        return take_back();
      case 8:
        return quarantine();
      case 9:
        return settings();
      case 10:
        return alter_bank();
      default:
        return withdraw();
    }
  }

  [[nodiscard]] std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  [[nodiscard]] Look look() { return {static_cast<int>(below(4)), static_cast<int>(below(4))}; }

  ListsModel model;

 private:
  Actor someone() { return below(2) == 0 ? lists_.ann : lists_.bob; }
  Actor other_than(const std::string& who) { return who == "ann" ? lists_.bob : lists_.ann; }

  std::optional<ReleaseId> release_in(ReleaseState state) {
    std::vector<ReleaseId> found;
    for (const auto& [id, release] : model.releases) {
      if (release.state == state) found.push_back(id);
    }
    if (found.empty()) return std::nullopt;
    return found[below(found.size())];
  }
  std::optional<EntryId> listed_entry() {
    std::vector<EntryId> found;
    for (const auto& [id, entry] : model.entries) {
      if (model.state(entry) != EntryState::kWithdrawn) found.push_back(id);
    }
    if (found.empty()) return std::nullopt;
    return found[below(found.size())];
  }
  void approve(const ChangeOutcome& asked, const Actor& by) {
    ASSERT_FALSE(asked.done);
    EXPECT_TRUE(get(lists_.service->approve_request(*asked.request, other_than(by.who))).done);
  }

  void import() {
    const BankId bank = banks_[below(banks_.size())];
    const Actor by = someone();
    std::map<std::string, std::optional<Look>> wanted;
    for (std::uint64_t i = below(5) + 1; i > 0; --i) {
      wanted["k" + std::to_string(below(8))] = below(5) == 0 ? std::nullopt : std::optional(look());
    }
    std::vector<ExchangeRecord> records;
    for (const auto& [key, look] : wanted) {
      records.push_back(look ? ExchangeRecord{key, false, content_of(*look)} : tombstone(key));
    }
    VectorReader reader(records);
    ImportOptions options;
    options.bank = bank;
    options.source = source_;
    options.by = by;
    options.batch_records = 2;
    const ImportReport report = get(import_list(*lists_.store, lists_.clock, reader, options));
    if (report.release) note_import(*report.release, wanted);
  }

  void note_import(const Release& release, const std::map<std::string, std::optional<Look>>& wanted) {
    const bool guarded = !model.banks.at(release.bank).harmless;
    ListsModel::Change change{ReleaseState::kProposed, release.proposed.who, release.bank, {}};
    std::vector<ListsModel::Listed> added;
    for (const auto& [key, look] : wanted) {
      const auto known = model.known(release.bank, key);
      const bool held = look && guarded && model.meets_harmless(*look, lists_.clock.at);
      if (!known && look) {
        added.push_back({release.bank, key, *look, release.id, std::nullopt, {}});
        if (held) added.back().own = EntryState::kQuarantined;
      } else if (known && !(look && (held || model.entries.at(*known).look == *look))) {
        change.pending[*known] = look;
      }
    }
    model.releases[release.id] = change;
    for (std::size_t i = 0; i < added.size(); ++i) {
      model.entries[entry_id(release.id, static_cast<std::uint32_t>(i))] = added[i];
    }
  }

  /// Whether it was done. Releases of one source that build on each other are decided, and taken back, in
  /// their order: what comes too early is refused, and nothing of it has happened.
  template <class T>
  static bool in_its_turn(const ListResult<T>& moved) {
    if (moved) return true;
    EXPECT_EQ(moved.error().rule, ListRule::kOrderOfReleases) << moved.error().message;
    return false;
  }
  void move(ReleaseState from, ReleaseState to) {
    const auto id = release_in(from);
    if (!id) return;
    const bool done = in_its_turn(to == ReleaseState::kStaged ? lists_.service->stage(*id, someone())
                                                              : lists_.service->reject(*id, someone()));
    if (done) model.releases.at(*id).state = to;
  }
  void activate() {
    const auto id = release_in(below(2) == 0 ? ReleaseState::kProposed : ReleaseState::kStaged);
    if (!id) return;
    const std::string& proposer = model.releases.at(*id).proposer;
    if (get(lists_.service->stand(*id)).missing() > 0) {  // Else it was its turn that was missing.
      EXPECT_FALSE(lists_.service->activate(*id, someone()).has_value());
      get(lists_.service->approve(*id, other_than(proposer)));
    }
    if (in_its_turn(lists_.service->activate(*id, someone()))) model.activate(*id);
  }
  void take_back() {
    const auto id = release_in(ReleaseState::kActive);
    if (!id || below(3) != 0) return;
    const Actor by = someone();
    const auto asked = lists_.service->take_back(*id, by);
    if (!in_its_turn(asked)) return;
    approve(*asked, by);
    model.releases.at(*id).state = ReleaseState::kRejected;
  }
  void withdraw() {
    const auto id = listed_entry();
    if (!id) return;
    const Release release = get(lists_.service->withdraw(std::span(&*id, 1), someone()));
    model.releases[release.id] = {
        ReleaseState::kProposed, release.proposed.who, release.bank, {{*id, std::nullopt}}};
  }
  void quarantine() {
    const auto id = listed_entry();
    if (!id) return;
    ListsModel::Listed& entry = model.entries.at(*id);
    const Actor by = someone();
    if (model.state(entry) != EntryState::kQuarantined) {
      if (model.banks.at(entry.bank).harmless) {  // It overrules, so nobody holds it back alone.
        EXPECT_FALSE(lists_.service->quarantine(*id, by).has_value());
        return;
      }
      get(lists_.service->quarantine(*id, by));
      entry.own = EntryState::kQuarantined;
    } else {
      approve(get(lists_.service->end_quarantine(*id, by)), by);
      entry.own.reset();
    }
  }
  void settings() {
    const auto id = listed_entry();
    if (!id) return;
    EntrySettings wanted;
    if (below(2) == 0) wanted.radius_bits = static_cast<int>(below(60));
    if (below(3) == 0) wanted.action = static_cast<BankAction>(below(3));
    if (below(2) == 0) wanted.expires_at = lists_.clock.at + std::chrono::milliseconds(below(6'000));
    const Actor by = someone();
    approve(get(lists_.service->set_settings(*id, wanted, by)), by);
    model.entries.at(*id).settings = wanted;
  }
  void alter_bank() {
    const BankId id = banks_[below(banks_.size())];
    ListBank wanted = lists_.bank(id);
    wanted.radius_bits = static_cast<int>(below(45));
    wanted.action = static_cast<BankAction>(below(3));
    wanted.active = below(4) != 0;
    const Actor by = someone();
    const ChangeOutcome asked = get(lists_.service->alter_bank(wanted, by));
    if (!asked.done) approve(asked, by);
    ListsModel::Bank& bank = model.banks.at(id);
    bank.radius = wanted.radius_bits;
    bank.action = wanted.action;
    bank.active = wanted.active;
  }

  Lists& lists_;
  std::mt19937_64 random_;
  SourceId source_{};
  std::vector<BankId> banks_;
};

}  // namespace seawall::test
