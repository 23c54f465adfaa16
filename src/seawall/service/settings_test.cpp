#include "seawall/service/settings.h"

#include <gmock/gmock.h>

namespace seawall {
namespace {

using testing::HasSubstr;

TEST(ServiceSettings, AreReadFromToml) {
  const auto settings = service_settings_from_text(R"(
store = "sqlite:lists.db"
folder = "state"
observe = true
keep_days = 90
videos_on_disk = true
default_rate = "1000/60"
queue_wait_max_ms = 250
store_wait_max_ms = 120000
[[listen]]
address = "0.0.0.0:8443"
certificate = "chain.pem"
key = "key.pem"
client_certificate = "optional"
client_ca = "ca.pem"
[[listen]]
address = "unix:/run/seawall/http"
)",
                                                   "serve.toml");
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_TRUE(check_settings(*settings));
  ASSERT_EQ(settings->listen.size(), 2u);
  EXPECT_EQ(settings->listen[0].tls->client, HttpClientCertificate::kOptional);
  EXPECT_FALSE(settings->listen[1].tls);
  EXPECT_EQ(settings->keep_days, 90u);
  EXPECT_TRUE(settings->videos_on_disk);
  EXPECT_EQ(settings->default_rate, (KeyRate{1000, 60}));
  EXPECT_EQ(settings->queue_wait_max, std::chrono::milliseconds(250));
  EXPECT_EQ(settings->store_wait_max, std::chrono::minutes(2));
}

TEST(ServiceSettings, HmasPathsAreAsHmaHasThemUnlessTheOperatorSaysOtherwise) {
  const auto plain = service_settings_from_text("", "serve.toml");
  ASSERT_TRUE(plain);
  EXPECT_FALSE(plain->hma_one_person_banks);
  EXPECT_EQ(plain->hma_profile, VariantProfile::kNone);
  const auto set = service_settings_from_text(
      "hma_new_banks = \"one_person\"\nhma_profile = \"thorough\"\nsubscriptions_file = \"s.toml\"\n",
      "serve.toml");
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->hma_one_person_banks);
  EXPECT_EQ(set->hma_profile, VariantProfile::kThorough);
  EXPECT_EQ(set->subscriptions_file, "s.toml");
}

TEST(ServiceSettings, SayWhereTheyAreWrong) {
  const struct {
    const char* text;
    const char* says;
  } kTable[] = {
      {"stor = \"x\"\n", "serve.toml:1: "},
      {"observe = 3\n", "serve.toml:1: "},
      {"keep_days = 3\n", "observe = true"},
      {"default_rate = \"fast\"\n", "1000/60"},
      {"[[listen]]\naddress = \"a:1\"\nkey = \"k\"\n", "certificate"},
      {"[[listen]]\naddress = \"a:1\"\nclient_certificate = \"maybe\"\n", "required"},
      {"listen = 3\n", "serve.toml"},
      {"hma_new_banks = \"many\"\n", "one_person"},
      {"hma_profile = \"all\"\n", "thorough"},
  };
  for (const auto& row : kTable) {
    const auto settings = service_settings_from_text(row.text, "serve.toml");
    ASSERT_FALSE(settings) << row.text;
    EXPECT_EQ(settings.error().code, Code::kInvalidInput);
    EXPECT_THAT(settings.error().message, HasSubstr(row.says));
  }
}

TEST(ServiceSettings, KeysNeverCrossANetworkUnprotected) {
  ServiceSettings settings;
  settings.store = "sqlite:lists.db";
  settings.folder = "state";
  for (const char* address : {"0.0.0.0:80", "192.0.2.1:80", "[::]:80"}) {
    settings.listen = {{address, {}}};
    EXPECT_FALSE(check_settings(settings)) << address;
    settings.listen[0].tls.emplace();
    EXPECT_TRUE(check_settings(settings)) << address;
  }
  for (const char* address : {"127.0.0.1:80", "[::1]:80", "unix:/run/s"}) {
    settings.listen = {{address, {}}};
    EXPECT_TRUE(check_settings(settings)) << address;
  }
}

constexpr std::string_view kLogKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

TEST(OrdersSettings, WantEveryWitnessThatTheyNameUnlessTheySayHowMany) {
  auto key = tlog::NoteSigner::make("w.example/1", tlog::KeyType::kCosignature, *SigningKey::generate());
  const std::string orders = "[orders]\nbook = \"book\"\nlog = \"log\"\nlog_keys = [\"" +
                             std::string(kLogKey) + "\"]\nwitness_keys = [\"" + key->verifier().vkey() +
                             "\"]\n";
  const auto all = service_settings_from_text(orders, "s");
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_EQ(all->orders->trust.origin, "example.com/foo");
  EXPECT_EQ(all->orders->trust.quorum, 1U);
  EXPECT_EQ(service_settings_from_text(orders + "quorum = 0\n", "s")->orders->trust.quorum, 0U);
  EXPECT_FALSE(service_settings_from_text(orders + "quorum = 2\n", "s"));
}

TEST(ServiceSettings, NameTheOverseersRegisterAndItsTenant) {
  const auto named = service_settings_from_text("[oversight]\nregister = \"r\"\n", "s");
  ASSERT_TRUE(named) << named.error().message;
  EXPECT_EQ(named->oversight->register_folder, "r");
  EXPECT_EQ(named->oversight->tenant, "default");
  EXPECT_EQ(
      service_settings_from_text("[oversight]\nregister = \"r\"\ntenant = \"t\"\n", "s")->oversight->tenant,
      "t");
  EXPECT_FALSE(service_settings_from_text("[oversight]\n", "s"));
  EXPECT_FALSE(service_settings_from_text("[oversight]\nregister = \"r\"\nfolder = \"x\"\n", "s"));
}

TEST(OrdersSettings, AreRefusedWithoutKeysOfTheRightKind) {
  const std::string begun = "[orders]\nbook = \"book\"\nlog = \"log\"\n";
  const std::string key = "[\"" + std::string(kLogKey) + "\"]\n";
  EXPECT_FALSE(service_settings_from_text(begun, "s"));
  EXPECT_FALSE(service_settings_from_text(begun + "log_keys = [\"nobody\"]\n", "s"));
  EXPECT_TRUE(service_settings_from_text(begun + "log_keys = " + key, "s"));
  EXPECT_FALSE(service_settings_from_text(begun + "log_keys = " + key + "witness_keys = " + key, "s"))
      << "a log's key cosigns nothing";
}

}  // namespace
}  // namespace seawall
