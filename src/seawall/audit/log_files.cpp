#include "seawall/audit/log_files.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "seawall/base/random_source.h"
#include "seawall/net/http_time.h"

namespace seawall {
namespace {

using Found = Result<std::optional<std::string>>;

constexpr std::chrono::seconds kRetryAfterBelieved{60};

tl::unexpected<Error> too_long(const std::string& path) {
  return fail(Code::kCorrupt, path + " of the log is longer than it may be");
}

bool passes(int status) { return status == 408 || status == 429 || status >= 500; }

Result<std::vector<std::optional<std::string>>> whole(std::vector<Found> found) {
  std::vector<std::optional<std::string>> all;
  all.reserve(found.size());
  for (Found& one : found) {
    if (!one) return tl::unexpected(std::move(one.error()));
    all.push_back(*std::move(one));
  }
  return all;
}

}  // namespace

Found FolderLogFiles::read_one(const LogFileWish& wish) {
  const auto file = files_->open_read(wish.path);
  if (!file) {
    if (file.error().code == Code::kNotFound) return std::nullopt;
    return tl::unexpected(file.error());
  }
  const std::uint64_t size = (*file)->size_bytes();
  if (size > wish.bytes_max) return too_long(wish.path);
  std::string bytes(size, '\0');
  SEAWALL_CHECK((*file)->read(0, std::as_writable_bytes(std::span(bytes))));
  return bytes;
}

Result<std::vector<std::optional<std::string>>> FolderLogFiles::read(std::span<const LogFileWish> wishes) {
  std::vector<Found> found;
  for (const LogFileWish& wish : wishes) found.push_back(read_one(wish));
  return whole(std::move(found));
}

/// What one request brought, and how long the server asks to be left alone.
struct HttpLogFiles::Answer {
  Found found;
  bool may_pass = false;
  std::optional<std::chrono::milliseconds> asked_for;
};

HttpLogFiles::HttpLogFiles(Fetcher& fetcher, HttpLogOptions options, std::stop_token stop)
    : fetcher_(fetcher), options_(std::move(options)), stop_(std::move(stop)) {
  while (options_.url.ends_with('/')) options_.url.pop_back();
}

HttpLogFiles::Answer HttpLogFiles::ask(const LogFileWish& wish) const {
  FetchRequest request{.url = options_.url + "/" + wish.path};
  request.deadline = options_.deadline;
  request.response_bytes_max = wish.bytes_max;
  const auto response = fetcher_.fetch(request, stop_);
  if (!response) {
    if (response.error().code == Code::kLimitExceeded) return {too_long(wish.path), false, {}};
    const bool again = response.error().code == Code::kUnavailable;
    return {tl::unexpected(Error(response.error()).within(wish.path)), again, {}};
  }
  const int status = response->status;
  if (status == 404 || status == 410) return {std::nullopt, false, {}};
  if (status == 200) {
    auto text = response->body->text(wish.bytes_max);
    if (!text) return {tl::unexpected(std::move(text.error())), false, {}};
    return {*std::move(text), false, {}};
  }
  const std::string what = wish.path + ": the server answers " + std::to_string(status);
  if (!passes(status)) return {fail(Code::kInvalidInput, what), false, {}};
  std::optional<std::chrono::milliseconds> asked_for;
  if (const auto wait = retry_after(response->header("retry-after"), {}))
    asked_for = std::min(*wait, kRetryAfterBelieved);
  return {fail(Code::kUnavailable, what), true, asked_for};
}

void HttpLogFiles::wait(std::chrono::milliseconds time) const {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait_for(lock, stop_, time, [] { return false; });
}

Found HttpLogFiles::read_one(const LogFileWish& wish) const {
  SystemRandom random;
  for (std::uint32_t tries = 1; true; ++tries) {
    Answer answer = ask(wish);
    if (!answer.may_pass || tries >= options_.tries_max || stop_.stop_requested())
      return std::move(answer.found);
    wait(options_.back_off.delay(tries, random, answer.asked_for));
  }
}

Result<std::vector<std::optional<std::string>>> HttpLogFiles::read(std::span<const LogFileWish> wishes) {
  std::vector<Found> found(wishes.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < wishes.size(); i = next++) found[i] = read_one(wishes[i]);
  };
  {
    std::vector<std::jthread> helpers;
    for (std::size_t i = 1; i < std::min(wishes.size(), options_.requests_at_once); ++i)
      helpers.emplace_back(work);
    work();
  }
  return whole(std::move(found));
}

}  // namespace seawall
