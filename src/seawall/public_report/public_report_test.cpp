#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "seawall/base/temporary_folder.h"
#include "seawall/crypto/sha256.h"
#include "seawall/public_report/help_lines.h"
#include "seawall/public_report/report_book.h"
#include "seawall/public_report/report_form.h"

namespace seawall {
namespace {

using std::chrono::hours;
using testing::HasSubstr;
using testing::Not;

class HandClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return time; }
  Time time{std::chrono::seconds(1'795'388'400)};
};

TEST(HelpLines, EachHasItsSourceItsWordsAndNoDouble) {
  const auto lines = help_lines();
  ASSERT_TRUE(lines) << lines.error().message;
  EXPECT_GE(lines->lines.size(), 8U);
  std::set<std::string> places;
  for (const HelpLine& line : lines->lines) places.insert(line.places.begin(), line.places.end());
  for (const char* place : {"*", "EU", "AU", "CA", "DE", "FR", "GB", "US"})
    EXPECT_TRUE(places.contains(place));
}

TEST(HelpLines, AreRefusedWithoutASourceOrTwice) {
  const std::string one =
      R"({"places":["GB"],"name":"A","does":{"en":"x","de":"y"},"kind":"help","phone":"1",)"
      R"("source":"https://a.example"})";
  const auto of = [](const std::string& lines) { return R"({"read":"2026-11-23","lines":[)" + lines + "]}"; };
  EXPECT_TRUE(help_lines_from(of(one)));
  EXPECT_FALSE(help_lines_from(of(one + "," + one)));
  std::string bare = one;
  bare.replace(bare.find("https://a.example"), 17, "");
  EXPECT_FALSE(help_lines_from(of(bare)));
  EXPECT_FALSE(help_lines_from("{}"));
}

TEST(ReportLanguage, IsWhatTheSenderLikesBestOfTheTwo) {
  EXPECT_EQ(report_language({}, "de-AT,en;q=0.8"), ReportLanguage::kGerman);
  EXPECT_EQ(report_language({}, "fr, en;q=0.3, de;q=0.5"), ReportLanguage::kGerman);
  EXPECT_EQ(report_language({}, "fr"), ReportLanguage::kEnglish);
  EXPECT_EQ(report_language({}, "de;q=0"), ReportLanguage::kEnglish);
  EXPECT_EQ(report_language("en", "de"), ReportLanguage::kEnglish);
  EXPECT_EQ(report_language({}, ";;q=,,"), ReportLanguage::kEnglish);
}

TEST(ReportForm, ReadsWhatABrowserSends) {
  const auto fields =
      report_fields_from("url=https%3A%2F%2FA.example%2Fx+y&category=child&text=a%0D%0Ab&send=1");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->url, "https://A.example/x y");
  EXPECT_EQ(fields->text, "a\r\nb");
  EXPECT_FALSE(report_fields_from("url=%ff"));
  EXPECT_FALSE(report_fields_from("url=a&url=b"));
  EXPECT_TRUE(report_fields_from(""));
}

TEST(ReportForm, KnowsAnAddressHoweverItIsWritten) {
  const auto url = [](std::string text) {
    ReportFaults faults;
    const auto report = report_from({std::move(text), "child", ""}, faults);
    return report ? report->url : std::string("refused");
  };
  EXPECT_EQ(url("  HTTPS://Example.ORG:443/a#b "), "https://example.org/a");
  EXPECT_EQ(url("example.org"), "https://example.org/");
  EXPECT_EQ(url("https://example.org/\xc3\xa4"), "https://example.org/%C3%A4");
  EXPECT_EQ(url("javascript:alert(1)"), "refused");
  EXPECT_EQ(url("ftp://example.org"), "refused");
  EXPECT_EQ(url("https://u:p@example.org/"), "refused");
}

TEST(ReportForm, SaysWhatIsMissing) {
  ReportFaults faults;
  EXPECT_FALSE(report_from({"", "", std::string(2001, 'x')}, faults));
  EXPECT_TRUE(faults.url_missing && faults.category_missing && faults.text_long);
  EXPECT_FALSE(faults.url_wrong);
}

class Pages : public ::testing::Test {
 protected:
  ReportPages pages{"Example <House>", help_lines().value()};
};

TEST_F(Pages, NeedNoScriptAndLoadNothing) {
  for (const auto language : {ReportLanguage::kEnglish, ReportLanguage::kGerman}) {
    for (const std::string& page : {pages.form(language, {}, {}), pages.thanks(language, "abcd"),
                                    pages.state(language, {}), pages.busy(language)}) {
      EXPECT_THAT(page, Not(HasSubstr("<script")));
      EXPECT_THAT(page, Not(HasSubstr("src=")));
      EXPECT_THAT(page, Not(HasSubstr("@import")));
      EXPECT_THAT(page, Not(HasSubstr("style=")));
      EXPECT_THAT(page, HasSubstr("Example &lt;House&gt;"));
    }
  }
  EXPECT_THAT(pages.policy(), HasSubstr("default-src 'none'; style-src 'sha256-"));
}

TEST_F(Pages, ShowNothingOfASenderUnescaped) {
  const std::string page =
      pages.form(ReportLanguage::kEnglish, {"\"><script>", "x\"y", "</textarea><b>"}, {});
  EXPECT_THAT(page, Not(HasSubstr("\"><script>")));
  EXPECT_THAT(page, Not(HasSubstr("</textarea><b>")));
}

TEST_F(Pages, NameEachFaultBesideItsFieldAndLinkToIt) {
  ReportFaults faults;
  faults.url_missing = faults.category_missing = true;
  const std::string page = pages.form(ReportLanguage::kGerman, {}, faults);
  EXPECT_THAT(page, HasSubstr("role=\"alert\""));
  EXPECT_THAT(page, HasSubstr("href=\"#url\""));
  EXPECT_THAT(page, HasSubstr("aria-describedby=\"url-hint url-fault\" aria-invalid=\"true\""));
  EXPECT_THAT(page, HasSubstr("lang=\"de\""));
}

class Book : public ::testing::Test {
 protected:
  Book() { open(); }
  void open() {
    book.reset();
    book = ReportBook::open(folder.path() / "reports", sha256_of("key"), clock, options).value();
  }
  static NewReport report(std::string url, std::string text = "") {
    return {std::move(url), "child", std::move(text), "en"};
  }
  std::string bytes() const {
    std::string all;
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder.path())) {
      if (!file.is_regular_file()) continue;
      std::ifstream in(file.path(), std::ios::binary);
      all.append(std::istreambuf_iterator<char>(in), {});
    }
    return all;
  }
  ReportRefusal claim(std::int64_t id, std::string_view who) {
    ReportRefusal why{};
    EXPECT_TRUE(book->claim(id, who, why));
    return why;
  }
  ReportRefusal decide(std::int64_t id, std::string_view who, ReportState outcome) {
    ReportRefusal why{};
    EXPECT_TRUE(book->decide(id, who, outcome, why));
    return why;
  }
  TemporaryFolder folder = TemporaryFolder::make("reports").value();
  HandClock clock;
  ReportOptions options;
  std::unique_ptr<ReportBook> book;
};

