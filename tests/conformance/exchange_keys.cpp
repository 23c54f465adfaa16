#include "exchange_support.h"
#include "seawall/crypto/signing.h"

namespace seawall::test {
namespace {

const SigningKey& key() {
  static const SigningKey made = SigningKey::generate().value();
  return made;
}

}  // namespace

const ExchangeReadOptions& read_options() {
  static const ExchangeReadOptions options{key().public_key_pem().value()};
  return options;
}

const ExchangeWriteOptions& write_options() {
  static const ExchangeWriteOptions options = [] {
    ExchangeWriteOptions made;
    made.now = Time{std::chrono::milliseconds{1'700'000'000'000}};
    made.body = "Test Body";
    made.member_id = "42";
    made.private_key_pem = key().private_key_pem().value();
    made.document.bank = "test bank";
    made.document.to_version = 7;
    return made;
  }();
  return options;
}

}  // namespace seawall::test
