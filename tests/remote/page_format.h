#pragma once

#include "seawall/exchange/exchange_format.h"

namespace seawall::test {

/// The tests' own page format: "pages 1", then a line each of "+ <key> <md5>", "- <key>", "newest <ms>",
/// "next <word>", "from <version> <chain>", "to <version> <chain>", then "end"; a chain "-" is empty. Without
/// its last line it is an error, as in the real ones. It is read only.
const ExchangeFormat& page_format();

}  // namespace seawall::test
