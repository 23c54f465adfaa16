// Another root key in the place of the vault's: by two custodians, whole or not at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <fstream>
#include <iterator>

#include "seawall/base/hex.h"
#include "seawall/crypto/sha256.h"
#include "seawall/key_vault/test_vault.h"

namespace seawall {
namespace {

using std::chrono::minutes;
using testing::HasSubstr;
using testing::Not;
using What = KeyOffice::What;

std::string bytes_of_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

KeyOffice reroot_to(const RootKey& root) {
  return {.what = What::kReroot, .root = root.name(), .grounds = "A custodian left us."};
}

class NextRoot : public testing::Test {
 protected:
  NextRoot() {
    key = test.new_key("rec-1");
    test.order(TestVault::kOrder, {"rec-1"}, 1000);
    test.next_root = next.get();
    test.open();
  }
  bool opens() {
    const SignedStatement asked = test.signed_use(test.wish("rec-1"));
    const auto answer = test.ask(asked);
    return TestVault::word(answer) == "given" && test.keys_of(*answer, asked) == std::vector{key};
  }
  Code code_of_opening_with(const RootKey& root) {
    test.vault.reset();
    const auto opened = KeyVault::open({.folder = test.office.folder.path(),
                                        .root = root,
                                        .clock = test.office.clock,
                                        .log = test.log.trusted()});
    return opened ? Code{} : opened.error().code;
  }
  TestVault test{VaultLimits{.person_hour = 1000, .person_day = 1000, .total_hour = 1000}};
  std::unique_ptr<RootKey> next = test.new_root("next.key");
  std::string key;
};

TEST_F(NextRoot, TakesThePlaceByTwoCustodiansWordAndTheOldOneOpensNothing) {
  EXPECT_EQ(test.vault->status()->root, test.root->name());
  EXPECT_EQ(test.vault->status()->next_root, next->name());
  EXPECT_FALSE(test.carry_out(reroot_to(*next), {"ann"}));
  EXPECT_FALSE(test.carry_out(reroot_to(*next), {"ann", "dora"})) << "dora is no custodian";
  EXPECT_TRUE(opens());
  const auto receipt = test.carry_out(reroot_to(*next), {"ann", "bob"});
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->records, 1U) << "one tenant's key";
  EXPECT_EQ(test.vault->status()->root, next->name());
  EXPECT_TRUE(opens());
  const auto told = test.vault->opening(receipt->entry).value();
  EXPECT_EQ(log_entry_from_text(told.entry)->kind, LogKind::kKeyChange);
  EXPECT_THAT(told.record, HasSubstr(next->name()));
  EXPECT_EQ(code_of_opening_with(*test.root), Code::kCorrupt);
  EXPECT_EQ(code_of_opening_with(*next), Code{});
}

TEST_F(NextRoot, IsFoundAtTheNextStartWhicheverOfTheTwoItIs) {
  ASSERT_TRUE(test.carry_out(reroot_to(*next), {"ann", "bob"}));
  test.open();
  EXPECT_EQ(test.vault->status()->root, next->name()) << "though it is given as the next one";
  EXPECT_TRUE(opens());
  EXPECT_EQ(test.carry_out(reroot_to(*next), {"ann", "bob"}).error().code, Code::kConflict) << "it is so";
  ASSERT_TRUE(test.carry_out(reroot_to(*test.root), {"ann", "bob"})) << "and back";
  EXPECT_EQ(test.vault->status()->root, test.root->name());
  EXPECT_TRUE(opens());
}

TEST_F(NextRoot, MustBeTheOneThatTheServiceWasStartedWith) {
  const auto other = test.new_root("other.key");
  EXPECT_EQ(test.carry_out(reroot_to(*other), {"ann", "bob"}).error().code, Code::kConflict);
  test.next_root = nullptr;
  test.open();
  EXPECT_EQ(test.carry_out(reroot_to(*next), {"ann", "bob"}).error().code, Code::kConflict);
  EXPECT_TRUE(opens());
}

TEST_F(NextRoot, TakesBackupsOfBeforeNewTenantsRotationsAndRemovals) {
  const std::string backup = test.backup();
  ASSERT_TRUE(test.carry_out(reroot_to(*next), {"ann", "bob"}));
  ASSERT_TRUE(Database::open(test.office.folder.path() / "vault.db")->run("DELETE FROM cases"));
  EXPECT_FALSE(opens());
  const KeyOffice restore{
      .what = What::kRestore, .backup = to_hex(sha256_of(backup)), .grounds = "We lost it."};
  EXPECT_EQ(test.carry_out(restore, {"ann", "bob"}, backup)->records, 1U);
  EXPECT_TRUE(opens());
  ASSERT_TRUE(test.carry_out({.what = What::kRotate, .tenant = "forum", .grounds = "A year is over."},
                             {"ann", "bob"}));
  EXPECT_TRUE(opens());
  test.make_known("later");
  ASSERT_TRUE(test.vault->new_record_key({"later", "case-1", "rec-9", 1}));
  EXPECT_EQ(code_of_opening_with(*next), Code{});
  test.open();
  EXPECT_TRUE(test.vault->new_record_key({"later", "case-1", "rec-10", 1})) << "after a start, too";
  const auto removed =
      test.carry_out({.what = What::kDropTenant, .tenant = "later", .grounds = "It leaves."}, {"ann", "bob"});
  EXPECT_EQ(removed->records, 2U);
  EXPECT_EQ(test.carry_out(reroot_to(*test.root), {"ann", "bob"})->records, 1U) << "forum's key alone";
  EXPECT_TRUE(opens());
}

TEST_F(NextRoot, LeavesNothingSealedByTheOldOneInTheFiles) {
  const auto file = test.office.folder.path() / "vault.db";
  test.vault.reset();
  std::string sealed;
  {
    auto database = *Database::open(file, {.read_only = true});
    auto read = *database.prepare("SELECT sealed FROM tenants");
    ASSERT_TRUE(*read.step());
    const auto blob = read.blob(0);
    sealed.assign(reinterpret_cast<const char*>(blob.data()), blob.size());
  }
  test.open();
  ASSERT_THAT(bytes_of_file(file) + bytes_of_file(file.string() + "-wal"), HasSubstr(sealed));
  ASSERT_TRUE(test.carry_out(reroot_to(*next), {"ann", "bob"}));
  EXPECT_THAT(bytes_of_file(file) + bytes_of_file(file.string() + "-wal"), Not(HasSubstr(sealed)));
}

/// Ends the process in the middle of its seals.
class DyingRoot final : public RootKey {
 public:
  DyingRoot(const RootKey& real, int seals) : real_(real), left_(seals) {}
  Result<std::string> seal(std::string_view text, std::string_view context) const override {
    if (left_-- == 0) ::kill(::getpid(), SIGKILL);
    return real_.seal(text, context);
  }
  Result<std::string> open(std::string_view sealed, std::string_view context) const override {
    return real_.open(sealed, context);
  }
  [[nodiscard]] std::string name() const override { return real_.name(); }

