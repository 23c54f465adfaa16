#include "seawall/order_pass/order_mark.h"

#include <gtest/gtest.h>

#include <fstream>

#include "seawall/base/temporary_folder.h"
#include "seawall/order_pass/order_refusals.h"

namespace seawall {
namespace {

class Mark : public ::testing::Test {
 protected:
  void write(const std::string& text) { std::ofstream(folder.path() / "under-orders") << text; }
  TemporaryFolder folder = *TemporaryFolder::make("mark");
};

TEST_F(Mark, StaysAsItWasFirstWritten) {
  Sha256 roster{};
  roster[31] = std::byte{7};
  EXPECT_FALSE(order_mark_of(folder.path()).value());
  EXPECT_FALSE(order_mark_of(folder.path() / "none").value());
  ASSERT_TRUE(mark_under_orders(folder.path() / "new", {.roster = roster}));
  ASSERT_TRUE(mark_under_orders(folder.path() / "new", {}));
  EXPECT_EQ(order_mark_of(folder.path() / "new").value()->roster, roster);
  ASSERT_TRUE(mark_under_orders(folder.path(), {}));
  EXPECT_EQ(order_mark_of(folder.path()).value()->roster, std::nullopt);
}

TEST_F(Mark, IsOneEvenWhereItCannotBeRead) {
  const std::string digits(64, 'a');
  for (const std::string& text : {std::string(), std::string("\n"), std::string("none\n"), digits,
                                  digits + "\n\n", digits + "a\n", digits.substr(1) + "\n"}) {
    write(text);
    const auto read = order_mark_of(folder.path());
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, Code::kCorrupt);
  }
  write(digits + "\n");
  EXPECT_TRUE(order_mark_of(folder.path()).value()->roster);
}

TEST(Refusals, AreCountedByWhoAndWhyAcrossProcesses) {
  const TemporaryFolder folder = *TemporaryFolder::make("refusals");
  auto one = *OrderRefusals::open(folder.path()), two = *OrderRefusals::open(folder.path());
  ASSERT_TRUE(one.add(OrderRefusals::kService, OrderRefusal::kExpired));
  ASSERT_TRUE(two.add(OrderRefusals::kService, OrderRefusal::kExpired));
  ASSERT_TRUE(two.add(OrderRefusals::kCommand, OrderRefusal::kNotInLog));
  const OrderRefusals::Counts expected{{{"service", "expired"}, 2}, {{"command", "not-in-log"}, 1}};
  EXPECT_EQ(*one.counts(), expected);
}

}  // namespace
}  // namespace seawall
