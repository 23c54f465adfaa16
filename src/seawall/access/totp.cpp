#include "seawall/access/totp.h"

#include <algorithm>
#include <array>

#include "seawall/access/detail/base32.h"
#include "seawall/crypto/constant_time.h"
#include "seawall/crypto/hmac.h"

namespace seawall {

std::string hotp_code(std::span<const std::byte> secret, std::uint64_t counter, int digits) {
  std::array<std::byte, 8> message;
  for (unsigned i = 0; i < 8; ++i) message[i] = static_cast<std::byte>((counter >> (56U - 8U * i)) & 255U);
  const Sha1 mac = hmac_sha1(secret, message);
  const auto at = static_cast<std::size_t>(mac[19] & std::byte{15});
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = (number << 8U) | static_cast<std::uint32_t>(mac[at + i]);
  number &= 0x7fffffffU;
  std::string code(static_cast<std::size_t>(digits), '0');
  for (auto digit = code.rbegin(); digit != code.rend(); ++digit, number /= 10) {
    *digit = static_cast<char>('0' + number % 10);
  }
  return code;
}

std::int64_t totp_step_of(Time time) {
  const std::int64_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  return std::max<std::int64_t>(seconds, 0) / kTotpStepSeconds;
}

std::optional<std::int64_t> totp_step_of_code(std::span<const std::byte> secret, std::string_view code,
                                              Time now) {
  const std::int64_t middle = totp_step_of(now);
  std::optional<std::int64_t> found;
  for (std::int64_t step = std::max<std::int64_t>(middle - 1, 0); step <= middle + 1; ++step) {
    if (equal_in_constant_time(hotp_code(secret, static_cast<std::uint64_t>(step)), code)) found = step;
  }
  return found;
}

std::string totp_address(std::span<const std::byte> secret, std::string_view account) {
  std::string text = access_detail::to_base32(secret);
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
  std::string label;
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : account) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const auto byte = static_cast<unsigned char>(c);
    if (plain) {
      label.push_back(c);
    } else {
      label.append({'%', kHex[byte >> 4U], kHex[byte & 15U]});
    }
  }
  return "otpauth://totp/Seawall:" + label + "?secret=" + text +
         "&issuer=Seawall&algorithm=SHA1&digits=6&period=30";
}

}  // namespace seawall
