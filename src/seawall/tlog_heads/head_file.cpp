#include "seawall/tlog_heads/detail/head_file.h"

#include <array>
#include <charconv>

#include "seawall/base/hex.h"
#include "seawall/crypto/sha256.h"

namespace seawall::heads_detail {
namespace {

auto corrupt() {
  return fail(Code::kCorrupt, "a kept head of a log is damaged: restore it from a copy that is no older");
}

/// The next line, without its end; nothing left behind if there is none.
std::string_view take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

Result<std::uint64_t> size_of(std::string_view text) {
  std::uint64_t size = 0;
  const auto error = std::from_chars(text.data(), text.data() + text.size(), size).ec;
  if (error != std::errc{} || text != std::to_string(size)) return corrupt();
  return size;
}

}  // namespace

std::string print_head_file(std::string_view origin, const KeptHead& head) {
  const std::string rest = std::string(origin) + '\n' + std::to_string(head.tree.size) + '\n' +
                           to_hex(head.tree.root) + "\n\n" + head.text;
  return to_hex(sha256_of(rest)) + '\n' + rest;
}

Result<KeptHead> parse_head_file(std::string_view bytes, std::string_view origin) {
  const std::string_view digest = take_line(bytes);
  if (digest != to_hex(sha256_of(bytes)) || take_line(bytes) != origin) return corrupt();
  KeptHead head;
  SEAWALL_TRY(head.tree.size, size_of(take_line(bytes)));
  const std::string_view root = take_line(bytes);
  if (!from_hex(root, head.tree.root) || to_hex(head.tree.root) != root) return corrupt();
  if (!bytes.starts_with('\n')) return corrupt();
  bytes.remove_prefix(1);
  head.text = bytes;
  return head;
}

}  // namespace seawall::heads_detail
