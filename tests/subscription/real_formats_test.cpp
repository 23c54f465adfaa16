#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/stand_in_server.h"
#include "remote/support.h"
#include "seawall/base/temporary_folder.h"
#include "seawall/exchange/text_sink.h"
#include "seawall/net_curl/curl_fetcher.h"
#include "seawall/subscription/folder.h"
#include "seawall/subscription/settings.h"
#include "seawall/subscription/subscription.h"
#include "subscription/store_sink.h"

namespace seawall {
namespace {

/// 50 entries with a made-up MD5 each.
std::string list_in(const ExchangeFormat& format) {
  TextSink sink;
  const auto writer = *format.writer(sink, {});
  std::vector<std::string> losses;
  for (int i = 0; i < 50; ++i) {
    ExchangeRecord record;
    record.key = std::to_string(1000 + i);
    record.content.signals.md5 = Md5{std::byte{1}, static_cast<std::byte>(i), std::byte{7}};
    EXPECT_TRUE(writer->add(record, losses));
  }
  EXPECT_TRUE(writer->finish());
  return sink.text;
}

std::vector<SubscriptionSettings> settings_for(const std::string& url, const std::string& format) {
  const auto read =
      subscriptions_from_toml("[[subscription]]\nname = \"f\"\nkind = \"file\"\nbank = \"b\"\nurl = \"" +
                                  url + "\"\nformat = \"" + format + "\"\n",
                              "s.toml");
  EXPECT_TRUE(read) << read.error().message;
  return read ? read->subscriptions : std::vector<SubscriptionSettings>{};
}

TEST(RealFormats, AFileOfEachFormatIsFollowedFromItsSettingsIntoTheStore) {
  ::setenv("no_proxy", "127.0.0.1", 1);
  const auto place = *TemporaryFolder::make("formats-test");
  const auto fetcher = *CurlFetcher::open({});
  test::TestClock clock;
  test::SeededRandom random;
  const RemoteContext context{*fetcher, clock, random};
  for (const std::string name : {"csv", "ndjson", "vics-1.3", "vics-2.0"}) {
    const auto format = exchange_format_named(name);
    ASSERT_TRUE(format) << format.error().message;
    FetchRequest upload{.url = test::stand_in().url("/s/real" + name + "/put")};
    upload.method = FetchMethod::kPost;
    upload.body = list_in(**format);
    ASSERT_TRUE(fetcher->fetch(upload, {}));

    const auto all = settings_for(test::stand_in().url("/s/real" + name + "/file"), name);
    ASSERT_EQ(all.size(), 1u);
    const SubscriptionSettings& settings = all.front();
    const auto client = make_remote_client(settings, context, **format, *credentials_of(settings));
    ASSERT_TRUE(client) << client.error().message;
    const auto files = *open_subscription_folder(place.path() / name);
    const auto sink = test::StoreSink::open((place.path() / (name + ".db")).string());
    SubscriptionOptions options;
    options.feed = feed_of(settings);
    options.interval = settings.interval;
    const auto subscription =
        *Subscription::open(context, **client, **format, *read_options_of(settings), *sink, *files, options);
    const auto report = subscription->run({});
    ASSERT_TRUE(report) << name << ": " << report.error().message;
    EXPECT_TRUE(report->finished);
    const auto records = sink->sealed_records();
    EXPECT_EQ(records.size(), 50u) << name;
    EXPECT_EQ(subscription->health().refused, 0u) << name;
    ASSERT_TRUE(subscription->run({}));
    EXPECT_EQ(sink->sealed_releases(), 1u) << "the same file again is no news";
  }
}

}  // namespace
}  // namespace seawall
