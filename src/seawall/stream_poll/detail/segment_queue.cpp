#include "seawall/stream_poll/detail/segment_queue.h"

#include <algorithm>
#include <utility>

#include "seawall/crypto/aes_cbc.h"
#include "seawall/net/back_off.h"
#include "seawall/playlist/uri.h"

namespace seawall {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kKeyBytes = 16;
constexpr std::string_view kGivenKey = "given";

Result<std::vector<std::byte>> bytes_of(const SpooledBody& body) {
  std::vector<std::byte> out(body.size_bytes());
  const auto source = body.open();
  for (std::size_t at = 0; at < out.size();) {
    SEAWALL_TRY(const std::size_t count,
                source->read(std::span(reinterpret_cast<char*>(out.data()) + at, out.size() - at)));
    if (count == 0) return fail(Code::kUnavailable, "what was fetched ended early");
    at += count;
  }
  return out;
}

/// The range out of an answer: a server may send the whole resource instead (RFC 9110 section 14.2).
Result<std::vector<std::byte>> cut(std::vector<std::byte> bytes, int status,
                                   const std::optional<ByteRange>& range) {
  if (bytes.empty()) return fail(Code::kUnavailable, "an answer of 0 bytes");
  if (!range) {
    if (status == 200) return bytes;
    return fail(Code::kUnavailable, "a part of a segment, which was not asked for");
  }
  if (status == 206 && bytes.size() == range->length) return bytes;
  if (status == 206 || bytes.size() < range->first || bytes.size() - range->first < range->length) {
    return fail(Code::kUnavailable, "another part of a segment than was asked for");
  }
  const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(range->first);
  return std::vector<std::byte>(first, first + static_cast<std::ptrdiff_t>(range->length));
}

bool same_bytes(const std::shared_ptr<const std::vector<std::byte>>& a,
                const std::shared_ptr<const std::vector<std::byte>>& b) {
  return a == b || (a && b && *a == *b);
}

}  // namespace

SegmentQueue::SegmentQueue(const StreamSettings& settings, const PollLimits& limits)
    : settings_(settings), limits_(limits) {}

void SegmentQueue::add(const Listing& listing, std::size_t first, Time now, std::size_t keep) {
  target_ = listing.target;
  i_frames_only_ = listing.i_frames_only;
  recorded_ = listing.over;
  for (std::size_t i = first; i < listing.segments.size(); ++i) {
    Waiting waiting;
    waiting.serial = next_serial_++;
    waiting.listed = listing.segments[i];
    waiting.listed_at = waiting.try_at = now;
    waiting.restarted = restarted_;
    restarted_ = false;
    waiting_.push_back(std::move(waiting));
  }
  // Older ones whose fetch has not begun give way.
  std::size_t over = waiting_.size() > keep ? waiting_.size() - keep : 0;
  for (Waiting& waiting : waiting_) {
    if (over == 0) break;
    if (!waiting.ask && !waiting.settled()) waiting.lost = GapCause::kLagging;
    --over;
  }
}

void SegmentQueue::add_lost(std::uint64_t count, std::chrono::microseconds each) {
  if (count == 0) return;
  Waiting waiting;
  waiting.serial = next_serial_++;
  waiting.lost = GapCause::kSlidOut;
  waiting.lost_count = count;
  const auto most = std::chrono::microseconds(std::chrono::hours(24 * 365));
  waiting.listed.duration = each.count() > 0 && count > static_cast<std::uint64_t>(most / each)
                                ? most
                                : each * static_cast<std::int64_t>(count);
  waiting_.push_back(std::move(waiting));
}

void SegmentQueue::forget_from(std::int64_t position) {
  while (!waiting_.empty() && !waiting_.back().settled() && waiting_.back().listed.position >= position) {
    waiting_.pop_back();
  }
}

void SegmentQueue::restart() {
  restarted_ = true;
  std::erase_if(inits_, [](const auto& each) { return !each.second.ask; });
  std::erase_if(keys_, [](const auto& each) { return !each.second.ask; });
}

