#include "seawall/statement/log_entry.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "seawall/base/base64.h"
#include "seawall/crypto/constant_time.h"
#include "seawall/model/time_text.h"
#include "seawall/statement/canonical_json.h"
#include "seawall/statement/commitment.h"
#include "seawall/statement/members.h"

namespace seawall {
namespace {

struct KindName {
  LogKind kind;
  std::string_view name;
};
constexpr std::array<KindName, 20> kKinds{{{LogKind::kListChange, "list-change"},
                                           {LogKind::kApproval, "approval"},
                                           {LogKind::kRelease, "release"},
                                           {LogKind::kObservationLookup, "observation-lookup"},
                                           {LogKind::kDisclosure, "disclosure"},
                                           {LogKind::kExport, "export"},
                                           {LogKind::kRoleChange, "role-change"},
                                           {LogKind::kKeyChange, "key-change"},
                                           {LogKind::kOrder, "order"},
                                           {LogKind::kOrderOpening, "order-opening"},
                                           {LogKind::kOrderExtension, "order-extension"},
                                           {LogKind::kRetention, "retention"},
                                           {LogKind::kDestruction, "destruction"},
                                           {LogKind::kError, "error"},
                                           {LogKind::kRecommendation, "recommendation"},
                                           {LogKind::kCanary, "canary"},
                                           {LogKind::kLimit, "limit"},
                                           {LogKind::kLogStart, "log-start"},
                                           {LogKind::kDraw, "draw"},
                                           {LogKind::kDrawAnswer, "draw-answer"}}};

constexpr auto kKindList = [] {
  std::array<LogKind, kKinds.size()> kinds{};
  std::ranges::transform(kKinds, kinds.begin(), &KindName::kind);
  return kinds;
}();

std::string_view view_of(const Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

Result<Sha256> digest_from(std::string_view base64) {
  SEAWALL_TRY(const std::string bytes, from_base64(base64));
  Sha256 digest;
  if (bytes.size() != digest.size()) return fail(Code::kInvalidInput, "a commitment has 32 bytes");
  std::ranges::copy(std::as_bytes(std::span(bytes)), digest.begin());
  return digest;
}

/// Takes pieces off the front of a text.
class Pieces {
 public:
  explicit Pieces(std::string_view text) : left_(text) {}

  bool take(std::string_view words) {
    if (!left_.starts_with(words)) return false;
    left_.remove_prefix(words.size());
    return true;
  }
  std::string_view before(std::string_view mark) {
    const std::string_view piece = left_.substr(0, left_.find(mark));
    left_.remove_prefix(piece.size());
    return piece;
  }
  std::optional<std::uint64_t> number(std::uint64_t min) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(left_.data(), left_.data() + left_.size(), value);
    if (error != std::errc() || value < min || value > kLogCountMax) return std::nullopt;
    left_.remove_prefix(static_cast<std::size_t>(end - left_.data()));
    return value;
  }
  std::optional<Time> time() {
    const auto time = time_of_seconds(before("\""));
    return time ? std::optional(*time) : std::nullopt;
  }

 private:
  std::string_view left_;
};

// Where a text is as to_text() writes it, by far the most common case, it need not become a tree of JSON
// first: the other way costs three times as much.
std::optional<LogEntry> read_as_written(std::string_view text) {
  Pieces pieces(text);
  LogEntry entry;
  if (text.size() > kLogEntryBytesMax || !pieces.take(R"({"at":")")) return std::nullopt;
  const auto at = pieces.time();
  if (!at || !pieces.take(R"(","c":")")) return std::nullopt;
  const auto commitment = digest_from(pieces.before("\""));
  if (!commitment) return std::nullopt;
  if (pieces.take(R"(","due":")") && !(entry.due = pieces.time())) return std::nullopt;
  if (!pieces.take(R"(","k":")")) return std::nullopt;
  const auto kind = log_kind_named(pieces.before("\""));
  if (!kind || !pieces.take(R"(","n":)")) return std::nullopt;
  const auto count = pieces.number(1);
  if (!count || (pieces.take(R"(,"ref":)") && !(entry.ref = pieces.number(0)))) return std::nullopt;
  entry.at = *at;
  entry.commitment = *commitment;
  entry.kind = *kind;
  entry.count = *count;
  return to_text(entry) == text ? std::optional(entry) : std::nullopt;
}

}  // namespace

std::span<const LogKind> all_log_kinds() { return kKindList; }

std::string_view name_of(LogKind kind) { return std::ranges::find(kKinds, kind, &KindName::kind)->name; }

std::optional<LogKind> log_kind_named(std::string_view name) {
  const auto found = std::ranges::find(kKinds, name, &KindName::name);
  return found == kKinds.end() ? std::nullopt : std::optional(found->kind);
}

std::string to_text(const LogEntry& entry) {
  std::string text =
      R"({"at":")" + second_text(entry.at) + R"(","c":")" + to_base64(view_of(entry.commitment)) + '"';
  if (entry.due) text += R"(,"due":")" + second_text(*entry.due) + '"';
  text += R"(,"k":")" + std::string(name_of(entry.kind)) + R"(","n":)" + std::to_string(entry.count);
  if (entry.ref) text += R"(,"ref":)" + std::to_string(*entry.ref);
  return text + R"(,"v":1})";
}

Result<LogEntry> log_entry_from_text(std::string_view text) {
  if (const auto entry = read_as_written(text)) return *entry;
  SEAWALL_TRY(const Json json, read_canonical_json(text, kLogEntryBytesMax));
  Members members(json);
  LogEntry entry;
  entry.at = members.time("at");
  const std::string commitment = members.text("c", 64);
  entry.due = members.optional_time("due");
  const auto kind = log_kind_named(members.text("k", 32));
  entry.count = members.number("n", 1, kLogCountMax);
  entry.ref = members.optional_number("ref", 0, kLogCountMax);
  members.number("v", 1, 1);
  SEAWALL_CHECK(members.done("a log entry"));
  if (!kind) return fail(Code::kInvalidInput, "a log entry of a kind that this version has not");
  entry.kind = *kind;
  SEAWALL_TRY(entry.commitment, digest_from(commitment));
  // One text for each entry: an unpadded digest would be a second one.
  if (to_text(entry) != text) return fail(Code::kInvalidInput, "a log entry that is not in its one form");
  return entry;
}

bool opens(const LogEntry& entry, std::span<const std::byte> salt, std::string_view record) {
  CommitmentSalt whole;
  if (salt.size() != whole.size()) return false;
  std::ranges::copy(salt, whole.begin());
  return equal_in_constant_time(entry.commitment, commitment_of(name_of(entry.kind), whole, record));
}

}  // namespace seawall
