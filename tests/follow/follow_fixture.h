#pragma once

#include <memory>

#include "../lists/list_fixture.h"
#include "seawall/feed_store/store_feed.h"
#include "seawall/follow/list_follower.h"

namespace seawall::test {

/// A follower of a store in a folder of its own.
struct Follower {
  Follower(Lists& followed, std::filesystem::path at) : lists(followed), folder(std::move(at)) { open(); }

  void open() {
    follower.reset();
    FollowOptions options;
    options.background_merge = false;
    follower = get(ListFollower::open(folder, feed, *lists.store, lists.clock, options));
  }
  /// Until nothing is left to read.
  void catch_up() {
    for (int i = 0; i < 1'000; ++i) {
      const FollowStep step = get(follower->step(std::chrono::milliseconds(0)));
      if (step.up_to_date) return;
    }
    throw std::runtime_error("the feed has no end");
  }
  /// What content `seed`'s hash and digest meet.
  ListVerdict match(std::uint64_t seed, std::string_view tenant = {}) {
    const PdqHash hash{pattern(seed), 100};
    ListQuery query;
    query.pdq = std::span(&hash, 1);
    query.md5 = md5_of(seed);
    query.tenant = tenant;
    return get(follower->match(query));
  }
  ListVerdict near(std::uint64_t seed, int bits) {
    PdqHash hash{pattern(seed), 100};
    for (int i = 0; i < bits; ++i)
      hash.bits.words[static_cast<std::size_t>(i) / 64] ^= std::uint64_t{1} << (i % 64);
    ListQuery query;
    query.pdq = std::span(&hash, 1);
    return get(follower->match(query));
  }

  Lists& lists;
  std::filesystem::path folder;
  StoreFeed feed{*lists.store};
  std::unique_ptr<ListFollower> follower;
};

}  // namespace seawall::test
