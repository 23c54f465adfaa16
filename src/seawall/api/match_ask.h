#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/json/object_reader.h"
#include "seawall/lookup/lookup.h"

namespace seawall {

/// What `POST /v1/match` asks: docs/openapi.yaml, MatchRequest. Bank names are not resolved yet, and
/// options.tenant and options.banks not set.
struct MatchAsk {
  static constexpr std::size_t kItemsMax = 10'000;
  static constexpr std::size_t kUrlsMax = 16;  ///< Of one batch.
  static constexpr std::size_t kUrlBytesMax = 2'048;
  static constexpr std::size_t kBanksMax = 64;

  struct Item {
    AskedItem asked;
    std::string url;  ///< Of media to fetch; else `asked` has signals.
  };
  std::vector<Item> items;  ///< At least one.
  bool batch = false;       ///< Answered as a batch, even of one.
  std::vector<std::string> banks;
  LookupOptions options;
  bool async = false;
  std::string webhook;
  bool include_silent = false;
  bool timings = false;
};

/// Reads it from JSON. `body`: followed in memory by JsonObjectReader::kPaddingBytes of anything. Errors:
/// kInvalidInput says which member is wrong and what it may be, and never quotes a value; kLimitExceeded.
/// Threads: each reader one.
Result<MatchAsk> match_ask_from_json(JsonObjectReader& reader, std::string_view body);

}  // namespace seawall
