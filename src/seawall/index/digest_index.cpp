#include "seawall/index/digest_index.h"

#include <cstring>

#include "seawall/durable_file/posix_file_system.h"
#include "seawall/index/detail/live_set.h"
#include "seawall/index/detail/try.h"

namespace seawall {
namespace {

using index_detail::Kind;
using index_detail::LiveSet;

Fingerprint256 key_of(std::span<const std::byte> digest) {
  Fingerprint256 key;
  std::memcpy(key.words.data(), digest.data(), digest.size());
  return key;
}

std::size_t digest_bytes(SignalType type) {
  return type == SignalType::kMd5 ? 16 : type == SignalType::kSha1 ? 20 : 32;
}

Result<Kind> kind_of(SignalType type) {
  switch (type) {
    case SignalType::kMd5:
      return Kind::kMd5;
    case SignalType::kSha1:
      return Kind::kSha1;
    case SignalType::kSha256:
      return Kind::kSha256;
    case SignalType::kPdq:
      break;
  }
  return fail(Code::kInvalidInput, "a digest index holds md5, sha1 or sha256");
}

class DigestIndexImpl final : public LiveDigestIndex {
 public:
  DigestIndexImpl(std::unique_ptr<LiveSet> set, SignalType type)
      : set_(std::move(set)), size_bytes_(digest_bytes(type)) {}

  Result<void> apply(const DigestChange& change) override {
    std::vector<IndexEntry> add;
    add.reserve(change.add.size());
    for (const DigestEntry& entry : change.add) {
      add.push_back({key_of(std::span(entry.digest).first(size_bytes_)), entry.id});
    }
    return set_->apply({add, change.remove, change.position});
  }

  Result<std::vector<EntryId>> find(std::span<const std::byte> digest) const override {
    if (digest.size() != size_bytes_) return fail(Code::kInvalidInput, "the digest has the wrong length");
    QueryOptions exact;
    exact.radius_bits = 0;
    std::vector<EntryId> ids;
    for (const Neighbour& hit : set_->within(key_of(digest), exact)) ids.push_back(hit.id);
    return ids;
  }

  Result<void> find_batch(std::span<const std::array<std::byte, 32>> digests,
                          FunctionRef<void(std::size_t, std::span<const EntryId>)> visit) const override {
    std::vector<Fingerprint256> keys;
    keys.reserve(digests.size());
    for (const auto& digest : digests) keys.push_back(key_of(std::span(digest).first(size_bytes_)));
    QueryOptions exact;
    exact.radius_bits = 0;
    std::vector<EntryId> ids;
    set_->within_batch(keys, exact, [&](std::size_t i, std::span<const Neighbour> found) {
      ids.clear();
      for (const Neighbour& hit : found) ids.push_back(hit.id);
      visit(i, ids);
    });
    return {};
  }

  [[nodiscard]] std::uint64_t position() const override { return set_->state()->position; }
  [[nodiscard]] std::size_t size() const override { return set_->state()->size; }
  Result<void> merge() override { return set_->merge(); }
  [[nodiscard]] Result<void> verify() const override { return set_->verify(); }

 private:
  std::unique_ptr<LiveSet> set_;
  std::size_t size_bytes_;
};

}  // namespace

Result<std::unique_ptr<LiveDigestIndex>> LiveDigestIndex::open(const std::filesystem::path& directory,
                                                               SignalType type,
                                                               const LiveIndexOptions& options) {
  SEAWALL_TRY(const Kind kind, kind_of(type));
  SEAWALL_TRY(auto files, durable::posix_file_system(directory, !options.read_only));
  SEAWALL_TRY(auto set, LiveSet::open(std::move(files), kind, options));
  return std::make_unique<DigestIndexImpl>(std::move(set), type);
}

Result<std::unique_ptr<LiveDigestIndex>> LiveDigestIndex::in_memory(SignalType type) {
  SEAWALL_TRY(const Kind kind, kind_of(type));
  SEAWALL_TRY(auto set, LiveSet::open(nullptr, kind, {}));
  return std::make_unique<DigestIndexImpl>(std::move(set), type);
}

}  // namespace seawall
