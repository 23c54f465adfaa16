#include "seawall/subscription/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "seawall/base/temporary_folder.h"

namespace seawall {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kNcmec =
    "[[subscription]]\n"
    "name = \"ncmec-industry\"\n"
    "kind = \"ncmec\"\n"
    "bank = \"ncmec\"\n"
    "url = \"https://report.example/hashsharing\"\n"
    "every = \"30m\"\n"
    "credentials_file = \"/etc/seawall/ncmec\"\n"
    "begin = \"2010-01-31\"\n"
    "lag_s = 300\n";

Result<std::vector<SubscriptionSettings>> read(std::string_view text) {
  SEAWALL_TRY(SubscriptionsFile file, subscriptions_from_toml(text, "s.toml"));
  return std::move(file.subscriptions);
}

std::string error_of(std::string_view text) {
  const auto settings = read(text);
  EXPECT_FALSE(settings) << text;
  return settings ? "" : settings.error().message;
}

/// kNcmec with one line instead of another.
std::string with(std::string_view line, std::string_view instead) {
  std::string text = kNcmec;
  return text.replace(text.find(line), line.size(), instead);
}

TEST(SubscriptionSettings, AreReadFromATableEach) {
  const auto settings =
      read(std::string(kNcmec) +
           "[[subscription]]\nname = \"friends\"\nkind = \"seawall\"\nbank = \"shared\"\n"
           "url = \"https://friends.example/changes\"\npublic_key_file = \"k.pem\"\nenabled = false\n");
  ASSERT_TRUE(settings) << settings.error().message;
  ASSERT_EQ(settings->size(), 2u);
  const SubscriptionSettings& ncmec = settings->front();
  EXPECT_EQ(ncmec.interval, 30min);
  EXPECT_EQ(ncmec.lag, 300s);
  EXPECT_EQ(ncmec.begin, std::chrono::sys_days(2010y / 1 / 31));
  EXPECT_EQ(ncmec.format, "ncmec-v2");
  EXPECT_EQ(ncmec.credentials_file, "/etc/seawall/ncmec");
  EXPECT_TRUE(ncmec.enabled);
  EXPECT_FALSE(settings->back().enabled);
  EXPECT_EQ(settings->back().interval, 15min);
}

TEST(SubscriptionSettings, KnowTheUsualAddressOfBodiesThatHaveOne) {
  const auto settings = read(
      "[[subscription]]\nname = \"a\"\nkind = \"stopncii\"\nbank = \"b\"\ncredentials_env = \"STOPNCII\"\n"
      "[[subscription]]\nname = \"c\"\nkind = \"threatexchange\"\nbank = \"b\"\ncredentials_env = \"TX\"\n"
      "privacy_group = \"77\"\npage_size = 100\n");
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ((*settings)[0].url, "https://api.stopncii.org/v1");
  EXPECT_EQ((*settings)[1].url, "https://graph.facebook.com/v21.0");
  EXPECT_EQ((*settings)[1].page_size, 100);
}

TEST(SubscriptionSettings, NameFileLineAndWhatToWrite) {
  EXPECT_THAT(error_of(with("kind = \"ncmec\"", "kind = \"email\"")),
              StartsWith("s.toml:3: kind: write one of ncmec, "));
  EXPECT_THAT(error_of(with("\"30m\"", "\"often\"")), StartsWith("s.toml:6: every: write a time such as"));
  EXPECT_THAT(error_of(with("\"2010-01-31\"", "\"2010-02-31\"")), StartsWith("s.toml:8: begin: write a day"));
  EXPECT_THAT(error_of(with("lag_s = 300", "lag_s = -1")),
              StartsWith("s.toml:9: lag_s: write a number from 0"));
  EXPECT_THAT(error_of(with("bank = \"ncmec\"\n", "")), HasSubstr("write bank = "));
  EXPECT_THAT(error_of(with("https://", "http://")), HasSubstr("https://"));
  EXPECT_THAT(error_of(with("name = \"ncmec-industry\"", "name = \"../x\"")), StartsWith("s.toml:2: name: "));
  EXPECT_THAT(error_of(with("credentials_file = \"/etc/seawall/ncmec\"\n", "")),
              HasSubstr("credentials_env"));
  EXPECT_THAT(error_of(std::string(kNcmec) + kNcmec), HasSubstr("another subscription has this name"));
}

TEST(SubscriptionSettings, RefuseOptionsOfAnotherKindAndSecretsInTheFile) {
  EXPECT_THAT(error_of(std::string(kNcmec) + "privacy_group = \"7\"\n"), HasSubstr("no such option here"));
  const std::string error = error_of(std::string(kNcmec) + "password = \"open-sesame-4711\"\n");
  EXPECT_THAT(error, StartsWith("s.toml:10: "));
  EXPECT_THAT(error, Not(HasSubstr("sesame")));
  const std::string in_url = error_of(with("https://", "https://u:open-sesame-4711@"));
  EXPECT_THAT(in_url, HasSubstr("credentials_file"));
  EXPECT_THAT(in_url, Not(HasSubstr("sesame")));
}

TEST(SubscriptionSettings, SayWhetherReleasesAreStagedAndWhereFoldersAre) {
  EXPECT_FALSE(read(kNcmec)->front().stage);
  EXPECT_TRUE(read(std::string(kNcmec) + "release = \"stage\"\n")->front().stage);
  EXPECT_THAT(error_of(std::string(kNcmec) + "release = \"activate\"\n"), HasSubstr("people put a release"));
  EXPECT_EQ(subscriptions_from_toml(kNcmec, "s.toml")->folder, "subscriptions");
  const auto file = subscriptions_from_toml("folder = \"/var/lib/x\"\n" + std::string(kNcmec), "s.toml");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->folder, "/var/lib/x");
  EXPECT_THAT(error_of("folder = \"\"\n"), StartsWith("s.toml:1: folder: "));
  EXPECT_THAT(error_of("folders = \"x\"\n"), HasSubstr("no such option here"));
}

