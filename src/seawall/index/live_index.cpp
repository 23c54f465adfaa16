#include "seawall/index/live_index.h"

#include <algorithm>
#include <numeric>

#include "seawall/durable_file/posix_file_system.h"
#include "seawall/index/detail/live_set.h"
#include "seawall/index/detail/try.h"

namespace seawall {
namespace {

using index_detail::Kind;
using index_detail::LiveSet;
using index_detail::spread_bits;

Result<void> check_radius(int radius_bits) {
  if (radius_bits < 0 || radius_bits > 256) return fail(Code::kInvalidInput, "a radius is 0 to 256 bits");
  return {};
}

std::vector<Fingerprint256> spread_all(std::span<const Fingerprint256> queries) {
  std::vector<Fingerprint256> spread(queries.size());
  std::transform(queries.begin(), queries.end(), spread.begin(), spread_bits);
  return spread;
}

class LiveIndexImpl final : public LiveIndex {
 public:
  explicit LiveIndexImpl(std::unique_ptr<LiveSet> set) : set_(std::move(set)) {}

  Result<void> apply(const IndexChange& change) override {
    std::vector<IndexEntry> add(change.add.begin(), change.add.end());
    for (IndexEntry& entry : add) entry.fingerprint = spread_bits(entry.fingerprint);
    return set_->apply({add, change.remove, change.position});
  }

  Result<std::vector<Neighbour>> within(const Fingerprint256& query,
                                        const QueryOptions& options) const override {
    SEAWALL_CHECK(check_radius(options.radius_bits));
    return set_->within(spread_bits(query), options);
  }

  Result<void> within_batch(std::span<const Fingerprint256> queries, const QueryOptions& options,
                            FunctionRef<void(std::size_t, std::span<const Neighbour>)> visit) const override {
    SEAWALL_CHECK(check_radius(options.radius_bits));
    set_->within_batch(spread_all(queries), options, visit);
    return {};
  }

  Result<void> within_batch_each(
      std::span<const Fingerprint256> queries, std::span<const int> radius_bits, const QueryOptions& options,
      FunctionRef<void(std::size_t, std::span<const Neighbour>)> visit) const override {
    if (queries.size() != radius_bits.size()) return fail(Code::kInvalidInput, "one radius for each query");
    for (const int radius : radius_bits) SEAWALL_CHECK(check_radius(radius));
    std::vector<std::size_t> order(queries.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return radius_bits[a] < radius_bits[b]; });
    std::vector<Fingerprint256> group;
    for (std::size_t first = 0; first < order.size(); first += group.size()) {
      QueryOptions same = options;
      same.radius_bits = radius_bits[order[first]];
      group.clear();
      for (std::size_t i = first; i < order.size() && radius_bits[order[i]] == same.radius_bits; ++i) {
        group.push_back(spread_bits(queries[order[i]]));
      }
      set_->within_batch(group, same, [&](std::size_t i, std::span<const Neighbour> found) {
        visit(order[first + i], found);
      });
    }
    return {};
  }

  [[nodiscard]] std::uint64_t position() const override { return set_->state()->position; }
  [[nodiscard]] std::size_t size() const override { return set_->state()->size; }
  Result<void> merge() override { return set_->merge(); }
  [[nodiscard]] Result<void> verify() const override { return set_->verify(); }

 private:
  std::unique_ptr<LiveSet> set_;
};

}  // namespace

Result<std::unique_ptr<LiveIndex>> LiveIndex::open(const std::filesystem::path& directory,
                                                   const LiveIndexOptions& options) {
  SEAWALL_TRY(auto files, durable::posix_file_system(directory, !options.read_only));
  SEAWALL_TRY(auto set, LiveSet::open(std::move(files), Kind::kRadius, options));
  return std::make_unique<LiveIndexImpl>(std::move(set));
}

std::unique_ptr<LiveIndex> LiveIndex::in_memory() {
  auto set = LiveSet::open(nullptr, Kind::kRadius, {});
  if (!set) throw std::bad_alloc();  // The only way this can fail, and as for any container.
  return std::make_unique<LiveIndexImpl>(*std::move(set));
}

}  // namespace seawall
