#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/exchange/exchange_format.h"
#include "seawall/exchange/text_sink.h"

/// What the suites over every exchange format share.
namespace seawall::test {

/// A record with something in every field that it can have, in texts that formats must quote.
/// `hard`: with control characters, quotes and letters of every length; otherwise plain words.
[[nodiscard]] ExchangeRecord random_record(std::mt19937_64& random, bool hard = true);

/// Options with keys made for the test, good for every format.
[[nodiscard]] const ExchangeReadOptions& read_options();
[[nodiscard]] const ExchangeWriteOptions& write_options();

struct Written {
  std::string document;
  std::vector<std::vector<std::string>> losses;  ///< Of each record.
};
[[nodiscard]] Written write_all(const ExchangeFormat& format, const std::vector<ExchangeRecord>& records);

struct ReadBack {
  std::vector<ExchangeRecord> records;    ///< The first 100,000.
  std::vector<ExchangeOutcome> refusals;  ///< The first 1,000.
  std::string error;                      ///< Empty: it came to kEnd.
  Code code{};
  std::uint64_t steps = 0;
  ExchangeDocument document;
};
/// Reads to the end or the first error. A reader that gives more outcomes than steps_max is a failure of the
/// test ("endless").
[[nodiscard]] ReadBack read_all(const ExchangeFormat& format, ByteSource& source, std::uint64_t steps_max);
[[nodiscard]] ReadBack read_text(const ExchangeFormat& format, std::string_view text,
                                 std::size_t piece_bytes = 1 << 16);

/// Empty when `back` has everything of `record` but what `losses` name; otherwise what differs.
[[nodiscard]] std::string difference(const ExchangeRecord& record, const ExchangeRecord& back,
                                     const std::vector<std::string>& losses);
[[nodiscard]] bool has(const std::vector<std::string>& losses, std::string_view name);

/// Under a sanitizer all is many times slower, and memory is mostly the sanitizer's own.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

/// Bytes of memory that this process holds now.
[[nodiscard]] std::int64_t resident_bytes();

/// Gives `head`, then `total_bytes` made by repeating `body`, then `tail`.
class RepeatingSource final : public ByteSource {
 public:
  RepeatingSource(std::string head, const std::string& body, std::string tail, std::uint64_t total_bytes)
      : now_(std::move(head)), tail_(std::move(tail)), left_(total_bytes) {
    while (body_.size() < 64 * 1024) body_ += body;
  }
  Result<std::size_t> read(std::span<char> out) override;

 private:
  std::string now_;
  std::string body_;
  std::string tail_;
  std::uint64_t left_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

}  // namespace seawall::test
