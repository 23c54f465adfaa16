#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/crypto/signing.h"
#include "seawall/exchange/exchange_format.h"
#include "seawall/exchange/text_sink.h"

/// The one property of every exchange format: any bytes are read without a crash in bounded steps, and the
/// records that were read, written and read again are equal but for what the writer named as lost.
namespace seawall::fuzz {

inline const SigningKey& signing_key() {
  static const SigningKey key = SigningKey::generate().value();
  return key;
}

inline std::vector<ExchangeRecord> read(const ExchangeFormat& format, std::string_view text,
                                        std::size_t piece_bytes, bool& whole) {
  static const ExchangeReadOptions options{signing_key().public_key_pem().value()};
  MemorySource source(text, piece_bytes);
  auto reader = format.reader(source, options);
  if (!reader) std::abort();
  std::vector<ExchangeRecord> records;
  ExchangeRecord record;
  whole = false;
  for (std::size_t steps = 0;; ++steps) {
    if (steps > text.size() + 2) std::abort();  // More outcomes than bytes: it would never end.
    const auto outcome = (*reader)->next(record);
    if (!outcome) return records;
    if (outcome->kind == ExchangeOutcome::Kind::kEnd) {
      whole = true;
      return records;
    }
    if (outcome->kind == ExchangeOutcome::Kind::kRecord) records.push_back(record);
  }
}

inline int check(std::string_view name, const std::uint8_t* data, std::size_t size) {
  static const ExchangeFormat& format = *exchange_format_named(name).value();
  if (size == 0) return 0;
  bool whole = false;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto records = read(format, text, 1U + data[0], whole);
  ExchangeWriteOptions options;
  options.private_key_pem = signing_key().private_key_pem().value();
  TextSink sink;
  auto writer = format.writer(sink, options);
  if (!writer) std::abort();
  std::vector<ExchangeRecord> kept;
  for (const ExchangeRecord& record : records) {
    std::vector<std::string> losses;
    if (!(*writer)->add(record, losses)) std::abort();  // A reader gave what no writer takes.
    bool written = true;
    for (const std::string& loss : losses) written = written && loss != "withdrawn" && loss != "record";
    if (written) kept.push_back(losses.empty() ? record : ExchangeRecord{});
  }
  if (!(*writer)->finish()) std::abort();
  const auto again = read(format, sink.text, 4096, whole);
  if (!whole || again.size() != kept.size()) std::abort();
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (!kept[i].key.empty() && kept[i] != again[i]) std::abort();
  }
  return 0;
}

}  // namespace seawall::fuzz
