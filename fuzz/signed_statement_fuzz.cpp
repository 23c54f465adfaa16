// Property: any bytes are read as a signed statement, or as strict JSON, or refused without a crash; a
// statement is written back as the same bytes and joins itself without a change, and JSON has a canonical
// form that is its own.
#include <cstdint>
#include <cstdlib>

#include "seawall/statement/canonical_json.h"
#include "seawall/statement/signed_statement.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto value = seawall::read_strict_json(text, 4096)) {
    const auto once = seawall::canonical_json(*value);
    if (!once || !seawall::read_canonical_json(*once, 1 << 16)) std::abort();
  }
  auto statement = seawall::SignedStatement::from_text(text);
  if (!statement) return 0;
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (statement->to_text() != std::string(text) + "\n") std::abort();
  const auto before = statement->signatures();
  if (!statement->join(*statement) || statement->signatures() != before) std::abort();
  return 0;
}
