#include "seawall/audit/audit_state.h"

#include <algorithm>

#include "seawall/base/base64.h"
#include "seawall/base/hex.h"
#include "seawall/crypto/sha256.h"
#include "seawall/statement/canonical_json.h"
#include "seawall/statement/members.h"
#include "seawall/tlog/note.h"

namespace seawall {
namespace {

constexpr std::uint64_t kCountMax = kLogCountMax;
constexpr std::size_t kOriginBytesMax = 4096;
constexpr std::array kCounted{FindingKind::kNotAnEntry, FindingKind::kTimeRunsBack, FindingKind::kTimeAhead,
                              FindingKind::kStrayRef};

auto corrupt() {
  return fail(Code::kCorrupt, "the state of the audit is damaged: take an older copy, or begin anew without");
}

Json json_of(const EntryTally& tally) {
  Json found = Json::object();
  for (const auto& [kind, count] : tally.found) found[std::string(name_of(kind))] = count;
  Json open = Json::array();
  for (const auto& [index, promise] : tally.open) {
    Json one;
    one["due"] = second_text(promise.due);
    one["i"] = index;
    one["k"] = name_of(promise.kind);
    open.push_back(std::move(one));
  }
  Json json;
  json["found"] = std::move(found);
  json["latest"] = second_text(tally.latest);
  json["open"] = std::move(open);
  return json;
}

void read_found(const Json& json, EntryTally& tally, Members& outer) {
  Members members(json);
  for (const FindingKind kind : kCounted) {
    const auto count = members.optional_number(name_of(kind), 1, kCountMax);
    if (count) tally.found[kind] = *count;
  }
  if (!members.done("found")) outer.refuse("member found is not as it should be");
}

void read_open(const Json& json, EntryTally& tally, Members& outer) {
  for (const Json& one : json) {
    Members members(one);
    const Time due = members.time("due");
    const std::uint64_t index = members.number("i", 0, kCountMax);
    const auto kind = log_kind_named(members.text("k", 32));
    const bool comes_last = tally.open.empty() || tally.open.rbegin()->first < index;
    if (!members.done("open") || !kind || !comes_last)
      return outer.refuse("member open is not as it should be");
    tally.open.emplace(index, OpenPromise{*kind, due});
  }
}

Result<EntryTally> tally_from(const Json& json) {
  EntryTally tally;
  Members members(json);
  read_found(members.object("found"), tally, members);
  tally.latest = members.time("latest");
  read_open(members.array("open", EntryTally::kOpenMax), tally, members);
  SEAWALL_CHECK(members.done("tally"));
  return tally;
}

bool read_root(std::string_view text, tlog::Hash& root) {
  return from_hex(text, root) && to_hex(root) == text;
}

Result<AuditState> state_from(const Json& json) {
  AuditState state;
  Members members(json);
  state.checkpoint = members.optional_text("checkpoint", tlog::kNoteBytesMax).value_or("");
  state.origin = members.text("origin", kOriginBytesMax);
  const std::string root = members.text("root", 64);
  state.checked.size = members.number("size", 0, kCountMax);
  SEAWALL_TRY(state.tally, tally_from(members.object("tally")));
  members.number("v", 1, 1);
  SEAWALL_CHECK(members.done("state"));
  if (!read_root(root, state.checked.root)) return corrupt();
  return state;
}

Result<std::string> read_file(durable::FileSystem& files, const std::string& name) {
  SEAWALL_TRY(const auto file, files.open_read(name));
  if (file->size_bytes() > kAuditStateBytesMax) return corrupt();
  std::string bytes(file->size_bytes(), '\0');
  SEAWALL_CHECK(file->read(0, std::as_writable_bytes(std::span(bytes))));
  return bytes;
}

}  // namespace

Result<std::string> to_text(const AuditState& state) {
  Json json;
  if (!state.checkpoint.empty()) json["checkpoint"] = state.checkpoint;
  json["origin"] = state.origin;
  json["root"] = to_hex(state.checked.root);
  json["size"] = state.checked.size;
  json["tally"] = json_of(state.tally);
  json["v"] = 1;
  SEAWALL_TRY(std::string line, canonical_json(json));
  line += '\n';
  return to_hex(sha256_of(line)) + "\n" + line;
}

Result<AuditState> audit_state_from_text(std::string_view text) {
  const std::size_t end = text.find('\n');
  if (end == text.npos || text.size() > kAuditStateBytesMax || !text.ends_with('\n')) return corrupt();
  const std::string_view line = text.substr(end + 1);
  if (line.empty() || text.substr(0, end) != to_hex(sha256_of(line))) return corrupt();
  const auto json = read_canonical_json(line.substr(0, line.size() - 1), kAuditStateBytesMax);
  if (!json) return corrupt();
  auto state = state_from(*json);
  if (!state) return corrupt();
  return *std::move(state);
}

Result<std::optional<AuditState>> load_audit_state(durable::FileSystem& files, const std::string& name,
                                                   const std::string& origin) {
  const auto text = read_file(files, name);
  if (!text && text.error().code == Code::kNotFound) return std::nullopt;
  if (!text) return tl::unexpected(text.error());
  SEAWALL_TRY(AuditState state, audit_state_from_text(*text));
  if (state.origin != origin)
    return fail(Code::kInvalidInput, "the state is that of an audit of another log: " + state.origin);
  return state;
}

Result<void> save_audit_state(durable::FileSystem& files, const std::string& name, const AuditState& state) {
  SEAWALL_TRY(const std::string text, to_text(state));
  return durable::replace_file(files, name + ".new", name, std::as_bytes(std::span(text)));
}

}  // namespace seawall