TEST_F(Book, KeepsAReportSealedAndTellsItsSenderWhatBecameOfIt) {
  const std::string code =
      book->submit(report("https://secret.example/path", "behind the second link")).value();
  EXPECT_EQ(code.size(), 19U);
  EXPECT_EQ(book->state_of(code).value(), ReportState::kReceived);
  EXPECT_THAT(bytes(), Not(HasSubstr("secret.example")));
  EXPECT_THAT(bytes(), Not(HasSubstr("second link")));
  EXPECT_THAT(bytes(), Not(HasSubstr(code)));
  clock.time += hours(1);
  EXPECT_EQ(decide(1, "ann", ReportState::kPassedOn), ReportRefusal::kNotClaimed);
  EXPECT_EQ(claim(1, "ann"), ReportRefusal::kNone);
  EXPECT_EQ(claim(1, "bob"), ReportRefusal::kClaimed);
  open();
  EXPECT_EQ(book->state_of(code).value(), ReportState::kLookedAt);
  EXPECT_EQ(decide(1, "ann", ReportState::kPassedOn), ReportRefusal::kNone);
  EXPECT_EQ(decide(1, "ann", ReportState::kNotOurs), ReportRefusal::kDecided);
  EXPECT_EQ(book->state_of(code).value(), ReportState::kPassedOn);
  std::string typed = code;
  for (char& c : typed) c = static_cast<char>(c == '-' ? ' ' : std::toupper(c));
  EXPECT_EQ(book->state_of(typed).value(), ReportState::kPassedOn) << "however it is typed";
  EXPECT_EQ(book->state_of("aaaa").value(), std::nullopt);
  const auto whole = book->open_report(1).value();
  EXPECT_EQ(whole->url, "https://secret.example/path");
  EXPECT_EQ(whole->texts, std::vector<std::string>{"behind the second link"});
}

