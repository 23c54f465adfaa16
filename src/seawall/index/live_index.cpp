#include "seawall/index/live_index.h"

#include "seawall/index/detail/flat_set.h"
#include "seawall/index/detail/posix_file_system.h"

namespace seawall {
namespace {

class LiveIndexImpl final : public LiveIndex {
 public:
  explicit LiveIndexImpl(std::unique_ptr<index_detail::FlatSet> set) : set_(std::move(set)) {}

  Result<void> apply(const IndexChange& change) override { return set_->apply(change); }

  Result<std::vector<Neighbour>> within(const Fingerprint256& query,
                                        const QueryOptions& options) const override {
    if (options.radius_bits < 0 || options.radius_bits > 256) {
      return fail(Code::kInvalidInput, "a radius is 0 to 256 bits");
    }
    return set_->within(query, options);
  }

  Result<void> within_batch(std::span<const Fingerprint256> queries, const QueryOptions& options,
                            FunctionRef<void(std::size_t, std::span<const Neighbour>)> visit) const override {
    for (std::size_t i = 0; i < queries.size(); ++i) {
      auto found = within(queries[i], options);
      if (!found) return tl::unexpected(std::move(found).error());
      visit(i, *found);
    }
    return {};
  }

  [[nodiscard]] std::uint64_t position() const override { return set_->position(); }
  [[nodiscard]] std::size_t size() const override { return set_->size(); }
  Result<void> merge() override { return {}; }

 private:
  std::unique_ptr<index_detail::FlatSet> set_;
};

}  // namespace

Result<std::unique_ptr<LiveIndex>> LiveIndex::open(const std::filesystem::path& directory,
                                                   const LiveIndexOptions& options) {
  SEAWALL_TRY(auto files, index_detail::posix_file_system(directory, !options.read_only));
  SEAWALL_TRY(auto set, index_detail::FlatSet::open(std::move(files), index_detail::Kind::kRadius, options));
  return std::make_unique<LiveIndexImpl>(std::move(set));
}

std::unique_ptr<LiveIndex> LiveIndex::in_memory() {
  return std::make_unique<LiveIndexImpl>(
      *index_detail::FlatSet::open(nullptr, index_detail::Kind::kRadius, {}));
}

}  // namespace seawall
