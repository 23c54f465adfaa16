#pragma once

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace seawall::bench {

/// CPU seconds of this thread so far: unlike wall time it does not count the neighbours on a shared machine.
inline double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

inline double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// One measured figure. `ratio` is how many times better ours is than the peer's (above 1: ours is better), 0
/// when there is no peer; `goal` says in words what was asked, and is empty where nothing was.
struct Figure {
  std::string name;
  double ours = 0;
  double peer = 0;  ///< 0: absent.
  double ratio = 0;
  std::string unit;
  std::string goal;
  bool met = true;
};

/// One NDJSON line, or one row of a table. `name`, `unit` and `goal` are plain ASCII without quotes.
inline void print(const Figure& f, bool json) {
  if (json) {
    std::printf(R"({"name":"%s","ours":%.6g,)", f.name.c_str(), f.ours);
    if (f.peer > 0)
      std::printf(R"("peer":%.6g,"ratio":%.4g,)", f.peer, f.ratio);
    else
      std::printf(R"("peer":null,"ratio":null,)");
    std::printf(R"("unit":"%s",)", f.unit.c_str());
    if (f.goal.empty())
      std::printf("\"goal\":null,\"met\":null}\n");
    else
      std::printf("\"goal\":\"%s\",\"met\":%s}\n", f.goal.c_str(), f.met ? "true" : "false");
  } else {
    char peer[32] = "-";
    char ratio[32] = "-";
    if (f.peer > 0) {
      std::snprintf(peer, sizeof peer, "%.4g", f.peer);
      std::snprintf(ratio, sizeof ratio, "%.1fx", f.ratio);
    }
    std::printf("%-58s %12.4g %12s %9s  %-10s %s%s\n", f.name.c_str(), f.ours, peer, ratio, f.unit.c_str(),
                f.goal.c_str(),
                f.goal.empty() ? ""
                : f.met        ? "  met"
                               : "  NOT MET");
  }
  std::fflush(stdout);
}

}  // namespace seawall::bench
