#include "seawall/lookup/list_keeper.h"

#include <algorithm>
#include <utility>

namespace seawall {

ListKeeper::ListKeeper(ListFollower& follower, Feed& feed, Options options)
    : ListKeeper(Followed{[&follower]() -> Result<bool> {
                            SEAWALL_TRY(const FollowStep step, follower.step(std::chrono::milliseconds(0)));
                            return step.up_to_date;
                          },
                          [&follower] { return follower.proof().number; }},
                 feed, std::move(options)) {}

ListKeeper::ListKeeper(Followed followed, Feed& feed, Options options)
    : followed_(std::move(followed)),
      feed_(feed),
      options_(std::move(options)),
      reader_([this](const std::stop_token& stop) { read(stop); }),
      watcher_([this](const std::stop_token& stop) { watch(stop); }) {}

ListKeeper::~ListKeeper() {
  reader_.request_stop();
  watcher_.request_stop();
  changed_.notify_all();
}

std::uint64_t ListKeeper::want() {
  // A round that is under way began too early.
  if (wanted_ <= begun_) {
    wanted_ = begun_ + 1;
    changed_.notify_all();
  }
  return wanted_;
}

void ListKeeper::watch(std::stop_token stop) {
  while (!stop.stop_requested()) {
    const auto asked = options_.now();
    const auto more = feed_.wait(followed_.version(), options_.idle);
    // A feed that is away is asked again by a reading, which tells what is wrong with it.
    std::unique_lock lock(mutex_);
    if (more && !*more && note_quiet(asked)) continue;
    const std::uint64_t round = want();
    changed_.wait(lock, stop, [&] { return ended_ >= round; });
    if (trouble_) changed_.wait_for(lock, stop, options_.retry, [] { return false; });
  }
}

void ListKeeper::read(std::stop_token stop) {
  while (!stop.stop_requested()) {
    std::uint64_t round = 0;
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [&] { return wanted_ > ended_; })) return;
      round = ++begun_;
    }
    const auto begun = options_.now();
    auto done = read_all(stop);
    // Cut off by the end of this object: that is no trouble, and nobody waits any more.
    if (!done && stop.stop_requested()) return;
    note(std::move(done), round, begun);
  }
}

Result<void> ListKeeper::read_all(std::stop_token stop) {
  while (!stop.stop_requested()) {
    SEAWALL_TRY(const bool up_to_date, followed_.step());
    if (up_to_date) return {};
  }
  return fail(Code::kUnavailable, "stopped while reading the lists");
}

/// With the lock. Nothing has come since the last reading: so the lists are still the newest. False: after
/// trouble, and now and then, only a reading can tell.
bool ListKeeper::note_quiet(Steady::time_point asked) {
  if (succeeded_ == 0 || trouble_ || asked - read_at_ >= options_.read_every) return false;
  newest_at_ = std::max(newest_at_, asked);
  return true;
}

void ListKeeper::note(Result<void> done, std::uint64_t round, Steady::time_point begun) {
  std::optional<Error> trouble;
  if (!done) trouble = std::move(done).error();
  bool news = false;
  {
    const std::scoped_lock lock(mutex_);
    ended_ = round;
    if (!trouble) {
      newest_at_ = succeeded_ == 0 ? begun : std::max(newest_at_, begun);
      read_at_ = begun;
      ++succeeded_;
    }
    news = trouble.has_value() != trouble_.has_value() ||
           (trouble && (trouble->code != trouble_->code || trouble->message != trouble_->message));
    trouble_ = trouble;
    changed_.notify_all();
  }
  if (news) options_.trouble(trouble);
}

Result<void> ListKeeper::fresh(Steady::time_point deadline) {
  std::unique_lock lock(mutex_);
  const std::uint64_t round = want();
  if (!changed_.wait_until(lock, deadline, [&] { return ended_ >= round; })) {
    return fail(Code::kUnavailable, "the lists could not be read up to their end in time; try again");
  }
  if (trouble_) return tl::unexpected(*trouble_);
  return {};
}

std::optional<Error> ListKeeper::trouble() const {
  const std::scoped_lock lock(mutex_);
  return trouble_;
}

std::optional<std::chrono::nanoseconds> ListKeeper::age() const {
  const auto now = options_.now();
  const std::scoped_lock lock(mutex_);
  if (succeeded_ == 0) return std::nullopt;
  return std::max(now - newest_at_, Steady::duration::zero());
}

std::uint64_t ListKeeper::readings() const {
  const std::scoped_lock lock(mutex_);
  return succeeded_;
}

}  // namespace seawall
