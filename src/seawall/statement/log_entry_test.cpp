#include "seawall/statement/log_entry.h"

#include <gtest/gtest.h>

#include <set>

#include "seawall/base/hex.h"
#include "seawall/statement/commitment.h"

namespace seawall {
namespace {

Time at(std::int64_t seconds) { return Time(std::chrono::seconds(1'795'388'400 + seconds)); }

CommitmentSalt salt_of(char c) {
  CommitmentSalt salt;
  salt.fill(static_cast<std::byte>(c));
  return salt;
}

// Computed with Python's hashlib from the words of docs/orders.md.
TEST(Commitment, IsTheDigestOfTagZeroSaltAndRecord) {
  EXPECT_EQ(to_hex(commitment_of("order", salt_of('s'), R"({"a":1})")),
            "d918e59c1ece657550d80cc36742377f2d9d9af9bf69495e586d4732b7c7a261");
  EXPECT_NE(commitment_of("order", salt_of('s'), "x"), commitment_of("order", salt_of('t'), "x"));
  EXPECT_NE(commitment_of("order", salt_of('s'), "x"), commitment_of("error", salt_of('s'), "x"));
  EXPECT_NE(*new_commitment_salt(), *new_commitment_salt());
}

TEST(LogEntry, HasOneText) {
  LogEntry entry{.at = at(0), .kind = LogKind::kListChange};
  EXPECT_EQ(
      to_text(entry),
      R"({"at":"2026-11-22T23:00:00Z","c":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","k":"list-change",)"
      R"("n":1,"v":1})");
  entry.ref = 7;
  entry.due = at(86'400);
  entry.count = 12;
  EXPECT_EQ(to_text(entry),
            R"({"at":"2026-11-22T23:00:00Z","c":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",)"
            R"("due":"2026-11-23T23:00:00Z","k":"list-change","n":12,"ref":7,"v":1})");
  EXPECT_EQ(*log_entry_from_text(to_text(entry)), entry);
}

TEST(LogEntry, OfEachKindComesBackAndEachKindHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (const LogKind kind : all_log_kinds()) {
    const LogEntry entry{.at = at(1), .kind = kind};
    EXPECT_EQ(*log_entry_from_text(to_text(entry)), entry) << name_of(kind);
    EXPECT_EQ(log_kind_named(name_of(kind)), kind);
    names.insert(name_of(kind));
  }
  EXPECT_EQ(names.size(), 20U);
}

TEST(LogEntry, IsReadInThatOneTextAndNoOther) {
  const std::string good = to_text(LogEntry{.at = at(0), .kind = LogKind::kOrder});
  const auto with = [&](std::string_view old, std::string_view now) {
    std::string text = good;
    return text.replace(text.find(old), old.size(), now);
  };
  EXPECT_TRUE(log_entry_from_text(good));
  for (const std::string& bad :
       {std::string(), std::string("[]"), good + "\n", with("\"v\":1", "\"v\":2"), with("\"n\":1", "\"n\":0"),
        with("\"n\":1", "\"n\":1.5"), with("order", "whisper"), with("23:00:00Z", "23:00:00.5Z"),
        with("AAA=", "AAA"), with("AAA=", "AAB="), with("\"v\":1", "\"v\":1,\"who\":\"ann\""),
        with("\"k\":\"order\",", ""), with("\"n\":1", "\"n\":1,\"ref\":-1"), with("2026", "02026")}) {
    EXPECT_FALSE(log_entry_from_text(bad)) << bad;
  }
  EXPECT_EQ(log_entry_from_text(std::string(5000, ' ')).error().code, Code::kLimitExceeded);
}

TEST(LogEntry, IsOpenedByItsSaltAndRecordAlone) {
  const LogEntry entry{.at = at(0),
                       .kind = LogKind::kDisclosure,
                       .commitment = commitment_of("disclosure", salt_of('s'), "record")};
  EXPECT_TRUE(opens(entry, salt_of('s'), "record"));
  EXPECT_FALSE(opens(entry, salt_of('s'), "Record"));
  EXPECT_FALSE(opens(entry, salt_of('t'), "record"));
  EXPECT_FALSE(opens(entry, std::span<const std::byte>(salt_of('s')).first(31), "record"));
}

}  // namespace
}  // namespace seawall
