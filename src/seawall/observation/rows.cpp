#include "seawall/observation/detail/rows.h"

#include <numeric>
#include <span>
#include <tuple>

namespace seawall::observation_detail {

Observation Rows::observation(std::uint32_t row) const {
  Observation one;
  one.place = place(row);
  one.time = Time(std::chrono::milliseconds(times_ms[row]));
  if (const Fingerprint256* code = codes.find(row)) {
    one.pdq = PdqHash{*code, quality[static_cast<std::size_t>(code - codes.values.data())]};
  }
  if (const Md5* digest = md5.find(row)) one.md5 = *digest;
  if (const Sha1* digest = sha1.find(row)) one.sha1 = *digest;
  if (const Sha256* digest = sha256.find(row)) one.sha256 = *digest;
  return one;
}

void Rows::push(std::uint32_t tenant, const Observation& observation) {
  const auto row = static_cast<std::uint32_t>(size());
  tenants.push_back(tenant);
  times_ms.push_back(observation.time.time_since_epoch().count());
  places += observation.place;
  place_ends.push_back(static_cast<std::uint32_t>(places.size()));
  if (observation.pdq) {
    codes.push(row, observation.pdq->bits);
    quality.push_back(static_cast<std::uint8_t>(observation.pdq->quality));
  }
  if (observation.md5) md5.push(row, *observation.md5);
  if (observation.sha1) sha1.push(row, *observation.sha1);
  if (observation.sha256) sha256.push(row, *observation.sha256);
}

void Rows::append(const Rows& other) {
  const auto first_row = static_cast<std::uint32_t>(size());
  const auto first_byte = static_cast<std::uint32_t>(places.size());
  tenants.insert(tenants.end(), other.tenants.begin(), other.tenants.end());
  times_ms.insert(times_ms.end(), other.times_ms.begin(), other.times_ms.end());
  for (const std::uint32_t end : other.place_ends) place_ends.push_back(first_byte + end);
  places += other.places;
  codes.append(other.codes, first_row);
  quality.insert(quality.end(), other.quality.begin(), other.quality.end());
  md5.append(other.md5, first_row);
  sha1.append(other.sha1, first_row);
  sha256.append(other.sha256, first_row);
}

Rows Rows::select(std::span<const std::uint32_t> order) const {
  Rows out;
  out.tenants.reserve(order.size());
  out.times_ms.reserve(order.size());
  out.place_ends.reserve(order.size());
  for (const std::uint32_t row : order) out.push(tenants[row], observation(row));
  return out;
}

std::vector<std::uint32_t> Rows::sorted_order() const {
  std::vector<std::uint32_t> order(size());
  std::iota(order.begin(), order.end(), 0U);
  const auto before = [this](std::uint32_t a, std::uint32_t b) {
    return std::tie(tenants[a], times_ms[a]) < std::tie(tenants[b], times_ms[b]);
  };
  if (!std::is_sorted(order.begin(), order.end(), before))
    std::stable_sort(order.begin(), order.end(), before);
  return order;
}

}  // namespace seawall::observation_detail
