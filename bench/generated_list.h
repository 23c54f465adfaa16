#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <utility>

#include "seawall/exchange/exchange_format.h"

namespace seawall::bench {

inline std::uint64_t mixed(std::uint64_t x) {
  x ^= x >> 31;
  x *= 0x7FB5D329728EA185U;
  x ^= x >> 27;
  x *= 0x81DADEF4BC2DD44DU;
  return x ^ (x >> 33);
}

/// "0123456789abcdef-0000000000000001": 33 bytes, as long as a GUID.
inline std::string key_of(std::uint64_t number) {
  std::string key(33, '-');
  const auto put = [&](std::size_t at, std::uint64_t word) {
    for (std::size_t i = 16; i-- > 0; word >>= 4) key[at + i] = "0123456789abcdef"[word & 15];
  };
  put(0, mixed(number));
  put(17, number);
  return key;
}

/// As an exchange brings it: a PDQ hash, MD5 and SHA-1. Generated, harmless.
inline EntryContent content_of(std::uint64_t number) {
  EntryContent content;
  content.signals.pdq = {
      {{{mixed(number + 1), mixed(number + 2), mixed(number + 3), mixed(number + 4)}}, 90}};
  std::uint64_t word = mixed(number + 5);
  const auto fill = [&](auto& digest) {
    for (std::size_t i = 0; i < digest.size(); ++i) {
      if (i % 8 == 0) word = mixed(word);
      digest[i] = static_cast<std::byte>(word >> (i % 8 * 8));
    }
  };
  fill(content.signals.md5.emplace());
  fill(content.signals.sha1.emplace());
  return content;
}

/// A list of records that are made up as they are read: what an import gets from a parser, without its cost.
/// `make(number)`: the key and content of the record of that number.
template <class Make>
class GeneratedList final : public ExchangeReader {
 public:
  GeneratedList(std::uint64_t first, std::uint64_t count, Make make)
      : at_(first), end_(first + count), make_(std::move(make)) {}
  Result<ExchangeOutcome> next(ExchangeRecord& record) override {
    ExchangeOutcome outcome;
    if (at_ == end_) return outcome;
    outcome.kind = ExchangeOutcome::Kind::kRecord;
    std::tie(record.key, record.content) = make_(at_++);
    record.withdrawn = false;
    return outcome;
  }
  [[nodiscard]] const ExchangeDocument& document() const override { return document_; }

 private:
  std::uint64_t at_;
  std::uint64_t end_;
  Make make_;
  ExchangeDocument document_;
};

}  // namespace seawall::bench
