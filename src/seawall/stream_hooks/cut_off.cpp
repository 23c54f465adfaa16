#include "seawall/stream_hooks/cut_off.h"

#include <algorithm>
#include <array>

#include "seawall/base/hex.h"
#include "seawall/crypto/random_bytes.h"
#include "seawall/jobs/webhook_signature.h"
#include "seawall/model/time_text.h"
#include "seawall/net/url.h"

namespace seawall {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLookEvery{100};

Result<std::string> random_id() {
  std::array<std::byte, 16> bytes{};
  SEAWALL_CHECK(fill_with_random_bytes(bytes));
  return "msg_" + to_hex(bytes);
}

}  // namespace

Result<std::unique_ptr<CutOffSender>> CutOffSender::open(Options options, Fetcher& fetcher,
                                                         const Clock& clock) {
  const auto url = http_url_from_text(options.url);
  if (!url) return fail(Code::kInvalidInput, "the cut-off's address is not an http or https address");
  const auto now = std::chrono::floor<std::chrono::seconds>(clock.now());
  SEAWALL_TRY([[maybe_unused]] const std::string tried,
              webhook_signature({.id = "try", .sent = now, .body = "{}"}, options.secrets));
  return std::unique_ptr<CutOffSender>(new CutOffSender(std::move(options), fetcher, clock));
}

CutOffSender::CutOffSender(Options options, Fetcher& fetcher, const Clock& clock)
    : options_(std::move(options)),
      fetcher_(fetcher),
      clock_(clock),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

CutOffSender::~CutOffSender() {
  thread_.request_stop();
  changed_.notify_all();
}

void CutOffSender::send(std::string evidence) {
  auto id = random_id();
  const Time now = clock_.now();
  {
    const std::scoped_lock lock(mutex_);
    if (!id || waiting_.size() >= kWaitingMax) {
      ++stats_.given_up;
      return;
    }
    Waiting waiting;
    waiting.id = *std::move(id);
    waiting.body = R"({"type":"stream.match","timestamp":")" + to_text(now) + R"(","data":)" + evidence + "}";
    waiting.first = waiting.due = now;
    waiting_.push_back(std::move(waiting));
  }
  changed_.notify_all();
}

std::optional<CutOffSender::Waiting> CutOffSender::take_due() {
  const Time now = clock_.now();
  const auto next = std::ranges::min_element(waiting_, {}, &Waiting::due);
  if (next == waiting_.end() || next->due > now) return std::nullopt;
  Waiting taken = std::move(*next);
  waiting_.erase(next);
  sending_ = true;
  return taken;
}

bool CutOffSender::deliver(const Waiting& waiting, const std::stop_token& stop) const {
  const auto sent = std::chrono::floor<std::chrono::seconds>(clock_.now());
  auto signature = webhook_signature({waiting.id, sent, waiting.body}, options_.secrets);
  if (!signature) return false;
  FetchRequest request;
  request.method = FetchMethod::kPost;
  request.url = options_.url;
  request.body = waiting.body;
  request.headers = {{"Content-Type", "application/json"},
                     {"webhook-id", waiting.id},
                     {"webhook-timestamp", std::to_string(sent.time_since_epoch().count())},
                     {"webhook-signature", *std::move(signature)}};
  request.deadline = request.connect_deadline = options_.deadline;
  request.body_wanted = false;
  const auto response = fetcher_.fetch(request, stop);
  return response && response->status / 100 == 2;
}

void CutOffSender::put_back(Waiting waiting, Time now) {
  ++stats_.failed_tries;
  if (now - waiting.first >= options_.sent_for) {
    ++stats_.given_up;
    return;
  }
  waiting.due = now + options_.back_off.delay(++waiting.tries, random_);
  waiting_.push_back(std::move(waiting));
}

void CutOffSender::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::unique_lock lock(mutex_);
    auto next = take_due();
    if (!next) {
      changed_.wait_for(lock, stop, kLookEvery, [this] {
        const Time now = clock_.now();
        return std::ranges::any_of(waiting_, [&](const Waiting& each) { return each.due <= now; });
      });
      continue;
    }
    lock.unlock();
    const bool delivered = deliver(*next, stop);
    lock.lock();
    sending_ = false;
    if (delivered) {
      ++stats_.delivered;
    } else {
      put_back(*std::move(next), clock_.now());
    }
  }
}

CutOffSender::Stats CutOffSender::stats() const {
  const std::scoped_lock lock(mutex_);
  Stats stats = stats_;
  stats.waiting = waiting_.size() + (sending_ ? 1U : 0U);
  return stats;
}

bool CutOffSender::idle() const { return stats().waiting == 0; }

}  // namespace seawall
