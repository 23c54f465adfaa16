#include "seawall/orders/order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "seawall/orders/test_office.h"
#include "seawall/statement/canonical_json.h"

namespace seawall {
namespace {

using testing::HasSubstr;

OrderDocument good() { return TestOffice().order("o-0123456789abcdef"); }

std::string refusal(const OrderDocument& order) {
  const auto read = order_from(to_json(order));
  return read ? "none" : read.error().message;
}

TEST(OrderDocument, ComesBackFromItsJson) {
  OrderDocument order = good();
  EXPECT_EQ(*order_from(to_json(order)), order);
  order.scope.records.clear();
  order.scope.selector = "seen in May";
  order.scope.from = order.not_before;
  order.scope.until = order.not_after;
  order.delay_notice_until = order.not_after + std::chrono::days(30);
  order.previous = "o-fedcba9876543210";
  order.actions = {OrderAction::kExport, OrderAction::kEvidenceOpen};
  EXPECT_EQ(*order_from(to_json(order)), order);
  EXPECT_EQ(*order_from(*read_canonical_json(*canonical_json(to_json(order)), 10'000)), order);
}

TEST(OrderDocument, SaysWhatItNeedsToSay) {
  EXPECT_EQ(refusal(good()), "none");
  const auto with = [](auto change) {
    OrderDocument order = good();
    change(order);
    return refusal(order);
  };
  EXPECT_THAT(with([](auto& o) { o.necessity = "needed"; }), HasSubstr("necessity"));
  EXPECT_THAT(with([](auto& o) { o.necessity = std::string(200, 'x'); }), HasSubstr("six different words"));
  EXPECT_THAT(with([](auto& o) { o.proportionality = o.necessity + "!"; }), HasSubstr("same answer"));
  EXPECT_THAT(with([](auto& o) { o.scope.records.clear(); }), HasSubstr("records or a selector"));
  EXPECT_THAT(with([](auto& o) { o.actions.clear(); }), HasSubstr("what may be done"));
  EXPECT_THAT(with([](auto& o) { o.people.clear(); }), HasSubstr("people"));
  EXPECT_THAT(with([](auto& o) { o.people = {"olga", "amy"}; }), HasSubstr("people"));
  EXPECT_THAT(with([](auto& o) { o.legal_basis.clear(); }), HasSubstr("legal_basis"));
  EXPECT_THAT(with([](auto& o) { o.not_after = o.not_before; }), HasSubstr("ends after it begins"));
  EXPECT_THAT(with([](auto& o) { o.not_after = o.not_before + std::chrono::days(93); }),
              HasSubstr("92 days"));
  EXPECT_THAT(with([](auto& o) { o.delay_notice_until = o.not_after - std::chrono::hours(1); }),
              HasSubstr("before"));
  EXPECT_THAT(with([](auto& o) { o.delay_notice_until = o.not_after + std::chrono::days(367); }),
              HasSubstr("366"));
  EXPECT_THAT(with([](auto& o) { o.scope.records_max = 0; }), HasSubstr("records_max"));
  EXPECT_THAT(with([](auto& o) { o.previous = o.id; }), HasSubstr("renew itself"));
  EXPECT_THAT(with([](auto& o) { o.id = "o-0123456789ABCDEF"; }), HasSubstr("16 hex digits"));
}

TEST(OrderDocument, IsReadStrictly) {
  Json json = to_json(good());
  json["also"] = 1;
  EXPECT_THAT(order_from(json).error().message, HasSubstr("should not have"));
  json = to_json(good());
  json["scope"]["selector"] = "and";
  EXPECT_THAT(order_from(json).error().message, HasSubstr("not both"));
  json = to_json(good());
  json["actions"].push_back("anything");
  EXPECT_FALSE(order_from(json));
  json = to_json(good());
  json["not_after"] = "2026-11-29T23:00:00.5Z";
  EXPECT_FALSE(order_from(json));
  EXPECT_FALSE(order_from(Json::array()));
}

TEST(OrderDocument, MayBeNarrowedAndNeverWidened) {
  const OrderDocument asked = good();
  EXPECT_TRUE(check_is_within(asked, asked));
  OrderDocument granted = asked;
  granted.scope.records = {"rec-2"};
  granted.scope.records_max = 1;
  granted.people = {"amy"};
  granted.not_after -= std::chrono::days(1);
  granted.scope.from = granted.not_before;
  EXPECT_TRUE(check_is_within(granted, asked));
  EXPECT_FALSE(check_is_within(asked, granted));
  const auto wider = [&](auto change) {
    OrderDocument order = asked;
    change(order);
    return !check_is_within(order, asked);
  };
  EXPECT_TRUE(wider([](auto& o) { o.scope.tenant = "other"; }));
  EXPECT_TRUE(wider([](auto& o) { o.scope.records = {"rec-1", "rec-3"}; }));
  EXPECT_TRUE(wider([](auto& o) {
    o.scope.records.clear();
    o.scope.selector = "all";
  }));
  EXPECT_TRUE(wider([](auto& o) { o.scope.records_max = 3; }));
  EXPECT_TRUE(wider([](auto& o) { o.actions.insert(OrderAction::kExport); }));
  EXPECT_TRUE(wider([](auto& o) { o.people.push_back("zoe"); }));
  EXPECT_TRUE(wider([](auto& o) { o.not_after += std::chrono::seconds(1); }));
  EXPECT_TRUE(wider([](auto& o) { o.not_before -= std::chrono::seconds(1); }));
}

TEST(OrderWords, AreTheSameButForCaseBlanksAndPunctuation) {
  EXPECT_TRUE(same_words("We need it,  now.", " we NEED it now"));
  EXPECT_FALSE(same_words("We need it now", "We need it not"));
  EXPECT_TRUE(check_words("x", "Nous avons cherch\xc3\xa9 partout ailleurs, sans rien trouver."));
  EXPECT_FALSE(check_words("x", "no no no no no no no no no no no no no no no no no no no"));
}

}  // namespace
}  // namespace seawall
