#include "seawall/witness/witness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "seawall/base/hex.h"
#include "seawall/base/temporary_folder.h"
#include "seawall/crypto/sha256.h"
#include "seawall/durable_file/fault_file_system.h"
#include "seawall/durable_file/posix_file_system.h"
#include "seawall/witness/alarm_folder.h"

namespace seawall {
namespace {

using testing::HasSubstr;
using tlog::KeyType;

constexpr const char* kOrigin = "log.example/lists";

class FixedClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::sys_time<std::chrono::milliseconds> now() const override {
    return std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::seconds(1'800'000'000));
  }
};

class Sink final : public AlarmSink {
 public:
  bool on_alarm(const WitnessAlarm& alarm) override {
    alarms.push_back(alarm);
    return true;
  }
  std::vector<WitnessAlarm> alarms;
};

tlog::NoteSigner signer(const std::string& name, KeyType type) {
  return *tlog::NoteSigner::make(name, type, *SigningKey::generate());
}

/// A log in memory whose entries are "<word> <index>".
struct TestLog {
  explicit TestLog(std::string of = "entry") : word(std::move(of)) {}
  [[nodiscard]] tlog::Hash leaf(std::uint64_t index) const {
    return tlog::hash_leaf(word + " " + std::to_string(index));
  }
  [[nodiscard]] std::vector<tlog::Hash> leaves(std::uint64_t size) const {
    std::vector<tlog::Hash> all;
    for (std::uint64_t i = 0; i < size; ++i) all.push_back(leaf(i));
    return all;
  }
  [[nodiscard]] tlog::TreeHead head(std::uint64_t size) const {
    return {size, tlog::tree_hash(leaves(size))};
  }
  /// Up to 256 entries: one tile of level 0 is all there is.
  [[nodiscard]] tlog::Proof proof(std::uint64_t from, std::uint64_t to) const {
    if (from == 0) return {};
    const auto all = leaves(to);
    return *tlog::prove_consistency(from, to, [&](const tlog::TileId& tile) -> Result<std::string> {
      return tlog::print_tile({all.begin(), all.begin() + static_cast<std::ptrdiff_t>(tile.width)});
    });
  }
  std::string word;
};

class AWitness : public testing::Test {
 protected:
  AWitness() { open(); }
  void open() {
    witness.reset();
    keeper.reset();
    keeper = *HeadKeeper::open(*files);
    auto key =
        tlog::NoteSigner::make("witness.example/w", KeyType::kCosignature, *SigningKey::from_seed(seed));
    witness = *Witness::make(*std::move(key), {{kOrigin, {log_key.verifier()}}}, *keeper, clock, sink);
  }
  void begin_anew() {
    witness.reset();
    keeper.reset();
    disk = std::make_unique<durable::FaultDisk>();
    files = disk->files();
    open();
  }
  [[nodiscard]] std::string signed_head(const TestLog& of, std::uint64_t size, const tlog::NoteSigner& key,
                                        const std::string& origin = kOrigin) const {
    const std::string text = tlog::print_checkpoint({origin, of.head(size), {}});
    return tlog::print_note({text, {*key.sign(text)}});
  }
  [[nodiscard]] std::string ask(const TestLog& of, std::uint64_t from, std::uint64_t to) const {
    return tlog::print_witness_request({from, of.proof(from, to), signed_head(of, to, log_key)});
  }
  WitnessAnswer add(const TestLog& of, std::uint64_t from, std::uint64_t to) {
    return witness->add_checkpoint(ask(of, from, to));
  }

