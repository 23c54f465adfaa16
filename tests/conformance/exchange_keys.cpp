#include "exchange_support.h"

namespace seawall::test {

const ExchangeReadOptions& read_options() {
  static const ExchangeReadOptions options;
  return options;
}

const ExchangeWriteOptions& write_options() {
  static const ExchangeWriteOptions options = [] {
    ExchangeWriteOptions made;
    made.now = Time{std::chrono::milliseconds{1'700'000'000'000}};
    made.body = "Test Body";
    made.member_id = "42";
    return made;
  }();
  return options;
}

}  // namespace seawall::test
