#include "seawall/tlog_publish/http_log_source.h"

#include "seawall/json/json.h"

namespace seawall {
namespace {

constexpr int kOk = 200;

tl::unexpected<Error> wrong_answer() {
  return fail(Code::kInvalidInput, "answers something else than entries for the log");
}

Result<PendingLogEntry> entry_from(const Json& one) {
  if (!one.is_object() || !one.contains("entry") || !one.contains("id")) return wrong_answer();
  if (!one["entry"].is_string() || !one["id"].is_number_integer()) return wrong_answer();
  return PendingLogEntry{one["id"].get<std::int64_t>(), one["entry"].get<std::string>()};
}

}  // namespace

Result<std::chrono::milliseconds> RoundDeadline::left() const {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end_ - ticks_());
  if (left.count() > 0) return left;
  return fail(Code::kUnavailable, "takes longer than this round lasts: the rest is asked in the next");
}

Result<std::string> HttpLogSource::ask(FetchRequest request) {
  SEAWALL_TRY(request.deadline, round_.left());
  request.connect_deadline = request.deadline;
  request.response_bytes_max = kAnswerBytesMax;
  SEAWALL_TRY(const FetchResponse response, fetcher_.fetch(request, {}));
  if (response.status != kOk) {
    return fail(Code::kUnavailable, "answers " + std::to_string(response.status));
  }
  return response.body->text(kAnswerBytesMax);
}

Result<std::vector<PendingLogEntry>> HttpLogSource::pending(std::size_t max) {
  SEAWALL_TRY(const std::string text, ask({.url = url_ + "/pending/" + name_}));
  SEAWALL_TRY(const Json answer, parse_json(text, kAnswerBytesMax));
  if (!answer.is_object() || !answer.contains("entries") || !answer["entries"].is_array()) {
    return wrong_answer();
  }
  std::vector<PendingLogEntry> entries;
  for (const Json& one : answer["entries"]) {
    if (entries.size() == max) break;
    SEAWALL_TRY(PendingLogEntry entry, entry_from(one));
    entries.push_back(std::move(entry));
  }
  return entries;
}

/// False: the published log does not hold it yet.
Result<bool> HttpLogSource::show(std::int64_t id, std::uint64_t leaf) {
  auto proof = log_.prove(leaf);
  if (!proof && proof.error().code == Code::kNotFound) return false;
  if (!proof) return tl::unexpected(std::move(proof).error());
  Json body;
  body["id"] = id;
  body["proof"] = *std::move(proof);
  body["source"] = name_;
  FetchRequest post;
  post.method = FetchMethod::kPost;
  post.url = url_ + "/settled";
  post.headers = {{"Content-Type", "application/json"}};
  post.body = to_line(body);
  SEAWALL_TRY([[maybe_unused]] const std::string answer, ask(std::move(post)));
  return true;
}

Result<void> HttpLogSource::settle(std::span<const std::int64_t> ids, std::uint64_t first_index) {
  for (const std::int64_t id : ids) {
    SEAWALL_TRY(const bool shown, show(id, first_index++));
    if (!shown) return {};
  }
  return {};
}

}  // namespace seawall
