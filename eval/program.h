#pragma once

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

namespace seawall::eval {

/// The command line of an evaluation: options as text; a missing one is empty.
using Options = std::map<std::string, std::string>;

/// False: a word that is no option, one without its value, or --help.
inline bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--json") {
      options[name] = "yes";
    } else if (name.rfind("--", 0) == 0 && name != "--help" && i + 1 < argc) {
      options[name] = argv[++i];
    } else {
      return false;
    }
  }
  return true;
}

inline int number(const Options& options, const std::string& name, int otherwise) {
  const auto found = options.find(name);
  return found == options.end() ? otherwise : std::atoi(found->second.c_str());
}

inline std::string text(const Options& options, const std::string& name) {
  const auto found = options.find(name);
  return found == options.end() ? std::string() : found->second;
}

inline void write(const std::string& path, const std::string& content) {
  if (!path.empty()) std::ofstream(path) << content;
}

/// Prints the evaluation, writes the files that were asked for, holds it against the baseline. Returns the
/// exit code: 1 on a shortfall.
template <class AnyEvaluation>
int report(const Options& options, const AnyEvaluation& evaluation) {
  std::fputs((options.contains("--json") ? to_ndjson(evaluation) : to_markdown(evaluation)).c_str(), stdout);
  write(text(options, "--markdown"), to_markdown(evaluation));
  write(text(options, "--svg"), to_svg(evaluation));
  write(text(options, "--write-baseline"), to_baseline(evaluation));
  const std::string baseline = text(options, "--check");
  if (baseline.empty()) return 0;
  const std::string missing = shortfalls(evaluation, baseline);
  std::fputs(missing.c_str(), stderr);
  return missing.empty() ? 0 : 1;
}

}  // namespace seawall::eval