TEST(SubscriptionSettings, FindFilesBesideTheSettings) {
  const auto place = *TemporaryFolder::make("settings-test");
  const auto path = place.path() / "s.toml";
  std::ofstream(path) << kNcmec << "ca_file = \"ca.pem\"\n";
  const auto file = subscriptions_from_file(path.string());
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->folder, (place.path() / "subscriptions").string());
  EXPECT_EQ(file->subscriptions[0].ca_file, (place.path() / "ca.pem").string());
  EXPECT_EQ(file->subscriptions[0].credentials_file, "/etc/seawall/ncmec") << "an absolute one stays";
  EXPECT_EQ(file->subscriptions[0].public_key_file, "");
}

TEST(SubscriptionSettings, TakeIntervalsFromTenSecondsToThirtyDays) {
  EXPECT_EQ(interval_from_text("10s").value(), 10s);
  EXPECT_EQ(interval_from_text("30d").value(), std::chrono::days(30));
  for (const char* text : {"", "s", "9s", "31d", "5", "5 m", "-5m", "99999999d", "5w", "0x9s"}) {
    EXPECT_FALSE(interval_from_text(text)) << text;
  }
}

TEST(SubscriptionSettings, BindAFolderToAddressAndBankAndNotToTheSchedule) {
  SubscriptionSettings a;
  a.kind = "ncmec";
  a.url = "https://report.example/";
  SubscriptionSettings b = a;
  b.interval = 5s;
  EXPECT_EQ(feed_of(a), feed_of(b));
  b.url = "https://report.example/other";
  EXPECT_NE(feed_of(a), feed_of(b));
  b = a;
  b.bank = "another";
  EXPECT_NE(feed_of(a), feed_of(b));
}

}  // namespace
}  // namespace seawall
