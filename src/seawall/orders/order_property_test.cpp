#include <gtest/gtest.h>

#include <random>

#include "seawall/orders/test_office.h"

namespace seawall {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

/// What a clerk would keep of one order on paper: enough to say whether something is covered.
struct Paper {
  OrderDocument asked;
  bool agreed = false, refused = false, granted = false, confirmed = false;
  std::optional<Time> confirm_by = {}, cancelled = {};
  std::uint64_t used = 0;

  [[nodiscard]] bool in_force(Time at) const {
    return granted && !refused && at >= asked.not_before && at < asked.not_after &&
           !(cancelled && at >= *cancelled) && !(confirm_by && !confirmed && at >= *confirm_by);
  }
  [[nodiscard]] bool covers(const OrderUse& use, Time at) const {
    const auto has = [](const auto& list, const auto& one) {
      return std::ranges::find(list, one) != list.end();
    };
    bool all = in_force(at) && has(asked.people, use.person) && asked.actions.contains(use.action) &&
               asked.scope.tenant == use.tenant && use.selector == asked.scope.selector;
    for (const std::string& record : use.records) all = all && has(asked.scope.records, record);
    return all && !use.records.empty() &&
           used + std::max<std::uint64_t>(use.count, use.records.size()) <= asked.scope.records_max;
  }
};

/// One random history of a few orders; whatever happens, the gate and the paper agree.
class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed) {}
  void run(int steps) {
    for (int i = 0; i < steps; ++i) step();
  }
  [[nodiscard]] int allowed() const { return allowed_; }
  [[nodiscard]] int refused() const { return refused_; }

 private:
  std::uint64_t any(std::uint64_t below) { return random_() % below; }
  template <class T>
  const T& one_of(const std::vector<T>& all) {
    return all[any(all.size())];
  }
  Paper& paper() { return papers_[any(papers_.size())]; }

  void step() {
    office_.pass(seconds(any(8) == 0 ? any(20'000) : 1 + any(60)));
    if (any(40) == 0) office_.open();
    const std::uint64_t what = any(12);
    if (papers_.empty() || what == 0) return begin();
    if (what == 1) return review();
    if (what == 2) return grant();
    if (what == 3) return confirm();
    if (what == 4 && any(3) == 0) return cancel();
    if (what == 5 && any(5) == 0) return refuse();
    use();
  }

  void begin() {
    OrderDocument order = office_.order(*new_order_id(), 1 + any(12));
    order.not_before += hours(any(2));
    order.not_after = order.not_before + hours(1 + any(48));
    if (any(3) == 0) order.actions.insert(OrderAction::kEvidenceOpen);
    if (any(3) == 0) order.scope.tenant = "shop";
    const bool is_urgent = any(3) == 0;
    if (!(is_urgent ? office_.urgent(order) : office_.apply(order))) return;
    Paper made{.asked = order};
    made.granted = is_urgent;
    if (is_urgent) made.confirm_by = office_.clock.time + kConfirmationUnlessSaid;
    papers_.push_back(made);
  }
  void review() {
    Paper& one = paper();
    const bool agrees = any(4) != 0;
    if (office_.review(one.asked.id, agrees)) one.agreed = agrees;
  }
  void grant() {
    Paper& one = paper();
    const bool taken = office_.grant(one.asked.id).has_value();
    ASSERT_FALSE(taken && (!one.agreed || one.refused || one.granted)) << one.asked.id;
    one.granted = one.granted || taken;
  }
  void confirm() {
    Paper& one = paper();
    const bool taken = office_.answer(OrderStep::kConfirmation, one.asked.id, office_.by("dora")).has_value();
    const bool late = one.confirm_by && office_.clock.time >= *one.confirm_by;
    ASSERT_FALSE(taken && late) << one.asked.id;
    one.confirmed = one.confirmed || taken;
  }
  void cancel() {
    Paper& one = paper();
    const OrderDraft by = office_.by("bob", PersonRole::kCustodian);
    if (office_.answer(OrderStep::kCancellation, one.asked.id, by)) one.cancelled = office_.clock.time;
  }
  void refuse() {
    Paper& one = paper();
    if (office_.answer(OrderStep::kRefusal, one.asked.id, office_.by("dora"))) one.refused = true;
  }
  void use() {
    Paper& one = paper();
    OrderUse use = office_.use(one.asked.id, 1 + any(3));
    if (any(8) == 0) use.person = one_of<std::string>({"rita", "olga", "nobody"});
    if (any(4) == 0) use.tenant = one_of<std::string>({"forum", "shop"});
    if (any(5) == 0) use.action = one_of<OrderAction>({OrderAction::kEvidenceOpen, OrderAction::kExport});
    if (any(6) == 0) use.records.push_back(one_of<std::string>({"rec-2", "rec-3"}));
    if (any(20) == 0) use.selector = "all";
    const bool covered = one.covers(use, office_.clock.time);
    const auto answer = office_.ask(use);
    ASSERT_TRUE(answer) << answer.error().message;
    ASSERT_EQ(answer->is_allowed(), covered) << one.asked.id;
    (covered ? allowed_ : refused_) += 1;
    if (covered) one.used += std::max<std::uint64_t>(use.count, use.records.size());
    ASSERT_LE(one.used, one.asked.scope.records_max);
    ASSERT_EQ(office_.book->order(one.asked.id)->used, one.used);
  }

  std::mt19937_64 random_;
  TestOffice office_;
  std::vector<Paper> papers_;
  int allowed_ = 0, refused_ = 0;
};

TEST(OrderGateProperty, AllowsExactlyWhatAnOrderOnPaperCovers) {
  const std::uint64_t seed = 20261122;
  int allowed = 0, refused = 0;
  for (std::uint64_t i = 0; i < 12 && !testing::Test::HasFatalFailure(); ++i) {
    SCOPED_TRACE("seed " + std::to_string(seed + i));
    History history(seed + i);
    history.run(250);
    allowed += history.allowed();
    refused += history.refused();
  }
  EXPECT_GT(allowed, 40) << "a test that allows nothing shows nothing";
  EXPECT_GT(refused, 400);
}

}  // namespace
}  // namespace seawall
