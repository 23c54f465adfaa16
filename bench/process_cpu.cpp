#include "process_cpu.h"

#include <time.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

namespace seawall::bench {
namespace {

struct Process {
  long parent = 0;
  double cpu_s = 0;
};

/// Fields 4 and 14 to 17 of /proc/PID/stat. Source: proc(5).
Process read_process(const std::filesystem::path& folder) {
  std::ifstream file(folder / "stat");
  std::string line;
  std::getline(file, line);
  const auto end_of_name = line.rfind(')');
  if (end_of_name == std::string::npos) return {};
  std::istringstream fields(line.substr(end_of_name + 1));
  std::string field;
  Process process;
  fields >> field >> process.parent;
  for (int i = 5; i <= 13; ++i) fields >> field;
  double ticks = 0;
  for (int i = 14; i <= 17; ++i) {
    double one = 0;
    fields >> one;
    ticks += one;
  }
  process.cpu_s = ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
  return process;
}

bool descends(const std::map<long, Process>& all, long id, long from) {
  for (int depth = 0; depth < 16; ++depth) {
    const auto found = all.find(id);
    if (found == all.end()) return false;
    id = found->second.parent;
    if (id == from) return true;
  }
  return false;
}

}  // namespace

double family_cpu_seconds() {
  timespec own{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own);
  double total = static_cast<double>(own.tv_sec) + 1e-9 * static_cast<double>(own.tv_nsec);
  std::map<long, Process> all;
  std::error_code gone;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", gone)) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") == std::string::npos) {
      all[std::stol(name)] = read_process(entry.path());
    }
  }
  for (const auto& [id, process] : all) {
    if (descends(all, id, ::getpid())) total += process.cpu_s;
  }
  return total;
}

}  // namespace seawall::bench
