#include "seawall/service/media_calls.h"

#include "seawall/api/media_json.h"
#include "seawall/json/json.h"
#include "seawall/service/match_calls.h"
#include "seawall/service/query.h"

namespace seawall {
namespace {

constexpr std::size_t kJsonBytesMax = std::size_t{64} << 10;
constexpr std::size_t kMediaBytesMax = std::size_t{256} << 20;
constexpr std::size_t kUrlBytesMax = 2'048;
constexpr std::chrono::seconds kFetchWithin{30};

/// What a comparison was asked with besides its sides.
struct CompareOptions {
  int radius_bits = kPdqRadiusDefault;
  VariantProfile profile = VariantProfile::kDefault;
};

tl::expected<void, CallProblem> read_profile(std::string_view word, std::string at, VariantProfile& out) {
  const auto profile = variant_profile_from_text(word);
  if (!profile) return refuse_at(std::move(at), "none or default or thorough is needed");
  out = *profile;
  return {};
}

tl::expected<CompareOptions, CallProblem> options_of(Query& query) {
  CompareOptions options;
  auto radius = query.number("radius", 0, 256);
  if (!radius) return tl::unexpected(std::move(radius).error());
  options.radius_bits = static_cast<int>(radius->value_or(kPdqRadiusDefault));
  auto profile = query.any_text("profile");
  if (!profile) return tl::unexpected(std::move(profile).error());
  if (*profile) {
    if (auto read = read_profile(**profile, "?profile", options.profile); !read) {
      return tl::unexpected(std::move(read).error());
    }
  }
  return options;
}

/// The members of an object that are none of `known`.
tl::expected<void, CallProblem> only_known(const Json& object,
                                           std::initializer_list<std::string_view> known) {
  for (const auto& member : object.items()) {
    if (std::ranges::find(known, std::string_view(member.key())) == known.end()) {
      return refuse(ProblemKind::kInvalidInput,
                    "there is a member here that docs/openapi.yaml does not have");
    }
  }
  return {};
}

tl::expected<Json, CallProblem> object_of(const Call& call) {
  auto json = parse_json(call.body.text(), kJsonBytesMax);
  if (!json) return tl::unexpected(CallProblem(json.error()));
  if (!json->is_object()) return refuse(ProblemKind::kInvalidInput, "the body must be a JSON object");
  return *std::move(json);
}

tl::expected<std::string, CallProblem> url_of(const Json& object, std::string at) {
  const auto found = object.find("url");
  if (found == object.end() || !found->is_string()) return refuse_at(std::move(at), "an address is needed");
  auto url = found->get<std::string>();
  if (url.empty() || url.size() > kUrlBytesMax) return refuse_at(std::move(at), "1 to 2048 bytes are needed");
  return url;
}

tl::expected<CompareOptions, CallProblem> options_of(const Json& object) {
  CompareOptions options;
  if (const auto radius = object.find("radius"); radius != object.end()) {
    if (!radius->is_number_integer() || radius->get<std::int64_t>() < 0 ||
        radius->get<std::int64_t>() > 256) {
      return refuse_at("/radius", "a whole number from 0 to 256 is needed");
    }
    options.radius_bits = radius->get<int>();
  }
  if (const auto profile = object.find("profile"); profile != object.end()) {
    const std::string word = profile->is_string() ? profile->get<std::string>() : "";
    if (auto read = read_profile(word, "/profile", options.profile); !read) {
      return tl::unexpected(std::move(read).error());
    }
  }
  return options;
}

}  // namespace

/// One side of a comparison.
struct MediaCalls::Side {
  MediaSignals signals;
  bool bare = false;