std::uint32_t SegmentQueue::send(Asked asked, std::string uri, std::uint64_t bytes_max,
                                 std::vector<Ask>& asks) {
  Ask ask;
  ask.id = next_ask_++;
  ask.request.url = std::move(uri);
  ask.request.deadline = limits_.segment_deadline;
  ask.request.connect_deadline = limits_.connect_deadline;
  ask.request.response_bytes_max = bytes_max;
  ask.request.accept_gzip = false;
  if (asked.range) {
    ask.request.headers.emplace_back("Range",
                                     "bytes=" + std::to_string(asked.range->first) + "-" +
                                         std::to_string(asked.range->first + asked.range->length - 1));
  }
  const std::uint32_t id = ask.id;
  asked_.emplace(id, std::move(asked));
  asks.push_back(std::move(ask));
  return id;
}

SegmentQueue::Ready SegmentQueue::shared_ready(SharedMap& all, std::size_t kept_max, const std::string& name,
                                               const Asked& asked, const std::string& uri,
                                               std::uint64_t bytes_max, Time now, std::vector<Ask>& asks) {
  if (!all.contains(name) && all.size() >= kept_max) {
    const auto oldest = std::ranges::min_element(
        all, {}, [](const auto& each) { return std::pair(each.second.ask.has_value(), each.second.used); });
    if (oldest->second.ask) return Ready::kWait;
    all.erase(oldest);
  }
  Shared& shared = all[name];
  shared.used = next_serial_;
  if (shared.bytes) return Ready::kYes;
  if (shared.failed && now < shared.try_at) return Ready::kNever;
  if (std::exchange(shared.failed, false)) shared.attempts = 0;
  if (!shared.ask && now >= shared.try_at) shared.ask = send(asked, uri, bytes_max, asks);
  return Ready::kWait;
}

SegmentQueue::Ready SegmentQueue::key_ready(const std::shared_ptr<const HlsKey>& key,
                                            const std::string& base_uri, Time now, std::vector<Ask>& asks,
                                            std::string& name, GapCause& why_not) {
  if (!key) return Ready::kYes;
  why_not = GapCause::kEncrypted;
  if (key->method != HlsKeyMethod::kAes128) return Ready::kNever;
  name = kGivenKey;
  if (settings_.key) return Ready::kYes;
  why_not = GapCause::kNoKey;
  if (!settings_.fetch_keys || key->uri.empty() || key->key_format != "identity") return Ready::kNever;
  const auto uri = resolve_uri(base_uri, key->uri);
  if (!uri) return Ready::kNever;
  name = *uri;
  const Asked asked{.what = What::kKey, .name = name, .range = {}, .key = nullptr, .key_name = {}};
  return shared_ready(keys_, kKeysKept, name, asked, *uri, kKeyBytes, now, asks);
}

SegmentQueue::Ready SegmentQueue::init_ready(Waiting& waiting, Time now, std::vector<Ask>& asks,
                                             GapCause& why_not) {
  if (!waiting.listed.init) return Ready::kYes;
  const InitPlace& place = *waiting.listed.init;
  Asked asked{
      .what = What::kInit, .name = place.identity, .range = place.range, .key = place.key, .key_name = {}};
  const auto known = inits_.find(place.identity);
  if (place.key && (known == inits_.end() || !known->second.bytes)) {
    // Section 4.3.2.5: an encrypted initialization needs an IV of its own; there is no sequence number.
    why_not = GapCause::kUndecryptable;
    if (!place.key->iv && place.key->method == HlsKeyMethod::kAes128) return Ready::kNever;
    if (place.key->iv) asked.iv = *place.key->iv;
    const Ready ready = key_ready(place.key, waiting.listed.base_uri, now, asks, asked.key_name, why_not);
    if (ready != Ready::kYes) return ready;
  }
  why_not = GapCause::kNotServed;
  const Ready ready = shared_ready(
      inits_, kInitsKept, place.identity, asked, place.uri,
      place.range ? std::max(limits_.init_bytes_max, limits_.segment_bytes_max) : limits_.init_bytes_max, now,
      asks);
  if (ready == Ready::kYes) waiting.init = inits_[place.identity].bytes;
  return ready;
}

