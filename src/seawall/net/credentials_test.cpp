#include "seawall/net/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <cstdlib>
#include <fstream>

#include "seawall/net/fetcher.h"

namespace seawall {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::array<std::string_view, 2> kNames = {"user", "password"};
constexpr const char* kPassword = "open-sesame-4711";

std::string file_with(std::string_view text, ::mode_t mode) {
  const std::string path = ::testing::TempDir() + "/credentials_test.conf";
  std::ofstream(path) << text;
  ::chmod(path.c_str(), mode);
  return path;
}

TEST(Credentials, ReadsNamesAndValuesFromAFileOfItsOwner) {
  const auto path = file_with("# of the test\nuser = seawall \n\npassword=open sesame = 4711\r\n", 0600);
  const auto read = credentials_from_file(path, kNames);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ((*read->get("user"))->reveal(), "seawall");
  EXPECT_EQ((*read->get("password"))->reveal(), "open sesame = 4711");
}

TEST(Credentials, RefusesAFileThatOthersCanReadAndSaysWhatToType) {
  for (const ::mode_t mode : {0644U, 0640U, 0604U, 0620U}) {
    const auto read = credentials_from_file(file_with("user=a\npassword=open-sesame-4711\n", mode), kNames);
    ASSERT_FALSE(read) << mode;
    EXPECT_THAT(read.error().message, HasSubstr("chmod 600 "));
    EXPECT_THAT(read.error().message, Not(HasSubstr(kPassword)));
  }
}

TEST(Credentials, TakesWhatTheServiceManagerHandsOver) {
  const auto path = file_with("user=a\npassword=open-sesame-4711\n", 0440);
  struct stat about {};
  ASSERT_EQ(::stat(path.c_str(), &about), 0);
  if (about.st_uid != 0 || about.st_gid != 0) GTEST_SKIP() << "only the superuser can make such a file";
  EXPECT_FALSE(credentials_from_file(path, kNames));
  const std::string folder = path.substr(0, path.rfind('/'));
  ::setenv("CREDENTIALS_DIRECTORY", folder.c_str(), 1);
  EXPECT_TRUE(credentials_from_file(path, kNames));
  ::chmod(path.c_str(), 0444);
  EXPECT_FALSE(credentials_from_file(path, kNames));
  ::chmod(path.c_str(), 0440);
  ::setenv("CREDENTIALS_DIRECTORY", (folder + "/other").c_str(), 1);
  EXPECT_FALSE(credentials_from_file(path, kNames));
  ::unsetenv("CREDENTIALS_DIRECTORY");
}

TEST(Credentials, SaysThatTheFileIsNotThere) {
  const auto read = credentials_from_file(::testing::TempDir() + "/none", kNames);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::kNotFound);
}

TEST(Credentials, NamesTheLineThatIsWrongButNeverWhatItHolds) {
  for (const char* text : {"open-sesame-4711", "pass=open-sesame-4711", "user=a\nuser=open-sesame-4711",
                           "user=", "password=open-sesame-4711\x01"}) {
    const auto read = credentials_from_text(text, kNames);
    ASSERT_FALSE(read) << text;
    EXPECT_THAT(read.error().message, HasSubstr("line "));
    EXPECT_THAT(read.error().message, Not(HasSubstr("sesame")));
  }
}

TEST(Credentials, SayWhichNameIsMissing) {
  const auto read = credentials_from_text("user=a", kNames);
  ASSERT_TRUE(read);
  const auto password = read->get("password");
  ASSERT_FALSE(password);
  EXPECT_THAT(password.error().message, HasSubstr("password"));
}

TEST(Credentials, ReadsVariablesUnderAPrefix) {
  ::setenv("SEAWALL_T_USER", "seawall", 1);
  ::setenv("SEAWALL_T_PASSWORD", kPassword, 1);
  const auto read = credentials_from_environment("SEAWALL_T", kNames);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ((*read->get("password"))->reveal(), kPassword);
  const auto none = credentials_from_environment("SEAWALL_NONE", kNames);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("SEAWALL_NONE_USER"));
  EXPECT_FALSE(credentials_from_environment("seawall=x", kNames));
}

TEST(Secret, BecomesTheHeadersOfRfc7617AndRfc6750) {
  EXPECT_EQ(basic_authorization(Secret("Aladdin"), Secret("open sesame")).reveal(),
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  EXPECT_EQ(basic_authorization(Secret("a"), Secret("bc")).reveal(), "Basic YTpiYw==");
  EXPECT_EQ(basic_authorization(Secret("a"), Secret("bcd")).reveal(), "Basic YTpiY2Q=");
  EXPECT_EQ(bearer_authorization(Secret("t")).reveal(), "Bearer t");
}

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) { out << value; };
static_assert(!Streamable<Secret>);
static_assert(!std::is_copy_constructible_v<Secret>);

TEST(Secret, MovesAndLeavesNothingBehind) {
  Secret a(kPassword);
  Secret b(std::move(a));
  EXPECT_TRUE(a.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
  a = std::move(b);
  EXPECT_EQ(a.reveal(), kPassword);
  EXPECT_TRUE(b.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
}

TEST(Secret, IsNotInTheObjectItselfWhichATestMayPrintByteByByte) {
  const Secret secret("short");
  const std::string_view object(reinterpret_cast<const char*>(&secret), sizeof secret);
  EXPECT_EQ(object.find("short"), std::string_view::npos);
}

}  // namespace
}  // namespace seawall
