#include "seawall/service/event_hub.h"

#include <gmock/gmock.h>

namespace seawall {
namespace {

using testing::HasSubstr;
using testing::Not;

const EventHub::Steady::time_point kStart{};

Identity person(std::string who, RoleSet roles, std::string tenant = "default") {
  Identity identity;
  identity.kind = IdentityKind::kPerson;
  identity.who = std::move(who);
  identity.tenant = std::move(tenant);
  identity.roles = roles;
  return identity;
}

Identity key(std::string id, ScopeSet scopes, std::vector<std::string> banks = {}) {
  Identity identity;
  identity.kind = IdentityKind::kKey;
  identity.who = identity.key_id = std::move(id);
  identity.tenant = "default";
  identity.scopes = scopes;
  identity.banks = std::move(banks);
  return identity;
}

class Events : public testing::Test {
 protected:
  explicit Events(const EventHub::Options& options = {}) : hub_("m", options) {}

  HttpAnswer listen(Identity who, std::string last = "", std::optional<std::chrono::seconds> life = {}) {
    auto answer = hub_.open({std::move(who), std::nullopt, std::move(last), life}, kStart);
    EXPECT_TRUE(answer);
    return answer ? *std::move(answer) : HttpAnswer{};
  }
  ProblemKind refusal(Identity who) {
    auto answer = hub_.open({std::move(who), std::nullopt, "", std::nullopt}, kStart);
    EXPECT_FALSE(answer);
    return answer ? ProblemKind::kCorrupt : answer.error().kind;
  }
  static std::string text(const HttpAnswer& answer) { return answer.stream->take().text; }
  void release(const std::string& tenant, const std::string& bank, int number) {
    hub_.publish({EventKind::kRelease, tenant, bank, "{\"release\":" + std::to_string(number) + "}"});
  }
  EventHub hub_;
};

TEST_F(Events, ReachWhoMaySeeThemAndNobodyElse) {
  const HttpAnswer manager = listen(person("ann", RoleSet{Role::kListManager}));
  const HttpAnswer viewer = listen(person("eve", RoleSet{Role::kViewer}));
  const HttpAnswer elsewhere = listen(person("zoe", RoleSet{Role::kListManager}, "forum"));
  EXPECT_THAT(text(manager), HasSubstr("event: open\ndata: {\"kinds\":[\"list\",\"release\",\"request\""));
  EXPECT_THAT(text(viewer), HasSubstr("{\"kinds\":[\"list\",\"health\"]}"));
  text(elsewhere);
  release("default", "known", 7);
  EXPECT_EQ(text(manager), "id: m-1\nevent: release\ndata: {\"release\":7}\n\n");
  EXPECT_EQ(text(viewer), "");
  EXPECT_EQ(text(elsewhere), "");
  hub_.publish({EventKind::kHealth, "", "", "{}"});
  EXPECT_THAT(text(viewer), HasSubstr("event: health"));
  EXPECT_THAT(text(elsewhere), HasSubstr("event: health"));
}

TEST_F(Events, OfOtherBanksDoNotReachAKeyThatIsBoundToSome) {
  const auto scopes = ScopeSet{Scope::kStatus, Scope::kBanksRead, Scope::kStreamsRead};
  const HttpAnswer bound = listen(key("k", scopes, {"known"}));
  text(bound);
  release("default", "other", 1);
  hub_.publish({EventKind::kStream, "default", "", "{}"});
  EXPECT_EQ(text(bound), "");
  release("default", "known", 2);
  EXPECT_THAT(text(bound), HasSubstr("\"release\":2"));
}

TEST_F(Events, ThatWereMissedComeWithLastEventId) {
  for (int i = 1; i <= 5; ++i) release(i == 4 ? "forum" : "default", "known", i);
  const HttpAnswer answer = listen(person("ann", RoleSet{Role::kListManager}), "m-2");
  const std::string got = text(answer);
  EXPECT_THAT(got, HasSubstr("event: open"));
  EXPECT_THAT(got, HasSubstr("id: m-3\nevent: release\ndata: {\"release\":3}"));
  EXPECT_THAT(got, Not(HasSubstr("\"release\":2}")));
  EXPECT_THAT(got, Not(HasSubstr("\"release\":4}")));
  EXPECT_THAT(got, HasSubstr("\"release\":5}"));
}

TEST_F(Events, AreResetWhereTheIdIsOfAnotherProcessOrOfNoEvent) {
  release("default", "known", 1);
  for (const char* id : {"other-1", "m-99", "m-", "m-x", "1", "m-1 "}) {
    EXPECT_THAT(text(listen(person(id, RoleSet{Role::kListManager}), id)), HasSubstr("event: reset")) << id;
  }
}

class FewEvents : public Events {
 protected:
  static EventHub::Options few() {
    EventHub::Options options;
    options.kept_max = 3;
    options.streams_max = 4;
    options.streams_per_caller_max = 2;
    options.waiting_bytes_max = 4096;
    return options;
  }
  FewEvents() : Events(few()) {}
};

TEST_F(FewEvents, AreResetWhereTheyAreNoLongerKept) {
  for (int i = 1; i <= 5; ++i) release("default", "known", i);
  EXPECT_THAT(text(listen(person("ann", RoleSet{Role::kListManager}), "m-2")), HasSubstr("event: open"));
  EXPECT_THAT(text(listen(person("bob", RoleSet{Role::kListManager}), "m-1")), HasSubstr("event: reset"));
}

TEST_F(FewEvents, AreResetWhereMoreWasMissedThanTheStreamTakes) {
  for (int i = 0; i < 3; ++i)
    hub_.publish({EventKind::kHealth, "", "", "\"" + std::string(1000, 'x') + "\""});
  EXPECT_THAT(text(listen(person("ann", RoleSet{Role::kViewer}), "m-0")), HasSubstr("event: reset"));
}

TEST_F(FewEvents, AreForSoManyListenersAndNoMore) {
  const auto ann = person("ann", RoleSet{Role::kViewer});
  std::vector<HttpAnswer> answers;
  for (int i = 0; i < 2; ++i) answers.push_back(listen(ann));
  EXPECT_EQ(refusal(ann), ProblemKind::kRateLimited);
  answers.push_back(listen(person("bob", RoleSet{Role::kViewer})));
  answers.push_back(listen(key("k", ScopeSet{Scope::kStatus})));
  EXPECT_EQ(refusal(person("eve", RoleSet{Role::kViewer})), ProblemKind::kOverloaded);
  answers.erase(answers.begin());  // Its connection is gone.
  EXPECT_EQ(hub_.listeners(), 4u);
  answers.push_back(listen(ann));
  EXPECT_EQ(hub_.listeners(), 4u);
}

TEST_F(FewEvents, DropAListenerWhoDoesNotTakeThem) {
  const HttpAnswer slow = listen(person("ann", RoleSet{Role::kViewer}));
  const HttpAnswer quick = listen(person("bob", RoleSet{Role::kViewer}));
  for (int i = 0; i < 20; ++i) {
    hub_.publish({EventKind::kHealth, "", "", "\"" + std::string(500, 'x') + "\""});
    text(quick);
  }
  EXPECT_TRUE(slow.stream->is_overflown());
  EXPECT_FALSE(quick.stream->is_over());
  hub_.beat(kStart);
  EXPECT_EQ(hub_.listeners(), 1u);
}

TEST_F(Events, BeatEveryFifteenSecondsAndEndAfterTheTimeThatWasAsked) {
  const HttpAnswer answer = listen(person("ann", RoleSet{Role::kViewer}), "", std::chrono::seconds(40));
  text(answer);
  hub_.beat(kStart + std::chrono::seconds(14));
  EXPECT_EQ(text(answer), "");
  hub_.beat(kStart + std::chrono::seconds(15));
  EXPECT_EQ(text(answer), ":\n\n");
  hub_.beat(kStart + std::chrono::seconds(39));
  EXPECT_FALSE(answer.stream->is_over());
  hub_.beat(kStart + std::chrono::seconds(40));
  EXPECT_TRUE(answer.stream->is_over());
  EXPECT_EQ(hub_.listeners(), 0u);
  const HttpAnswer at_once = listen(person("bob", RoleSet{Role::kViewer}), "", std::chrono::seconds(0));
  EXPECT_TRUE(at_once.stream->take().ended);
}

TEST_F(Events, EndForWhoseSessionIsOverOrWhoseRightsAreOthersNow) {
  const HttpAnswer ann = listen(person("ann", RoleSet{Role::kViewer}));
  const HttpAnswer bob = listen(person("bob", RoleSet{Role::kViewer}));
  const HttpAnswer eve = listen(person("eve", RoleSet{Role::kViewer}));
  hub_.recheck([](const EventHub::Listener& listener) -> std::optional<Identity> {
    if (listener.who.who == "ann") return std::nullopt;
    if (listener.who.who == "bob") return person("bob", RoleSet{Role::kListManager});
    return listener.who;
  });
  EXPECT_TRUE(ann.stream->is_over());
  EXPECT_TRUE(bob.stream->is_over());
  EXPECT_FALSE(eve.stream->is_over());
  hub_.close();
  EXPECT_TRUE(eve.stream->is_over());
  EXPECT_EQ(refusal(person("eve", RoleSet{Role::kViewer})), ProblemKind::kOverloaded);
}

TEST_F(Events, RememberTenantsForTenMinutes) {
  {
    const HttpAnswer answer = listen(person("zoe", RoleSet{Role::kViewer}, "forum"));
    EXPECT_EQ(hub_.tenants(kStart), std::vector<std::string>{"forum"});
  }
  hub_.beat(kStart);
  EXPECT_EQ(hub_.tenants(kStart + std::chrono::minutes(10)).size(), 1u);
  EXPECT_EQ(hub_.tenants(kStart + std::chrono::minutes(11)).size(), 0u);
}

}  // namespace
}  // namespace seawall
