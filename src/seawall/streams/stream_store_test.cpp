#include "seawall/streams/stream_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "seawall/base/temporary_folder.h"

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

MasterKey key_of(const char* text) {
  Credentials credentials;
  credentials.set("access_key", Secret(text));
  return *MasterKey::from(credentials);
}

Time at(std::int64_t seconds) { return Time(std::chrono::seconds(1'700'000'000 + seconds)); }

class Store : public ::testing::Test {
 protected:
  void SetUp() override { open(); }
  void open(const StreamStore::Limits& limits = {}) {
    store.reset();
    auto opened = StreamStore::open(folder.path() / "streams", master, limits);
    ASSERT_TRUE(opened) << opened.error().message;
    store = *std::move(opened);
  }
  static AttachedStream stream(const std::string& name, const std::string& tenant = "one") {
    AttachedStream made;
    made.id = "s_" + tenant + name;
    made.tenant = tenant;
    made.name = name;
    made.url = "rtmp://live.example/app/" + name + "?key=topsecret";
    made.banks = {BankId{3}, BankId{70'000}};
    made.labels = {{"room", "4"}, {"a\"b", "\xc3\xa9"}};
    made.who = "forum";
    made.caller = "k/abc";
    made.key_id = "abc";
    made.attached = at(0);
    return made;
  }
  static StreamAlert alert(const std::string& id, int bank = 3) {
    StreamAlert made;
    made.id = "a_" + id;
    made.tenant = "one";
    made.stream = "lobby";
    made.stream_id = "s_onelobby";
    made.at = at(10);
    made.bank = BankId{static_cast<std::uint32_t>(bank)};
    made.body = "{\"alert\":\"a_" + id + "\"}";
    made.caller = "k/abc";
    made.key_id = "abc";
    return made;
  }
  std::string bytes() const {
    std::string all;
    for (const char* name : {"streams.db", "streams.db-wal"}) {
      std::ifstream file(folder.path() / "streams" / name, std::ios::binary);
      all.append(std::istreambuf_iterator<char>(file), {});
    }
    return all;
  }

  TemporaryFolder folder = *TemporaryFolder::make("streams");
  MasterKey master = key_of("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
  std::unique_ptr<StreamStore> store;
};

TEST_F(Store, KeepsStreamsAsTheyWereGiven) {
  AttachedStream first = stream("lobby");
  first.cut_off = {"https://hooks.example/topsecret", ClipTier::kTwoAligned, BankAction::kReview};
  first.by_hook = true;
  ASSERT_TRUE(store->add(first));
  ASSERT_TRUE(store->add(stream("lobby", "two")));
  ASSERT_TRUE(store->add(stream("attic")));
  EXPECT_EQ(store->add(stream("lobby")).error().code, Code::kConflict);
  open();
  const auto kept = store->streams();
  ASSERT_TRUE(kept);
  ASSERT_EQ(kept->size(), 3U);
  EXPECT_EQ((*kept)[0].stream.name, "attic");
  const AttachedStream& again = (*kept)[1].stream;
  EXPECT_TRUE(again.same_wish(first));
  EXPECT_TRUE((*kept)[1].opens);
  EXPECT_EQ(again.id, first.id);
  EXPECT_EQ(again.who, first.who);
  EXPECT_EQ(again.caller, first.caller);
  EXPECT_EQ(again.key_id, first.key_id);
  EXPECT_EQ(again.attached, first.attached);
  EXPECT_TRUE(*store->remove("one", "lobby"));
  EXPECT_FALSE(*store->remove("one", "lobby"));
  EXPECT_EQ(store->streams()->size(), 2U);
}

TEST_F(Store, HoldsNoAddressThatCanBeReadAndIsItsOwnersAlone) {
  AttachedStream secret = stream("lobby");
  secret.cut_off = {"https://hooks.example/topsecret", ClipTier::kThreeAligned, BankAction::kBlock};
  ASSERT_TRUE(store->add(secret));
  StreamAlert sent = alert("1");
  sent.webhook = "https://hooks.example/topsecret";
  ASSERT_TRUE(store->add(sent));
  EXPECT_THAT(bytes(), HasSubstr("lobby"));
  EXPECT_THAT(bytes(), Not(HasSubstr("topsecret")));
  EXPECT_THAT(bytes(), Not(HasSubstr("live.example")));
  for (const char* name : {"streams.db", "streams.db-wal"}) {
    struct stat about {};
    ASSERT_EQ(::stat((folder.path() / "streams" / name).c_str(), &about), 0) << name;
    EXPECT_EQ(about.st_mode & 0777, 0600U) << name;
  }
  const MasterKey other = key_of("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHx8=");
  store.reset();
  const auto thief = StreamStore::open(folder.path() / "streams", other);
  ASSERT_TRUE(thief);
  const auto kept = (*thief)->streams();
  ASSERT_EQ(kept->size(), 1U);
  EXPECT_FALSE(kept->front().opens);
  EXPECT_EQ(kept->front().stream.url, "");
  EXPECT_EQ((*thief)->unsent("k/abc", 0, 10)->front().alert.webhook, "");
}

TEST_F(Store, GivesTheNewestAlertsFirstWhereThatIsAskedForAndGoesOnBackwards) {
  for (int i = 1; i <= 5; ++i) ASSERT_TRUE(store->add(alert(std::to_string(i), i)));
  StreamAlertAsk ask{.tenant = "one", .newest_first = true, .limit = 2};
  const auto first = store->alerts(ask);
  ASSERT_TRUE(first);
  EXPECT_THAT(first->bodies, ElementsAre(R"({"alert":"a_5"})", R"({"alert":"a_4"})"));
  ask.after = first->next;
  ask.limit = 3;
  const auto rest = store->alerts(ask);
  ASSERT_TRUE(rest);
  EXPECT_THAT(rest->bodies, ElementsAre(R"({"alert":"a_3"})", R"({"alert":"a_2"})", R"({"alert":"a_1"})"));
  EXPECT_EQ(rest->next, "");
}

TEST_F(Store, GivesAlertsPageByPageToTheirTenantAlone) {
  for (int i = 1; i <= 7; ++i) ASSERT_TRUE(store->add(alert(std::to_string(i), i)));
  StreamAlert silent = alert("silent");
  silent.silent = true;
  ASSERT_TRUE(store->add(silent));
  StreamAlert other = alert("other");
  other.stream = "attic";
  ASSERT_TRUE(store->add(other));
  ASSERT_TRUE(store->add(alert("other"))) << "the same id again is nothing";
  open();
  StreamAlertAsk ask{.tenant = "one", .limit = 3};
  std::vector<std::string> all;
  std::string after;
  for (int page = 0; page < 5; ++page) {
    ask.after = after;
    const auto got = store->alerts(ask);
    ASSERT_TRUE(got);
    for (const auto& body : got->bodies) all.push_back(body);
    if (got->next.empty()) break;
    after = got->next;
    EXPECT_EQ(got->bodies.size(), 3U);
  }
  EXPECT_EQ(all.size(), 8U);
  EXPECT_EQ(all.front(), R"({"alert":"a_1"})");
  EXPECT_EQ(all.back(), R"({"alert":"a_other"})");
  EXPECT_EQ(store->alerts({.tenant = "one", .with_silent = true})->bodies.size(), 9U);
  EXPECT_THAT(store->alerts({.tenant = "one", .stream = "attic"})->bodies,
              ElementsAre(R"({"alert":"a_other"})"));
  const std::vector<BankId> banks{BankId{2}, BankId{5}};
  EXPECT_THAT(store->alerts({.tenant = "one", .banks = banks})->bodies,
              ElementsAre(R"({"alert":"a_2"})", R"({"alert":"a_5"})"));
  EXPECT_THAT(store->alerts({.tenant = "two"})->bodies, IsEmpty());
  EXPECT_EQ(store->alerts({.tenant = "two", .after = "a_1"}).error().code, Code::kInvalidInput);
  EXPECT_EQ(store->alerts({.tenant = "one", .bytes_max = 1})->bodies.size(), 1U) << "one whatever its size";
}

TEST_F(Store, CountsShowingsOnceAndNotWhatIsSilent) {
  ASSERT_TRUE(store->add(stream("lobby")));
  for (const char* id : {"1", "2", "3", "4"}) {
    StreamAlert one = alert(id);
    one.silent = *id == '2';
    one.is_rise = *id == '3';
    one.at = at(*id);
    ASSERT_TRUE(store->add(one));
  }
  const auto kept = store->streams();
  EXPECT_EQ(kept->front().count.alerts, 2U);
  EXPECT_EQ(kept->front().count.last, at('4'));
}

TEST_F(Store, HandsOutWhatIsToBeSentUntilItIsSettledAndTidiesTheRest) {
  for (int i = 1; i <= 5; ++i) {
    StreamAlert one = alert(std::to_string(i));
    if (i % 2 == 1) one.webhook = "https://hooks.example/" + std::to_string(i);
    ASSERT_TRUE(store->add(one));
  }
  open();
  auto unsent = store->unsent("k/abc", 0, 10);
  ASSERT_EQ(unsent->size(), 3U);
  EXPECT_EQ(unsent->at(1).alert.webhook, "https://hooks.example/3");
  EXPECT_EQ(unsent->at(1).alert.at, at(10));
  EXPECT_EQ(unsent->at(1).alert.key_id, "abc");
  EXPECT_EQ(store->unsent("k/abc", unsent->front().number, 10)->size(), 2U);
  ASSERT_TRUE(store->settle(unsent->at(1).number));
  EXPECT_EQ(*store->count_unsent(), 2U);
  EXPECT_EQ(*store->tidy(at(10)), 0U);
  EXPECT_EQ(*store->tidy(at(11)), 3U) << "what is to be sent stays";
  EXPECT_EQ(store->alerts({.tenant = "one"})->bodies.size(), 2U);
}

TEST_F(Store, GoesOnFromAnAlertThatWasTidiedAway) {
  const auto id = [](int number) { return "a_" + std::string(31, '0') + std::to_string(number); };
  for (int i = 1; i <= 4; ++i) {
    StreamAlert one = alert("x");
    one.id = id(i);
    one.at = at(i);
    one.body = std::to_string(i);
    ASSERT_TRUE(store->add(one));
  }
  EXPECT_THAT(store->alerts({.tenant = "one", .after = id(2)})->bodies, ElementsAre("3", "4"));
  EXPECT_EQ(*store->tidy(at(3)), 2U);
  EXPECT_THAT(store->alerts({.tenant = "one", .after = id(2)})->bodies, ElementsAre("3", "4"));
  EXPECT_THAT(store->alerts({.tenant = "one", .after = id(4)})->bodies, IsEmpty());
  for (const char* odd :
       {"a_", "1", "a_0000000000000000000000000000000g", "s_00000000000000000000000000000001"}) {
    EXPECT_EQ(store->alerts({.tenant = "one", .after = odd}).error().code, Code::kInvalidInput) << odd;
  }
}

TEST_F(Store, KeepsNoMoreAlertsNorBytesOfATenantThanItMayAndThoseToBeSentLongest) {
  open({.of_tenant = 3, .bytes_of_tenant = 100, .bytes = 150});
  const auto add = [&](const std::string& id, std::size_t bytes, const std::string& tenant, bool to_send) {
    StreamAlert one = alert(id);
    one.tenant = tenant;
    one.body = id + std::string(bytes - id.size(), '.');
    if (to_send) one.webhook = "https://hooks.example/x";
    ASSERT_TRUE(store->add(one));
  };
  const auto kept = [&](std::string_view tenant) {
    std::string all;
    const auto page = store->alerts({.tenant = tenant});
    for (const std::string& body : page->bodies) all += body[0];
    return all;
  };
  add("a", 10, "one", true);
  for (const char* id : {"b", "c", "d"}) add(id, 10, "one", false);
  EXPECT_EQ(kept("one"), "acd") << "what is to be sent stays";
  add("e", 85, "one", false);
  EXPECT_EQ(kept("one"), "ae") << "10 and 85 bytes of 100";
  open({.of_tenant = 3, .bytes_of_tenant = 100, .bytes = 150});
  add("f", 60, "two", false);
  EXPECT_EQ(kept("one"), "a") << "it had the most of all";
  EXPECT_EQ(kept("two"), "f");
  EXPECT_EQ(store->dropped_unsent(), 0U);
  for (const char* id : {"g", "h", "i"}) add(id, 10, "one", true);
  EXPECT_EQ(kept("one"), "ghi");
  EXPECT_EQ(store->dropped_unsent(), 1U);
  add("j", 1'000, "two", false);
  EXPECT_EQ(kept("two"), "j") << "the newest stays, whatever its size";
  EXPECT_EQ(kept("one"), "ghi");
}

TEST_F(Store, TakesOverWhatAnEarlierVersionKept) {
  for (const char* id : {"1", "2"}) ASSERT_TRUE(store->add(alert(id)));
  StreamAlert sent = alert("3");
  sent.webhook = "https://hooks.example/x";
  ASSERT_TRUE(store->add(sent));
  store.reset();
  {
    auto database = *Database::open(folder.path() / "streams" / "streams.db", {});
    ASSERT_TRUE(
        database.run("DROP INDEX alerts_of_tenant; DROP INDEX alerts_settled; DROP INDEX alerts_to_send;"
                     "ALTER TABLE alerts DROP COLUMN bytes;"
                     "CREATE INDEX alerts_of_tenant ON alerts (tenant, number);"
                     "CREATE INDEX alerts_to_send ON alerts (number) WHERE webhook IS NOT NULL;"
                     "PRAGMA user_version = 1"));
  }
  open({.bytes_of_tenant = 4 * alert("1").body.size()});
  for (const char* id : {"4", "5"}) ASSERT_TRUE(store->add(alert(id)));
  EXPECT_THAT(store->alerts({.tenant = "one"})->bodies,
              ElementsAre(alert("2").body, sent.body, alert("4").body, alert("5").body));
  EXPECT_EQ(*store->unsent_caller(""), "k/abc");
}

TEST_F(Store, ThatIsDamagedSaysSo) {
  store.reset();
  { std::ofstream(folder.path() / "streams" / "streams.db", std::ios::binary) << std::string(8'192, 'x'); }
  const auto opened = StreamStore::open(folder.path() / "streams", master);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::kCorrupt);
}

}  // namespace