TEST_F(Book, CountsTheSameAddressAndTellsNobodyThatOthersReportedIt) {
  const std::string first = book->submit(report("https://a.example/")).value();
  clock.time += hours(1);
  ASSERT_EQ(claim(1, "ann"), ReportRefusal::kNone);
  clock.time += hours(1);
  const std::string second = book->submit(report("https://a.example/")).value();
  EXPECT_EQ(book->state_of(first).value(), ReportState::kLookedAt);
  EXPECT_EQ(book->state_of(second).value(), ReportState::kReceived) << "as that of an address nobody knew";
  EXPECT_EQ(book->reports(true, 0, 10)->reports.at(0).count, 2);
  EXPECT_TRUE(book->reports(true, 0, 10)->reports.at(0).url.empty()) << "lists hold no addresses";
  ASSERT_EQ(claim(1, "ann"), ReportRefusal::kNone);
  ASSERT_EQ(decide(1, "ann", ReportState::kNotFound), ReportRefusal::kNone);
  const std::string third = book->submit(report("https://a.example/")).value();
  EXPECT_EQ(book->state_of(third).value(), ReportState::kReceived) << "a new report";
  EXPECT_EQ(book->reports(true, 0, 10)->reports.at(0).id, 2);
}

TEST_F(Book, IsBoundedAgainstFloods) {
  options.open_max = 2;
  options.receipts_max = 1;
  options.texts_max = 1;
  open();
  ASSERT_FALSE(book->submit(report("https://a.example/", "one"))->empty());
  EXPECT_TRUE(book->submit(report("https://a.example/", "two"))->empty()) << "counted alone";
  EXPECT_EQ(book->open_report(1).value()->texts.size(), 1U);
  ASSERT_TRUE(book->submit(report("https://b.example/")));
  EXPECT_EQ(book->submit(report("https://c.example/")).error().code, Code::kLimitExceeded);
}

TEST_F(Book, ErasesWhatIsTooOld) {
  const std::string code = book->submit(report("https://a.example/", "text")).value();
  ASSERT_EQ(claim(1, "ann"), ReportRefusal::kNone);
  ReportRefusal why{};
  ASSERT_TRUE(book->note(1, "ann", "called them", why));
  EXPECT_EQ(book->open_report(1).value()->notes.at(0).text, "called them");
  ASSERT_EQ(decide(1, "ann", ReportState::kNotOurs), ReportRefusal::kNone);
  clock.time += hours(24 * 90) - std::chrono::seconds(1);
  ASSERT_TRUE(book->tidy());
  EXPECT_TRUE(book->state_of(code).value());
  clock.time += std::chrono::seconds(1);
  ASSERT_TRUE(book->tidy());
  EXPECT_EQ(book->state_of(code).value(), std::nullopt);
  EXPECT_EQ(book->open_report(1).value(), std::nullopt);
}

}  // namespace
}  // namespace seawall
