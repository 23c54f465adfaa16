#include "seawall/copy_mark/copy_mark.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "seawall/base/hex.h"
#include "seawall/crypto/hmac.h"

namespace seawall {
namespace {

constexpr std::string_view kWhatFor = "seawall/copy-mark/v1\n";
constexpr double kVarianceDivisor = 12;

template <class Bytes>
std::string sign_of(const char* kind, const std::optional<Bytes>& bytes) {
  return bytes ? kind + to_hex(*bytes) : std::string();
}

/// MD5, SHA-1, SHA-256, PDQ, key; empty where it has none.
std::array<std::string, 5> signs_of(const ExchangeRecord& record) {
  const EntrySignals& signals = record.content.signals;
  std::string pdq;
  if (!signals.pdq.empty()) pdq = "pdq:" + to_text(signals.pdq.front().bits);
  return {sign_of("md5:", signals.md5), sign_of("sha1:", signals.sha1), sign_of("sha256:", signals.sha256),
          std::move(pdq), "key:" + record.key};
}

std::string strongest(const std::array<std::string, 5>& signs) {
  return *std::ranges::find_if(signs, [](const std::string& one) { return !one.empty(); });
}

/// Of n + 1 things in a random order, ascents have mean n/2 and variance (n + 2)/12 (Eulerian numbers).
double score_of(std::uint64_t pairs, std::uint64_t in_order) {
  if (pairs == 0) return 0;
  const auto n = static_cast<double>(pairs);
  return (static_cast<double>(in_order) - n / 2) / std::sqrt((n + 2) / kVarianceDivisor);
}

}  // namespace

CopyMark CopyMark::of_use(std::string_view entry, std::span<const std::byte> salt) {
  return CopyMark(hmac_sha256(salt, std::string(kWhatFor).append(entry)));
}

std::uint64_t CopyMark::rank_of(std::string_view sign) const {
  const Sha256 digest = hmac_sha256(secret_, sign);
  std::uint64_t rank = 0;
  for (std::size_t i = 0; i < sizeof rank; ++i)
    rank = rank << 8U | std::to_integer<std::uint64_t>(digest.at(i));
  return rank;
}

std::uint64_t CopyMark::rank(const ExchangeRecord& record) const {
  return rank_of(strongest(signs_of(record)));
}

void MarkDetector::see(const ExchangeRecord& record) {
  const auto signs = signs_of(record);
  for (std::size_t i = 0; i < kSigns; ++i) {
    const std::string sign = i < signs.size() ? signs.at(i) : strongest(signs);
    if (sign.empty()) continue;
    Row& row = rows_.at(i);
    const std::uint64_t rank = mark_.rank_of(sign);
    if (row.before && *row.before != rank) {
      ++row.pairs;
      row.in_order += *row.before < rank ? 1U : 0U;
    }
    row.before = rank;
  }
}

MarkDetector::Found MarkDetector::found() const {
  Found best;
  for (const Row& row : rows_) {
    const double score = score_of(row.pairs, row.in_order);
    if (score > best.score || best.pairs == 0) best = {row.pairs, row.in_order, score};
  }
  return best;
}

}  // namespace seawall
