#include "seawall/service/service_metrics.h"

#include <gmock/gmock.h>

#include "seawall/service/body_budget.h"
#include "seawall/service/problem_kinds.h"

namespace seawall {
namespace {

using testing::HasSubstr;

TEST(ServiceMetrics, CountsByOperationAndClassWithCumulativeTimes) {
  ServiceMetrics metrics;
  metrics.answered(Operation::kMatch, 200, std::chrono::microseconds(90));
  metrics.answered(Operation::kMatch, 204, std::chrono::milliseconds(3));
  metrics.answered(Operation::kMatch, 503, std::chrono::seconds(60));
  metrics.answered_nothing(404);
  metrics.looked_up(BankAction::kReview, true, false);
  metrics.looked_up(BankAction::kAllow, false, true);
  metrics.gated(BankAction::kBlock, true);
  MetricsText out;
  metrics.write(out);
  const std::string text = out.take();
  for (const char* line : {
           "seawall_requests_total{operation=\"match\",path=\"/v1/match\",status=\"2xx\"} 2\n",
           "seawall_requests_total{operation=\"match\",path=\"/v1/match\",status=\"5xx\"} 1\n",
           "seawall_requests_total{operation=\"none\",path=\"none\",status=\"4xx\"} 1\n",
           "seawall_request_seconds_bucket{operation=\"match\",le=\"0.0001\"} 1\n",
           "seawall_request_seconds_bucket{operation=\"match\",le=\"0.005\"} 2\n",
           "seawall_request_seconds_bucket{operation=\"match\",le=\"10\"} 2\n",
           "seawall_request_seconds_bucket{operation=\"match\",le=\"+Inf\"} 3\n",
           "seawall_request_seconds_count{operation=\"match\"} 3\n",
           "seawall_lookups_total{verdict=\"review\"} 1\n",
           "seawall_lookups_total{verdict=\"none\"} 1\n",
           "seawall_lookups_failed_total 1\n",
           "seawall_gate_total{mode=\"count\",verdict=\"block\"} 1\n",
           "seawall_gate_total{mode=\"refuse\",verdict=\"block\"} 0\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(MetricsText, EscapesLabels) {
  MetricsText out;
  out.family("a", "gauge", "Help.");
  out.sample({{"l", "x\"y\\z\nw"}}, 0.5);
  EXPECT_EQ(out.take(), "# HELP a Help.\n# TYPE a gauge\na{l=\"x\\\"y\\\\z\\nw\"} 0.5\n");
}

TEST(BodyBudget, GivesBackWhatWasTaken) {
  BodyBudget budget(100);
  auto one = budget.take(60);
  ASSERT_TRUE(one);
  EXPECT_FALSE(budget.take(41));
  EXPECT_EQ(budget.used(), 60u);
  auto other = budget.take(40);
  ASSERT_TRUE(other);
  *one = BodyBudget::Share();
  EXPECT_EQ(budget.used(), 40u);
  EXPECT_TRUE(budget.take(60)) << "and given back at once";
  EXPECT_EQ(budget.used(), 40u);
}

TEST(ProblemKinds, EachTypeStandsOnceAndHasItsPage) {
  for (const ProblemMeaning& one : problem_meanings()) {
    EXPECT_EQ(problem_of_type(one.type), &one) << one.type;
    EXPECT_GE(one.status, 400);
    EXPECT_GT(one.page.size(), 20u);
  }
  EXPECT_EQ(problem_of_type("no-such"), nullptr);
}

}  // namespace
}  // namespace seawall