  [[nodiscard]] ComparedSide shown() const {
    ComparedSide out;
    out.bare = bare;
    if (!signals.frames.empty()) out.pdq = signals.frames.front().pdq;
    return out;
  }
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
  return json_answer(200, to_json(*media, style));
}

CallResult MediaCalls::hash_url(Call& call, const HashStyle& style) {
  auto object = object_of(call);
  if (!object) return tl::unexpected(std::move(object).error());
  if (auto known = only_known(*object, {"url"}); !known) return tl::unexpected(std::move(known).error());
  auto url = url_of(*object, "/url");
  if (!url) return tl::unexpected(std::move(url).error());
  auto bytes = fetched(*url);
  if (!bytes) return tl::unexpected(std::move(bytes).error());
  const auto media = hashes_of(decoder_, bytes->bytes(), {}, style);
  if (!media) return tl::unexpected(CallProblem(media.error()));
  return json_answer(200, to_json(*media, style));
}

MediaCalls::Checked<MediaCalls::Side> MediaCalls::side_of(std::span<const std::byte> file,
                                                          const SignalOptions& options) {
  auto signals = signals_of(decoder_, file, options);
  if (!signals) return tl::unexpected(CallProblem(signals.error()));
  return Side{*std::move(signals), false};
}

MediaCalls::Checked<MediaCalls::Side> MediaCalls::side_from(std::string_view json,
                                                            const SignalOptions& options) {
  const std::string at = options.side == VariantSide::kQuery ? "/a" : "/b";
  const auto object = parse_json(json, kJsonBytesMax);
  if (!object || !object->is_object()) return refuse_at(at, "an object with pdq or url is needed");
  if (auto known = only_known(*object, {"pdq", "url"}); !known)
    return tl::unexpected(std::move(known).error());
  if (object->size() != 1) return refuse_at(at, "either pdq or url is needed");
  const auto pdq = object->find("pdq");
  if (pdq == object->end()) {
    auto url = url_of(*object, at + "/url");
    if (!url) return tl::unexpected(std::move(url).error());
    auto bytes = fetched(*url);
    if (!bytes) return tl::unexpected(std::move(bytes).error());
    return side_of(bytes->bytes(), options);
  }
  const auto bits = fingerprint_from_text(pdq->is_string() ? pdq->get<std::string>() : "");
  if (!bits) return refuse_at(at + "/pdq", "64 hex digits are needed");
  return Side{signals_of_bare_hash(*bits), true};
}

CallResult MediaCalls::compare(Call& call) {
  auto query = Query::of(call.head.target());
  if (!query) return tl::unexpected(std::move(query).error());
  Checked<CompareOptions> asked = options_of(*query);
  if (!asked) return tl::unexpected(std::move(asked).error());
  if (auto done = query->finish(); !done) return tl::unexpected(std::move(done).error());
  Checked<Side> a = refuse_at("/a", "it is missing");
  Checked<Side> b = refuse_at("/b", "it is missing");
  const auto options = [&](VariantSide side) { return SignalOptions{asked->profile, side, {}}; };
  if (call.media_type() == "application/json") {
    auto object = object_of(call);
    if (!object) return tl::unexpected(std::move(object).error());
    auto known = only_known(*object, {"a", "b", "radius", "profile"});
    if (!known) return tl::unexpected(std::move(known).error());
    asked = options_of(*object);
    if (!asked) return tl::unexpected(std::move(asked).error());
    if (object->contains("a")) a = side_from(to_line((*object)["a"]), options(VariantSide::kQuery));
    if (a && object->contains("b")) b = side_from(to_line((*object)["b"]), options(VariantSide::kStored));
  } else {
    auto files = sent_files(call, 2);
    if (!files) return tl::unexpected(std::move(files).error());
    for (const SentFile& file : *files) {
      if (file.name == "a") a = side_of(file.bytes, options(VariantSide::kQuery));
      if (file.name == "b") b = side_of(file.bytes, options(VariantSide::kStored));
    }
    if (files->size() != 2) return refuse(ProblemKind::kInvalidInput, "a form has the parts `a` and `b`");
  }
  if (!a) return tl::unexpected(std::move(a).error());
  if (!b) return tl::unexpected(std::move(b).error());
  const Explanation why = explain(a->signals, b->signals, asked->radius_bits);
  return json_answer(200, to_json(why, a->shown(), b->shown()));
}

}  // namespace seawall
