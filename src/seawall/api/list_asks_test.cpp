#include "seawall/api/list_asks.h"

#include <gmock/gmock.h>

#include "seawall/api/list_json.h"

namespace seawall {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kHash = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";

/// `text` with H for a hash and ' for ", and with the padding that the reader needs.
std::string json(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += '"';
    } else if (c == 'H') {
      out += std::string("\"") + kHash + "\"";
    } else {
      out += c;
    }
  }
  out.reserve(out.size() + JsonObjectReader::kPaddingBytes);
  return out;
}

template <class T>
T good(JsonRead<T> (*read)(std::string_view), std::string_view text) {
  auto ask = read(json(text));
  EXPECT_TRUE(ask) << ask.error().at << " " << ask.error().detail << "\n" << text;
  return ask ? *std::move(ask) : T{};
}

/// The place of the fault.
template <class T>
std::string fault(JsonRead<T> (*read)(std::string_view), std::string_view text) {
  const auto ask = read(json(text));
  EXPECT_FALSE(ask) << text;
  if (ask) return "none";
  EXPECT_THAT(ask.error().detail, Not(HasSubstr("secret")));
  EXPECT_FALSE(ask.error().detail.empty());
  return ask.error().at;
}

TEST(ListAsks, AReasonIsAllThatMostActionsTake) {
  EXPECT_EQ(good(&why_from_json, "{'why': 'two\\nlines'}"), "two\nlines");
  EXPECT_EQ(fault(&why_from_json, "{}"), "/why");
  EXPECT_EQ(fault(&why_from_json, "{'why': ''}"), "/why");
  EXPECT_EQ(fault(&why_from_json, "{'why': 3}"), "/why");
  EXPECT_EQ(fault(&why_from_json, "{'why': 'a', 'why': 'b'}"), "/why");
  EXPECT_EQ(fault(&why_from_json, "{'why': 'a\\u0000b'}"), "/why");
  EXPECT_EQ(fault(&why_from_json, "{'why': 'a', 'wyh': 'secret'}"), "/wyh");
  EXPECT_EQ(fault(&why_from_json, "['why']"), "");
  EXPECT_EQ(fault(&why_from_json, ""), "");
  EXPECT_EQ(fault(&why_from_json, "{'why': '" + std::string(2001, 'a') + "'}"), "/why");
}

TEST(ListAsks, ANameThatMayBeASecretIsNotShown) {
  const auto ask = why_from_json(json("{H: 'x', 'why': 'a'}"));
  ASSERT_FALSE(ask);
  EXPECT_EQ(ask.error().at, "");
  EXPECT_THAT(ask.error().detail, Not(HasSubstr("f8f8")));
}

TEST(ListAsks, ANewBankHasTheDefaultsOfTheContract) {
  const NewBankAsk ask =
      good(&new_bank_from_json, "{'bank': 'known', 'purpose': 'p', 'owner': 'o', 'why': 'w'}");
  EXPECT_EQ(ask.bank.name, "known");
  EXPECT_EQ(ask.bank.kind, BankKind::kListed);
  EXPECT_EQ(ask.bank.action, BankAction::kBlock);
  EXPECT_EQ(ask.bank.radius_bits, 31);
  EXPECT_TRUE(ask.bank.two_person);
  EXPECT_FALSE(ask.bank.expires_at);
}

TEST(ListAsks, ABanksFaultsAreNamedByTheirPlace) {
  const auto with = [](std::string_view more) {
    return std::string("{'bank': 'b', 'purpose': 'p', 'owner': 'o', 'why': 'w', ") + std::string(more) + "}";
  };
  EXPECT_EQ(fault(&new_bank_from_json, with("'radius': 257")), "/radius");
  EXPECT_EQ(fault(&new_bank_from_json, with("'radius': 3.5")), "/radius");
  EXPECT_EQ(fault(&new_bank_from_json, with("'radius': -1")), "/radius");
  EXPECT_EQ(fault(&new_bank_from_json, with("'action': 'secret'")), "/action");
  EXPECT_EQ(fault(&new_bank_from_json, with("'two_person': 'yes'")), "/two_person");
  EXPECT_EQ(fault(&new_bank_from_json, with("'kind': 'harmless', 'two_person': false")), "/two_person");
  EXPECT_EQ(fault(&new_bank_from_json, with("'expires': '2027-01-31'")), "/expires");
  EXPECT_EQ(fault(&new_bank_from_json, with("'expires': '2027-02-31T00:00:00Z'")), "/expires");
  EXPECT_EQ(fault(&new_bank_from_json, with("'expires': '2027-01-31T12:00:00'")), "/expires");
  EXPECT_EQ(fault(&new_bank_from_json, with("'tenant': 'other'")), "/tenant");
  EXPECT_EQ(fault(&new_bank_from_json, "{'bank': 'a/b', 'purpose': 'p', 'owner': 'o', 'why': 'w'}"), "/bank");
  EXPECT_EQ(fault(&new_bank_from_json, "{'bank': '#1', 'purpose': 'p', 'owner': 'o', 'why': 'w'}"), "/bank");
}

