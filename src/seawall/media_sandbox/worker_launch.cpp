#include "seawall/media_sandbox/detail/worker_launch.h"

#include <charconv>
#include <cstdio>
#include <string_view>

#include "seawall/media_sandbox/detail/confinement.h"
#include "seawall/media_sandbox/detail/worker_channel.h"

namespace seawall::media_sandbox {
namespace {

constexpr std::string_view kMark = "--worker";

template <class Integer>
bool read(std::string_view text, Integer& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

std::array<std::string, 4> arguments_of(const LaunchFacts& facts) {
  return {std::string(kMark), std::to_string(facts.parent_pid), std::to_string(facts.memory_bytes_max),
          facts.wipe ? "1" : "0"};
}

std::optional<LaunchFacts> parse_launch(int argc, const char* const* argv) {
  LaunchFacts facts;
  int wipe = 0;
  const bool valid = argc == 5 && argv[1] == kMark && read(argv[2], facts.parent_pid) &&
                     read(argv[3], facts.memory_bytes_max) && read(argv[4], wipe) && (wipe == 0 || wipe == 1);
  if (!valid) return std::nullopt;
  facts.wipe = wipe == 1;
  return facts;
}

int run_worker(int argc, char** argv, const char* what_it_is,
               FunctionRef<Result<void>(const LaunchFacts&)> serve) {
  const auto facts = parse_launch(argc, argv);
  if (!facts) {
    (void)std::fputs(what_it_is, stderr);
    return 2;
  }
  if (!renounce_privileges(facts->parent_pid, kDescriptorsOfWorker)) return 1;
  try {
    (void)serve(*facts);
  } catch (const PoolGone&) {
    return 0;
  }
  return 1;
}

}  // namespace seawall::media_sandbox
