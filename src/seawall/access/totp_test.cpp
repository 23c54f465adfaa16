#include "seawall/access/totp.h"

#include <gtest/gtest.h>

#include <array>

namespace seawall {
namespace {

std::span<const std::byte> secret() {
  return std::as_bytes(std::span(std::string_view("12345678901234567890")));
}
Time at(std::int64_t seconds) { return Time(std::chrono::seconds(seconds)); }

TEST(Hotp, AnswersAsAppendixDOfRfc4226) {
  constexpr std::array<std::string_view, 10> kCodes = {"755224", "287082", "359152", "969429", "338314",
                                                       "254676", "287922", "162583", "399871", "520489"};
  for (std::size_t i = 0; i < kCodes.size(); ++i) EXPECT_EQ(hotp_code(secret(), i), kCodes[i]) << i;
}

TEST(Totp, AnswersAsAppendixBOfRfc6238) {
  constexpr std::array<std::pair<std::int64_t, std::string_view>, 6> kCodes = {{{59, "94287082"},
                                                                                {1111111109, "07081804"},
                                                                                {1111111111, "14050471"},
                                                                                {1234567890, "89005924"},
                                                                                {2000000000, "69279037"},
                                                                                {20000000000, "65353130"}}};
  for (const auto& [seconds, code] : kCodes) {
    const auto step = static_cast<std::uint64_t>(totp_step_of(at(seconds)));
    EXPECT_EQ(hotp_code(secret(), step, 8), code) << seconds;
    EXPECT_EQ(totp_step_of_code(secret(), code.substr(2), at(seconds)), seconds / 30);
  }
}

TEST(Totp, TakesTheCodeOfOneStepOnEitherSideAndNoFurther) {
  const std::int64_t step = 1111111111 / 30;
  const std::string code = hotp_code(secret(), static_cast<std::uint64_t>(step));
  EXPECT_EQ(totp_step_of_code(secret(), code, at((step - 1) * 30)), step);
  EXPECT_EQ(totp_step_of_code(secret(), code, at((step + 1) * 30 + 29)), step);
  EXPECT_EQ(totp_step_of_code(secret(), code, at((step - 1) * 30 - 1)), std::nullopt);
  EXPECT_EQ(totp_step_of_code(secret(), code, at((step + 2) * 30)), std::nullopt);
  EXPECT_EQ(totp_step_of_code(secret(), "", at(59)), std::nullopt);
  EXPECT_EQ(totp_step_of_code(secret(), hotp_code(secret(), 0), at(-5)), 0) << "a clock before 1970";
}

TEST(Totp, IsShownToAnAuthenticatorAsItWantsIt) {
  EXPECT_EQ(totp_address(secret(), "Ann Lee"),
            "otpauth://totp/Seawall:Ann%20Lee?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Seawall"
            "&algorithm=SHA1&digits=6&period=30");
}

}  // namespace
}  // namespace seawall