void SegmentQueue::ask_for(Waiting& waiting, Time now, std::vector<Ask>& asks) {
  const ListedSegment& listed = waiting.listed;
  GapCause why_not = GapCause::kNotServed;
  Asked asked{.what = What::kMedia,
              .serial = waiting.serial,
              .name = {},
              .range = listed.range,
              .key = listed.key,
              .iv = listed.iv,
              .key_name = {}};
  Ready ready = Ready::kNever;
  if (listed.marked_gap) {
    why_not = GapCause::kMarked;
  } else if (listed.encrypted) {
    why_not = GapCause::kEncrypted;
  } else {
    ready = key_ready(listed.key, listed.base_uri, now, asks, asked.key_name, why_not);
    if (ready != Ready::kNever) {
      const Ready init = init_ready(waiting, now, asks, why_not);
      ready = init == Ready::kYes ? ready : init;
    }
  }
  if (ready == Ready::kNever) waiting.lost = why_not;
  if (ready != Ready::kYes) return;
  auto uri = resolve_uri(listed.base_uri, listed.uri);
  if (!uri) {
    waiting.lost = GapCause::kNotServed;
    return;
  }
  waiting.ask = send(std::move(asked), *std::move(uri), limits_.segment_bytes_max, asks);
}

void SegmentQueue::due(Time now, std::vector<Ask>& asks) {
  std::size_t ahead = 0;
  for (Waiting& waiting : waiting_) {
    if (waiting.lost) continue;
    if (ahead++ == limits_.segments_under_way) break;
    if (!waiting.settled() && !waiting.ask && now >= waiting.try_at) ask_for(waiting, now, asks);
  }
}

std::optional<Time> SegmentQueue::next() const {
  std::optional<Time> next;
  const auto sooner = [&next](Time at) { next = next ? std::min(*next, at) : at; };
  std::size_t ahead = 0;
  for (const Waiting& waiting : waiting_) {
    if (waiting.lost) continue;
    if (ahead++ == limits_.segments_under_way) break;
    if (waiting.settled() || waiting.ask) continue;
    Time at = waiting.try_at;
    // What it needs may be under way, or be tried again later.
    const auto needs = [&at](const SharedMap& all, const std::string& name) {
      const auto found = all.find(name);
      if (found == all.end() || found->second.bytes) return false;
      at = std::max(at, found->second.try_at);
      return found->second.ask.has_value();
    };
    bool blocked = waiting.listed.init && needs(inits_, waiting.listed.init->identity);
    if (waiting.listed.key && !settings_.key) {
      const auto uri = resolve_uri(waiting.listed.base_uri, waiting.listed.key->uri);
      blocked = (uri && needs(keys_, *uri)) || blocked;
    }
    if (!blocked) sooner(at);
  }
  return next;
}

Result<std::vector<std::byte>> SegmentQueue::opened(const Asked& asked, Result<FetchResponse> answer,
                                                    std::uint64_t bytes_max) const {
  if (!answer) return tl::unexpected(std::move(answer).error());
  if (answer->status != 200 && answer->status != 206) {
    return fail(Code::kNotFound, "the server answered " + std::to_string(answer->status));
  }
  if (answer->body->size_bytes() > bytes_max) return fail(Code::kLimitExceeded, "too large");
  SEAWALL_TRY(std::vector<std::byte> bytes, bytes_of(*answer->body));
  SEAWALL_TRY(bytes, cut(std::move(bytes), answer->status, asked.range));
  if (!asked.key) return bytes;
  const auto fetched = keys_.find(asked.key_name);
  StreamKey key;
  if (settings_.key) {
    key = *settings_.key;
  } else if (fetched != keys_.end() && fetched->second.bytes) {
    std::ranges::copy(*fetched->second.bytes, key.bytes.begin());
  } else {
    return fail(Code::kUnavailable, "its key is gone");
  }
  return aes128_cbc_decrypted(key.bytes, asked.iv, bytes);
}

