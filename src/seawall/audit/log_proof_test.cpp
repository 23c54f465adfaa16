#include "seawall/audit/log_proof.h"

#include <gmock/gmock.h>

#include "seawall/audit/test_log.h"
#include "seawall/base/base64.h"

namespace seawall {
namespace {

using audit_test::entry_of;
using audit_test::record_file;
using audit_test::TestLog;

std::string salt_text(const RecordFile& file) {
  return to_base64({reinterpret_cast<const char*>(file.salt.data()), file.salt.size()});
}

TEST(LogProof, OfEveryEntryIsCheckedWithoutTheLog) {
  TestLog log;
  log.append_many(600);
  log.publish();
  const SignedHead head = read_head(log, log.keys()).value();
  ServedLog served(log, head.tree().size);
  for (std::uint64_t i = 0; i < 600; ++i) {
    const auto proof = prove_entry(served, head, i);
    ASSERT_TRUE(proof) << i << ": " << proof.error().message;
    const auto proved = check_proof(print_proof_file(*proof), std::nullopt, log.keys());
    ASSERT_TRUE(proved) << i << ": " << proved.error().message;
    EXPECT_EQ(proved->index, i);
    EXPECT_EQ(proved->text, log.entries[i]);
  }
  EXPECT_EQ(prove_entry(served, head, 600).error().code, Code::kNotFound);
}

TEST(LogProof, DoesNotHoldForAnotherEntryOrUnderOtherKeys) {
  TestLog log;
  log.append_many(600);
  log.publish();
  const SignedHead head = read_head(log, log.keys()).value();
  ServedLog served(log, head.tree().size);
  auto proof = prove_entry(served, head, 17).value();
  EXPECT_EQ(check_proof(print_proof_file(proof), log.entries[18], log.keys()).error().code, Code::kCorrupt);
  EXPECT_EQ(check_proof(print_proof_file(proof), std::nullopt, TestLog().keys()).error().code,
            Code::kCorrupt);
  proof.index = 18;
  EXPECT_EQ(check_proof(print_proof_file(proof), std::nullopt, log.keys()).error().code, Code::kCorrupt);
  proof.extra.reset();
  EXPECT_EQ(check_proof(print_proof_file(proof), std::nullopt, log.keys()).error().code, Code::kInvalidInput);
}

TEST(LogProof, IsNotMadeOfWhatDoesNotBelongTogether) {
  TestLog log;
  log.append_many(600);
  log.publish();
  const SignedHead head = read_head(log, log.keys()).value();
  log.files["tile/0/000"][5 * 32] ^= 1;
  ServedLog served(log, head.tree().size);
  EXPECT_EQ(prove_entry(served, head, 17).error().code, Code::kCorrupt);
}

TEST(LogProof, FindsTheEntryThatARecordMakes) {
  TestLog log;
  log.append("not an entry");
  for (std::uint64_t i = 1; i < 100; ++i) log.append(entry_of(i, LogKind::kOrder));
  log.publish();
  ServedLog served(log, 100);
  const auto find = [&](const RecordFile& file) {
    return find_entry(
        served, [&](const LogEntry& entry) { return opens(entry, file); },
        [](std::uint64_t) { return true; });
  };
  EXPECT_EQ(find(record_file(42)).value(), 42U);
  RecordFile other = record_file(42);
  other.record = R"({"number":41})";
  EXPECT_EQ(find(other).error().code, Code::kNotFound);
}

TEST(RecordFile, IsReadAsAnObjectOrAsItsCanonicalText) {
  const RecordFile file = record_file(7);
  for (const std::string& record : {std::string(R"({ "number" : 7 })"), std::string(R"("{\"number\":7}")")}) {
    const auto read =
        record_file_from_text(R"({"record": )" + record + R"(, "salt": ")" + salt_text(file) + "\"}\n");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->record, file.record);
    EXPECT_TRUE(opens(entry_of(7), *read));
  }
}

TEST(RecordFile, IsReadStrictly) {
  const std::string salt = salt_text(record_file(7));
  for (const std::string& text :
       {std::string(), std::string("{}"), R"({"record":{}})" + std::string(), R"({"salt":")" + salt + "\"}",
        R"({"record":{},"salt":"AAAA"})" + std::string(), R"({"record":"{ }","salt":")" + salt + "\"}",
        R"({"record":{},"salt":")" + salt + R"(","more":1})"}) {
    EXPECT_EQ(record_file_from_text(text).error().code, Code::kInvalidInput) << text;
  }
}

}  // namespace
}  // namespace seawall
