#include "seawall/doctor/machine_checks.h"

#include <sys/timex.h>

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "seawall/http/server.h"

namespace seawall {
namespace {

constexpr std::uint64_t kFilesBesidesConnections = 1'024;

Result<std::string> text_of(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) return fail(Code::kUnavailable, "cannot read " + path);
  return text.str();
}

/// The fifth column from the line that begins with `name`: "Max locked memory  8388608  8388608  bytes".
Result<std::optional<std::uint64_t>> hard_limit(std::string_view text, std::string_view name) {
  const auto at = text.find(name);
  if (at == std::string_view::npos || (at != 0 && text[at - 1] != '\n')) {
    return fail(Code::kCorrupt, "the list of limits has no line of " + std::string(name));
  }
  const auto line = text.substr(at + name.size(), text.substr(at + name.size()).find('\n'));
  std::istringstream words{std::string(line)};
  std::string soft, hard;
  words >> soft >> hard;
  if (hard == "unlimited") return std::optional<std::uint64_t>();
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(hard.data(), hard.data() + hard.size(), number);
  if (hard.empty() || error != std::errc{} || end != hard.data() + hard.size()) {
    return fail(Code::kCorrupt, "the list of limits has no number for " + std::string(name));
  }
  return std::optional<std::uint64_t>(number);
}

std::string mebibytes(std::uint64_t bytes) { return std::to_string(bytes >> 20U) + " MiB"; }

Finding locked_memory(const ProcessLimits& limits, std::uint64_t body_bytes_max) {
  constexpr std::string_view kCheck = "limit-memlock";
  if (!limits.locked_bytes) return good(kCheck, "memory may be locked without limit");
  if (*limits.locked_bytes >= body_bytes_max) {
    return good(kCheck, mebibytes(*limits.locked_bytes) + " of memory may be locked");
  }
  return warn(kCheck,
              "only " + mebibytes(*limits.locked_bytes) + " of memory may be locked, and uploads may take " +
                  mebibytes(body_bytes_max) + " together: the rest can be swapped out",
              "set LimitMEMLOCK=" + std::to_string((body_bytes_max >> 20U) + 64) +
                  "M in the unit (ulimit -l in a shell), or switch swap off");
}

Finding open_files(const ProcessLimits& limits) {
  constexpr std::string_view kCheck = "limit-nofile";
  const std::uint64_t wanted = HttpServerOptions{}.connections_max + kFilesBesidesConnections;
  if (!limits.open_files) return good(kCheck, "files may be opened without limit");
  if (*limits.open_files >= wanted) {
    return good(kCheck, std::to_string(*limits.open_files) + " files may be open");
  }
  return warn(kCheck,
              "only " + std::to_string(*limits.open_files) +
                  " files may be open; all connections that the "
                  "service takes need " +
                  std::to_string(wanted),
              "set LimitNOFILE=" + std::to_string(wanted) + " or more in the unit (ulimit -n in a shell)");
}

Finding core_dumps(const ProcessLimits& limits) {
  constexpr std::string_view kCheck = "limit-core";
  if (limits.core_bytes && *limits.core_bytes == 0) return good(kCheck, "core dumps are off");
  return good(kCheck, "core dumps are allowed here; seawall serve switches its own off");
}

}  // namespace

Result<ProcessLimits> limits_from_text(std::string_view text) {
  ProcessLimits limits;
  SEAWALL_TRY(limits.locked_bytes, hard_limit(text, "Max locked memory"));
  SEAWALL_TRY(limits.open_files, hard_limit(text, "Max open files"));
  SEAWALL_TRY(limits.core_bytes, hard_limit(text, "Max core file size"));
  return limits;
}

Findings check_limits(int pid, std::uint64_t body_bytes_max) {
  const std::string who = pid == 0 ? "self" : std::to_string(pid);
  const auto text = text_of("/proc/" + who + "/limits");
  if (!text) return {bad("limits", text.error(), "name the process that runs with --pid")};
  const auto limits = limits_from_text(*text);
  if (!limits) return {bad("limits", limits.error())};
  return {locked_memory(*limits, body_bytes_max), open_files(*limits), core_dumps(*limits)};
}

bool swaps_in_text(std::string_view text) {
  const auto heading = text.find('\n');
  return heading != std::string_view::npos && text.substr(heading + 1).find('/') != std::string_view::npos;
}

Finding check_swap() {
  constexpr std::string_view kCheck = "swap";
  const auto text = text_of("/proc/swaps");
  if (!text) return warn(kCheck, text.error().message, "see by `swapon --show` that there is no swap");
  if (!swaps_in_text(*text)) return good(kCheck, "there is no swap");
  return warn(kCheck, "there is swap: pixels of uploads could be written to it",
              "set MemorySwapMax=0 in the unit, or switch swap off, or encrypt it with a key of this boot");
}

Finding check_time_sync() {
  constexpr std::string_view kCheck = "time-sync";
  timex state{};
  const int clock = ::adjtimex(&state);
  if (clock < 0) {
    return warn(kCheck, "the kernel does not say whether its clock is kept right",
                "see with timedatectl that the clock is synchronised");
  }
  if (clock != TIME_ERROR && (state.status & STA_UNSYNC) == 0)
    return good(kCheck, "the clock is synchronised");
  return warn(
      kCheck, "nobody keeps the clock of this machine right",
      "run a time service (systemd-timesyncd, chrony): expiries, webhooks and second factors need it");
}

}  // namespace seawall