milliseconds SegmentQueue::retry_wait(int attempts, RandomSource& random) const {
  const milliseconds first = std::clamp(target_ / 4, milliseconds(100), limits_.back_off_first);
  const BackOff back_off{.first = first, .most = std::max(target_, first)};
  return back_off.delay(static_cast<std::uint32_t>(attempts), random);
}

SegmentQueue::Waiting* SegmentQueue::find(std::uint64_t serial) {
  const auto at = std::ranges::lower_bound(waiting_, serial, {}, &Waiting::serial);
  return at == waiting_.end() || at->serial != serial ? nullptr : &*at;
}

void SegmentQueue::take(std::uint32_t id, Result<FetchResponse> answer, Time now, RandomSource& random) {
  const auto at = asked_.find(id);
  if (at == asked_.end()) return;
  const Asked asked = std::move(at->second);
  asked_.erase(at);
  auto bytes = opened(asked, std::move(answer), limits_.segment_bytes_max);
  if (asked.what == What::kMedia) {
    take_media(asked, std::move(bytes), now, random);
  } else {
    take_shared(asked, std::move(bytes), now, random);
  }
}

void SegmentQueue::take_media(const Asked& asked, Result<std::vector<std::byte>> bytes, Time now,
                              RandomSource& random) {
  Waiting* const waiting = find(asked.serial);
  if (waiting == nullptr) return;
  waiting->ask.reset();
  waiting->fetched_at = now;
  if (bytes && !bytes->empty()) {
    misses_ = 0;
    waiting->media = *std::move(bytes);
    return;
  }
  ++misses_;
  const Code code = bytes ? Code::kUnavailable : bytes.error().code;
  if (code == Code::kLimitExceeded) {
    waiting->lost = GapCause::kTooLarge;
  } else if (code == Code::kInvalidInput && asked.key) {
    waiting->lost = GapCause::kUndecryptable;
  } else if (++waiting->attempts >= limits_.attempts || code == Code::kInvalidInput) {
    waiting->lost = GapCause::kNotServed;
  } else {
    waiting->try_at = now + retry_wait(waiting->attempts, random);
  }
}

void SegmentQueue::take_shared(const Asked& asked, Result<std::vector<std::byte>> bytes, Time now,
                               RandomSource& random) {
  SharedMap& all = asked.what == What::kKey ? keys_ : inits_;
  const auto at = all.find(asked.name);
  if (at == all.end()) return;
  Shared& shared = at->second;
  shared.ask.reset();
  const bool good = bytes && (asked.what != What::kKey || bytes->size() == kKeyBytes) && !bytes->empty();
  if (good) {
    shared.bytes = std::make_shared<const std::vector<std::byte>>(*std::move(bytes));
  } else if (++shared.attempts >= limits_.attempts) {
    shared.failed = true;  // For what waits now; it is asked for again when that is past.
    shared.try_at = now + 2 * std::max(target_, limits_.back_off_first);
    ++misses_;
  } else {
    shared.try_at = now + retry_wait(shared.attempts, random);
  }
}

std::vector<SegmentQueue::Out> SegmentQueue::given() {
  std::vector<Out> out;
  while (!waiting_.empty() && waiting_.front().settled()) {
    Waiting& front = waiting_.front();
    Out each;
    if (front.lost) {
      each.lost = {*front.lost, front.lost_count, front.listed.duration};
      broken_ = true;
    } else {
      LiveSegment segment;
      segment.init = front.init;
      segment.media = std::move(front.media);
      segment.sequence = front.listed.number;
      segment.discontinuity =
          broken_ || front.restarted || front.listed.discontinuity || !same_bytes(front.init, last_init_);
      segment.i_frames_only = i_frames_only_;
      segment.recorded = recorded_;
      segment.program_time = front.listed.program_time;
      segment.running_time = running_;
      segment.duration = front.listed.duration;
      segment.listed_at = front.listed_at;
      segment.fetched_at = front.fetched_at;
      last_init_ = front.init;
      broken_ = false;
      each.segment = std::move(segment);
    }
    running_ += front.listed.duration;
    out.push_back(std::move(each));
    waiting_.pop_front();
  }
  return out;
}

}  // namespace seawall
