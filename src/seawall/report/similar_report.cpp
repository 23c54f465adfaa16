#include "seawall/report/similar_report.h"

#include <span>

#include "seawall/base/hex.h"
#include "seawall/json/text.h"
#include "seawall/report/csv_report.h"
#include "seawall/report/detail/html_page.h"
#include "seawall/report/detail/sink_buffer.h"
#include "seawall/report/html_text.h"
#include "seawall/report/json_report.h"

namespace seawall {
namespace {

void append_member(std::string& out, std::string_view name, std::string_view text) {
  out += ", ";
  append_json_string(out, name);
  out += ": ";
  append_json_string(out, text);
}

void append_member(std::string& out, std::string_view name, std::uint64_t number) {
  out += ", ";
  append_json_string(out, name);
  out += ": ";
  append_json_number(out, static_cast<std::int64_t>(number));
}

std::string sha256_of(const FileRecord& record) {
  return record.digests ? to_hex(record.digests->sha256) : std::string();
}

std::string pdq_of(const FileRecord& record) {
  return record.pdq ? to_text(record.pdq->bits) : std::string();
}

std::string how_near(const SimilarMember& member) {
  if (member.place == 1) return "represents the group";
  if (member.same_bytes_as > 0) return "same bytes as " + std::to_string(member.same_bytes_as);
  return std::to_string(member.distance_bits) + " bits from 1";
}

std::string member_row(const SimilarMember& member, std::string_view root, ThumbnailSource* thumbnails) {
  const FileRecord& record = member.record;
  std::string out =
      "<tr role=\"row\"><td role=\"cell\" data-label=\"Place\">" + std::to_string(member.place) + "</td>";
  if (thumbnails != nullptr) {
    const auto bmp = thumbnails->thumbnail_of(record);
    out += "<td role=\"cell\" data-label=\"Blurred\">";
    out += bmp ? "<img class=\"thumb\" alt=\"Blurred\" src=\"data:image/bmp;base64," +
                     base64(std::as_bytes(std::span(*bmp))) + "\">"
               : std::string("none");
    out += "</td>";
  }
  out += "<th role=\"rowheader\" scope=\"row\" data-label=\"File\"><bdi>" +
         html_escaped(path_to_utf8(joined_path(root, record.path))) + "</bdi></th>";
  out += "<td role=\"cell\" data-label=\"Size\">" + std::to_string(record.width_px) + " \xC3\x97 " +
         std::to_string(record.height_px) + ", " + readable_bytes(record.size_bytes) + "</td>";
  return out += "<td role=\"cell\" data-label=\"Nearness\">" + how_near(member) + "</td></tr>\n";
}

std::string group_begin(const SimilarMember& first, const SimilarHtmlOptions& options) {
  const std::string name =
      "Group " + with_thousands(first.group) + ": " + with_thousands(first.group_size) + " pictures";
  std::string out = report_detail::section_begin("group-" + std::to_string(first.group), name);
  out += "<div class=\"cards\"><table role=\"table\"><caption>";
  out += first.group_size > options.members_max
             ? "The first " + with_thousands(options.members_max) + "; the CSV and JSON reports hold all."
             : std::string("Largest picture first, then by distance.");
  out +=
      "</caption>\n<thead role=\"rowgroup\"><tr role=\"row\"><th role=\"columnheader\" "
      "scope=\"col\">Place</th>";
  if (options.thumbnails != nullptr) out += "<th role=\"columnheader\" scope=\"col\">Blurred</th>";
  return out +=
         "<th role=\"columnheader\" scope=\"col\">File</th><th role=\"columnheader\" scope=\"col\">Size</th>"
         "<th role=\"columnheader\" scope=\"col\">Nearness</th></tr></thead>\n<tbody role=\"rowgroup\">\n";
}

constexpr std::string_view kGroupEnd = "</tbody></table></div>\n</section>\n";

std::string summary_members(const SimilarSummary& summary) {
  std::string out = "{\"root\": ";
  append_json_string(out, path_to_utf8(summary.root));
  append_member(out, "files", summary.files);
  append_member(out, "pictures", summary.pictures);
  append_member(out, "flat_pictures", summary.flat_pictures);
  append_member(out, "errors", summary.errors);
  append_member(out, "groups", summary.groups);
  append_member(out, "grouped_pictures", summary.grouped_pictures);
  append_member(out, "same_bytes_pictures", summary.same_bytes_pictures);
  append_member(out, "same_bytes_bytes", summary.same_bytes_bytes);
  for (const auto& [name, value] : summary.settings) append_member(out, name, value);
  return out += '}';
}

}  // namespace

std::string to_json_line(const SimilarMember& member, std::string_view root) {
  const FileRecord& record = member.record;
  std::string out = "{\"path\": ";
  append_json_string(out, path_to_utf8(joined_path(root, record.path)));
  append_member(out, "group", member.group);
  append_member(out, "group_size", member.group_size);
  append_member(out, "place", member.place);
  append_member(out, "distance", static_cast<std::uint64_t>(member.distance_bits));
  if (member.same_bytes_as > 0) append_member(out, "same_bytes_as", member.same_bytes_as);
  append_member(out, "size", record.size_bytes);
  append_member(out, "width", static_cast<std::uint64_t>(record.width_px));
  append_member(out, "height", static_cast<std::uint64_t>(record.height_px));
  append_member(out, "pdq", pdq_of(record));
  append_member(out, "sha256", sha256_of(record));
  return out += '}';
}

std::string to_json_line(const SimilarSummary& summary) {
  return "{\"summary\": " + summary_members(summary) + "}";
}

Result<void> write_similar_json(const SimilarSummary& summary, const SimilarSource& groups, TextSink sink) {
  report_detail::SinkBuffer out(sink);
  out << "{\"summary\": " << summary_members(summary) << ",\n\"members\": [";
  std::string_view separator = "\n";
  SEAWALL_CHECK(groups.each([&](const SimilarMember& member) {
    out << separator << to_json_line(member, summary.root);
    separator = ",\n";
    return out.ok();
  }));
  out << "\n]}\n";
  return out.finish();
}

Result<void> write_similar_csv(std::string_view root, const SimilarSource& groups, TextSink sink) {
  report_detail::SinkBuffer out(sink);
  out << "group,place,path,distance,same_bytes_as,size,width,height,pdq,sha256\r\n";
  SEAWALL_CHECK(groups.each([&](const SimilarMember& member) {
    const FileRecord& record = member.record;
    out << std::to_string(member.group) << "," << std::to_string(member.place) << ","
        << csv_field(path_to_utf8(joined_path(root, record.path))) << ","
        << std::to_string(member.distance_bits) << ","
        << (member.same_bytes_as > 0 ? std::to_string(member.same_bytes_as) : std::string()) << ","
        << std::to_string(record.size_bytes) << "," << std::to_string(record.width_px) << ","
        << std::to_string(record.height_px) << "," << pdq_of(record) << "," << sha256_of(record) << "\r\n";
    return out.ok();
  }));
  return out.finish();
}

Result<void> write_similar_html(const SimilarSummary& summary, const SimilarSource& groups,
                                const SimilarHtmlOptions& options, TextSink sink) {
  report_detail::SinkBuffer out(sink);
  const std::string state = summary.groups > options.groups_max
                                ? "The largest " + with_thousands(options.groups_max) + " of " +
                                      with_thousands(summary.groups) +
                                      " groups; the CSV and JSON reports hold all."
                                : std::string("Largest groups first.");
  out << report_detail::page_begin("Similar pictures", path_to_utf8(summary.root), state,
                                   options.thumbnails != nullptr)
      << report_detail::section_begin("glance", "At a glance")
      << report_detail::tiles({{"Pictures", with_thousands(summary.pictures)},
                               {"Groups", with_thousands(summary.groups)},
                               {"In groups", with_thousands(summary.grouped_pictures)},
                               {"Same bytes", with_thousands(summary.same_bytes_pictures)},
                               {"Taken by copies", readable_bytes(summary.same_bytes_bytes)},
                               {"Too flat to compare", with_thousands(summary.flat_pictures)},
                               {"Errors", with_thousands(summary.errors)}})
      << report_detail::kSectionEnd;
  bool open = false;
  SEAWALL_CHECK(groups.each([&](const SimilarMember& member) {
    if (member.place == 1) {
      if (open) out << kGroupEnd;
      open = member.group <= options.groups_max;
      if (open) out << group_begin(member, options);
    }
    if (open && member.place <= options.members_max)
      out << member_row(member, summary.root, options.thumbnails);
    return open && out.ok();
  }));
  if (open) out << kGroupEnd;
  out << report_detail::section_begin("settings", "Settings")
      << report_detail::two_columns("How the pictures were grouped.", "Setting", "Value", summary.settings,
                                    false)
      << report_detail::kSectionEnd
      << report_detail::page_end(
             "Near-duplicates by PDQ: pictures that look alike, not proof that they are copies.");
  return out.finish();
}

}  // namespace seawall
