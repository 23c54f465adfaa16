#include "clip_lookup.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "seawall/clip_match/clip_matcher.h"

namespace seawall::eval {
namespace {

constexpr std::array kOwnRules = {ClipRule::kPlain, ClipRule::kDefault, ClipRule::kThorough, ClipRule::kLarge,
                                  ClipRule::kNoBenign};

template <class T>
T firmly(Result<T> result, const std::string& what) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "video evaluation: %s: %s\n", what.c_str(), result.error().message.c_str());
  std::exit(3);
}

/// An open file for as long as it is decoded.
class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path) : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (file_ >= 0) ::close(file_);
  }
  [[nodiscard]] VideoSource source() const { return {.file = file_}; }

 private:
  int file_;
};

bool is_in_rule(ClipRule rule, const std::string& label) {
  if (rule == ClipRule::kPlain) return label == "original";
  if (rule != ClipRule::kDefault) return true;
  const auto has = [&](std::string_view text) { return label.find(text) != std::string::npos; };
  return !has("crop") && !has("caption") && !has("inset") && !has("feature") && !has("rotate ") &&
         !has("negative");
}

/// A smaller profile's hashes are among a larger one's, under the same labels.
template <class Hashes>
Hashes restricted(const Hashes& hashes, const std::vector<std::string>& labels, ClipRule rule) {
  std::vector<bool> wanted;
  for (const std::string& label : labels) wanted.push_back(is_in_rule(rule, label));
  Hashes some;
  std::ranges::copy_if(hashes, std::back_inserter(some),
                       [&](const auto& hash) { return wanted[hash.label]; });
  return some;
}

std::unique_ptr<ClipIndex> index_of(ClipRule rule, const std::vector<ListedVideo>& listed,
                                    const std::vector<Fingerprint256>& benign) {
  ClipIndexOptions options;
  if (rule != ClipRule::kNoBenign) options.benign = benign;
  if (rule == ClipRule::kLarge) options.exhaustive_hashes_max = 0;
  auto index = firmly(ClipIndex::make(std::move(options)), "index");
  std::vector<std::pair<ClipId, DensePrint>> clips;
  for (std::size_t i = 0; i < listed.size(); ++i) {
    DensePrint print = listed[i].print;
    print.hashes = restricted(print.hashes, print.labels, rule);
    clips.emplace_back(ClipId{static_cast<std::uint32_t>(i)}, std::move(print));
  }
  if (const auto added = index->add(std::move(clips)); !added) {
    std::fprintf(stderr, "video evaluation: list: %s\n", added.error().message.c_str());
    std::exit(3);
  }
  return index;
}

}  // namespace

ListedVideo listing_of(VideoDecoder& decoder, const std::filesystem::path& file) {
  const OpenFile open(file);
  return firmly(listed_video(decoder, open.source(), {.profile = VariantProfile::kThorough}), file.string());
}

std::vector<Fingerprint256> template_hashes(VideoDecoder& decoder, const std::filesystem::path& file) {
  std::vector<Fingerprint256> hashes;
  const ListedVideo listed = listing_of(decoder, file);
  for (const HeldHash& hash : listed.print.hashes) hashes.push_back(hash.bits);
  for (const TimedHash& hash : query_of(decoder, file).track.hashes) hashes.push_back(hash.hash.bits);
  return hashes;
}

ClipQuery query_of(VideoDecoder& decoder, const std::filesystem::path& file) {
  const OpenFile open(file);
  ClipQuery query;
  query.track =
      firmly(query_video(decoder, open.source(), {.profile = VariantProfile::kThorough}), file.string())
          .track;
  query.vpdq =
      firmly(listed_video(decoder, open.source(), {.profile = VariantProfile::kNone}), file.string()).vpdq;
  return query;
}

ClipLookup::ClipLookup(std::vector<ListedVideo> listed, const std::vector<Fingerprint256>& benign) {
  for (const ClipRule rule : kOwnRules)
    indexes_[static_cast<std::size_t>(rule)] = index_of(rule, listed, benign);
  for (ListedVideo& video : listed) vpdq_.push_back(std::move(video.vpdq));
}

std::size_t ClipLookup::hashes(ClipRule rule) const {
  return indexes_[static_cast<std::size_t>(rule)]->hashes();
}

ClipAnswer ClipLookup::answer(ClipRule rule, const ClipQuery& query) const {
  HashTrack track = query.track;
  track.hashes = restricted(track.hashes, track.labels, rule);
  return firmly(ClipMatcher(*indexes_[static_cast<std::size_t>(rule)]).match(track), "match");
}

std::vector<std::size_t> clips_of(const ClipAnswer& answer) {
  std::vector<std::size_t> clips;
  for (const ClipMatch& match : answer.matches) clips.push_back(static_cast<std::size_t>(match.clip));
  return clips;
}

std::vector<std::size_t> ClipLookup::found(ClipRule rule, const ClipQuery& query) const {
  if (rule != ClipRule::kVpdq && rule != ClipRule::kVpdqAny) return clips_of(answer(rule, query));
  std::vector<std::size_t> clips;
  for (std::size_t i = 0; i < vpdq_.size(); ++i) {
    const VpdqComparison compared = vpdq_compare(query.vpdq, vpdq_[i]);
    if (rule == ClipRule::kVpdq ? compared.is_match : compared.query_matched > 0) clips.push_back(i);
  }
  return clips;
}

}  // namespace seawall::eval
