#include "seawall/tlog/note.h"

#include <gmock/gmock.h>

#include "seawall/base/base64.h"
#include "seawall/base/hex.h"
#include "seawall/tlog/cosignature.h"
#include "seawall/tlog/keys.h"

namespace seawall::tlog {
namespace {

using testing::ElementsAre;

// C2SP signed-note, "Example".
constexpr const char* kVkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const std::string kNote =
    "This is an example message.\n\n"
    "— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
// C2SP tlog-cosignature: a checkpoint with a cosignature of 1679315147 s. Its keys are not given.
const std::string kCosigned =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/"
    "zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
constexpr const char* kCheckpoint = "example.com/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";

NoteSigner signer(const char* name, KeyType type = KeyType::kEd25519) {
  return NoteSigner::make(name, type, SigningKey::generate().value()).value();
}

TEST(VerifierKey, VerifiesTheNoteOfTheSpecification) {
  const auto key = VerifierKey::parse(kVkey);
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(key->name(), "example.com/foo");
  EXPECT_EQ(key->id(), 0x530d903aU);
  EXPECT_EQ(key->vkey(), kVkey);
  const auto note = parse_note(kNote);
  ASSERT_TRUE(note) << note.error().message;
  EXPECT_EQ(note->text, "This is an example message.\n");
  EXPECT_THAT(verify_note(*note, std::vector{*key}).value(), ElementsAre(0U));
  EXPECT_EQ(print_note(*note), kNote);
}

// Go's package golang.org/x/mod/sumdb/note at v0.7.0, note.go, the example of its documentation.
TEST(NoteSigner, SignsTheExampleOfGosPackageAsItDoes) {
  const std::string text =
      "If you think cryptography is the answer to your problem,\n"
      "then you don't know what your problem is.\n";
  const std::string line =
      "— PeterNeumann "
      "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
  const auto key =
      NoteSigner::parse("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz");
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(key->verifier().vkey(), "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  EXPECT_EQ(print_signature(key->sign(text).value()), line);
  EXPECT_THAT(verify_note(parse_note(text + "\n" + line).value(), std::vector{key->verifier()}).value(),
              ElementsAre(0U));
}

TEST(VerifierKey, IsReadFromNothingButAVkey) {
  for (const char* vkey : {"", "example.com/foo", "example.com/foo+530d903a",
                           "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2",
                           "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                           "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                           "example.com/fob+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                           "example.com foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                           "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                           "example.com/foo+530d903a+AekyeQ==", "example.com/foo+530d903a+",
                           "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n"}) {
    EXPECT_FALSE(VerifierKey::parse(vkey)) << vkey;
  }
}

TEST(NoteSigner, ComesBackFromItsSkeyAndSignsTheSame) {
  KeySeed seed;  // RFC 8032 section 7.1, test 2.
  ASSERT_TRUE(from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", seed));
  const auto key =
      NoteSigner::make("example.com/log", KeyType::kEd25519, SigningKey::from_seed(seed).value());
  ASSERT_TRUE(key);
  const auto again = NoteSigner::parse(key->skey().value());
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->verifier().vkey(), key->verifier().vkey());
  EXPECT_EQ(again->sign("text\n").value(), key->sign("text\n").value());
  EXPECT_FALSE(NoteSigner::parse(key->verifier().vkey()));
  EXPECT_FALSE(NoteSigner::parse(key->skey().value() + "="));
}

TEST(Note, MayBeSignedByManyAndEachUnknownSignatureIsPassedOver) {
  const NoteSigner a = signer("a"), b = signer("b"), same_name = signer("a");
  const std::string text = "one\n\ntwo\n";
  const SignedNote note{text, {same_name.sign(text).value(), b.sign(text).value(), a.sign(text).value()}};
  const auto read = parse_note(print_note(note));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, note);
  EXPECT_THAT(verify_note(*read, std::vector{a.verifier(), b.verifier()}).value(), ElementsAre(1U, 2U));
  EXPECT_FALSE(verify_note(*read, std::vector{signer("a").verifier()}));
  EXPECT_FALSE(verify_note(*read, {}));
}

TEST(Note, IsRefusedWholeIfAKnownKeysSignatureIsWrong) {
  const NoteSigner a = signer("a"), b = signer("b");
  SignedNote note{"text\n", {a.sign("text\n").value(), b.sign("text\n").value()}};
  const std::vector both{a.verifier(), b.verifier()};
  EXPECT_TRUE(verify_note(note, both));
  for (const std::size_t at : {0UL, 63UL}) {
    SignedNote other = note;
    other.signatures[1].bytes[at] ^= 1;
    EXPECT_FALSE(verify_note(other, both));
    EXPECT_TRUE(verify_note(other, std::vector{a.verifier()}));
  }
  note.signatures[1].bytes += 'x';
  EXPECT_FALSE(verify_note(note, both));
  note.signatures.pop_back();
  note.text = "test\n";
  EXPECT_FALSE(verify_note(note, both));
}

TEST(Note, IsReadStrictly) {
  const std::string line = kNote.substr(kNote.find("—"));
  ASSERT_TRUE(parse_note("\n\n" + line));
  ASSERT_TRUE(parse_note("text\n\n\n\n" + line));
  ASSERT_TRUE(parse_note("Ognuno sta solo sul cuor della terra\n\n" + line));
  for (const std::string& note : {std::string(),
                                  line,
                                  "\n" + line,
                                  "text\n" + line,
                                  std::string("text\n\n"),
                                  std::string("text\n"),
                                  "text\n\n" + line + "\n",
                                  "text\n\n" + line + "more\n",
                                  "text\n\n" + line.substr(0, line.size() - 1),
                                  "te\txt\n\n" + line,
                                  "te\rxt\n\n" + line,
                                  "te\xFFxt\n\n" + line,
                                  std::string("te\0xt\n\n", 7) + line,
                                  "text\r\n\r\n" + line,
                                  std::string("text\n\n- a AAAAAAA=\n"),
                                  std::string("text\n\n—a AAAAAAA=\n"),
                                  std::string("text\n\n—  AAAAAAA=\n"),
                                  std::string("text\n\n— a  AAAAAAA=\n"),
                                  std::string("text\n\n— a AAAAAAA\n"),
                                  std::string("text\n\n— a AAAAAA==\n"),
                                  std::string("text\n\n— a AAAAAAB=\n"),
                                  std::string("text\n\n— a+b AAAAAAA=\n"),
                                  std::string("text\n\n— a AAAAAAA= \n"),
                                  std::string("text\n\n— a\xC2\xA0_ AAAAAAA=\n"),
                                  std::string("text\n\n— a\xE3\x80\x80 AAAAAAA=\n")}) {
    EXPECT_FALSE(parse_note(note)) << note;
  }
  EXPECT_TRUE(parse_note("text\n\n— a AAAAAAA=\n"));
}

TEST(Note, HasAtMost64SignaturesAnd1MiB) {
  const std::string line = "— a AAAAAAA=\n";
  std::string note = "text\n\n";
  for (int i = 0; i < 64; ++i) note += line;
  EXPECT_EQ(parse_note(note)->signatures.size(), 64U);
  EXPECT_EQ(parse_note(note + line).error().code, Code::kLimitExceeded);
  EXPECT_EQ(parse_note(std::string(1 << 20, '\n') + line).error().code, Code::kLimitExceeded);
}

TEST(KeyName, IsOneWordWithoutPlus) {
  for (const char* name :
       {"a", "example.com/log", "quasimodo.example/salvatore", "Überwachung", "oid/1.3.6"}) {
    EXPECT_TRUE(is_key_name(name)) << name;
  }
  for (const char* name : {"", "a b", "a+b", "a\tb", "a\n", "\xC2\x85", "a\xE2\x80\xA8", "\xFF"}) {
    EXPECT_FALSE(is_key_name(name)) << name;
  }
}

TEST(Cosignature, OfTheSpecificationTellsItsTime) {
  const auto note = parse_note(kCosigned);
  ASSERT_TRUE(note) << note.error().message;
  ASSERT_EQ(note->signatures.size(), 2U);
  const auto parts = parse_cosignature(note->signatures[1].bytes);
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->time_s, 1'679'315'147U);
  EXPECT_EQ(print_cosignature(*parts), note->signatures[1].bytes);
  EXPECT_EQ(cosigned_message(note->text, parts->time_s),
            "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
            "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n");
}

TEST(Cosignature, HoldsForItsTimeOnly) {
  const NoteSigner witness = signer("w", KeyType::kCosignature);
  SignedNote note{kCheckpoint, {witness.sign(kCheckpoint, 1'700'000'000).value()}};
  const std::vector keys{VerifierKey::parse(witness.verifier().vkey()).value()};
  EXPECT_TRUE(verify_note(parse_note(print_note(note)).value(), keys));
  note.signatures[0].bytes[7] ^= 1;
  EXPECT_FALSE(verify_note(note, keys));
  note.signatures[0].bytes[7] ^= 1;
  note.signatures[0].bytes[0] = '\x80';
  EXPECT_FALSE(parse_cosignature(note.signatures[0].bytes));
  EXPECT_FALSE(verify_note(note, keys));
}

TEST(Cosignature, IsNotGivenToWhatIsNoCheckpoint) {
  const NoteSigner witness = signer("w", KeyType::kCosignature);
  EXPECT_EQ(witness.sign("any text\n", 1).error().code, Code::kInvalidInput);
  EXPECT_EQ(witness.sign(kCheckpoint, std::uint64_t{1} << 63).error().code, Code::kInvalidInput);
  EXPECT_EQ(signer("a").sign("no newline").error().code, Code::kInvalidInput);
}

TEST(Cosignature, AndASignatureOfOneKeyHaveDifferentIdsAndDoNotStandForEachOther) {
  const KeySeed seed{};
  const auto plain = NoteSigner::make("w", KeyType::kEd25519, SigningKey::from_seed(seed).value());
  const auto timed = NoteSigner::make("w", KeyType::kCosignature, SigningKey::from_seed(seed).value());
  EXPECT_NE(plain->verifier().id(), timed->verifier().id());
  EXPECT_FALSE(plain->verifier().verifies(kCheckpoint, timed->sign(kCheckpoint, 1).value()));
  EXPECT_FALSE(timed->verifier().verifies(kCheckpoint, plain->sign(kCheckpoint).value()));
}

TEST(MlDsa, IsReservedAndItsSignaturesArePassedOver) {
  const std::string vkey = "w+00000000+" + to_base64(std::string(1, '\x06') + std::string(1312, 'k'));
  EXPECT_EQ(VerifierKey::parse(vkey).error().code, Code::kUnsupported);
  EXPECT_EQ(VerifierKey::make("w", KeyType::kMlDsa44Cosignature, {}).error().code, Code::kUnsupported);
  const NoteSigner a = signer("a");
  SignedNote note{"text\n", {{"w", 7, std::string(8 + 2420, 's')}, a.sign("text\n").value()}};
  EXPECT_THAT(verify_note(parse_note(print_note(note)).value(), std::vector{a.verifier()}).value(),
              ElementsAre(1U));
}

}  // namespace
}  // namespace seawall::tlog
