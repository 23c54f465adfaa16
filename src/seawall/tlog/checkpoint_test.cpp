#include "seawall/tlog/checkpoint.h"

#include <gmock/gmock.h>

#include "seawall/tlog/cosignature.h"

namespace seawall::tlog {
namespace {

using testing::ElementsAre;

// C2SP tlog-checkpoint.
constexpr const char* kText =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

NoteSigner signer(const char* name, KeyType type = KeyType::kEd25519) {
  return NoteSigner::make(name, type, SigningKey::generate().value()).value();
}

TEST(Checkpoint, OfTheSpecificationIsReadAndWritten) {
  const auto checkpoint = parse_checkpoint(kText);
  ASSERT_TRUE(checkpoint) << checkpoint.error().message;
  EXPECT_EQ(checkpoint->origin, "example.com/behind-the-sofa");
  EXPECT_EQ(checkpoint->head.size, 20'852'163U);
  EXPECT_EQ(print_checkpoint(*checkpoint), kText);
}

TEST(Checkpoint, MayHaveLinesOfExtension) {
  const auto checkpoint = parse_checkpoint(std::string(kText) + "one\ntwo \n");
  EXPECT_THAT(checkpoint->extensions, ElementsAre("one", "two "));
  EXPECT_EQ(print_checkpoint(*checkpoint), std::string(kText) + "one\ntwo \n");
  std::string many = kText;
  for (int i = 0; i < 65; ++i) many += "line\n";
  EXPECT_EQ(parse_checkpoint(many).error().code, Code::kLimitExceeded);
}

TEST(Checkpoint, IsReadStrictly) {
  const std::string root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
  ASSERT_TRUE(parse_checkpoint("a\n0\n" + root));
  ASSERT_TRUE(parse_checkpoint("with blanks and + plus\n4611686018427387904\n" + root));
  for (const std::string& text : {std::string(),
                                  std::string("a\n"),
                                  std::string("a\n0\n"),
                                  "\n0\n" + root,
                                  "a\n\n" + root,
                                  "a\n00\n" + root,
                                  "a\n01\n" + root,
                                  "a\n-1\n" + root,
                                  "a\n+1\n" + root,
                                  "a\n 1\n" + root,
                                  "a\n1 \n" + root,
                                  "a\n0x1\n" + root,
                                  "a\n1e3\n" + root,
                                  "a\n18446744073709551616\n" + root,
                                  "a\n4611686018427387905\n" + root,
                                  "a\n0\n" + root.substr(1),
                                  "a\n0\n" + root.substr(4),
                                  "a\n0\n" + root.substr(0, root.size() - 1),
                                  "a\n0\n" + root.substr(0, root.size() - 2) + "\n",
                                  "a\n0\n" + root + "\n",
                                  "a\n0\n" + root + "x\n\ny\n",
                                  "a\n0\n" + root + "no newline",
                                  "a\r\n0\r\n" + root}) {
    EXPECT_FALSE(parse_checkpoint(text)) << text;
  }
}

struct Fixture {
  NoteSigner log = signer("example.com/log");
  NoteSigner w1 = signer("w1", KeyType::kCosignature);
  NoteSigner w2 = signer("w2", KeyType::kCosignature);
  std::vector<VerifierKey> log_keys{log.verifier()};
  std::vector<VerifierKey> witness_keys{w1.verifier(), w2.verifier()};
  std::string text = print_checkpoint({"example.com/log", {1, hash_leaf("a")}, {}});

  TrustedKeys trusted(std::size_t cosignatures_min = 0) const {
    return {"example.com/log", log_keys, witness_keys, cosignatures_min};
  }
  std::string note(std::vector<NoteSignature> signatures) const {
    return print_note({text, std::move(signatures)});
  }
  NoteSignature by(const NoteSigner& key, std::uint64_t time_s = 0) const {
    return key.sign(text, time_s).value();
  }
};

TEST(OpenCheckpoint, TellsWhichWitnessesSawItAndWhen) {
  const Fixture f;
  const NoteSigner stranger = signer("w3", KeyType::kCosignature);
  const auto opened = open_checkpoint(
      f.note({f.by(f.w2, 9), f.by(f.log), f.by(stranger, 5), f.by(f.w1, 7), f.by(f.w2, 8)}), f.trusted(2));
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->checkpoint.head, (TreeHead{1, hash_leaf("a")}));
  EXPECT_THAT(opened->seen_by, ElementsAre(SeenBy{"w2", 9}, SeenBy{"w1", 7}));
}

TEST(OpenCheckpoint, WantsTheLogsOwnSignatureAndAsManyWitnessesAsAreAsked) {
  const Fixture f;
  EXPECT_TRUE(open_checkpoint(f.note({f.by(f.log)}), f.trusted()));
  EXPECT_FALSE(open_checkpoint(f.note({f.by(f.w1, 1), f.by(f.w2, 1)}), f.trusted()));
  EXPECT_FALSE(open_checkpoint(f.note({f.by(signer("example.com/log"))}), f.trusted()));
  EXPECT_FALSE(open_checkpoint(f.note({f.by(f.log), f.by(f.w1, 1), f.by(f.w1, 2)}), f.trusted(2)));
  EXPECT_TRUE(open_checkpoint(f.note({f.by(f.log), f.by(f.w1, 1), f.by(f.w2, 2)}), f.trusted(2)));
}

TEST(OpenCheckpoint, RefusesAWrongSignatureOfAWitnessThatItKnows) {
  const Fixture f;
  NoteSignature wrong = f.by(f.w1, 1);
  wrong.bytes[20] ^= 1;
  EXPECT_FALSE(open_checkpoint(f.note({f.by(f.log), wrong}), f.trusted()));
}

TEST(OpenCheckpoint, RefusesAnotherLogsCheckpoint) {
  Fixture f;
  f.text = print_checkpoint({"example.com/other", {1, hash_leaf("a")}, {}});
  EXPECT_EQ(open_checkpoint(f.note({f.by(f.log)}), f.trusted()).error().code, Code::kNotFound);
}

}  // namespace
}  // namespace seawall::tlog
