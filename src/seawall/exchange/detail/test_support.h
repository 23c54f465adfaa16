#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "seawall/exchange/exchange_format.h"
#include "seawall/exchange/text_sink.h"

/// What the tests of the formats share: documents in, records and refusals out.
namespace seawall::exchange_test {

inline const std::string kPdq(64, 'a');
inline const std::string kMd5 = "00112233445566778899aabbccddeeff";
inline const std::string kSha1(40, '1');
inline const std::string kSha256(64, '2');
/// 144 bytes of zeros.
inline const std::string kPhotoDnaBase64(192, 'A');
inline const std::string kPhotoDnaHex(288, '0');

struct Got {
  std::vector<ExchangeRecord> records;
  std::vector<std::string> refusals;  ///< "place reason".
  std::string error;
  Code code{};
  ExchangeDocument document;
};

inline Got read(std::string_view format, std::string_view text, const ExchangeReadOptions& options = {}) {
  Got got;
  MemorySource source(text, 100);
  auto reader = exchange_format_named(format).value()->reader(source, options);
  if (!reader) {
    got.error = reader.error().message;
    got.code = reader.error().code;
    return got;
  }
  ExchangeRecord record;
  for (;;) {
    const auto outcome = (*reader)->next(record);
    got.document = (*reader)->document();
    if (!outcome) {
      got.error = outcome.error().message;
      got.code = outcome.error().code;
      return got;
    }
    if (outcome->kind == ExchangeOutcome::Kind::kEnd) return got;
    if (outcome->kind == ExchangeOutcome::Kind::kRecord) got.records.push_back(record);
    if (outcome->kind == ExchangeOutcome::Kind::kRefused)
      got.refusals.push_back(outcome->place + " " + outcome->reason);
  }
}

inline std::string attribute(const ExchangeRecord& record, std::string_view name) {
  for (const auto& [known, value] : record.content.attributes) {
    if (known == name) return value;
  }
  return "(none)";
}

/// The document and the losses of all records together.
inline std::string write(std::string_view format, const std::vector<ExchangeRecord>& records,
                         std::vector<std::string>& losses, const ExchangeWriteOptions& options = {}) {
  TextSink sink;
  auto writer = exchange_format_named(format).value()->writer(sink, options);
  if (!writer) return "! " + writer.error().message;
  for (const ExchangeRecord& record : records) {
    if (const auto added = (*writer)->add(record, losses); !added) return "! " + added.error().message;
  }
  if (const auto finished = (*writer)->finish(); !finished) return "! " + finished.error().message;
  return sink.text;
}

}  // namespace seawall::exchange_test
