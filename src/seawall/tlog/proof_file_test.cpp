#include "seawall/tlog/proof_file.h"

#include <gtest/gtest.h>

#include "seawall/tlog/detail/textbook_tree.h"
#include "seawall/tlog/witness_request.h"

namespace seawall::tlog {
namespace {

struct Fixture {
  std::vector<Hash> leaves = detail::test_leaves(11);
  NoteSigner log =
      NoteSigner::make("example.com/log", KeyType::kEd25519, SigningKey::generate().value()).value();
  std::vector<VerifierKey> keys{log.verifier()};
  TrustedKeys trusted{"example.com/log", keys, {}, 0};

  std::string checkpoint() const {
    const std::string text = print_checkpoint({"example.com/log", {11, detail::textbook_mth(leaves)}, {}});
    return print_note({text, {log.sign(text).value()}});
  }
  ProofFile file(std::size_t index) const {
    return {std::nullopt, index, detail::textbook_path(index, leaves), checkpoint()};
  }
};

TEST(ProofFile, ProvesItsEntryWithoutTheLog) {
  const Fixture f;
  for (std::size_t i = 0; i < f.leaves.size(); ++i) {
    const auto read = parse_proof_file(print_proof_file(f.file(i)));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, f.file(i));
    EXPECT_EQ(verify_proof_file(*read, f.leaves[i], f.trusted)->checkpoint.head.size, 11U);
    EXPECT_FALSE(verify_proof_file(*read, f.leaves[(i + 1) % 11], f.trusted));
  }
}

TEST(ProofFile, IsRefusedIfTheLogDidNotSignIt) {
  const Fixture f, other;
  EXPECT_FALSE(verify_proof_file(f.file(3), f.leaves[3], other.trusted));
}

TEST(ProofFile, HasTheLinesOfC2sp) {
  const Fixture f;
  ProofFile file = f.file(0);
  file.proof = {hash_empty()};
  file.extra = "more";
  EXPECT_EQ(
      print_proof_file(file),
      "c2sp.org/tlog-proof@v1\nextra bW9yZQ==\nindex 0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n" +
          f.checkpoint());
  EXPECT_EQ(parse_proof_file(print_proof_file(file)).value(), file);
  file.extra = "";
  EXPECT_EQ(parse_proof_file(print_proof_file(file)).value(), file);
}

TEST(ProofFile, IsReadStrictly) {
  const Fixture f;
  const std::string first = "c2sp.org/tlog-proof@v1\n",
                    hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
  const std::string note = "\n" + f.checkpoint();
  ASSERT_TRUE(parse_proof_file(first + "index 0\n" + note));
  ASSERT_TRUE(parse_proof_file(first + "extra bW9yZQ==\nindex 0\n" + hash + note));
  for (const std::string& text :
       {std::string(), first, first + "index 0\n", first + note, "c2sp.org/tlog-proof@v2\nindex 0\n" + note,
        first + "index 00\n" + note, first + "index\n" + note, first + "index -1\n" + note,
        first + "index  1\n" + note, first + "index 9223372036854775808\n" + note,
        first + "index 0\nextra bW9yZQ==\n" + note, first + "extra bW9yZQ\nindex 0\n" + note,
        first + "extra\nindex 0\n" + note, first + "extra bW9yZQ==\nextra bW9yZQ==\nindex 0\n" + note,
        first + "index 0\n" + hash.substr(4) + note, first + "index 0\n" + hash + hash,
        first + "index 0\n" + hash + f.checkpoint(), first + "index 0\n\n" + note + "x"}) {
    EXPECT_FALSE(parse_proof_file(text)) << text;
  }
  std::string many = first + "index 0\n";
  for (int i = 0; i < 63; ++i) many += hash;
  EXPECT_TRUE(parse_proof_file(many + note));
  EXPECT_FALSE(parse_proof_file(many + hash + note));
}

TEST(WitnessRequest, OfTheSpecificationIsReadAndWritten) {
  // C2SP tlog-witness, "add-checkpoint".
  const std::string body =
      "old "
      "20852014\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\njrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
      "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\n"
      "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
      "— example.com/behind-the-sofa "
      "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
      "— example.com/behind-the-sofa "
      "opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";
  const auto request = parse_witness_request(body);
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->old_size, 20'852'014U);
  EXPECT_EQ(request->proof.size(), 4U);
  EXPECT_EQ(parse_checkpoint(parse_note(request->checkpoint)->text)->head.size, 20'852'163U);
  EXPECT_EQ(print_witness_request(*request), body);
}

TEST(WitnessRequest, IsReadStrictly) {
  const std::string note = Fixture().checkpoint(), hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
  ASSERT_TRUE(parse_witness_request("old 0\n\n" + note));
  for (const std::string& body :
       {std::string(), std::string("old 0\n"), std::string("old 0\n\n"), "old 0\n" + note, "old\n\n" + note,
        "old 00\n\n" + note, "old -1\n\n" + note, "old 1 \n\n" + note, "new 1\n\n" + note,
        "old 1\n" + hash + note, "old 1\nx\n\n" + note, "old 1\r\n\r\n" + note,
        "old 9223372036854775808\n\n" + note, "\nold 1\n\n" + note}) {
    EXPECT_FALSE(parse_witness_request(body)) << body;
  }
  std::string many = "old 1\n";
  for (int i = 0; i < 63; ++i) many += hash;
  EXPECT_TRUE(parse_witness_request(many + "\n" + note));
  EXPECT_FALSE(parse_witness_request(many + hash + "\n" + note));
}

}  // namespace
}  // namespace seawall::tlog
