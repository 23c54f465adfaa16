#pragma once

#include <array>
#include <random>
#include <string_view>

#include "seawall/base/clock.h"
#include "seawall/base/random_source.h"

namespace seawall::test {

class TestClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::sys_time<std::chrono::milliseconds> now() const override { return now_; }
  void set(std::chrono::sys_time<std::chrono::milliseconds> now) { now_ = now; }

 private:
  std::chrono::sys_time<std::chrono::milliseconds> now_{std::chrono::sys_days(
      std::chrono::year_month_day(std::chrono::year(2026), std::chrono::month(11), std::chrono::day(21)))};
};

class SeededRandom final : public RandomSource {
 public:
  explicit SeededRandom(std::uint64_t seed = 20261121) : engine_(seed) {}
  std::uint64_t next() override { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

/// What the stand-in server accepts. The word "sesame" is in each of them: a test looks for it where no
/// secret may be.
inline constexpr std::array<std::string_view, 6> kCredentialNames = {
    "user", "password", "token", "access_token", "functions_key", "subscription_key"};
inline constexpr const char* kCredentials =
    "user=seawall\npassword=open-sesame-4711\ntoken=token-sesame-4712\naccess_token=token-sesame-4712\n"
    "functions_key=functions-sesame-4713\nsubscription_key=subscription-sesame-4714\n";

}  // namespace seawall::test
