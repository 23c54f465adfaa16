#include "seawall/metrics/metrics_text.h"

#include <array>
#include <charconv>

namespace seawall {

void MetricsText::family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  out_.append("# HELP ").append(name).append(" ").append(help).append("\n");
  out_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

void MetricsText::begin_sample(std::string_view suffix, Labels labels) {
  out_.append(name_).append(suffix);
  char before = '{';
  for (const auto& [name, value] : labels) {
    out_ += before;
    before = ',';
    out_.append(name).append("=\"");
    for (const char c : value) {
      if (c == '"' || c == '\\') out_ += '\\';
      if (c == '\n') {
        out_ += "\\n";
      } else {
        out_ += c;
      }
    }
    out_ += '"';
  }
  if (before == ',') out_ += '}';
  out_ += ' ';
}

void MetricsText::sample_of(std::string_view suffix, Labels labels, double value) {
  begin_sample(suffix, labels);
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out_.append(digits.data(), end);
  out_ += '\n';
}

void MetricsText::whole_of(std::string_view suffix, Labels labels, std::uint64_t value) {
  begin_sample(suffix, labels);
  out_ += std::to_string(value);
  out_ += '\n';
}

}  // namespace seawall