 private:
  const RootKey& real_;
  mutable int left_;
};

constexpr int kTenants = 100;

class RerootKilled : public testing::Test {
 protected:
  RerootKilled() {
    for (int i = 0; i < kTenants; ++i) {
      const std::string tenant = "tenant-" + std::to_string(i);
      test.make_known(tenant);
      EXPECT_TRUE(test.vault->new_record_key({tenant, "case", "rec", 1}));
    }
    test.vault.reset();
    test.office.book.reset();
  }
  pid_t reroot_in_child(int seals) {
    test.office.pass(minutes(1));
    const pid_t child = ::fork();
    if (child != 0) return child;
    const bool forth = under == test.root.get();
    const DyingRoot dying(forth ? *next : *test.root, seals);
    const RootKey& other = *under;
    auto vault = KeyVault::open({.folder = test.office.folder.path(),
                                 .root = other,
                                 .clock = test.office.clock,
                                 .log = test.log.trusted(),
                                 .next_root = &dying});
    test.vault = *std::move(vault);
    (void)test.carry_out(reroot_to(dying), {"ann", "bob"});
    ::_exit(0);
  }
  /// Which of the two the vault is under; all of it opens by that one alone.
  const RootKey* whole_under() {
    const RootKey* found = nullptr;
    for (const RootKey* one :
         {static_cast<const RootKey*>(test.root.get()), static_cast<const RootKey*>(next.get())}) {
      auto vault = KeyVault::open({.folder = test.office.folder.path(),
                                   .root = *one,
                                   .clock = test.office.clock,
                                   .log = test.log.trusted()});
      if (!vault) continue;
      EXPECT_EQ(found, nullptr) << "both open it";
      found = one;
      for (int i = 0; i < kTenants; i += 9)
        EXPECT_TRUE((*vault)->new_record_key({"tenant-" + std::to_string(i), "case", "more", 1})) << i;
    }
    return found;
  }
  TestVault test{VaultLimits{.unsettled_max = 10'000}};
  std::unique_ptr<RootKey> next = test.new_root("next.key");
  const RootKey* under = test.root.get();
};

TEST_F(RerootKilled, BetweenAnyTwoSealsLeavesTheOldOne) {
  for (const int seals : {0, 1, kTenants / 2, kTenants - 1, kTenants}) {
    const pid_t child = reroot_in_child(seals);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << seals;
    EXPECT_EQ(whole_under(), test.root.get()) << seals;
  }
}

TEST_F(RerootKilled, WhileItIsWrittenLeavesTheOldOrTheNewOne) {
  const auto journal = test.office.folder.path() / "vault.db-wal";
  int done = 0;
  for (std::uintmax_t bytes = 0; bytes < 80'000; bytes += 10'000) {
    const pid_t child = reroot_in_child(1 << 20);
    std::error_code none;
    int status = 0;
    while (::waitpid(child, &status, WNOHANG) == 0) {
      const auto size = std::filesystem::file_size(journal, none);
      if (!none && size > bytes) ::kill(child, SIGKILL);
    }
    const RootKey* now = whole_under();
    ASSERT_NE(now, nullptr);
    done += now == under ? 0 : 1;
    under = now;
  }
  RecordProperty("rerooted", done);
}

}  // namespace
}  // namespace seawall