TEST(ListAsks, WhatIsNotNamedOfABankStays) {
  const BankChangesAsk ask = good(&bank_changes_from_json, "{'version': 7, 'expires': null, 'why': 'w'}");
  ListBank bank;
  bank.name = "known";
  bank.radius_bits = 20;
  bank.expires_at = Time(std::chrono::seconds(5));
  const ListBank before = bank;
  ask.apply(bank);
  EXPECT_EQ(ask.version, 7U);
  EXPECT_FALSE(bank.expires_at);
  bank.expires_at = before.expires_at;
  EXPECT_EQ(bank, before);
  EXPECT_EQ(fault(&bank_changes_from_json, "{'version': 7, 'why': 'w'}"), "");
  EXPECT_EQ(fault(&bank_changes_from_json, "{'radius': 7, 'why': 'w'}"), "/version");
  EXPECT_EQ(fault(&bank_changes_from_json, "{'version': 0, 'radius': 7, 'why': 'w'}"), "/version");
  EXPECT_EQ(fault(&bank_changes_from_json, "{'version': 1, 'radius': null, 'why': 'w'}"), "/radius");
}

TEST(ListAsks, NullTakesAnEntrysOwnValueAway) {
  const auto ask = good(&entry_changes_from_json,
                        "{'radius': null, 'action': 'review', 'tags': ['b', 'a', 'b'], 'why': 'w'}");
  ASSERT_TRUE(ask.changes.radius_bits);
  EXPECT_FALSE(*ask.changes.radius_bits);
  EXPECT_EQ(ask.changes.action, std::optional(std::optional(BankAction::kReview)));
  EXPECT_FALSE(ask.changes.expires_at);
  EXPECT_THAT(*ask.changes.tags, ElementsAre("b", "a", "b"));
  EXPECT_EQ(fault(&entry_changes_from_json, "{'why': 'w'}"), "");
  EXPECT_EQ(fault(&entry_changes_from_json, "{'tags': ['a', ''], 'why': 'w'}"), "/tags/1");
  EXPECT_EQ(fault(&entry_changes_from_json, "{'tags': null, 'why': 'w'}"), "/tags");
}

TEST(ListAsks, AnEntryIsReadWithItsQualities) {
  const auto ask = good(&new_entry_from_json,
                        "{'key': 'k', 'signals': {'quality': [90, null], 'pdq': [H, H]}, 'classification': "
                        "{'scheme': 'ncmec', 'value': 'A1'}, 'tags': ['b', 'a', 'b'], 'why': 'w'}");
  ASSERT_EQ(ask.content.signals.pdq.size(), 2U);
  EXPECT_EQ(ask.content.signals.pdq[0].quality, 90);
  EXPECT_EQ(ask.content.signals.pdq[1].quality, ListedPdq::kQualityUnknown);
  EXPECT_THAT(ask.content.tags, ElementsAre("a", "b"));
  EXPECT_EQ(ask.content.classification->value, "A1");
  const auto bare = good(&new_entry_from_json, "{'signals': {'pdq': H}, 'why': 'w'}");
  EXPECT_EQ(bare.key, std::string("pdq:") + kHash);
}

TEST(ListAsks, AnEntrysFaultsAreNamedByTheirPlace) {
  EXPECT_EQ(fault(&new_entry_from_json, "{'signals': {'pdq': 'secret'}, 'why': 'w'}"), "/signals/pdq");
  EXPECT_EQ(fault(&new_entry_from_json, "{'signals': {'pdq': [H, 'secret']}, 'why': 'w'}"), "/signals/pdq/1");
  EXPECT_EQ(fault(&new_entry_from_json, "{'signals': {'pdq': []}, 'why': 'w'}"), "/signals/pdq");
  EXPECT_EQ(fault(&new_entry_from_json, "{'signals': {'quality': 3}, 'why': 'w'}"), "/signals");
  EXPECT_EQ(fault(&new_entry_from_json, "{'signals': {'pdq': H, 'quality': [1, 2]}, 'why': 'w'}"),
            "/signals/quality");
  EXPECT_EQ(fault(&new_entry_from_json, "{'signals': {'pdq': H, 'quality': null}, 'why': 'w'}"),
            "/signals/quality");
  EXPECT_EQ(fault(&new_entry_from_json, "{'signals': {'md5': 'secret'}, 'why': 'w'}"), "/signals/md5");
  EXPECT_EQ(fault(&new_entry_from_json, "{'signals': {'photodna': 'secret'}, 'why': 'w'}"),
            "/signals/photodna");
  EXPECT_EQ(fault(&new_entry_from_json,
                  "{'signals': {'pdq': H}, 'classification': {'scheme': 'ncmec', 'value': 'Z'}, 'why': 'w'}"),
            "/classification/value");
  EXPECT_EQ(fault(&new_entry_from_json, "{'why': 'w'}"), "/signals");
}

