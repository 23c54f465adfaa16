#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "seawall/json/json.h"
#include "seawall/json/text.h"
#include "seawall/report/csv_report.h"
#include "seawall/report/html_report.h"
#include "seawall/report/html_text.h"
#include "seawall/report/json_report.h"
#include "seawall/report/thumbnail.h"

namespace seawall {
namespace {

using testing::HasSubstr;
using testing::Not;

class Records final : public RecordSource {
 public:
  std::vector<FileRecord> all;

  Result<void> each(RecordFilter filter, FunctionRef<bool(const FileRecord&)> visit) const override {
    for (const FileRecord& record : all) {
      const bool matched = !record.matches.empty();
      const bool failed = record.error.has_value();
      const bool wanted = filter == RecordFilter::kEverything ||
                          (filter == RecordFilter::kMatched && matched) ||
                          (filter == RecordFilter::kErrors && failed) ||
                          (filter == RecordFilter::kFindings && (matched || failed));
      if (wanted && !visit(record)) break;
    }
    return {};
  }
};

FileRecord picture(const std::string& path, int distance) {
  FileRecord record;
  record.path = path;
  record.size_bytes = 1234;
  record.type = "image/jpeg";
  record.width_px = 640;
  record.height_px = 480;
  record.frame_count = 1;
  record.pdq = PdqHash{{{1, 2, 3, 4}}, 88};
  record.digests = FileDigests{};
  if (distance >= 0) {
    record.matches.push_back({"bank", "entry-1", SignalType::kPdq, distance, "rotate90", 0, Verdict::kBlock});
  }
  return record;
}

FileRecord failure(const std::string& path) {
  FileRecord record;
  record.path = path;
  record.error = Error{Code::kUnavailable, "permission denied"};
  return record;
}

ScanSummary summary_of(const Records& records) {
  ScanSummary summary;
  summary.root = "/photos";
  summary.banks = {{"bank", "/banks/one", 10, 3, "block", 0}};
  summary.settings = {{"radius", "31"}};
  summary.complete = true;
  summary.sessions = 2;
  summary.active_ms = 2000;
  for (const FileRecord& record : records.all) {
    ++summary.files;
    summary.bytes += record.size_bytes;
    summary.matched_files += record.matches.empty() ? 0U : 1U;
    summary.matches += record.matches.size();
    for (const RecordedMatch& match : record.matches) ++summary.pdq_distances[match.distance_bits];
    if (!record.error) continue;
    ++summary.error_files;
    ++summary.errors[record.error->code];
  }
  return summary;
}

template <class Write>
std::string text_of(Write write) {
  std::string text;
  const auto sink = [&](std::string_view piece) -> Result<void> {
    text += piece;
    return {};
  };
  EXPECT_TRUE(write(sink).has_value());
  return text;
}

std::string html_of(const Records& records, const HtmlReportOptions& options = {}) {
  return text_of([&](auto& sink) { return write_html_report(summary_of(records), records, options, sink); });
}

const std::string kHostileName = "a<script>alert(1)</script>&\"'\n\xE2\x80\xAEgpj.\xFF.jpg";

TEST(HtmlReport, EscapesHostileNames) {
  Records records;
  records.all = {picture(kHostileName, 4), failure(kHostileName + "2")};
  records.all[0].matches[0].entry = "<img src=x onerror=alert(2)>";
  records.all[0].matches[0].bank = "\"><b>";
  const std::string page = html_of(records);
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, Not(HasSubstr("<b>")));
  EXPECT_THAT(
      page,
      HasSubstr("a&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#39;\xE2\x9F\xA8U+000A\xE2\x9F\xA9"));
  EXPECT_THAT(page, HasSubstr("\xE2\x9F\xA8U+202E\xE2\x9F\xA9gpj."));
  EXPECT_TRUE(is_utf8(page));
}

TEST(HtmlReport, AsksNothingOfTheNetworkAndRunsNothing) {
  Records records;
  records.all = {picture("a.jpg", 4)};
  const std::string page = html_of(records);
  EXPECT_THAT(page, HasSubstr("content=\"default-src 'none'; style-src 'sha256-"));
  for (const char* forbidden : {"http:", "https:", "url(", "@import", "<link", "<iframe", "<object", "<form",
                                "javascript:", "style=\"", "unsafe-inline"}) {
    EXPECT_THAT(page, Not(HasSubstr(forbidden))) << forbidden;
  }
}

TEST(HtmlReport, IsWellNested) {
  Records records;
  records.all = {picture("a.jpg", 4), picture("b.jpg", 30), failure("c.jpg")};
  const std::string page = html_of(records);
  static const std::regex kTag("<(/?)([a-z0-9]+)[^>]*?(/?)>");
  std::vector<std::string> open;
  for (auto tag = std::sregex_iterator(page.begin(), page.end(), kTag); tag != std::sregex_iterator();
       ++tag) {
    const std::string name = (*tag)[2];
    if (name == "meta" || name == "img" || (*tag)[3].length() > 0) continue;
    if ((*tag)[1].length() == 0) {
      open.push_back(name);
    } else {
      ASSERT_FALSE(open.empty());
      ASSERT_EQ(open.back(), name);
      open.pop_back();
    }
  }
  EXPECT_TRUE(open.empty());
}

TEST(HtmlReport, HasOneHeadingForEachPartAndACaptionForEachTable) {
  Records records;
  records.all = {picture("a.jpg", 4), failure("c.jpg")};
  const std::string page = html_of(records);
  for (const char* heading :
       {"At a glance", "How near the matches are", "Matches", "Banks", "Errors", "Settings"}) {
    EXPECT_THAT(page, HasSubstr(std::string("\">") + heading + "</h2>"));
  }
  const auto count = [&](const std::string& text) {
    std::size_t found = 0;
    for (auto at = page.find(text); at != std::string::npos; at = page.find(text, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(count("<table"), count("<caption>"));
  EXPECT_EQ(count("<h1>"), 1U);
  EXPECT_THAT(page, HasSubstr("<title>4 bits: 1</title>"));
  EXPECT_THAT(page, HasSubstr("in 2 sessions"));
}

TEST(HtmlReport, SaysHowManyRowsItLeavesOut) {
  Records records;
  for (int i = 0; i < 30; ++i) records.all.push_back(picture(std::to_string(i), i % 8));
  HtmlReportOptions options;
  options.match_rows_max = 10;
  const std::string page = html_of(records, options);
  EXPECT_THAT(page, HasSubstr("The first 10 of 30 matches"));
  EXPECT_THAT(page, HasSubstr("/photos/9<"));
  EXPECT_THAT(page, Not(HasSubstr("/photos/10<")));
}

TEST(HtmlReport, HoldsNoPictureUnlessAsked) {
  class Gray final : public ThumbnailSource {
   public:
    std::optional<std::string> thumbnail_of(const FileRecord& record) override {
      if (record.path == "gone") return std::nullopt;
      const std::vector<std::uint8_t> pixels(100 * 50, 128);
      return blurred_bmp({pixels.data(), 100, 50, 100, PixelLayout::kGray8});
    }
  };
  Records records;
  records.all = {picture("a", 2), picture("gone", 3)};
  EXPECT_THAT(html_of(records), Not(HasSubstr("<img")));
  Gray source;
  HtmlReportOptions options;
  options.thumbnails = &source;
  const std::string page = html_of(records, options);
  EXPECT_THAT(page, HasSubstr("; img-src data:;"));
  EXPECT_THAT(page, HasSubstr("<img class=\"thumb\" alt=\"Blurred\" src=\"data:image/bmp;base64,Qk"));
  EXPECT_THAT(page, HasSubstr("data-label=\"Blurred\">none</td>"));
}

TEST(HtmlReport, NothingFoundIsSaidPlainly) {
  Records records;
  records.all = {picture("a", -1)};
  const std::string page = html_of(records);
  EXPECT_THAT(page, HasSubstr("No file matched."));
  EXPECT_THAT(page, Not(HasSubstr("<svg")));
}

TEST(HtmlReport, TheSinksErrorIsReturned) {
  Records records;
  const auto full = [](std::string_view) -> Result<void> { return fail(Code::kLimitExceeded, "disk full"); };
  const auto written = write_html_report(summary_of(records), records, {}, full);
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().code, Code::kLimitExceeded);
}

TEST(CsvReport, NeutralisesFormulas) {
  EXPECT_EQ(csv_field("=cmd()"), "'=cmd()");
  EXPECT_EQ(csv_field("+1"), "'+1");
  EXPECT_EQ(csv_field("-1"), "'-1");
  EXPECT_EQ(csv_field("@a"), "'@a");
  EXPECT_EQ(csv_field("\tx"), "'\tx");
  EXPECT_EQ(csv_field("a=b"), "a=b");
  EXPECT_EQ(csv_field("say \"hi\", you"), "\"say \"\"hi\"\", you\"");
  EXPECT_EQ(csv_field("a\nb"), "\"a\nb\"");
  EXPECT_EQ(csv_field(""), "");
}

TEST(CsvReport, HasARowForEachMatchAndEachErrorAndAsManyFieldsAsColumns) {
  Records records;
  records.all = {picture("a", 4), failure("b"), picture("c", -1)};
  records.all[0].matches.push_back(records.all[0].matches[0]);
  const auto rows = [&](RecordFilter filter) {
    const std::string text =
        text_of([&](auto& sink) { return write_csv_report("/photos", records, filter, sink); });
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find("\r\n", at);
      lines.push_back(text.substr(at, end - at));
      at = end + 2;
    }
    return lines;
  };
  EXPECT_EQ(rows(RecordFilter::kEverything).size(), 5U);
  EXPECT_EQ(rows(RecordFilter::kFindings).size(), 4U);
  for (const std::string& line : rows(RecordFilter::kEverything)) {
    EXPECT_EQ(std::ranges::count(line, ','), 19) << line;
  }
}

TEST(JsonReport, IsOneDocumentThatReadsBack) {
  Records records;
  records.all = {picture("a", 4), failure(kHostileName), picture("c", -1)};
  const std::string text = text_of([&](auto& sink) {
    return write_json_report(summary_of(records), records, RecordFilter::kEverything, sink);
  });
  const auto document = parse_json(text);
  ASSERT_TRUE(document.has_value());
  const Json& files = (*document)["files"];
  ASSERT_EQ(files.size(), 3U);
  EXPECT_EQ(files[0]["path"], "/photos/a");
  EXPECT_EQ(files[0]["verdict"], "block");
  EXPECT_EQ(files[0]["matches"][0]["distance"], 4);
  EXPECT_EQ(files[0]["matches"][0]["variant"], "rotate90");
  EXPECT_EQ(files[1]["error"]["code"], "unavailable");
  EXPECT_EQ(path_from_utf8(files[1]["path"].get<std::string>()), "/photos/" + kHostileName);
  EXPECT_EQ(files[2]["verdict"], "allow");
  EXPECT_EQ(files[2]["matches"].size(), 0U);
  EXPECT_EQ((*document)["summary"]["files"], 3);
  EXPECT_EQ((*document)["summary"]["errors_by_code"]["unavailable"], 1);
}

TEST(JsonReport, ASummaryLineReadsBack) {
  const Records records;
  const auto line = parse_json(to_json_line(summary_of(records)));
  ASSERT_TRUE(line.has_value());
  EXPECT_EQ((*line)["summary"]["root"], "/photos");
  EXPECT_EQ((*line)["summary"]["banks"][0]["entries"], 10);
}

TEST(ReportText, FiguresAreReadable) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1'234'567), "1,234,567");
  EXPECT_EQ(readable_bytes(999), "999 B");
  EXPECT_EQ(readable_bytes(1500), "1.5 kB");
  EXPECT_EQ(readable_bytes(999'999), "1.0 MB");
  EXPECT_EQ(readable_bytes(20'000'000'000), "20 GB");
  EXPECT_EQ(readable_duration(0), "0.0 s");
  EXPECT_EQ(readable_duration(59'600), "1 min 0 s");
  EXPECT_EQ(readable_duration(7'800'000), "2 h 10 min");
  EXPECT_EQ(readable_time(0), "1970-01-01 00:00:00 UTC");
  EXPECT_EQ(readable_time(1'000'000'000'000), "2001-09-09 01:46:40 UTC");
}

TEST(ReportText, Base64IsThatOfTheRfc) {
  const auto encoded = [](std::string_view text) { return base64(std::as_bytes(std::span(text))); };
  EXPECT_EQ(encoded(""), "");
  EXPECT_EQ(encoded("f"), "Zg==");
  EXPECT_EQ(encoded("fo"), "Zm8=");
  EXPECT_EQ(encoded("foobar"), "Zm9vYmFy");
}

TEST(Thumbnail, HoldsAtMost256GrayPixelsOfAnyPicture) {
  for (const auto& [width, height] : {std::pair(1, 1), {3, 2000}, {4000, 7}, {640, 480}}) {
    const std::vector<std::uint8_t> pixels(static_cast<std::size_t>(width * height * 3), 200);
    const std::string bmp = blurred_bmp({pixels.data(), width, height, width * 3, PixelLayout::kRgb24});
    EXPECT_EQ(bmp.substr(0, 2), "BM");
    EXPECT_LE(bmp.size(), 14U + 40 + 1024 + 256);
    EXPECT_EQ(static_cast<unsigned char>(bmp[14 + 40 + 1024]), 200);
  }
}

}  // namespace
}  // namespace seawall
