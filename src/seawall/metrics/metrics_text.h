#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace seawall {

/// Writes Prometheus's text format 0.0.4. Labels' values are the program's own words: never anything listed,
/// a place, an account or an address. Threads: one.
class MetricsText {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  /// Begins a family; its samples follow. `type`: "counter", "gauge", "histogram".
  void family(std::string_view name, std::string_view type, std::string_view help);
  void sample(Labels labels, double value) { sample_of("", labels, value); }
  void sample(Labels labels, std::uint64_t value) { whole_of("", labels, value); }
  /// The same with a suffix of the family's name: "_bucket", "_sum", "_count".
  void sample_of(std::string_view suffix, Labels labels, double value);
  void whole_of(std::string_view suffix, Labels labels, std::uint64_t value);

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void begin_sample(std::string_view suffix, Labels labels);

  std::string out_;
  std::string name_;
};

}  // namespace seawall
