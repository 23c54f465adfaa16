#include "seawall/lookup/list_keeper.h"

#include <utility>

namespace seawall {

ListKeeper::ListKeeper(ListFollower& follower, Feed& feed, Options options)
    : follower_(follower),
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
    const auto more = feed_.wait(follower_.proof().number, options_.idle);
    // A feed that is away is asked again by a reading, which tells what is wrong with it.
    if (more && !*more) continue;
    std::unique_lock lock(mutex_);
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
    note(read_all(stop), round);
  }
}

Result<void> ListKeeper::read_all(std::stop_token stop) {
  while (!stop.stop_requested()) {
    SEAWALL_TRY(const FollowStep step, follower_.step(std::chrono::milliseconds(0)));
    if (step.up_to_date) return {};
  }
  return fail(Code::kUnavailable, "stopped while reading the lists");
}

void ListKeeper::note(Result<void> done, std::uint64_t round) {
  std::optional<Error> trouble;
  if (!done) trouble = std::move(done).error();
  bool news = false;
  {
    const std::scoped_lock lock(mutex_);
    ended_ = round;
    if (!trouble) ++succeeded_;
    news = trouble.has_value() != trouble_.has_value() ||
           (trouble && (trouble->code != trouble_->code || trouble->message != trouble_->message));
    trouble_ = trouble;
    changed_.notify_all();
  }
  if (news) options_.trouble(trouble);
}

Result<void> ListKeeper::fresh(std::chrono::steady_clock::time_point deadline) {
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

std::uint64_t ListKeeper::readings() const {
  const std::scoped_lock lock(mutex_);
  return succeeded_;
}

}  // namespace seawall
