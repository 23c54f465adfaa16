#include "seawall/remote_lookup/service_bank.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <span>
#include <utility>

#include "seawall/net/url.h"
#include "seawall/remote_lookup/answers.h"
#include "seawall/remote_lookup/detail/question.h"
#include "seawall/remote_lookup/detail/sender.h"

namespace seawall {
namespace {

using remote_lookup::QuestionItem;
using remote_lookup::Sender;

/// One caller's question on its way to its answer.
struct Question {
  std::vector<QuestionItem> items;
  std::size_t hashes = 0;
  std::vector<LookupItemAnswer> answers;
  bool taken = false;
  bool done = false;
};

bool is_nearer(const RecordedMatch& a, const RecordedMatch& b) {
  const auto rank = [](const RecordedMatch& match) {
    return std::pair(match.type == SignalType::kPdq, match.distance_bits);
  };
  return rank(a) < rank(b);
}

/// Puts the answers of a file's items together: each entry once, by its nearest signal.
Result<void> take_matches(Question& question, std::vector<RecordedMatch>& matches) {
  std::map<std::pair<std::string, std::string>, std::size_t> places;
  std::optional<Error> error;
  for (std::size_t i = 0; i < question.answers.size(); ++i) {
    const auto& origins = question.items[i].origins;
    if (question.answers[i].error && !error) error = question.answers[i].error;
    for (RecordedMatch& match : question.answers[i].matches) {
      const auto hash = static_cast<std::size_t>(match.frame_index);
      const bool is_pdq = match.type == SignalType::kPdq && hash < origins.size();
      match.variant = is_pdq ? origins[hash].variant : "original";
      match.frame_index = is_pdq ? origins[hash].frame : 0;
      const auto [place, is_new] = places.try_emplace({match.bank, match.entry}, matches.size());
      if (is_new) {
        matches.push_back(std::move(match));
      } else if (is_nearer(match, matches[place->second])) {
        matches[place->second] = std::move(match);
      }
    }
  }
  if (error) return tl::unexpected(*std::move(error));
  return {};
}

}  // namespace

struct ServiceBank::Impl {
  Impl(ServiceBankOptions chosen, Fetcher& fetcher, RandomSource& random)
      : requests_max(chosen.requests_max),
        batch_items_max(chosen.batch_items_max),
        sender(std::move(chosen), fetcher, random) {}

  /// Holds `lock`. The questions that go into the next request, the longest waiting first.
  std::vector<Question*> take_batch() {
    std::vector<Question*> batch;
    std::size_t items = 0;
    std::size_t hashes = 0;
    while (!waiting.empty()) {
      Question* next = waiting.front();
      items += next->items.size();
      hashes += next->hashes;
      const bool is_full = items > batch_items_max || hashes > remote_lookup::kRequestHashesMax;
      if (is_full && !batch.empty()) break;
      waiting.pop_front();
      next->taken = true;
      batch.push_back(next);
    }
    return batch;
  }

  /// Asks for a batch without the lock, and hands the answers out with it.
  void lead(std::unique_lock<std::mutex>& lock) {
    const std::vector<Question*> batch = take_batch();
    ++flying;
    lock.unlock();
    std::vector<const QuestionItem*> items;
    for (const Question* question : batch) {
      for (const QuestionItem& item : question->items) items.push_back(&item);
    }
    std::size_t most = items.size();
    auto answers = sender.ask(items, stopping.get_token(), most);
    lock.lock();
    --flying;
    batch_items_max = std::min(batch_items_max, std::max<std::size_t>(1, most));
    if (!answers && !broken) broken = std::move(answers).error();
    std::size_t next = 0;
    for (Question* question : batch) {
      for (std::size_t i = 0; answers && i < question->items.size(); ++i) {
        question->answers.push_back(std::move((*answers)[next++]));
      }
      question->done = true;
    }
    changed.notify_all();
  }

  Result<void> answer(Question& question) {
    std::unique_lock lock(mutex);
    waiting.push_back(&question);
    while (!question.done && !broken) {
      if (!question.taken && flying < requests_max) {
        lead(lock);
      } else {
        changed.wait(lock);
      }
    }
    if (!question.done) {
      // A request that took it along still points to it.
      changed.wait(lock, [&] { return question.done || !question.taken; });
      std::erase(waiting, &question);
    }
    if (question.answers.size() == question.items.size()) return {};
    return tl::unexpected(*broken);
  }

  const std::size_t requests_max;
  std::mutex mutex;  ///< Guards all that follows but sender and stopping.
  std::condition_variable changed;
  std::size_t batch_items_max;
  std::deque<Question*> waiting;
  std::size_t flying = 0;
  std::optional<Error> broken;
  Sender sender;
  std::stop_source stopping;
};

ServiceBank::ServiceBank(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ServiceBank::~ServiceBank() = default;

Result<std::unique_ptr<ServiceBank>> ServiceBank::open(ServiceBankOptions options, Fetcher& fetcher,
                                                       RandomSource& random) {
  auto url = http_url_from_text(options.url);
  if (!url) return tl::unexpected(std::move(url).error().within("the service's address"));
  if (url->target != "/") {
    return fail(Code::kInvalidInput, "a service's address is https://host[:port], without a path");
  }
  if (!url->https && !is_loopback(*url)) {
    return fail(Code::kInvalidInput,
                "http:// would show key and hashes to the network; give the service's https:// address");
  }
  options.url = to_text(*url);
  options.batch_items_max = std::clamp<std::size_t>(options.batch_items_max, 1, 10'000);
  options.requests_max = std::max<std::size_t>(1, options.requests_max);
  return std::unique_ptr<ServiceBank>(
      new ServiceBank(std::make_unique<Impl>(std::move(options), fetcher, random)));
}

Result<void> ServiceBank::search(const MediaSignals& signals, std::vector<RecordedMatch>& matches) const {
  Question question;
  SEAWALL_TRY(question.items, remote_lookup::question_of(signals));
  for (const QuestionItem& item : question.items) question.hashes += item.origins.size();
  SEAWALL_CHECK(impl_->answer(question));
  return take_matches(question, matches);
}

void ServiceBank::stop() {
  impl_->stopping.request_stop();
  impl_->changed.notify_all();
}

}  // namespace seawall
