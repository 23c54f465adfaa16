#include "seawall/stream_link/detail/name_lookup.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <memory>

#include "seawall/base/unique_fd.h"

namespace seawall::stream_link_detail {
namespace {

/// Names that begin with "slow" have no answer until they are let go.
struct Names {
  std::atomic<bool> held{true};
  std::atomic<int> slow{0};
  std::atomic<int> looked_up{0};

  std::vector<PeerAddress> resolve(const std::string& host) {
    ++looked_up;
    if (host.starts_with("slow")) {
      ++slow;
      held.wait(true);
    }
    return {*PeerAddress::from_text("192.0.2.1")};
  }
  void let_go() {
    held = false;
    held.notify_all();
  }
};

class NameLookupTest : public testing::Test {
 protected:
  /// Until so many are answered in all, or nothing comes for ten seconds.
  std::size_t wait_for(std::size_t count) {
    while (answers_.size() < count) {
      pollfd woken{.fd = wake_.get(), .events = POLLIN, .revents = 0};
      if (::poll(&woken, 1, 10'000) <= 0) break;
      std::uint64_t ignored = 0;
      (void)!::read(wake_.get(), &ignored, sizeof ignored);
      for (auto& answer : lookup_.take()) answers_[answer.id] = answer.addresses.size();
    }
    return answers_.size();
  }

  std::shared_ptr<Names> names_ = std::make_shared<Names>();
  UniqueFd wake_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  NameLookup lookup_{wake_.get(), [names = names_](const std::string& host) { return names->resolve(host); }};
  std::map<std::uint64_t, std::size_t> answers_;
};

TEST_F(NameLookupTest, SlowNamesOfOneDomainHoldUpNoOthers) {
  for (std::uint64_t id = 0; id < 20; ++id)
    EXPECT_TRUE(lookup_.ask(id, "slow" + std::to_string(id) + ".example.org"));
  for (std::uint64_t id = 100; id < 120; ++id)
    EXPECT_TRUE(lookup_.ask(id, "cam" + std::to_string(id) + ".example.net"));
  EXPECT_EQ(wait_for(20), 20U);
  EXPECT_TRUE(answers_.contains(119));
  EXPECT_FALSE(answers_.contains(0));
  EXPECT_LE(names_->slow, static_cast<int>(NameLookup::kOfOneDomainMax));
  names_->let_go();
  EXPECT_EQ(wait_for(40), 40U);
}

TEST_F(NameLookupTest, ANameIsLookedUpOnceForAllWhoAskMeanwhile) {
  for (std::uint64_t id = 0; id < 50; ++id) EXPECT_TRUE(lookup_.ask(id, "slow.example.org"));
  EXPECT_TRUE(lookup_.ask(100, "quick.example.org"));
  EXPECT_EQ(wait_for(1), 1U);
  EXPECT_TRUE(answers_.contains(100));
  names_->let_go();
  EXPECT_EQ(wait_for(51), 51U);
  EXPECT_EQ(names_->looked_up, 2);
  for (const auto& [id, addresses] : answers_) EXPECT_EQ(addresses, 1U);
}

TEST_F(NameLookupTest, SaysSoWhereTooManyWait) {
  for (std::uint64_t id = 0; id < NameLookup::kWaitingMax; ++id)
    EXPECT_TRUE(lookup_.ask(id, "slow.example.org"));
  EXPECT_FALSE(lookup_.ask(9'999, "quick.example.net"));
  names_->let_go();
  EXPECT_EQ(wait_for(NameLookup::kWaitingMax), NameLookup::kWaitingMax);
  EXPECT_TRUE(lookup_.ask(9'999, "quick.example.net"));
}

}  // namespace
}  // namespace seawall::stream_link_detail
