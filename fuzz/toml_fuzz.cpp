// Property: any bytes are read as a configuration file without a crash; an error says the file and is short.
#include <cstdint>
#include <cstdlib>

#include "seawall/toml/toml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto read = seawall::TomlDocument::from_text({reinterpret_cast<const char*>(data), size}, "s.toml");
  if (!read) {
    if (!read.error().message.starts_with("s.toml:") || read.error().message.size() > 300) std::abort();
    return 0;
  }
  auto tables = read->tables("subscription");
  if (!tables) return 0;
  for (auto& table : *tables) {
    (void)table.text("name").has_value();
    (void)table.number("interval_s", 1, 9).has_value();
    (void)table.boolean("snapshot").has_value();
    (void)table.texts("proxies", 2).has_value();
    (void)table.finish().has_value();
  }
  return 0;
}
