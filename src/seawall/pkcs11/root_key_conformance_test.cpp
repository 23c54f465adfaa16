// The port RootKey: one suite over its two adapters.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <set>

#include "seawall/base/unique_fd.h"
#include "seawall/pkcs11/test_token.h"
#include "seawall/root_key/file_root_key.h"

namespace seawall {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Keys of one kind, by name; open() gives the key that make() made, from its place anew.
class Keys {
 public:
  virtual ~Keys() = default;
  virtual std::unique_ptr<RootKey> make(const std::string& name) = 0;
  virtual std::unique_ptr<RootKey> open(const std::string& name) = 0;
};

class FileKeys final : public Keys {
 public:
  std::unique_ptr<RootKey> make(const std::string& name) override {
    const UniqueFd fd(::open(place(name).c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
    const std::string text = FileRootKey::new_file_text().value();
    EXPECT_EQ(::write(fd.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
    return open(name);
  }
  std::unique_ptr<RootKey> open(const std::string& name) override {
    return FileRootKey::from_file(place(name)).value();
  }

 private:
  [[nodiscard]] std::string place(const std::string& name) const { return (folder_.path() / name).string(); }
  TemporaryFolder folder_ = TemporaryFolder::make("seawall-token-").value();
};

class TokenKeys final : public Keys {
 public:
  TokenKeys() {
    tokens_.add("vault");
    module_ = tokens_.load();
  }
  std::unique_ptr<RootKey> make(const std::string& name) override {
    return TokenRootKey::make(module_, {"vault", name}, TestTokens::kPin).value();
  }
  std::unique_ptr<RootKey> open(const std::string& name) override {
    return TokenRootKey::open(module_, {"vault", name}, TestTokens::kPin).value();
  }

 private:
  TestTokens tokens_;
  std::shared_ptr<Pkcs11Module> module_;
};

class RootKeys : public testing::TestWithParam<std::function<std::unique_ptr<Keys>()>> {
 protected:
  std::unique_ptr<Keys> keys = GetParam()();
  std::unique_ptr<RootKey> key = keys->make("one");
};

TEST_P(RootKeys, OpenWhatTheySealedAlsoWhenTheyAreOpenedAnew) {
  for (const std::size_t size : {1U, 15U, 16U, 32U, 4096U}) {
    const std::string text(size, 't');
    const std::string sealed = key->seal(text, "what for").value();
    EXPECT_EQ(sealed.size(), size + kRootSealBytesMore);
    EXPECT_THAT(sealed, Not(HasSubstr(text.substr(0, 16).size() < 16 ? "tttttttttttttttt" : text)));
    EXPECT_EQ(key->open(sealed, "what for").value(), text);
    EXPECT_EQ(keys->open("one")->open(sealed, "what for").value(), text);
  }
}

TEST_P(RootKeys, SealTheSameTextDifferentlyEachTime) {
  std::set<std::string> seals, nonces;
  for (int i = 0; i < 50; ++i) {
    const std::string sealed = key->seal("text", "").value();
    seals.insert(sealed.substr(12));
    nonces.insert(sealed.substr(0, 12));
  }
  EXPECT_EQ(seals.size(), 50U);
  EXPECT_EQ(nonces.size(), 50U);
}

TEST_P(RootKeys, OpenNothingThatWasChangedAnywhere) {
  const std::string sealed = key->seal(std::string(32, 'k'), "context").value();
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_EQ(key->open(changed, "context").error().code, Code::kCorrupt) << i;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size)
    EXPECT_EQ(key->open(sealed.substr(0, size), "context").error().code, Code::kCorrupt) << size;
  EXPECT_EQ(key->open(sealed + "x", "context").error().code, Code::kCorrupt);
  EXPECT_EQ(key->open(sealed, "context").value(), std::string(32, 'k')) << "it works on";
}

TEST_P(RootKeys, OpenNothingForAnotherContextOrByAnotherKey) {
  const std::string sealed = key->seal("text", "context").value();
  for (const char* other : {"", "contex", "context ", "Context"})
    EXPECT_EQ(key->open(sealed, other).error().code, Code::kCorrupt) << other;
  EXPECT_EQ(keys->make("two")->open(sealed, "context").error().code, Code::kCorrupt);
}

TEST_P(RootKeys, RefuseWhatIsTooLongAndWhatIsEmpty) {
  EXPECT_EQ(key->seal("", "context").error().code, Code::kLimitExceeded);
  EXPECT_EQ(key->seal(std::string(4097, 't'), "context").error().code, Code::kLimitExceeded);
  EXPECT_EQ(key->seal("text", std::string(4097, 'c')).error().code, Code::kLimitExceeded);
  EXPECT_EQ(key->open(std::string(100'000, 's'), "context").error().code, Code::kCorrupt);
}

TEST_P(RootKeys, HaveANameThatIsTheirsAlone) {
  const std::string name = key->name();
  EXPECT_FALSE(name.empty());
  EXPECT_LE(name.size(), RootKey::kNameBytesMax);
  for (const char one : name) EXPECT_TRUE(one > 0x20 && one < 0x7F) << name;
  EXPECT_EQ(keys->open("one")->name(), name);
  EXPECT_NE(keys->make("two")->name(), name);
}

INSTANTIATE_TEST_SUITE_P(File, RootKeys, testing::Values([] { return std::make_unique<FileKeys>(); }));
INSTANTIATE_TEST_SUITE_P(Token, RootKeys, testing::Values([] { return std::make_unique<TokenKeys>(); }));

}  // namespace
}  // namespace seawall
