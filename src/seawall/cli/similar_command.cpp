#include "seawall/cli/similar_command.h"

#include <array>
#include <map>
#include <optional>
#include <vector>

#include "seawall/base/temporary_folder.h"
#include "seawall/cli/folder_scan.h"
#include "seawall/cli/report_files.h"
#include "seawall/cluster/near_duplicates.h"
#include "seawall/report/html_text.h"
#include "seawall/report/json_report.h"
#include "seawall/report/similar_report.h"

namespace seawall::cli {
namespace {

// Groups over the pictures of a journal; members are read from it when asked for.
class JournalGroups final : public SimilarSource {
 public:
  JournalGroups(const Journal& journal, std::vector<std::int64_t> ids, std::vector<Cluster> clusters)
      : journal_(journal), ids_(std::move(ids)), clusters_(std::move(clusters)) {}

  Result<void> each(FunctionRef<bool(const SimilarMember&)> visit) const override {
    for (std::size_t group = 0; group < clusters_.size(); ++group) {
      SEAWALL_TRY(const bool more, each_of(group, visit));
      if (!more) break;
    }
    return {};
  }

 private:
  Result<bool> each_of(std::size_t group, FunctionRef<bool(const SimilarMember&)> visit) const {
    const Cluster& cluster = clusters_[group];
    std::map<Sha256, std::size_t> places;  // Of the members so far, by digest.
    for (std::size_t i = 0; i < cluster.size(); ++i) {
      SimilarMember member{group + 1, cluster.size(), i + 1, cluster[i].distance_bits, 0, {}};
      SEAWALL_TRY(member.record, journal_.record(ids_[cluster[i].item]));
      if (member.record.digests) {
        const auto [at, added] = places.emplace(member.record.digests->sha256, i + 1);
        if (!added) member.same_bytes_as = at->second;
      }
      if (!visit(member)) return false;
    }
    return true;
  }

