#include "seawall/lookup/list_keeper.h"

#include <algorithm>
#include <utility>

namespace seawall {
namespace {

/// Until what was in the way may have come to be seen.
constexpr std::chrono::milliseconds kUnseenWait{20};

}  // namespace

ListKeeper::ListKeeper(ListFollower& follower, Feed& feed, Options options)
    : ListKeeper(Followed{[&follower]() -> Result<Step> {
                            SEAWALL_TRY(const FollowStep step, follower.step(std::chrono::milliseconds(0)));
                            return Step{step.all_seen, step.newest};
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
    if (ahead_) changed_.wait_for(lock, stop, kUnseenWait, [] { return false; });
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
    const auto newest = read_all(stop);
    // Cut off by the end of this object: that is no trouble, and nobody waits any more.
    if (!newest && stop.stop_requested()) return;
    note(newest, round, begun);
  }
}

Result<std::uint64_t> ListKeeper::read_all(std::stop_token stop) {
  while (!stop.stop_requested()) {
    SEAWALL_TRY(const Step step, followed_.step());
    if (step.all_seen) return step.newest;
  }
  return fail(Code::kUnavailable, "stopped while reading the lists");
}

/// With the lock. The store stood at `newest` or before when the reading began.
void ListKeeper::note_newest(std::uint64_t newest, Steady::time_point begun) {
  const std::uint64_t at = followed_.version();
  if (succeeded_ == 0 || at >= newest) newest_at_ = std::max(newest_at_, begun);
  if (ahead_ && at >= ahead_->version) {
    newest_at_ = std::max(newest_at_, ahead_->at);
    ahead_.reset();
  }
  if (at < newest && !ahead_) ahead_ = {newest, begun};
}

/// With the lock. Nothing has come since the last reading: so the lists are still the newest. False: after
/// trouble, and now and then, only a reading can tell.
bool ListKeeper::note_quiet(Steady::time_point asked) {
  if (succeeded_ == 0 || trouble_ || ahead_ || asked - read_at_ >= options_.read_every) return false;
  newest_at_ = std::max(newest_at_, asked);
  return true;
}

void ListKeeper::note(const Result<std::uint64_t>& newest, std::uint64_t round, Steady::time_point begun) {
  std::optional<Error> trouble;
  if (!newest) trouble = newest.error();
  bool news = false;
  {
    const std::scoped_lock lock(mutex_);
    ended_ = round;
    if (!trouble) {
      note_newest(*newest, begun);
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
