#include "seawall/cli/audit_session.h"

#include <filesystem>

#include "seawall/base/base64.h"
#include "seawall/base/hex.h"
#include "seawall/cli/input_file.h"
#include "seawall/crypto/sha256.h"
#include "seawall/durable_file/posix_file_system.h"
#include "seawall/net/url.h"
#include "seawall/report/html_text.h"
#include "seawall/statement/members.h"

namespace seawall::cli {
namespace {

constexpr std::chrono::milliseconds kLookEvery{50};
constexpr std::uint64_t kSecondsMax = 253'402'300'799;  // The end of the year 9999.

std::string base64_of(const tlog::Hash& hash) {
  return to_base64({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

std::string time_of(std::uint64_t seconds) {
  return second_text(Time(std::chrono::seconds(static_cast<std::int64_t>(std::min(seconds, kSecondsMax)))));
}

std::filesystem::path folder_of(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  return folder.empty() ? std::filesystem::path(".") : folder;
}

bool is_url(std::string_view place) { return place.starts_with("http://") || place.starts_with("https://"); }

void print_finding(Console& console, const Finding& finding) {
  if (!console.json()) return console.print(std::string(name_of(finding.kind)) + ": " + finding.what + "\n");
  Json json;
  json["finding"] = name_of(finding.kind);
  json["index"] = finding.index;
  json["what"] = finding.what;
  console.print(to_line(json) + "\n");
}

std::string bar(std::uint64_t done, std::uint64_t all) {
  constexpr std::size_t kWidth = 30;
  const auto filled = static_cast<std::size_t>(static_cast<double>(done) / static_cast<double>(all) * kWidth);
  return "[" + std::string(filled, '#') + std::string(kWidth - filled, '.') + "]";
}

}  // namespace

Result<AuditKeys> audit_keys_of(const Arguments& arguments) {
  std::optional<std::size_t> quorum;
  if (const auto given = arguments.integer("--quorum")) quorum = static_cast<std::size_t>(*given);
  SEAWALL_TRY(AuditKeys keys, audit_keys_from(arguments.all("--log"), arguments.all("--witness"),
                                              arguments.text("--origin"), quorum));
  if (const auto age = arguments.integer("--max-age")) keys.age_max = std::chrono::seconds(*age);
  if (keys.age_max && keys.witnesses.empty())
    return fail(Code::kInvalidInput, "only witnesses say when: --max-age needs --witness");
  return keys;
}

std::chrono::seconds clock_tolerance_of(const Arguments& arguments) {
  return std::chrono::seconds(*arguments.integer("--clock-tolerance"));
}

Result<void> AuditPlace::open_url(const std::string& url, const std::string& ca_file) {
  SEAWALL_CHECK(http_url_from_text(url));
  CurlOptions options;
  options.ca_file = ca_file;
  options.in_memory = true;
  SEAWALL_TRY(fetcher_, CurlFetcher::open(std::move(options)));
  HttpLogOptions where;
  where.url = url;
  files_ = std::make_unique<HttpLogFiles>(*fetcher_, std::move(where), stop_.get_token());
  stopper_ = std::jthread([this](const std::stop_token& over) {
    while (!over.stop_requested() && stop_signal() == 0) std::this_thread::sleep_for(kLookEvery);
    stop_.request_stop();
  });
  return {};
}

Result<std::unique_ptr<AuditPlace>> AuditPlace::open(const std::string& place, const std::string& ca_file) {
  auto opened = std::make_unique<AuditPlace>();
  if (is_url(place)) {
    SEAWALL_CHECK(opened->open_url(place, ca_file));
    return opened;
  }
  SEAWALL_TRY(auto folder, durable::posix_folder_tree(place, false));
  opened->files_ = std::make_unique<FolderLogFiles>(std::move(folder));
  return opened;
}

Result<KeptFile> kept_file(const std::string& path) {
  KeptFile kept;
  kept.name = std::filesystem::path(path).filename();
  if (kept.name.empty()) return fail(Code::kInvalidInput, path + " is no name of a file");
  SEAWALL_TRY(kept.folder, durable::posix_file_system(folder_of(path), false));
  return kept;
}

Result<void> write_kept_file(const std::string& path, std::string_view text) {
  SEAWALL_TRY(const KeptFile kept, kept_file(path));
  return durable::replace_file(*kept.folder, kept.name + ".new", kept.name, std::as_bytes(std::span(text)));
}

Result<std::string> text_of_file(const std::string& path, std::size_t bytes_max, const Console& console) {
  SEAWALL_TRY(const auto file, InputFile::open(path, console));
  std::vector<std::byte> bytes;
  SEAWALL_CHECK(read_whole(file.fd(), path, bytes_max, bytes));
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

Result<void> AuditTeller::on_finding(const Finding& finding) {
  console_.progress("");
  print_finding(console_, finding);
  return {};
}

void AuditTeller::on_contradiction(const Contradiction& proof) {
  const std::string text =
      "Two signed checkpoints of one log that do not go together. Keep this file: it is the proof.\n\n"
      "--- seen before ---\n" +
      proof.before + "\n--- seen now ---\n" + proof.now;
  const std::string name = "contradiction-" + to_hex(sha256_of(text)).substr(0, 16) + ".txt";
  const std::string path = (folder_of(evidence_beside_) / name).string();
  const auto written = write_kept_file(path, text);
  console_.progress("");
  if (written) {
    console_.note("both checkpoints are kept in " + path + ": give that file to the log's other observers");
  } else {
    console_.note("the two checkpoints could not be kept: " + written.error().message);
  }
}

bool AuditTeller::goes_on(std::uint64_t checked, std::uint64_t size) {
  console_.progress(bar(checked, size) + "  " + with_thousands(checked) + " of " + with_thousands(size) +
                    " entries");
  return !console_.stopping();
}

std::string seen_text(const SignedHead& head) {
  std::string text;
  for (const tlog::SeenBy& seen : head.opened.seen_by)
    text += (text.empty() ? "" : ", ") + time_of(seen.time_s) + " by " + seen.witness;
  return text.empty() ? "no witness that was named" : text;
}

Json seen_json(const SignedHead& head) {
  Json all = Json::array();
  for (const tlog::SeenBy& seen : head.opened.seen_by)
    all.push_back(Json{{"witness", seen.witness}, {"at", time_of(seen.time_s)}});
  return all;
}

Outcome tell_verified(Console& console, const AuditState& state, const SignedHead& head,
                      std::uint64_t read_before, Time now) {
  console.progress("");
  const auto overdue = state.tally.overdue(now);
  for (const Finding& finding : overdue) print_finding(console, finding);
  auto found = state.tally.found;
  if (!overdue.empty()) found[FindingKind::kOverdue] = overdue.size();
  Json counts = Json::object();
  std::string words;
  for (const auto& [kind, count] : found) {
    counts[std::string(name_of(kind))] = count;
    words += (words.empty() ? "" : ", ") + with_thousands(count) + " " + std::string(name_of(kind));
  }
  if (console.json()) {
    Json json{{"verified", true},           {"origin", state.origin},
              {"size", state.checked.size}, {"root", base64_of(state.checked.root)},
              {"read_before", read_before}, {"seen_by", seen_json(head)},
              {"findings", counts}};
    console.print(to_line(json) + "\n");
  } else {
    console.print("verified: " + state.origin + ", " + with_thousands(state.checked.size) + " entries (" +
                  with_thousands(state.checked.size - read_before) + " read now)\n");
    console.print("seen: " + seen_text(head) + "\nroot: " + base64_of(state.checked.root) + "\n");
    console.print("wrong with entries: " + (words.empty() ? "nothing" : words) + "\n");
  }
  return Outcome{.matched = !found.empty()};
}

std::string line_of(std::uint64_t index, std::string_view text, const Result<LogEntry>& entry) {
  std::string line = std::to_string(index) + "  ";
  if (!entry) return line + "not an entry that is known (" + std::to_string(text.size()) + " bytes)\n";
  line += second_text(entry->at) + "  " + std::string(name_of(entry->kind));
  if (entry->count > 1) line += "  of " + std::to_string(entry->count);
  if (entry->ref) line += "  to entry " + std::to_string(*entry->ref);
  if (entry->due) line += "  due " + second_text(*entry->due);
  return line + "\n";
}

Json json_of(std::uint64_t index, std::string_view text, const Result<LogEntry>& entry) {
  Json json;
  json["index"] = index;
  if (!entry) {
    json["unknown"] = true;
    json["bytes"] = text.size();
    return json;
  }
  json["at"] = second_text(entry->at);
  json["kind"] = name_of(entry->kind);
  json["n"] = entry->count;
  if (entry->ref) json["ref"] = *entry->ref;
  if (entry->due) json["due"] = second_text(*entry->due);
  json["commitment"] = base64_of(entry->commitment);
  return json;
}

}  // namespace seawall::cli
