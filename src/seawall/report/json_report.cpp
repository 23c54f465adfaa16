#include "seawall/report/json_report.h"

#include <cmath>
#include <cstdio>

#include "seawall/base/codes.h"
#include "seawall/base/hex.h"
#include "seawall/json/text.h"
#include "seawall/report/detail/sink_buffer.h"

namespace seawall {
namespace {

// Writes the members of one object, with commas where they belong.
class Members {
 public:
  explicit Members(std::string& out) : out_(out) { out_ += '{'; }
  Members(const Members&) = delete;
  Members& operator=(const Members&) = delete;
  ~Members() { out_ += '}'; }

  std::string& name(std::string_view key) {
    if (!first_) out_ += ", ";
    first_ = false;
    append_json_string(out_, key);
    return out_ += ": ";
  }
  void text(std::string_view key, std::string_view value) { append_json_string(name(key), value); }
  void number(std::string_view key, std::int64_t value) { append_json_number(name(key), value); }
  void number(std::string_view key, std::uint64_t value) { number(key, static_cast<std::int64_t>(value)); }
  void number(std::string_view key, int value) { number(key, static_cast<std::int64_t>(value)); }
  void flag(std::string_view key, bool value) { name(key) += value ? "true" : "false"; }
  void rate(std::string_view key, double value) {
    char digits[32];
    const int length = std::snprintf(digits, sizeof digits, "%.1f", std::isfinite(value) ? value : 0.0);
    name(key).append(digits, static_cast<std::size_t>(length));
  }

 private:
  std::string& out_;
  bool first_ = true;
};

void append_clip(std::string& out, const ClipSpan& clip) {
  Members members(out);
  members.text("tier", clip.tier);
  members.number("begin_ms", clip.begin_ms);
  members.number("end_ms", clip.end_ms);
  members.number("listed_begin_ms", clip.listed_begin_ms);
  members.number("listed_end_ms", clip.listed_end_ms);
  members.number("speed_permille", static_cast<std::int64_t>(std::lround(clip.speed * 1000)));
  members.number("frames", clip.frames);
}

void append_match(std::string& out, const RecordedMatch& match) {
  Members members(out);
  members.text("bank", match.bank);
  members.text("entry", match.entry);
  members.text("signal", signal_name(match));
  members.number("distance", match.distance_bits);
  members.text("variant", match.variant);
  if (match.frame_index > 0) members.number("frame", match.frame_index);
  if (match.clip) append_clip(members.name("clip"), *match.clip);
  members.text("verdict", name_of(match.verdict));
}

void append_signals(Members& members, const FileRecord& record) {
  if (record.pdq) {
    members.text("pdq", to_text(record.pdq->bits));
    members.number("pdq_quality", record.pdq->quality);
  }
  if (record.digests) {
    members.text("md5", to_hex(record.digests->md5));
    members.text("sha1", to_hex(record.digests->sha1));
    members.text("sha256", to_hex(record.digests->sha256));
  }
}

void append_error(std::string& out, const Error& error) {
  Members members(out);
  members.text("code", meaning_of(error.code).name);
  members.text("message", error.message);
}

void append_record(std::string& out, const FileRecord& record, std::string_view root) {
  Members members(out);
  members.text("path", path_to_utf8(joined_path(root, record.path)));
  members.number("size", record.size_bytes);
  if (!record.type.empty()) members.text("type", record.type);
  if (record.width_px > 0) {
    members.number("width", record.width_px);
    members.number("height", record.height_px);
    members.number("frames", record.frame_count);
  }
  if (record.rescanned) members.flag("rescanned", true);
  if (record.truncated) members.flag("truncated", true);
  append_signals(members, record);
  if (record.error) append_error(members.name("error"), *record.error);
  if (record.digests || record.pdq) {
    std::string& out_matches = members.name("matches") += '[';
    for (std::size_t i = 0; i < record.matches.size(); ++i) {
      if (i > 0) out_matches += ", ";
      append_match(out_matches, record.matches[i]);
    }
    out_matches += ']';
    members.text("verdict", name_of(record.verdict()));
  }
}

template <class Counts, class NameOf>
void append_counts(std::string& out, const Counts& counts, NameOf name_of_key) {
  Members members(out);
  for (const auto& [key, count] : counts) members.number(name_of_key(key), count);
}

void append_banks(std::string& out, const std::vector<SummaryBank>& banks) {
  out += '[';
  for (std::size_t i = 0; i < banks.size(); ++i) {
    if (i > 0) out += ", ";
    Members members(out);
    members.text("name", banks[i].name);
    members.text("path", path_to_utf8(banks[i].path));
    if (!is_service(banks[i])) {
      members.number("entries", banks[i].entry_count);
      members.number("revision", banks[i].revision);
    }
    members.text("action", banks[i].action);
    members.number("matched_files", banks[i].matched_files);
  }
  out += ']';
}

void append_totals(Members& members, const ScanSummary& summary) {
  members.number("files", summary.files);
  members.number("pictures", summary.pictures);
  members.number("bytes", summary.bytes);
  members.number("matched_files", summary.matched_files);
  members.number("matches", summary.matches);
  members.number("digest_matches", summary.digest_matches);
  members.number("errors", summary.error_files);
  members.number("changed", summary.changed_files);
  members.number("links_skipped", summary.links_skipped);
  members.number("special_skipped", summary.special_skipped);
  members.number("folders_repeated", summary.folders_repeated);
}

void append_summary(std::string& out, const ScanSummary& summary) {
  Members members(out);
  members.text("root", path_to_utf8(summary.root));
  members.flag("complete", summary.complete);
  members.number("sessions", summary.sessions);
  members.number("started_ms", summary.started_ms);
  members.number("updated_ms", summary.updated_ms);
  members.number("active_ms", summary.active_ms);
  members.rate("files_per_second", summary.files_per_second());
  members.rate("megabytes_per_second", summary.megabytes_per_second());
  append_totals(members, summary);
  append_counts(members.name("verdicts"), summary.verdicts, [](const auto& key) { return key; });
  append_counts(members.name("pdq_distances"), summary.pdq_distances,
                [](int bits) { return std::to_string(bits); });
  append_counts(members.name("errors_by_code"), summary.errors,
                [](Code code) { return meaning_of(code).name; });
  append_counts(members.name("types"), summary.types, [](const auto& key) { return key; });
  append_banks(members.name("banks"), summary.banks);
  Members settings(members.name("settings"));
  for (const auto& [name, value] : summary.settings) settings.text(name, value);
}

}  // namespace

std::string joined_path(std::string_view root, std::string_view path) {
  std::string joined(root);
  if (path.empty()) return joined;
  if (!joined.empty() && joined.back() != '/') joined += '/';
  return joined += path;
}

std::string to_json_line(const FileRecord& record, std::string_view root) {
  std::string line;
  append_record(line, record, root);
  return line;
}

std::string to_json_line(const ScanSummary& summary) {
  std::string line = "{\"summary\": ";
  append_summary(line, summary);
  return line += '}';
}

Result<void> write_json_report(const ScanSummary& summary, const RecordSource& records, RecordFilter filter,
                               TextSink sink) {
  report_detail::SinkBuffer out(sink);
  std::string text;
  append_summary(text, summary);
  out << "{\"summary\": " << text << ",\n\"files\": [";
  std::string_view separator = "\n";
  const auto read = records.each(filter, [&](const FileRecord& record) {
    out << separator << to_json_line(record, summary.root);
    separator = ",\n";
    return out.ok();
  });
  if (!read) return tl::unexpected(read.error());
  out << "\n]}\n";
  return out.finish();
}

}  // namespace seawall
