#include "seawall/service/media_calls.h"

#include <algorithm>

#include "seawall/api/media_json.h"
#include "seawall/service/list_scope.h"
#include "seawall/service/match_calls.h"
#include "seawall/service/query.h"

namespace seawall {
namespace {

constexpr std::size_t kJsonBytesMax = std::size_t{64} << 10;
constexpr std::size_t kMediaBytesMax = std::size_t{256} << 20;
constexpr std::chrono::seconds kFetchWithin{30};

/// The options of a comparison of files.
tl::expected<CompareAsk, CallProblem> options_of(Query& query) {
  CompareAsk options;
  SEAWALL_TRY(const auto radius, query.number("radius", 0, 256));
  options.radius_bits = static_cast<int>(radius.value_or(kPdqRadiusDefault));
  SEAWALL_TRY(const auto word, query.any_text("profile"));
  SEAWALL_CHECK(query.finish());
  if (!word) return options;
  const auto profile = variant_profile_from_text(*word);
  if (!profile) return refuse_at("?profile", "none or default or thorough is needed");
  options.profile = *profile;
  return options;
}

}  // namespace

/// One side of a comparison.
struct MediaCalls::Side {
  MediaSignals signals;
  bool bare = false;
};

void MediaCalls::serve(ServedOperations& operations) {
  ServedOperation hash_it;
  hash_it.lane = Lane::kMedia;
  hash_it.json_bytes_max = kJsonBytesMax;
  hash_it.media_bytes_max = kMediaBytesMax;
  hash_it.begin = [](Call& call) -> std::variant<Lane, CallResult> {
    return call.media_type() == "application/json" ? Lane::kFetch : Lane::kMedia;
  };
  ServedOperation compare_them = hash_it;
  hash_it.run = [this](Call& call) { return hash(call); };
  compare_them.run = [this](Call& call) { return compare(call); };
  operations.serve(Operation::kHash, std::move(hash_it));
  operations.serve(Operation::kCompare, std::move(compare_them));
}

MediaCalls::Checked<FetchedBytes> MediaCalls::fetched(const std::string& url) {
  auto bytes = fetch_.fetch(url, std::chrono::steady_clock::now() + kFetchWithin);
  if (bytes) return *std::move(bytes);
  if (bytes.error().code == Code::kInvalidInput)
    return refuse(ProblemKind::kUrlRefused, bytes.error().message);
  CallProblem problem(bytes.error());
  problem.detail = bytes.error().message;  // Fixed words of the fetch: MediaFetch.
  return tl::unexpected(std::move(problem));
}

CallResult MediaCalls::hash(Call& call) {
  auto query = Query::of(call.head.target());
  if (!query) return tl::unexpected(std::move(query).error());
  auto frames = query->flag("frames");
  if (!frames) return tl::unexpected(std::move(frames).error());
  auto dihedral = query->flag("dihedral");
  if (!dihedral) return tl::unexpected(std::move(dihedral).error());
  if (auto done = query->finish(); !done) return tl::unexpected(std::move(done).error());
  const HashStyle style{frames->value_or(false), dihedral->value_or(false)};
  if (call.media_type() == "application/json") return hash_url(call, style);
  auto files = sent_files(call, 1);
  if (!files) return tl::unexpected(std::move(files).error());
  if (files->empty() || files->front().name != "file") {
    return refuse(ProblemKind::kInvalidInput, "a form has one part `file`");
  }
  const auto media = hashes_of(decoder_, files->front().bytes, {}, style);
  if (!media) return tl::unexpected(CallProblem(media.error()));
  return json_answer(200, to_line(hashes_json(*media, style)));
}

CallResult MediaCalls::hash_url(Call& call, const HashStyle& style) {
  SEAWALL_TRY(const std::string url, read_body(call, &hash_url_from_json));
  SEAWALL_TRY(const FetchedBytes bytes, fetched(url));
  const auto media = hashes_of(decoder_, bytes.bytes(), {}, style);
  if (!media) return tl::unexpected(CallProblem(media.error()));
  return json_answer(200, to_line(hashes_json(*media, style)));
}

MediaCalls::Checked<MediaCalls::Side> MediaCalls::side_of(std::span<const std::byte> file,
                                                          const SignalOptions& options) {
  auto signals = signals_of(decoder_, file, options);
  if (!signals) return tl::unexpected(CallProblem(signals.error()));
  return Side{*std::move(signals), false};
}

MediaCalls::Checked<MediaCalls::Side> MediaCalls::side_from(const CompareSideAsk& asked,
                                                            const SignalOptions& options) {
  if (asked.pdq) return Side{signals_of_bare_hash(*asked.pdq), true};
  SEAWALL_TRY(const FetchedBytes bytes, fetched(asked.url));
  return side_of(bytes.bytes(), options);
}

MediaCalls::Checked<std::pair<MediaCalls::Side, MediaCalls::Side>> MediaCalls::sides_of(
    Call& call, const CompareAsk& asked) {
  const SignalOptions query{asked.profile, VariantSide::kQuery, {}};
  const SignalOptions stored{asked.profile, VariantSide::kStored, {}};
  if (call.media_type() == "application/json") {
    SEAWALL_TRY(Side a, side_from(asked.a, query));
    SEAWALL_TRY(Side b, side_from(asked.b, stored));
    return std::pair(std::move(a), std::move(b));
  }
  auto files = sent_files(call, 2);
  if (!files) return tl::unexpected(std::move(files).error());
  const auto named = [&](std::string_view name) {
    return std::ranges::find(*files, name, [](const SentFile& file) { return std::string_view(file.name); });
  };
  const auto a_file = named("a"), b_file = named("b");
  if (files->size() != 2) return refuse(ProblemKind::kInvalidInput, "a form has the parts `a` and `b`");
  if (a_file == files->end()) return refuse_at("/a", "it is missing");
  if (b_file == files->end()) return refuse_at("/b", "it is missing");
  SEAWALL_TRY(Side a, side_of(a_file->bytes, query));
  SEAWALL_TRY(Side b, side_of(b_file->bytes, stored));
  return std::pair(std::move(a), std::move(b));
}

CallResult MediaCalls::compare(Call& call) {
  SEAWALL_TRY(Query query, Query::of(call.head.target()));
  SEAWALL_TRY(CompareAsk asked, options_of(query));
  if (call.media_type() == "application/json") {
    SEAWALL_TRY(asked, read_body(call, &compare_from_json));
  }
  SEAWALL_TRY(const auto sides, sides_of(call, asked));
  const auto& [a, b] = sides;
  const Explanation why = explain(a.signals, b.signals, asked.radius_bits);
  return json_answer(200, to_line(explanation_json(why, compared_side(a.signals, a.bare),
                                                   compared_side(b.signals, b.bare))));
}

}  // namespace seawall