  std::unique_ptr<durable::FaultDisk> disk = std::make_unique<durable::FaultDisk>();
  std::unique_ptr<durable::FileSystem> files = disk->files();
  FixedClock clock;
  Sink sink;
  tlog::NoteSigner log_key = signer(kOrigin, KeyType::kEd25519);
  KeySeed seed{std::byte{5}};
  TestLog log;
  std::unique_ptr<HeadKeeper> keeper;
  std::unique_ptr<Witness> witness;
};

TEST_F(AWitness, CosignsAHeadThatContinuesTheLastOne) {
  for (const auto& [from, to] : {std::pair{0U, 1U}, {1U, 7U}, {7U, 7U}, {7U, 200U}}) {
    const WitnessAnswer answer = add(log, from, to);
    ASSERT_EQ(answer.status, 200) << answer.body;
    const auto lines = tlog::parse_signature_lines(answer.body);
    ASSERT_TRUE(lines);
    const std::string text = tlog::print_checkpoint({kOrigin, log.head(to), {}});
    EXPECT_TRUE(witness->verifier().is_named_by(lines->at(0)));
    EXPECT_TRUE(witness->verifier().verifies(text, lines->at(0)));
  }
  EXPECT_EQ(witness->counts().signed_heads, 4U);
  EXPECT_TRUE(sink.alarms.empty());
}

TEST_F(AWitness, GivesOutTheNewestHeadWithBothSignatures) {
  const std::string name = to_hex(sha256_of(std::string_view(kOrigin)));
  EXPECT_EQ(witness->checkpoint(name).status, 404);
  ASSERT_EQ(add(log, 0, 5).status, 200);
  open();
  const WitnessAnswer answer = witness->checkpoint(name);
  ASSERT_EQ(answer.status, 200);
  const std::vector log_keys{log_key.verifier()};
  const std::vector witnesses{witness->verifier()};
  const auto opened = tlog::open_checkpoint(answer.body, {kOrigin, log_keys, witnesses, 1});
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->checkpoint.head, log.head(5));
  EXPECT_EQ(opened->seen_by.at(0).time_s, 1'800'000'000U);
  EXPECT_EQ(witness->checkpoint(std::string(64, '0')).status, 404);
}

TEST_F(AWitness, SaysWhichSizeItKnowsToWhoeverBeginsElsewhere) {
  ASSERT_EQ(add(log, 0, 9).status, 200);
  const WitnessAnswer answer = add(log, 4, 12);
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.content_type, "text/x.tlog.size");
  EXPECT_EQ(answer.body, "9\n");
  EXPECT_EQ(add(log, 0, 9).body, "9\n");
  EXPECT_TRUE(sink.alarms.empty()) << "being late is no lie";
}

TEST_F(AWitness, RefusesWhatItsLogHasNotSigned) {
  const auto stranger = signer(kOrigin, KeyType::kEd25519);
  EXPECT_EQ(
      witness->add_checkpoint(tlog::print_witness_request({0, {}, signed_head(log, 3, stranger)})).status,
      403);
  const auto other = signer("other.example", KeyType::kEd25519);
  const auto elsewhere = signed_head(log, 3, other, "other.example");
  EXPECT_EQ(witness->add_checkpoint(tlog::print_witness_request({0, {}, elsewhere})).status, 404);
  std::string forged = ask(log, 0, 3);
  forged[forged.size() - 5] = forged[forged.size() - 5] == 'A' ? 'B' : 'A';
  EXPECT_EQ(witness->add_checkpoint(forged).status, 403);
}

TEST_F(AWitness, RefusesWhatIsNoRequest) {
  ASSERT_EQ(add(log, 0, 9).status, 200);
  for (const std::string& wrong : {std::string(), std::string("old 1\n\nx"), std::string("old 01\n\n"),
                                   std::string("new 9\n"), std::string(70'000, 'x')}) {
    EXPECT_EQ(witness->add_checkpoint(wrong).status, 400);
  }
  EXPECT_EQ(
      witness->add_checkpoint(tlog::print_witness_request({12, {}, signed_head(log, 9, log_key)})).status,
      400)
      << "backwards";
}

TEST_F(AWitness, RefusesAndTellsOfASplitView) {
  ASSERT_EQ(add(log, 0, 9).status, 200);
  const TestLog other("another entry");
  EXPECT_EQ(add(other, 9, 9).status, 422);
  ASSERT_EQ(sink.alarms.size(), 1U);
  EXPECT_EQ(sink.alarms[0].kind, WitnessAlarm::Kind::kSplitView);
  EXPECT_THAT(sink.alarms[0].kept, HasSubstr(tlog::print_checkpoint({kOrigin, log.head(9), {}})));
  EXPECT_THAT(sink.alarms[0].refused, HasSubstr(tlog::print_checkpoint({kOrigin, other.head(9), {}})));
  EXPECT_EQ(add(other, 0, 9).status, 409) << "also where it hides behind an older size";
  EXPECT_EQ(sink.alarms.size(), 2U);
}

TEST_F(AWitness, RefusesAndTellsOfARewrittenHistory) {
  ASSERT_EQ(add(log, 0, 9).status, 200);
  const TestLog other("another entry");
  EXPECT_EQ(add(other, 9, 30).status, 422);
  ASSERT_EQ(sink.alarms.size(), 1U);
  EXPECT_EQ(sink.alarms[0].kind, WitnessAlarm::Kind::kInconsistent);
  EXPECT_EQ(add(log, 9, 30).status, 200) << "and still follows the true one";
}

TEST_F(AWitness, OfALogSignsWithTheLogsOwnKey) {
  auto own = tlog::NoteSigner::make(kOrigin, KeyType::kEd25519, *SigningKey::generate());
  durable::FaultDisk other_disk;
  const auto other_files = other_disk.files();
  const auto heads = *HeadKeeper::open(*other_files);
  const auto sequencer = signer("sequencer", KeyType::kEd25519);
  const auto log_signer =
      *Witness::make(*std::move(own), {{kOrigin, {sequencer.verifier()}}}, *heads, clock, sink);
  const auto answer =
      log_signer->add_checkpoint(tlog::print_witness_request({0, {}, signed_head(log, 3, sequencer)}));
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto lines = *tlog::parse_signature_lines(answer.body);
  const std::string text = tlog::print_checkpoint({kOrigin, log.head(3), {}});
  EXPECT_TRUE(log_signer->verifier().verifies(text, lines.at(0)));
  EXPECT_EQ(log_signer->add_checkpoint(ask(log, 3, 4)).status, 403) << "only the sequencer may ask";
}

TEST_F(AWitness, NeverSignsTwoHistoriesWhereverThePowerIsCut) {
  const TestLog other("another entry");
  for (std::uint64_t cut = 0;; ++cut) {
    begin_anew();
    ASSERT_EQ(add(log, 0, 5).status, 200);
    disk->cut_power_at(disk->steps() + cut);
    const bool answered = add(log, 5, 9).status == 200;
    for (const unsigned kept : {0U, 5U, 10U}) {
      disk->restart(kept);
      open();
      const WitnessAnswer fork = add(other, 5, 9);
      EXPECT_NE(fork.status, 200) << "cut at " << cut;
      const WitnessAnswer known = add(log, 0, 9);
      EXPECT_TRUE(known.body == "9\n" || (!answered && known.body == "5\n")) << known.body;
    }
    if (answered) break;
  }
}

TEST_F(AWitness, SignsNothingThatItCannotKeep) {
  ASSERT_EQ(add(log, 0, 5).status, 200);
  disk->fail_at(disk->steps() + 3);
  EXPECT_EQ(add(log, 5, 9).status, 500);
}

TEST_F(AWitness, SignsNothingBesideADamagedHead) {
  ASSERT_EQ(add(log, 0, 5).status, 200);
  for (auto& [name, file] : disk->folder()) {
    if (name.ends_with(".head")) file->now.at(80) ^= std::byte{1};
  }
  EXPECT_EQ(add(log, 5, 9).status, 500);
}

TEST_F(AWitness, IsNotAlarmedByATrueHeadWithAWrongProof) {
  ASSERT_EQ(add(log, 0, 9).status, 200);
  const tlog::Proof wrong{log.leaf(1)};
  const auto again = tlog::print_witness_request({9, wrong, signed_head(log, 9, log_key)});
  EXPECT_EQ(witness->add_checkpoint(again).status, 422);
  EXPECT_TRUE(sink.alarms.empty());
}

TEST_F(AWitness, KeepsOneFileForTheSameTwoHeadsWhateverProofComesWithThem) {
  std::vector<std::string> told;
  AlarmFolder folder(*files, [&](const WitnessAlarm&, const std::string& file) { told.push_back(file); });
  auto key = tlog::NoteSigner::make("witness.example/w", KeyType::kCosignature, *SigningKey::generate());
  witness = *Witness::make(*std::move(key), {{kOrigin, {log_key.verifier()}}}, *keeper, clock, folder);
  ASSERT_EQ(add(log, 0, 9).status, 200);
  for (std::uint64_t i = 0; i < 20; ++i) {
    const tlog::Proof wrong{log.leaf(i)};
    const auto body = tlog::print_witness_request({9, wrong, signed_head(log, 30, log_key)});
    EXPECT_EQ(witness->add_checkpoint(body).status, 422);
  }
  ASSERT_EQ(told.size(), 1U);
  EXPECT_TRUE(disk->folder().contains(told[0]));
  EXPECT_EQ(witness->counts().suspicions, 1U);
  EXPECT_EQ(add(TestLog("another entry"), 9, 9).status, 422);
  EXPECT_EQ(told.size(), 2U) << "a split view has room of its own";
  EXPECT_EQ(witness->counts().split_views, 1U);
}

TEST(HeadKeeper, IsOneProcesssAlone) {
  const auto folder = *TemporaryFolder::make("seawall-heads");
  const auto files = *durable::posix_file_system(folder.path(), true);
  const auto first = HeadKeeper::open(*files);
  ASSERT_TRUE(first);
  const auto others_files = *durable::posix_file_system(folder.path(), true);
  EXPECT_EQ(HeadKeeper::open(*others_files).error().code, Code::kConflict);
}

}  // namespace
}  // namespace seawall
