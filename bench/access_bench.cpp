// What it costs to let somebody in: a key's text, its look-up in memory, its rate, a password's hash.
#include <cstdio>
#include <cstring>
#include <functional>

#include "figure.h"
#include "seawall/access/hash_gate.h"
#include "seawall/access/key_text.h"
#include "seawall/access/rate_limiter.h"
#include "seawall/base/system_clock.h"

namespace seawall::bench {
namespace {

/// Seconds of CPU for one call: the median of nine rounds.
double seconds_each(int calls, const std::function<void(int)>& call) {
  std::vector<double> rounds;
  for (int round = 0; round < 9; ++round) {
    const double begin = cpu_seconds();
    for (int i = 0; i < calls; ++i) call(i);
    rounds.push_back((cpu_seconds() - begin) / calls);
  }
  return median(rounds);
}

void report(const char* name, double value, const char* unit, bool json) {
  Figure figure;
  figure.name = name;
  figure.ours = value;
  figure.unit = unit;
  print(figure, json);
}

int run(bool json) {
  const SystemClock clock;
  RateLimiter limiter(clock);
  std::vector<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.push_back("id" + std::to_string(i));
  int allowed = 0;
  const double rate_s = seconds_each(200'000, [&](int i) {
    allowed +=
        limiter.take(ids[static_cast<std::size_t>(i) % ids.size()], {10'000'000, 1}, 1).allowed ? 1 : 0;
  });
  report("rate of a key, 1000 keys", rate_s * 1e9, "ns/call", json);
  auto secret = KeyText::new_secret();
  if (!secret || allowed == 0) return 1;
  const Secret text = KeyText("abcdefghij234567", *secret).text();
  int good = 0;
  const double read_s = seconds_each(20'000, [&](int) {
    KeyText read;
    good += read.read(text.reveal()) == KeyTextFault::kNone && read.digest()[0] != std::byte{0} ? 1 : 0;
  });
  report("a key's text, checked and digested", read_s * 1e9, "ns/call", json);
  HashGate gate{HashLimits{}};
  const double hash_s = seconds_each(1, [&](int) {
    const auto hash = gate.hash("correct horse battery staple");
    good += hash && *hash ? 1 : 0;
  });
  report("argon2id, 64 MiB, 3 passes", hash_s * 1e3, "ms/hash", json);
  return 0;
}

}  // namespace
}  // namespace seawall::bench

int main(int argc, char** argv) {
  return seawall::bench::run(argc > 1 && std::strcmp(argv[1], "--json") == 0);
}
