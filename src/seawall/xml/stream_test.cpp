#include "seawall/xml/stream.h"

#include <gtest/gtest.h>

namespace seawall {
namespace {

/// "<name a=b", ">name:text" and so on, and at last "! " and the error if there is one.
std::string events_of(std::string_view text, std::size_t piece_bytes = 1 << 16) {
  MemorySource source(text, piece_bytes);
  XmlStream stream(source);
  std::string seen;
  for (;;) {
    const auto event = stream.next();
    if (!event) return seen + "! " + event.error().message;
    if ((*event)->kind == XmlStream::Event::Kind::kDone) return seen;
    const bool begins = (*event)->kind == XmlStream::Event::Kind::kBegin;
    seen += (begins ? "<" : ">") + (*event)->name;
    for (const auto& [name, value] : (*event)->attributes) seen += " " + name + "=" + value;
    if (!begins) seen += ":" + (*event)->text;
    seen += ";";
  }
}

TEST(XmlStream, GivesElementsWithTheirTextAndAttributes) {
  const std::string text =
      "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<n:a xmlns:n=\"u\" x='1'>t<!-- c --><b "
      "n:id=\"&lt;2&#65;\"/>u<c><![CDATA[<&]]>&amp;</c></n:a>\n";
  const std::string expected = "<a n=u x=1;<b id=<2A;>b:;<c;>c:<&&;>a:tu;";
  for (const std::size_t piece : {1U, 2U, 7U, 1000U}) EXPECT_EQ(events_of(text, piece), expected);
}

TEST(XmlStream, RefusesDocumentTypesAndSoEveryEntity) {
  for (const char* text : {"<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
                           "<!DOCTYPE a SYSTEM \"file:///nowhere\"><a/>", "<a>&x;</a>"}) {
    EXPECT_NE(events_of(text).find("! "), std::string::npos) << text;
  }
}

TEST(XmlStream, NamesTheLimitThatIsPassed) {
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  EXPECT_NE(events_of(deep).find("deeper than 32"), std::string::npos);
  const std::string long_text(2'000'000, 'x');
  EXPECT_NE(events_of("<a>" + long_text).find("text of an element"), std::string::npos);
  EXPECT_NE(events_of("<a b=\"" + long_text).find("a tag has more"), std::string::npos);
  EXPECT_NE(events_of("<" + long_text).find("a tag has more"), std::string::npos);
  EXPECT_NE(events_of("<a><!--" + long_text).find("a tag has more"), std::string::npos);
}

TEST(XmlStream, RefusesWhatIsNotXml) {
  for (const char* text : {"", "x", "<a>", "<a></b>", "<a/><b/>", "<a>\xFF</a>", "<a b=1/>",
                           "<a b='1' b='2'/>", "<a>\x01</a>"}) {
    EXPECT_NE(events_of(text).find("! "), std::string::npos) << text;
  }
}

TEST(XmlStream, TakesNoOtherEncodingThanUtf8) {
  std::string little("\xFF\xFE");
  std::string big("\xFE\xFF");
  for (const char c : std::string("<a/>")) {
    little.append(1, c).append(1, '\0');
    big.append(1, '\0').append(1, c);
  }
  for (const std::string& text : {little, big, little.substr(2), big.substr(2)}) {
    for (const std::size_t piece : {1U, 100U}) EXPECT_EQ(events_of(text, piece), "! not XML in UTF-8");
  }
}

TEST(XmlText, ComesBackAsWritten) {
  const std::string text = "<&>\"' \t\n\r]]> \xC3\xA9";
  std::string document = "<a>";
  append_xml_text(document, text);
  EXPECT_EQ(events_of(document + "</a>"), "<a;>a:" + text + ";");
  EXPECT_TRUE(is_xml_text(text));
  EXPECT_FALSE(is_xml_text("\x01"));
  EXPECT_FALSE(is_xml_text("\xEF\xBF\xBE"));
}

}  // namespace
}  // namespace seawall
