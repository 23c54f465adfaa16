#include "seawall/pkcs11/token_root_key.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include "seawall/base/unique_fd.h"
#include "seawall/pkcs11/test_token.h"

namespace seawall {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class TokenKey : public testing::Test {
 protected:
  TokenKey() {
    tokens.add("vault");
    module = tokens.load();
  }
  auto open(const char* label, const char* pin = TestTokens::kPin) {
    return TokenRootKey::open(module, {"vault", label}, pin);
  }
  auto make(const char* label) {
    return TokenRootKey::make(module, {"vault", label}, TestTokens::kPin).value();
  }

  TestTokens tokens;
  std::shared_ptr<Pkcs11Module> module;
};

TEST_F(TokenKey, IsMadeOnceAndFoundByItsLabel) {
  EXPECT_EQ(open("root").error().code, Code::kNotFound);
  const auto made = make("root");
  EXPECT_THAT(made->name(), StartsWith("pkcs11:serial="));
  EXPECT_EQ(TokenRootKey::make(module, {"vault", "root"}, TestTokens::kPin).error().code, Code::kConflict);
  EXPECT_EQ(open("other").error().code, Code::kNotFound);
  EXPECT_EQ(TokenRootKey::open(module, {"none", "root"}, TestTokens::kPin).error().code, Code::kNotFound);
}

TEST_F(TokenKey, OutlivesTheModule) {
  const std::string sealed = make("root")->seal("text", "context").value();
  module = tokens.load();
  EXPECT_EQ(open("root").value()->open(sealed, "context").value(), "text");
}

TEST_F(TokenKey, IsRefusedWithAWrongPinWhichIsNotTriedAgain) {
  make("root");
  module = tokens.load();
  EXPECT_EQ(open("root", "4321").error().code, Code::kInvalidInput);
  EXPECT_EQ(open("root", "").error().code, Code::kInvalidInput);
  EXPECT_TRUE(open("root"));
}

TEST_F(TokenKey, IsRefusedWhenItCameFromOutside) {
  const auto file = tokens.path() / "aes.key";
  std::ofstream(file) << std::string(32, 'k');
  tokens.run("--import " + file.string() + " --aes --token vault --label outside --id 0102 --pin 1234");
  module = tokens.load();
  EXPECT_THAT(open("outside").error().message, HasSubstr("came from outside"));
}

TEST_F(TokenKey, IsRefusedWhereTwoTokensHaveOneLabel) {
  make("root");
  tokens.add("vault");
  module = tokens.load();
  EXPECT_EQ(open("root").error().code, Code::kConflict);
}

TEST_F(TokenKey, OpensASessionAnewWhenTheTokenWasAway) {
  const auto key = make("root");
  const std::string sealed = key->seal("text", "context").value();
  const auto away = tokens.path() / "away";
  std::filesystem::rename(tokens.store(), away);
  std::filesystem::create_directory(tokens.store());
  const auto gone = key->open(sealed, "context");
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, Code::kUnavailable) << gone.error().message;
  std::filesystem::remove(tokens.store());
  std::filesystem::rename(away, tokens.store());
  EXPECT_EQ(key->open(sealed, "context").value(), "text");
}

TEST_F(TokenKey, IsUsedBesideAnotherOfTheSameModule) {
  const auto one = make("one"), two = make("two");
  const std::string sealed = one->seal("text", "context").value();
  EXPECT_EQ(two->open(sealed, "context").error().code, Code::kCorrupt);
  EXPECT_EQ(one->open(sealed, "context").value(), "text");
}

TEST_F(TokenKey, ThatHangsHoldsNobodyUp) {
  const auto gate = tokens.path() / "gate";
  std::ofstream(gate) << "";
  ::setenv("HELD_UP_TOKEN", gate.c_str(), 1);
  make("root");
  module.reset();
  module = Pkcs11Module::load(SEAWALL_BIN_DIR "/libheld_up_token.so", std::chrono::milliseconds(500)).value();
  const auto key = open("root").value();
  const std::string sealed = key->seal("text", "context").value();
  const UniqueFd held(::open(gate.c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(::flock(held.get(), LOCK_EX), 0);
  EXPECT_THAT(key->open(sealed, "context").error().message, HasSubstr("did not answer in 500 ms"));
  EXPECT_THAT(key->open(sealed, "context").error().message, HasSubstr("asked before"));
  EXPECT_EQ(key->seal("text", "context").error().code, Code::kUnavailable);
  ASSERT_EQ(::flock(held.get(), LOCK_UN), 0);
  auto again = key->open(sealed, "context");
  while (!again) again = key->open(sealed, "context");
  EXPECT_EQ(*again, "text");
  ::unsetenv("HELD_UP_TOKEN");
}

TEST(TokenModule, IsNamedByItsWholePathAndLoads) {
  EXPECT_EQ(Pkcs11Module::load("libsofthsm2.so").error().code, Code::kInvalidInput);
  EXPECT_EQ(Pkcs11Module::load("/none.so").error().code, Code::kNotFound);
  EXPECT_EQ(Pkcs11Module::load("/lib/x86_64-linux-gnu/libc.so.6").error().code, Code::kInvalidInput);
}

}  // namespace
}  // namespace seawall