  const Journal& journal_;
  std::vector<std::int64_t> ids_;
  std::vector<Cluster> clusters_;
};

struct Grouped {
  std::vector<std::int64_t> ids;
  std::vector<Cluster> clusters;
  std::uint64_t flat_pictures = 0;
};

Result<Grouped> group_pictures(const Journal& journal, const ClusterOptions& options) {
  Grouped grouped;
  std::vector<ClusterItem> items;
  SEAWALL_CHECK(journal.each_picture([&](const Journal::Picture& picture) {
    if (picture.pdq.quality < kPdqQualityMin) {
      ++grouped.flat_pictures;
      return;
    }
    grouped.ids.push_back(picture.id);
    items.push_back({picture.pdq.bits, picture.pixels});
  }));
  SEAWALL_TRY(grouped.clusters, near_duplicates(items, options));
  return grouped;
}

void print_member(Console& console, const SimilarMember& member, std::string_view root) {
  if (console.json()) {
    console.print(to_json_line(member, root) + "\n");
    return;
  }
  std::string line;
  if (member.place == 1) {
    line += std::string(member.group > 1 ? "\n" : "") + std::string(console.bold()) + "group " +
            with_thousands(member.group) + ", " + with_thousands(member.group_size) + " pictures" +
            std::string(console.plain()) + "\n";
  }
  std::string nearness = "distance " + std::to_string(member.distance_bits);
  if (member.place == 1) nearness = "largest";
  if (member.same_bytes_as > 0) nearness = "same bytes";
  nearness.resize(14, ' ');
  line += "  " + nearness + shown_path(root, member.record.path) + "  " +
          std::to_string(member.record.width_px) + "x" + std::to_string(member.record.height_px) + "  " +
          readable_bytes(member.record.size_bytes) + "\n";
  console.print(line);
}

Result<void> write_reports(const Arguments& arguments, const FolderScanOptions& options,
                           const SimilarSummary& summary, const SimilarSource& groups) {
  SimilarHtmlOptions html;
  std::unique_ptr<MediaDecoder> decoder;
  std::optional<FileThumbnails> thumbnails;
  if (arguments.flag("--thumbnails")) {
    SEAWALL_TRY(decoder, make_decoder(1, {}));
    html.thumbnails = &thumbnails.emplace(*decoder, options.root);
  }
  for (const std::string& path : arguments.all("--report")) {
    SEAWALL_TRY(const ReportFormat format, report_format_of(path));
    SEAWALL_CHECK(write_whole_file(path, [&](TextSink sink) {
      if (format == ReportFormat::kJson) return write_similar_json(summary, groups, sink);
      if (format == ReportFormat::kCsv) return write_similar_csv(summary.root, groups, sink);
      return write_similar_html(summary, groups, html, sink);
    }));
  }
  return {};
}

void print_summary(Console& console, const SimilarSummary& summary) {
  if (console.json()) {
    console.print(to_json_line(summary) + "\n");
    return;
  }
  console.print((summary.groups > 0 ? "\n" : "") + with_thousands(summary.pictures) +
                " pictures: " + with_thousands(summary.grouped_pictures) + " in " +
                with_thousands(summary.groups) + " groups, " + with_thousands(summary.same_bytes_pictures) +
                " of them copies byte for byte (" + readable_bytes(summary.same_bytes_bytes) + "); " +
                with_thousands(summary.flat_pictures) + " too flat to compare, " +
                with_thousands(summary.errors) + " errors\n");
}

Result<Outcome> group_folder(const Arguments& arguments, Console& console, FolderScanOptions& options,
                             Journal& journal) {
  ClusterOptions cluster;
  cluster.radius_bits = static_cast<int>(arguments.integer("--radius").value_or(kPdqRadiusDefault));
  cluster.linkage = arguments.flag("--complete") ? Linkage::kComplete : Linkage::kSingle;
  const auto print_error = [&](const FileRecord& record) {
    if (!record.error) return;
    const std::string path = shown_path(options.root_typed, record.path);
    console.error(Error{record.error->code, path + ": " + record.error->message});
  };
  SEAWALL_TRY(const ScanEnd end, run_folder_scan(options, journal, {}, console, print_error));
  if (!end.complete) {
    console.note(arguments.text("--state") ? "stopped; type the same command again to go on"
                                           : "stopped; nothing is kept without --state DIR");
    return Outcome{};
  }
  SEAWALL_TRY(const ScanSummary scanned, journal.summary());
  SEAWALL_TRY(Grouped grouped, group_pictures(journal, cluster));
  SimilarSummary summary;
  summary.root = options.root_typed;
  summary.settings = {{"radius", std::to_string(cluster.radius_bits)},
                      {"linkage", cluster.linkage == Linkage::kComplete ? "complete" : "single"}};
  summary.files = scanned.files;
  summary.pictures = scanned.pictures;
  summary.errors = scanned.error_files;
  summary.flat_pictures = grouped.flat_pictures;
  summary.groups = grouped.clusters.size();
  for (const Cluster& members : grouped.clusters) summary.grouped_pictures += members.size();
  const JournalGroups groups(journal, std::move(grouped.ids), std::move(grouped.clusters));
  SEAWALL_CHECK(groups.each([&](const SimilarMember& member) {
    if (member.same_bytes_as > 0) {
      ++summary.same_bytes_pictures;
      summary.same_bytes_bytes += member.record.size_bytes;
    }
    print_member(console, member, options.root_typed);
    return !console.stopping();
  }));
  print_summary(console, summary);
  SEAWALL_CHECK(write_reports(arguments, options, summary, groups));
  return Outcome{.matched = summary.groups > 0, .input_errors = summary.errors};
}

Result<Outcome> run_similar(const Arguments& arguments, Console& console) {
  for (const std::string& path : arguments.all("--report")) {
    if (const auto checked = check_report_path(path); !checked) {
      return usage_failure(console, checked.error().message);
    }
  }
  const bool keeps_state = arguments.text("--state").has_value();
  if (!keeps_state && (arguments.flag("--resume") || arguments.flag("--restart"))) {
    return usage_failure(console, "--resume and --restart need --state DIR; without it nothing is kept");
  }
  SEAWALL_TRY(FolderScanOptions options, folder_scan_options(arguments, console));
  std::optional<TemporaryFolder> folder;
  if (!keeps_state) {
    auto made = TemporaryFolder::make("seawall-similar");
    if (!made) return tl::unexpected(std::move(made).error().within("name a folder with --state"));
    options.state = folder.emplace(*std::move(made)).path();
  }
  options.scan.examine.pictures_only = true;
  options.scan.examine.signals.profile = VariantProfile::kNone;
  ScanSettings settings{options.root, options.root_typed, {}, {}};
  settings.options = {{"exact decoding", arguments.flag("--exact") ? "yes" : "no"},
                      {"follow links", arguments.flag("--follow") ? "yes" : "no"}};
  const SystemClock clock;
  SEAWALL_TRY(const auto journal, open_journal(options, settings, clock));
  return group_folder(arguments, console, options, *journal);
}

constexpr std::array kPositionals{
    PositionalSpec{.name = "DIR", .help = "the folder to look through", .kind = ValueKind::kDirectory}};

constexpr std::array kOptions{
    OptionSpec{.name = "--radius",
               .value = "N",
               .help = "greatest PDQ distance between neighbours",
               .kind = ValueKind::kInteger,
               .minimum = 0,
               .maximum = 256,
               .default_value = "31"},
    OptionSpec{.name = "--complete", .help = "every two of a group within the radius, not only neighbours"},
    kExactOption,
    kFollowOption,
    OptionSpec{.name = "--state",
               .value = "DIR",
               .help = "keep what was read here, so that a later run is quick (default: nothing is kept)",
               .kind = ValueKind::kDirectory},
    kResumeOption,
    kRestartOption,
    kRetryOption,
    kJobsOption,
    kReportOption,
    OptionSpec{.name = "--thumbnails",
               .help = "put small, gray, strongly blurred pictures into HTML reports"},
    kProgressOption,
    kJsonOption};

constexpr std::array kExamples{Example{"seawall similar photos", "Print the groups of near-duplicates."},
                               Example{"seawall similar photos --radius 10 --complete --report groups.html",
                                       "Stricter, as a page to read."}};

}  // namespace

const CommandSpec& similar_command() {
  static constexpr CommandSpec kCommand{
      .name = "similar",
      .summary = "group the near-duplicates of a folder",
      .description =
          "Fingerprints every picture (PDQ) and prints groups of pictures that look alike, largest group "
          "first. In a "
          "group the picture with the most pixels comes first and represents it; the others follow with "
          "their "
          "distance to it, and \"same bytes\" where the files are equal.\n\n"
          "Groups are made by single linkage: two pictures are in one group when a chain of pictures leads "
          "from "
          "one to the other, each within the radius of the next, so the ends of a chain may be further "
          "apart. "
          "With --complete every two of a group are within the radius. Pictures without features (PDQ "
          "quality "
          "under 50) are in no group. Exit code 1: there is at least one group.",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_similar};
  return kCommand;
}

}  // namespace seawall::cli
