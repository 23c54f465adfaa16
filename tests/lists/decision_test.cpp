#include "seawall/lists/decision.h"

#include <gmock/gmock.h>

#include "list_fixture.h"
#include "seawall/lists/precision.h"
#include "store_test.h"

namespace seawall {
namespace {

using test::get;
using test::Lists;
using test::record_of;
using testing::HasSubstr;

class DecisionTest : public test::StoreTest {
 protected:
  /// Entries in force of a source of that kind.
  std::vector<Entry> listed(const std::string& source, const std::string& kind) {
    test::VectorReader reader({record_of("k0", 0), record_of("k1", 1), record_of("k2", 2)});
    ImportOptions options = lists.import_options(bank);
    options.source = get(lists.service->ensure_source(source, kind, lists.ann));
    lists.put_in_force(get(import_list(*lists.store, lists.clock, reader, options)).release.value());
    std::vector<Entry> of_source;
    for (Entry& entry : lists.entries(bank)) {
      if (entry.source == options.source) of_source.push_back(std::move(entry));
    }
    return of_source;
  }
  Result<DecisionOutcome> decide(const Entry& entry, const std::string& match, bool confirmed) {
    return record_decision(*lists.store, feedback, {entry.id, match, confirmed}, bob);
  }
  std::vector<FeedbackRow> waiting(const Entry& entry) { return get(feedback.waiting(entry.source, 0, 100)); }

  Lists lists{another_place()};
  BankId bank = lists.make_bank("b");
  FeedbackStore& feedback = *lists.records.feedback;
  const Authorship bob{"bob", "looked at it", lists.clock.at};
};

TEST_P(DecisionTest, CountsBySourceAndTheLastOneOnAMatchStands) {
  const auto entries = listed("body", "threatexchange");
  get(decide(entries[0], "match 1", true));
  get(decide(entries[0], "match 2", true));
  get(decide(entries[1], "match 3", true));
  get(decide(entries[1], "match 3", false));
  const auto precision = get(precision_by_source(feedback));
  ASSERT_EQ(precision.size(), 1U);
  EXPECT_EQ(precision[0].counts, (DecisionCounts{bank, entries[0].source, 2, 1}));
  const auto rows = waiting(entries[0]);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[2].decision.match, "match 3");
  EXPECT_FALSE(rows[2].decision.confirmed);
  EXPECT_EQ(rows[2].decision.key, "k1");
  EXPECT_EQ(rows[2].decision.signal, "pdq");
  EXPECT_EQ(rows[2].decision.by, bob);
  EXPECT_EQ(get(feedback.decisions_on(entries[1].id, 10)), std::vector{rows[2].decision});
}

TEST_P(DecisionTest, WaitsOnlyForASourceThatTakesFeedback) {
  for (const std::string kind : {"csv", "vics-2.0", "interpol-csv", "file"}) {
    const auto entries = listed("of " + kind, kind);
    EXPECT_FALSE(get(decide(entries[0], "m", true)).waits) << kind;
    EXPECT_TRUE(waiting(entries[0]).empty()) << kind;
  }
  for (const std::string kind : {"ncmec-v2", "stopncii", "threatexchange", "seawall"}) {
    const auto entries = listed("of " + kind, kind);
    EXPECT_TRUE(get(decide(entries[0], "m", true)).waits) << kind;
    EXPECT_EQ(waiting(entries[0]).size(), 1U) << kind;
    Decision kept{entries[0].id, "m", true};
    kept.send_back = false;
    EXPECT_FALSE(get(record_decision(*lists.store, feedback, kept, bob)).waits);
    EXPECT_TRUE(waiting(entries[0]).empty()) << "the second thought is not to be sent";
  }
  EXPECT_EQ(get(precision_by_source(feedback)).size(), 8U) << "all of them count";
}

TEST_P(DecisionTest, SaysWhatIsMissing) {
  const auto entries = listed("ncmec", "ncmec-v2");
  const auto without = decide(entries[0], "m", false);
  ASSERT_FALSE(without.has_value());
  EXPECT_EQ(without.error().code, Code::kInvalidInput);
  EXPECT_THAT(without.error().message, HasSubstr("reasons"));
  Decision reasoned{entries[0].id, "m", false};
  reasoned.reason = "1f0e-22";
  get(record_decision(*lists.store, feedback, reasoned, bob));
  EXPECT_EQ(waiting(entries[0])[0].decision.reason, "1f0e-22");
  reasoned.signal = "sha256";
  EXPECT_EQ(record_decision(*lists.store, feedback, reasoned, bob).error().code, Code::kInvalidInput)
      << "it has none";
  EXPECT_EQ(record_decision(*lists.store, feedback, {EntryId{9}, "m", true}, bob).error().code,
            Code::kNotFound);
  EXPECT_EQ(record_decision(*lists.store, feedback, {entries[0].id, "", true}, bob).error().code,
            Code::kInvalidInput);
  const Authorship nobody{"bob", "", lists.clock.at};
  EXPECT_EQ(record_decision(*lists.store, feedback, {entries[0].id, "m", true}, nobody).error().code,
            Code::kInvalidInput);
}

INSTANTIATE_TEST_SUITE_P(Lists, DecisionTest, testing::ValuesIn(test_support::quick_backends()),
                         test_support::backend_name);

}  // namespace
}  // namespace seawall
