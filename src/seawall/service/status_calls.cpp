#include "seawall/service/status_calls.h"

#include <unistd.h>

#include <array>
#include <fstream>

#include "seawall/base/hex.h"
#include "seawall/json/json.h"
#include "seawall/service/list_scope.h"

namespace seawall {
namespace {

constexpr std::array<std::string_view, 6> kReadiness{"ready",    "loading",    "stale",
                                                     "draining", "no-decoder", "store"};
constexpr std::array kAllLanes{Lane::kSignals, Lane::kMedia,   Lane::kFetch,  Lane::kStore,      Lane::kLater,
                               Lane::kSignIn,  Lane::kCallers, Lane::kVideos, Lane::kVideosLater};

HttpAnswer plain(int status, std::string text) {
  return text_answer(status, "text/plain; charset=utf-8", std::move(text));
}

std::uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t size = 0, resident = 0;
  file >> size >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

/// Serves what runs on the server's own threads: nothing here blocks.
void serve_here(ServedOperations& operations, Operation operation, std::function<CallResult(Call&)> run) {
  ServedOperation served;
  served.run = run;
  served.begin = [run](Call& call) -> std::variant<Lane, CallResult> { return run(call); };
  operations.serve(operation, std::move(served));
}

}  // namespace

std::string_view name_of(Readiness readiness) { return kReadiness[static_cast<std::size_t>(readiness)]; }

void StatusCalls::serve(ServedOperations& operations) {
  serve_here(operations, Operation::kServiceStatus, [this](Call& call) {
    if (auto none = no_parameters(call); !none) return CallResult(tl::unexpected(std::move(none).error()));
    return status();
  });
  serve_here(operations, Operation::kLive, [](Call&) { return CallResult(plain(200, "alive\n")); });
  serve_here(operations, Operation::kReady, [this](Call&) {
    const Readiness now = readiness();
    if (now != Readiness::kReady) return CallResult(plain(503, std::string(name_of(now)) + "\n"));
    return CallResult(plain(200, parts_.store_works() ? "ready\n" : "ready, without the store\n"));
  });
  serve_here(operations, Operation::kMetrics, [this](Call&) { return metrics(); });
  serve_here(operations, Operation::kProblem, [](Call& call) { return problem(call); });
  const auto html = [](int status, std::string text) {
    return text_answer(status, "text/html", std::move(text));
  };
  serve_here(operations, Operation::kHmaLive, [=](Call&) { return CallResult(html(200, "I-AM-ALIVE")); });
  serve_here(operations, Operation::kHmaStatus, [=, this](Call&) {
    switch (readiness()) {
      case Readiness::kReady:
        return CallResult(html(200, "I-AM-ALIVE"));
      case Readiness::kStale:
        return CallResult(html(503, "INDEX-STALE"));
      default:
        return CallResult(html(503, "INDEX-NOT-LOADED"));
    }
  });
}

Readiness StatusCalls::readiness() const {
  if (draining_) return Readiness::kDraining;
  const auto age = parts_.keeper.age();
  if (!age) return parts_.store_works() ? Readiness::kLoading : Readiness::kStore;
  if (*age > parts_.stale_after) return parts_.store_works() ? Readiness::kStale : Readiness::kStore;
  if (!parts_.lets_in()) return Readiness::kStore;
  if (!parts_.decoder_works()) return Readiness::kNoDecoder;
  return Readiness::kReady;
}

CallResult StatusCalls::status() const {
  const ListVersion version = parts_.lists.proof();
  const FollowSizes sizes = parts_.lists.sizes();
  std::size_t depth = 0;
  for (const Lane lane : kAllLanes) depth += parts_.lanes.of(lane).stats().waiting;
  const auto age = parts_.keeper.age();
  Json json;
  json["version"] = parts_.version;
  json["ready"] = readiness() == Readiness::kReady;
  json["list_version"] = {{"number", version.number}, {"chain", to_hex(version.chain)}};
  json["list_age_ms"] =
      std::chrono::duration_cast<std::chrono::milliseconds>(age.value_or(std::chrono::nanoseconds(0)))
          .count();
  json["index"] = {{"pdq", sizes.pdq}, {"md5", sizes.md5}, {"sha1", sizes.sha1}, {"sha256", sizes.sha256}};
  json["queue"] = {{"depth", depth}, {"capacity", parts_.lanes.jobs_max()}};
  const SandboxStats decoders = parts_.decoders();
  json["decoders"] = {{"running", decoders.running}, {"crashes", decoders.crashes}};
  const VideoStatus videos = parts_.videos();
  json["videos"] = {{"looked_into", videos.decoder.has_value()},
                    {"entries", videos.listed.entries},
                    {"hashes", videos.listed.hashes},
                    {"tmk", videos.listed.tmk},
                    {"unusable", videos.listed.unusable},
                    {"templates", videos.listed.templates},
                    {"templates_left_out", videos.listed.templates_left_out},
                    {"list_version", videos.list_version}};
  if (videos.decoder) {
    json["videos"]["decoders"] = {{"running", videos.decoder->running}, {"crashes", videos.decoder->crashes}};
  }
  return json_answer(200, to_line(json));
}

void StatusCalls::write_lists(MetricsText& out) const {
  const FollowSizes sizes = parts_.lists.sizes();
  out.family("seawall_index_signals", "gauge", "Signals in the indexes, by type.");
  out.sample({{"type", "pdq"}}, sizes.pdq);
  out.sample({{"type", "md5"}}, sizes.md5);
  out.sample({{"type", "sha1"}}, sizes.sha1);
  out.sample({{"type", "sha256"}}, sizes.sha256);
  out.family("seawall_list_version", "gauge", "The list version that answers are of.");
  out.sample({}, parts_.lists.proof().number);
  if (const auto age = parts_.keeper.age()) {
    out.family("seawall_list_age_seconds", "gauge", "Since the lists were last known to be the newest.");
    out.sample({}, std::chrono::duration<double>(*age).count());
  }
  out.family("seawall_store_answers", "gauge", "0: the store does not answer; look-ups go on for a while.");
  out.sample({}, std::uint64_t{parts_.store_works()});
  out.family("seawall_ready", "gauge", "1: this server should get traffic.");
  out.sample({}, std::uint64_t{readiness() == Readiness::kReady});
}

void StatusCalls::write_videos(MetricsText& out) const {
  const VideoStatus videos = parts_.videos();
  out.family("seawall_listed_videos", "gauge", "Entries of the lists that are looked up by their video.");
  out.sample({}, std::uint64_t{videos.listed.entries});
  out.family("seawall_listed_video_hashes", "gauge", "Hashes of their frames, in memory.");
  out.sample({}, std::uint64_t{videos.listed.hashes});
  out.family("seawall_listed_videos_unusable", "gauge", "Signals of videos that cannot be looked up.");
  out.sample({}, std::uint64_t{videos.listed.unusable});
  out.family("seawall_videos_list_version", "gauge", "The list version that they are of.");
  out.sample({}, videos.list_version);
  if (!videos.decoder) return;
  out.family("seawall_video_decodes_total", "counter", "Times that a video was given to a decoder process.");
  out.sample({}, videos.decoder->jobs);
  out.family("seawall_video_decoder_crashes_total", "counter", "Those that the process did not outlive.");
  out.sample({}, videos.decoder->crashes);
  out.family("seawall_video_decodes_cut_off_total", "counter", "Those that were ended for their time.");
  out.sample({}, videos.decoder->cut_off);
}

void StatusCalls::write_lanes(MetricsText& out) const {
  out.family("seawall_queue_waiting", "gauge", "Requests that wait for a thread, by lane.");
  for (const Lane lane : kAllLanes) {
    out.sample({{"lane", name_of(lane)}}, std::uint64_t{parts_.lanes.of(lane).stats().waiting});
  }
  out.family("seawall_queue_running", "gauge", "Requests that a thread works on, by lane.");
  for (const Lane lane : kAllLanes) {
    out.sample({{"lane", name_of(lane)}}, std::uint64_t{parts_.lanes.of(lane).stats().running});
  }
  out.family("seawall_queue_refused_total", "counter",
             "Requests that were told to come back, by lane and why.");
  for (const Lane lane : kAllLanes) {
    const auto stats = parts_.lanes.of(lane).stats();
    out.sample({{"lane", name_of(lane)}, {"why", "full"}}, stats.refused_full);
    out.sample({{"lane", name_of(lane)}, {"why", "slow"}}, stats.refused_slow);
  }
  out.family("seawall_body_bytes", "gauge", "Memory that requests' bodies may take now.");
  out.sample({}, parts_.bodies.used());
  out.family("seawall_body_bytes_max", "gauge", "The most that they may.");
  out.sample({}, parts_.bodies.capacity());
}

void StatusCalls::write_decoders(MetricsText& out) const {
  const SandboxStats decoders = parts_.decoders();
  out.family("seawall_decoder_processes", "gauge", "Decoder processes that live.");
  out.sample({}, static_cast<std::uint64_t>(decoders.running));
  out.family("seawall_decodes_total", "counter", "Files that were given to a decoder process.");
  out.sample({}, decoders.jobs);
  out.family("seawall_decoder_crashes_total", "counter", "Files that their decoder process did not outlive.");
  out.sample({}, decoders.crashes);
  out.family("seawall_decodes_cut_off_total", "counter", "Files whose decode was ended for its time.");
  out.sample({}, decoders.cut_off);
}

void StatusCalls::write_server(MetricsText& out) const {
  const HttpCounters http = parts_.server();
  out.family("seawall_http_connections", "gauge", "Connections that are open.");
  out.sample({}, http.connections_open);
  out.family("seawall_http_connections_total", "counter", "Connections accepted.");
  out.sample({}, http.connections_accepted);
  out.family("seawall_http_connections_cut_total", "counter", "Ended while a request was under way.");
  out.sample({}, http.connections_cut);
  out.family("seawall_http_tls_failures_total", "counter", "TLS handshakes that failed or took too long.");
  out.sample({}, http.tls_failures);
  if (const auto end = parts_.certificate_end()) {
    out.family("seawall_certificate_end_timestamp_seconds", "gauge",
               "When the first certificate in use ends, in seconds since 1970.");
    out.sample({}, static_cast<std::uint64_t>(end->time_since_epoch().count()));
  }
  out.family("seawall_http_bytes_total", "counter", "Bytes of requests and answers, without TLS's own.");
  out.sample({{"way", "in"}}, http.bytes_in);
  out.sample({{"way", "out"}}, http.bytes_out);
  out.family("seawall_http_refused_total", "counter", "What the HTTP server refused by itself, by reason.");
  for (std::size_t i = 0; i < kHttpRefusalReasons; ++i) {
    out.sample({{"reason", kHttpRefusalMeanings[i].name}}, http.refused[i]);
  }
}

CallResult StatusCalls::metrics() const {
  MetricsText out;
  out.family("seawall_build_info", "gauge", "1, with the version of the program.");
  out.sample({{"version", parts_.version}}, std::uint64_t{1});
  out.family("process_resident_memory_bytes", "gauge", "Resident memory.");
  out.sample({}, resident_bytes());
  parts_.metrics.write(out);
  write_lists(out);
  write_lanes(out);
  write_decoders(out);
  write_videos(out);
  write_server(out);
  parts_.streams(out);
  return text_answer(200, "text/plain; version=0.0.4; charset=utf-8", out.take());
}

CallResult StatusCalls::problem(const Call& call) {
  const ProblemMeaning* meaning = problem_of_type(call.captured.front());
  if (meaning == nullptr) return refuse(ProblemKind::kNotFound, "There is no problem of this name.");
  HttpAnswer answer =
      plain(200, std::string(meaning->title) + "\n\nstatus " + std::to_string(meaning->status) + ", code " +
                     std::string(meaning->code) + "\n\n" + std::string(meaning->page) + "\n");
  answer.fields.emplace_back("Cache-Control", "public, max-age=3600");
  return answer;
}

}  // namespace seawall
