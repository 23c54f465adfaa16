#include "seawall/tlog_publish/log_server.h"

#include "seawall/metrics/metrics_text.h"

namespace seawall {
namespace {

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kBytes = "application/octet-stream";
constexpr std::string_view kForEver = "public, max-age=31536000, immutable";
constexpr std::string_view kForASecond = "public, max-age=1";

HttpAnswer with_cors(HttpAnswer answer, std::string_view keep) {
  answer.fields.emplace_back("Cache-Control", keep);
  answer.fields.emplace_back("Access-Control-Allow-Origin", "*");
  return answer;
}

HttpAnswer failure(const Error& error) {
  const bool missing = error.code == Code::kNotFound || error.code == Code::kInvalidInput;
  return with_cors(text_answer(missing ? 404 : 500, kText,
                               missing ? "there is no such thing here\n" : "the log cannot be read now\n"),
                   kForASecond);
}

HttpAnswer file_answer(Result<std::string> bytes, std::uint64_t width) {
  if (!bytes) return failure(bytes.error());
  return with_cors(text_answer(200, kBytes, *std::move(bytes)),
                   width == tlog::kTileWidth ? kForEver : kForASecond);
}

}  // namespace

HttpHandler::Decision LogServer::admit(const HttpHead& head) {
  if (head.method() != HttpMethod::kGet && head.method() != HttpMethod::kHead) {
    HttpAnswer answer = text_answer(405, kText, "a log is only read\n");
    answer.fields.emplace_back("Allow", "GET, HEAD");
    return answer;
  }
  return HttpAdmission{.body_bytes_max = 0, .secret_body = false, .context = nullptr};
}

HttpAnswer LogServer::answer_to(std::string_view path) const {
  if (path == "/health") return text_answer(200, kText, "ok\n");
  if (path == "/metrics" && sequencer_ != nullptr) {
    return text_answer(200, "text/plain; version=0.0.4; charset=utf-8",
                       log_metrics(sequencer_->state(), clock_.now()));
  }
  if (path == "/checkpoint") {
    auto published = reader_.published();
    if (!published) return failure(published.error());
    return with_cors(text_answer(200, kText, *std::move(published)), kForASecond);
  }
  const auto wanted = path.empty() ? tlog::parse_tile_path(path) : tlog::parse_tile_path(path.substr(1));
  if (!wanted) return failure(wanted.error());
  if (const auto* tile = std::get_if<tlog::TileId>(&*wanted))
    return file_answer(reader_.read_tile(*tile), tile->width);
  const auto& bundle = std::get<tlog::BundleId>(*wanted);
  return file_answer(reader_.read_bundle(bundle), bundle.width);
}

void LogServer::handle(HttpRequest request, HttpResponder responder) {
  std::move(responder).send(answer_to(request.head.path()));
}

std::string log_metrics(const SequencerState& state, Time now) {
  MetricsText out;
  out.family("seawall_log_entries", "gauge", "Entries in the transparency log.");
  out.sample({}, state.size);
  out.family("seawall_log_published_entries", "gauge", "Entries under the head that was published last.");
  out.sample({}, state.published_size);
  out.family("seawall_log_published_age_seconds", "gauge",
             "Since a head was published last; it is at most the heartbeat while all is well.");
  out.sample({},
             state.published == 0 ? -1.0 : std::chrono::duration<double>(now - state.published_at).count());
  out.family("seawall_log_appended_total", "counter", "Entries appended.");
  out.sample({}, state.appended);
  out.family("seawall_log_heads_published_total", "counter", "Heads published.");
  out.sample({}, state.published);
  out.family("seawall_log_failures_total", "counter", "Steps that failed: disk, store, signer or witnesses.");
  out.sample({}, state.failures);
  out.family("seawall_log_witness_up", "gauge", "Whether each witness cosigned the last head.");
  for (const auto& witness : state.witnesses) {
    out.sample({{"witness", witness.name}}, static_cast<std::uint64_t>(witness.well ? 1 : 0));
  }
  return out.take();
}

}  // namespace seawall
