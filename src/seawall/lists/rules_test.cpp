#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <set>
#include <sstream>

#include "seawall/base/hex.h"
#include "seawall/lists/change_request.h"
#include "seawall/lists/classification_map.h"
#include "seawall/lists/detail/import_checkpoint.h"
#include "seawall/lists/detail/key_set.h"
#include "seawall/lists/guards.h"
#include "seawall/lists/precision.h"
#include "seawall/lists/two_person.h"

namespace seawall {
namespace {

std::string page(const std::string& name) {
  std::ifstream file(std::string(SEAWALL_TEST_DATA) + "/../../docs/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(TwoPerson, AccountsThatDifferInCaseAndSpaceAloneAreOnePerson) {
  EXPECT_EQ(account_key("Ann Lee"), account_key(" annlee "));
  EXPECT_EQ(account_key("ANN@example.org"), account_key("ann@Example.org"));
  EXPECT_NE(account_key("ann"), account_key("anna"));
}

TEST(TwoPerson, AnAccountIsPrintableAsciiWithMoreThanSpaces) {
  EXPECT_TRUE(check_actor({"ann", "because"}).has_value());
  for (const std::string who : {"", "   ", "ann\n", "\xc3\xa4nn", "ann\x7f"}) {
    EXPECT_FALSE(check_actor({who, "because"}).has_value()) << who;
  }
  EXPECT_FALSE(check_actor({std::string(201, 'a'), "because"}).has_value());
  EXPECT_FALSE(check_actor({"ann", ""}).has_value());
  EXPECT_FALSE(check_actor({"ann", std::string(2001, 'a')}).has_value());
}

TEST(TwoPerson, ADeltaIsLargeAboveFivePercentOrFiveHundredWhicheverIsMore) {
  EXPECT_EQ(small_delta_max(0), 500U);
  EXPECT_EQ(small_delta_max(10'000), 500U);
  EXPECT_EQ(small_delta_max(10'020), 501U);
  EXPECT_EQ(approvals_needed(true, 500, 0), 1);
  EXPECT_EQ(approvals_needed(true, 501, 0), 2);
  EXPECT_EQ(approvals_needed(true, 5'000, 100'000), 1);
  EXPECT_EQ(approvals_needed(true, 5'001, 100'000), 2);
  EXPECT_EQ(approvals_needed(false, 500, 0), 0);
  EXPECT_EQ(approvals_needed(false, 501, 0), 1);
}

TEST(TwoPerson, OnlyDifferentPeopleBesideTheProposerCount) {
  const Authorship ann{"ann", "x", {}};
  const std::vector<Authorship> approvals = {{"ANN", "x", {}}, {"bob", "x", {}}, {"B ob", "x", {}}};
  const ApprovalStand stand = approval_stand(ann, approvals, 2);
  EXPECT_EQ(stand.given, 1);
  EXPECT_EQ(stand.missing(), 1);
  EXPECT_FALSE(check_may_approve(stand, "Ann").has_value());
  EXPECT_FALSE(check_may_approve(stand, "BOB").has_value());
  EXPECT_TRUE(check_may_approve(stand, "carol").has_value());
}

TEST(TwoPerson, TheErrorSaysWhoMayStillApprove) {
  const ApprovalStand stand = approval_stand({"ann", "x", {}}, std::vector<Authorship>{{"bob", "x", {}}}, 2);
  const auto checked = check_approved(stand);
  ASSERT_FALSE(checked.has_value());
  EXPECT_EQ(checked.error().code, Code::kConflict);
  EXPECT_EQ(checked.error().message,
            "needs 1 more approval: any account but 'ann' (who proposed it) and 'bob' may approve");
}

TEST(ClassificationMap, HasAnAnswerForEveryValueAndScheme) {
  for (const ClassificationScheme from : kClassificationSchemes) {
    for (const std::string value : {"A1", "A2", "B1", "B2", "A", "B", "C", "baseline", "not-baseline",
                                    "nationally-illegal", "not-illegal", "an event", "", "never heard of"}) {
      for (const ClassificationScheme to : kClassificationSchemes) {
        const MappedClassification mapped = map_classification({from, value}, to);
        EXPECT_EQ(mapped.scheme, to);
        EXPECT_EQ(mapped.exact, mapped.lost.empty()) << value;
        EXPECT_TRUE(!mapped.exact || mapped.value.has_value()) << value;
        if (mapped.value && check_classification({from, value})) {
          EXPECT_TRUE(check_classification({to, *mapped.value}).has_value()) << value;
        }
      }
    }
  }
}

TEST(ClassificationMap, AnExactMappingLeadsBackToTheSameDecision) {
  for (const ClassificationScheme from : kMappedSchemes) {
    for (const std::string value : {"A1", "A", "baseline", "not-baseline", "nationally-illegal"}) {
      if (!check_classification({from, value})) continue;
      for (const ClassificationScheme to : kMappedSchemes) {
        const MappedClassification there = map_classification({from, value}, to);
        if (!there.exact) continue;
        EXPECT_EQ(map_classification({to, *there.value}, from).value, value);
      }
    }
  }
}

TEST(ClassificationMap, InventsNothing) {
  using Scheme = ClassificationScheme;
  for (const std::string value : {"A1", "A2", "B1", "B2"}) {
    EXPECT_EQ(map_classification({Scheme::kNcmec, value}, Scheme::kInterpol).value, std::nullopt);
    EXPECT_EQ(map_classification({Scheme::kNcmec, value}, Scheme::kIccam).value, std::nullopt);
  }
  EXPECT_EQ(map_classification({Scheme::kInterpol, "baseline"}, Scheme::kNcmec).value, std::nullopt);
  EXPECT_EQ(map_classification({Scheme::kInterpol, "baseline"}, Scheme::kIccam).value, "baseline");
  EXPECT_EQ(map_classification({Scheme::kIccam, "not-illegal"}, Scheme::kInterpol).value, "not-baseline");
  EXPECT_EQ(map_classification({Scheme::kOther, "A1"}, Scheme::kNcmec).value, std::nullopt);
  EXPECT_EQ(map_classification({Scheme::kNcmec, "not a value"}, Scheme::kUk).value, std::nullopt);
}

TEST(ClassificationMap, ThePageHoldsTheTable) {
  EXPECT_NE(page("classifications.md").find(classification_table()), std::string::npos)
      << "docs/classifications.md should hold:\n"
      << classification_table();
}

Fingerprint256 with_bits(int count) {
  Fingerprint256 bits;
  for (int i = 0; i < count; ++i)
    bits.words[static_cast<std::size_t>(i) / 64] |= std::uint64_t{1} << (i % 64);
  return bits;
}

ExchangeRecord record_of(std::vector<ListedPdq> pdq) {
  ExchangeRecord record;
  record.key = "k";
  record.content.signals.pdq = std::move(pdq);
  return record;
}

template <class Digest>
Digest digest_from(const char* hex) {
  Digest digest{};
  EXPECT_TRUE(from_hex(hex, digest).has_value());
  return digest;
}

TEST(Guards, RefuseTheDigestsOfAFileOfNoBytes) {
  for (int type = 0; type < 3; ++type) {
    ExchangeRecord record = record_of({{with_bits(128), 80}});
    EntrySignals& signals = record.content.signals;
    EXPECT_EQ(check_record(record).verdict, GuardVerdict::kTake);
    if (type == 0) signals.md5 = digest_from<Md5>("d41d8cd98f00b204e9800998ecf8427e");
    if (type == 1) signals.sha1 = digest_from<Sha1>("da39a3ee5e6b4b0d3255bfef95601890afd80709");
    if (type == 2) {
      signals.sha256 =
          digest_from<Sha256>("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
    EXPECT_EQ(check_record(record).reason, guard_reason::kEmptyFileHash);
    EXPECT_EQ(check_record(record).verdict, GuardVerdict::kRefuse);
  }
}

TEST(Guards, RefuseZeroDigestsNothingAndMalformedKeys) {
  ExchangeRecord record = record_of({});
  EXPECT_EQ(check_record(record).reason, guard_reason::kNoSignals);
  record.content.signals.md5 = Md5{};
  EXPECT_EQ(check_record(record).reason, guard_reason::kZeroDigest);
  record.key = "";
  EXPECT_EQ(check_record(record).reason, guard_reason::kMalformed);
  record.key = std::string(257, 'k');
  EXPECT_EQ(check_record(record).reason, guard_reason::kMalformed);
  record.key = "\xff";
  EXPECT_EQ(check_record(record).reason, guard_reason::kMalformed);
}

TEST(Guards, RefuseFlatPicturesUnlessTheEntryHasMoreToGoBy) {
  EXPECT_EQ(check_record(record_of({{with_bits(128), 49}})).reason, guard_reason::kLowQuality);
  EXPECT_EQ(check_record(record_of({{with_bits(128), 50}})).verdict, GuardVerdict::kTake);
  EXPECT_EQ(check_record(record_of({{with_bits(0), -1}})).reason, guard_reason::kFlat);
  EXPECT_EQ(check_record(record_of({{with_bits(256), 100}})).reason, guard_reason::kFlat);
  EXPECT_EQ(check_record(record_of({{with_bits(128), 49}, {with_bits(127), 90}})).verdict,
            GuardVerdict::kTake);
  ExchangeRecord with_digest = record_of({{with_bits(0), 3}});
  with_digest.content.signals.md5 = Md5{std::byte{1}};
  EXPECT_EQ(check_record(with_digest).verdict, GuardVerdict::kTake);
}

TEST(Guards, QuarantineHashesFarFromBalanceWhenTheirQualityIsUnknown) {
  EXPECT_EQ(check_record(record_of({{with_bits(80), -1}})).verdict, GuardVerdict::kTake);
  EXPECT_EQ(check_record(record_of({{with_bits(176), -1}})).verdict, GuardVerdict::kTake);
  for (const int bits : {1, 79, 177, 255}) {
    EXPECT_EQ(check_record(record_of({{with_bits(bits), -1}})).verdict, GuardVerdict::kQuarantine) << bits;
    EXPECT_EQ(check_record(record_of({{with_bits(bits), 60}})).verdict, GuardVerdict::kTake) << bits;
  }
}

TEST(Guards, ATombstoneNeedsOnlyItsKey) {
  ExchangeRecord record;
  record.key = "k";
  record.withdrawn = true;
  EXPECT_EQ(check_record(record).verdict, GuardVerdict::kTake);
  record.key = "";
  EXPECT_EQ(check_record(record).verdict, GuardVerdict::kRefuse);
}

TEST(Guards, ThePageHoldsTheTableOfReasons) {
  EXPECT_NE(page("lists.md").find(guard_table()), std::string::npos) << "docs/lists.md should hold:\n"
                                                                     << guard_table();
}

TEST(KeySet, AgreesWithASetOfStrings) {
  constexpr std::uint64_t kSeed = 5;
  std::mt19937_64 random(kSeed);
  lists_detail::KeySet keys;
  std::set<std::string> model;
  for (int i = 0; i < 20'000; ++i) {
    const std::string key = "key " + std::to_string(random() % 9'000);
    EXPECT_EQ(keys.insert(lists_detail::key_hash(key)), model.insert(key).second) << "seed " << kSeed;
  }
  EXPECT_EQ(keys.size(), model.size());
  EXPECT_FALSE(keys.contains(lists_detail::key_hash("never")));
}

TEST(KeySet, HashesTellApartWhatOnlyZerosOrLengthTellApart) {
  using lists_detail::key_hash;
  std::vector<lists_detail::KeyHash> hashes;
  for (std::size_t length = 0; length < 40; ++length) hashes.push_back(key_hash(std::string(length, '\0')));
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(hashes[i] == hashes[j]) << i << " " << j;
  }
}

TEST(ImportCheckpoint, ReadsWhatItWroteAndNothingElse) {
  lists_detail::ImportCheckpoint at;
  at.bank = BankId{7};
  at.source = SourceId{9};
  at.account = 3;
  at.snapshot = at.withdrawing = true;
  at.records = 123'456'789;
  at.input = {~0ULL, 4};
  at.after = EntryId{1ULL << 40};
  const auto again = lists_detail::import_checkpoint_from_text(to_text(at));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(*again, at);
  for (const std::string bad :
       {"", "1", "2 7 9 3 1 1 1 1 1 1", "1 7 9 3 2 1 1 1 1 1", "1 7 9 3 1 1 1 1 1 1 1",
        "1  7 9 3 1 1 1 1 1 1", "1 4294967296 9 3 1 1 1 1 1 1", "1 7 9 3 1 1 1 1 1 1 "}) {
    EXPECT_FALSE(lists_detail::import_checkpoint_from_text(bad).has_value()) << bad;
  }
}

TEST(ChangeRequestText, ReadsWhatItWroteAndNothingElse) {
  WantedBank bank{BankId{3}, 17, BankAction::kReview, 40, true, false, Time{std::chrono::milliseconds(-5)}};
  WantedEntry entry{EntryId{99}, 18, true, 12, BankAction::kAllow, std::nullopt};
  for (const WantedChange& change : {WantedChange(bank), WantedChange(entry), WantedChange(WantedEntry{}),
                                     WantedChange(WantedTakeBack{ReleaseId{4}, 5})}) {
    const auto again = wanted_change_from_text(to_text(change));
    ASSERT_TRUE(again.has_value()) << to_text(change);
    EXPECT_EQ(*again, change);
    EXPECT_FALSE(wanted_change_from_text(to_text(change) + " ").has_value());
    EXPECT_FALSE(wanted_change_from_text(to_text(change) + " x 1").has_value());
  }
  for (const std::string bad :
       {"", "bank", "take_back 1", "take_back 01 version 2", "take_back 1 version -"}) {
    EXPECT_FALSE(wanted_change_from_text(bad).has_value()) << bad;
  }
}

TEST(Precision, WilsonsIntervalIsThatOfTheTextbook) {
  // Values computed from the formula by hand, to three digits: 8 of 10, 0 of 10, 10 of 10.
  EXPECT_NEAR(wilson_interval(8, 10).low, 0.490, 0.001);
  EXPECT_NEAR(wilson_interval(8, 10).high, 0.943, 0.001);
  EXPECT_NEAR(wilson_interval(0, 10).high, 0.278, 0.001);
  EXPECT_NEAR(wilson_interval(10, 10).low, 0.722, 0.001);
  EXPECT_EQ(wilson_interval(0, 10).low, 0);
  EXPECT_EQ(wilson_interval(0, 0).low, 0);
  EXPECT_EQ(wilson_interval(0, 0).high, 1);
}

}  // namespace
}  // namespace seawall
