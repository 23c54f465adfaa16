#include "seawall/pkcs11/detail/call_thread.h"

#include <gtest/gtest.h>

#include <future>

namespace seawall::pkcs11_detail {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShort{30};
constexpr milliseconds kLong{60'000};

Result<std::string> word() { return std::string("word"); }

TEST(CallThread, GivesWhatTheWorkGivesAndItsErrors) {
  CallThread thread(kLong);
  EXPECT_EQ(*thread.call(word), "word");
  EXPECT_EQ(
      thread.call([]() -> Result<std::string> { return fail(Code::kNotFound, "none"); }).error().message,
      "none");
  EXPECT_EQ(*thread.call(word), "word");
}

TEST(CallThread, GivesUpAtItsDeadlineAndRefusesUntilTheWorkEnds) {
  CallThread thread(kShort);
  std::promise<void> gate, done;
  const auto open = gate.get_future().share();
  const auto hang = [open, &done]() -> Result<std::string> {
    open.wait();
    done.set_value();
    return std::string("late");
  };
  EXPECT_EQ(thread.call(hang).error().code, Code::kUnavailable);
  EXPECT_EQ(thread.call(word).error().code, Code::kUnavailable) << "at once";
  gate.set_value();
  done.get_future().wait();
  auto again = thread.call(word);
  while (!again) again = thread.call(word);
  EXPECT_EQ(*again, "word") << "never what came late";
}

TEST(CallThread, EndsWhileItsWorkHangs) {
  auto gate = std::make_shared<std::promise<void>>();
  std::promise<void> ended;
  {
    CallThread thread(kShort);
    auto end = std::shared_ptr<void>(nullptr, [&ended](void*) { ended.set_value(); });
    EXPECT_FALSE(thread.call([gate, open = gate->get_future().share()]() -> Result<std::string> {
      open.wait();
      return std::string();
    }));
    thread.drop(std::move(end));
  }
  gate->set_value();
  ended.get_future().wait();
}

TEST(CallThread, LetsGoOfThingsOnItsOwnThread) {
  std::thread::id where;
  {
    CallThread thread(kLong);
    thread.drop(std::shared_ptr<void>(nullptr, [&where](void*) { where = std::this_thread::get_id(); }));
  }
  EXPECT_NE(where, std::this_thread::get_id());
  EXPECT_NE(where, std::thread::id());
}

}  // namespace
}  // namespace seawall::pkcs11_detail
