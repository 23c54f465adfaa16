#include "seawall/lists/detail/import_checkpoint.h"

#include <array>
#include <charconv>
#include <limits>

namespace seawall::lists_detail {
namespace {

constexpr std::uint64_t kEdition = 1;
constexpr std::size_t kFields = 10;
constexpr std::uint64_t kId32Max = std::numeric_limits<std::uint32_t>::max();

using Fields = std::array<std::uint64_t, kFields>;

Fields fields_of(const ImportCheckpoint& c) {
  return {kEdition,
          static_cast<std::uint32_t>(c.bank),
          static_cast<std::uint32_t>(c.source),
          c.account,
          c.snapshot ? 1U : 0U,
          c.withdrawing ? 1U : 0U,
          c.records,
          c.input.a,
          c.input.b,
          static_cast<std::uint64_t>(c.after)};
}

bool read_fields(std::string_view text, Fields& fields) {
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::size_t i = 0; i < kFields; ++i) {
    if (i > 0 && (at == end || *at++ != ' ')) return false;
    const auto [next, error] = std::from_chars(at, end, fields[i]);
    if (error != std::errc()) return false;
    at = next;
  }
  return at == end;
}

}  // namespace

std::string to_text(const ImportCheckpoint& checkpoint) {
  std::string text;
  for (const std::uint64_t field : fields_of(checkpoint)) {
    if (!text.empty()) text.push_back(' ');
    text.append(std::to_string(field));
  }
  return text;
}

Result<ImportCheckpoint> import_checkpoint_from_text(std::string_view text) {
  Fields f{};
  const bool read = read_fields(text, f);
  ImportCheckpoint checkpoint{BankId{static_cast<std::uint32_t>(f[1])},
                              SourceId{static_cast<std::uint32_t>(f[2])},
                              f[3],
                              f[4] == 1,
                              f[5] == 1,
                              f[6],
                              {f[7], f[8]},
                              EntryId{f[9]}};
  if (!read || f[0] != kEdition || f[1] > kId32Max || f[2] > kId32Max || to_text(checkpoint) != text) {
    return fail(Code::kCorrupt, "the place of this load is not one that an import wrote; discard the load");
  }
  return checkpoint;
}

}  // namespace seawall::lists_detail