TEST(ListAsks, WithdrawalsNameEachEntryOnce) {
  const auto ask = good(&withdrawal_from_json, "{'entries': ['12.1', '2.0'], 'why': 'w'}");
  EXPECT_THAT(ask.entries, ElementsAre(entry_id(ReleaseId{2}, 0), entry_id(ReleaseId{12}, 1)));
  EXPECT_EQ(fault(&withdrawal_from_json, "{'entries': [], 'why': 'w'}"), "/entries");
  EXPECT_EQ(fault(&withdrawal_from_json, "{'entries': ['2.0', '2.0'], 'why': 'w'}"), "/entries");
  EXPECT_EQ(fault(&withdrawal_from_json, "{'entries': ['2.0', '2'], 'why': 'w'}"), "/entries/1");
  std::string many = "{'why': 'w', 'entries': [";
  for (int i = 0; i <= 10'000; ++i) many += (i == 0 ? "'1." : ",'1.") + std::to_string(i) + "'";
  EXPECT_EQ(fault(&withdrawal_from_json, many + "]}"), "/entries");
}

TEST(ListAsks, AFindingIsOfAMatchOrOfAnEntry) {
  const auto match =
      good(&finding_from_json, "{'match': '12.3@post-1@x', 'verdict': 'false-match', 'why': 'w'}");
  EXPECT_EQ(match.decision.match, "post-1@x");
  EXPECT_FALSE(match.decision.confirmed);
  EXPECT_TRUE(match.decision.send_back);
  const auto entry = good(&finding_from_json,
                          "{'match': '12.3', 'verdict': 'confirmed', 'signal': 'md5', 'send_back': false, "
                          "'why': 'w'}");
  EXPECT_EQ(entry.decision.match, Decision::kEntryItself);
  EXPECT_TRUE(entry.decision.confirmed);
  EXPECT_EQ(entry.decision.signal, "md5");
  EXPECT_EQ(fault(&finding_from_json, "{'match': '12.3@', 'verdict': 'confirmed', 'why': 'w'}"), "/match");
  EXPECT_EQ(fault(&finding_from_json, "{'match': 'secret', 'verdict': 'confirmed', 'why': 'w'}"), "/match");
  EXPECT_EQ(fault(&finding_from_json, "{'match': '12.3', 'verdict': 'true', 'why': 'w'}"), "/verdict");
  EXPECT_EQ(
      fault(&finding_from_json, "{'match': '12.3', 'verdict': 'confirmed', 'signal': 'secret', 'why': 'w'}"),
      "/signal");
}

TEST(ListAsks, NamesAreReadAsTheyAreWrittenAndNoOtherWay) {
  const EntryId id = entry_id(ReleaseId{12}, 345);
  EXPECT_EQ(entry_from_name(to_text(id)), id);
  EXPECT_EQ(entry_from_name("2147483647.4294967295"), entry_id(ReleaseId{kReleaseIdMax}, 0xFFFFFFFF));
  for (const auto* wrong : {"", ".", "1", "1.", ".1", "01.1", "1.01", "0.1", "1.4294967296", "2147483648.1",
                            "1.1 ", " 1.1", "+1.1", "1.-1", "1.1.1"}) {
    EXPECT_FALSE(entry_from_name(wrong)) << wrong;
  }
  EXPECT_EQ(release_from_name("41"), ReleaseId{41});
  EXPECT_FALSE(release_from_name("0"));
  EXPECT_FALSE(release_from_name("007"));
  EXPECT_EQ(request_from_name("9223372036854775807"), RequestId{9223372036854775807U});
  EXPECT_FALSE(request_from_name("9223372036854775808"));
}

TEST(ListJson, WhatDiffersIsNamedWithBothValues) {
  const Json before = Json::parse(R"({"a": 1, "b": 2, "version": 1})");
  const Json after = Json::parse(R"({"a": 1, "c": "x", "version": 2})");
  EXPECT_EQ(to_line(entry_difference(before, after)),
            R"({"b":{"from":2,"to":null},"c":{"from":null,"to":"x"}})");
}

TEST(ListJson, OfAReleaseThatWaitsForNobodyNoApprovalIsMissing) {
  Release release;
  const ApprovalStand stand{1, 0, {"ann"}};
  release.state = ReleaseState::kProposed;
  EXPECT_EQ(approvals_of(release, stand).missing, 1);
  release.state = ReleaseState::kActive;
  EXPECT_EQ(approvals_of(release, stand).missing, 0);
}

}  // namespace
}  // namespace seawall
