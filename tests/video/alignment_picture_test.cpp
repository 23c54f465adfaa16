#include "seawall/clip_report/alignment_picture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "seawall/base/byte_source.h"
#include "seawall/xml/stream.h"

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose

/// Elements with their attributes and text; fails the test unless the picture is well-formed XML.
struct Elements {
  std::vector<XmlStream::Event> begins;
  std::string text;

  [[nodiscard]] std::size_t count(std::string_view name) const {
    return static_cast<std::size_t>(std::ranges::count(begins, name, &XmlStream::Event::name));
  }
  [[nodiscard]] std::size_t marks(std::string_view id) const {
    return static_cast<std::size_t>(std::ranges::count_if(begins, [&](const auto& e) {
      return e.name == "use" && e.attribute("href") == "#seawall-" + std::string(id);
    }));
  }
};

Elements elements_of(const std::string& svg) {
  MemorySource source(svg);
  XmlStream stream(source);
  Elements elements;
  for (;;) {
    const auto event = stream.next();
    if (!event) {
      ADD_FAILURE() << event.error().message << "\n" << svg;
      return elements;
    }
    if ((*event)->kind == XmlStream::Event::Kind::kDone) return elements;
    if ((*event)->kind == XmlStream::Event::Kind::kBegin)
      elements.begins.push_back(**event);
    else
      elements.text += (*event)->text + "\n";
  }
}

ClipMatch match_of_two_segments() {
  ClipSegment first;
  first.tier = ClipTier::kThreeAligned;
  first.query_begin_ms = 10'000;
  first.query_end_ms = 20'000;
  first.reference_begin_ms = 0;
  first.reference_end_ms = 12'500;
  first.speed = 1.25;
  first.speed_is_known = true;
  first.why = "12 of 20 aligned frames are distinct.";
  for (int i = 0; i < 20; ++i) {
    AlignedPair pair;
    pair.query_ms = 10'000 + i * 500;
    pair.reference_ms = i * 625;
    pair.distance_bits = 20 + 2 * i;
    pair.query_quality = 90;
    pair.reference_quality = -1;
    pair.benign = i == 19;
    first.pairs.push_back(pair);
  }
  ClipSegment second = first;
  second.tier = ClipTier::kSingleFrame;
  second.speed_is_known = false;
  second.pairs.resize(1);
  second.pairs[0].query_label = 1;
  return {ClipId{7}, ClipTier::kThreeAligned, {first, second}};
}

AlignmentSubject subject() {
  return {"upload <script>alert(1)</script>&\"'.mp4",
          "clip \x01\n 7",
          60'000,
          30'000,
          {"original", "flip_x"},
          {"original"}};
}

TEST(AlignmentPicture, IsWellFormedAndDrawsEveryFrameAndSegment) {
  const Elements picture = elements_of(alignment_svg(match_of_two_segments(), subject()));
  // 20, 22 ... 30 bits; 32 ... 48; 50 ... 56; the last is benign. And the second segment's. And the legend's.
  EXPECT_EQ(picture.marks("d31"), 6U + 1 + 1);
  EXPECT_EQ(picture.marks("d48"), 9U + 1);
  EXPECT_EQ(picture.marks("d64"), 4U + 1);
  EXPECT_EQ(picture.marks("no"), 1U + 1);
  EXPECT_EQ(picture.count("title"), 1U);
  EXPECT_NE(picture.text.find("three-aligned"), std::string::npos);
  EXPECT_NE(picture.text.find("0:40"), std::string::npos) << "the axes have times";
}

TEST(AlignmentPicture, HoldsNoScriptNoLinkAndNothingOfANameButText) {
  const std::string svg = alignment_svg(match_of_two_segments(), subject());
  const Elements picture = elements_of(svg);
  const std::set<std::string> allowed = {"svg",  "title", "desc", "defs", "g",  "circle",
                                         "path", "rect",  "line", "text", "use"};
  for (const auto& element : picture.begins) {
    EXPECT_TRUE(allowed.contains(element.name)) << element.name;
    for (const auto& [name, value] : element.attributes) {
      EXPECT_NE(name.substr(0, 2), "on");
      if (name == "href") {
        EXPECT_TRUE(value.starts_with("#seawall-")) << value;
      }
    }
  }
  EXPECT_NE(picture.text.find("upload <script>alert(1)</script>&\"'.mp4"), std::string::npos);
}

TEST(AlignmentPicture, PointsStandWhereTheirTimesSay) {
  ClipMatch match = match_of_two_segments();
  match.segments.resize(1);
  match.segments[0].pairs.resize(1);
  match.segments[0].pairs[0].query_ms = 30'000;      // Half of the query's 60 s.
  match.segments[0].pairs[0].reference_ms = 15'000;  // Half of the clip's 30 s.
  const Elements picture = elements_of(alignment_svg(match, subject()));
  const auto frame = std::ranges::find_if(
      picture.begins, [](const auto& e) { return e.name == "rect" && e.attribute("fill") == "none"; });
  ASSERT_NE(frame, picture.begins.end());
  const auto value = [](const auto& element, std::string_view name) {
    return std::stod(std::string(element.attribute(name)));
  };
  const auto point = std::ranges::find(picture.begins, "use", &XmlStream::Event::name);
  ASSERT_NE(point, picture.begins.end());
  EXPECT_NEAR(value(*point, "x"), value(*frame, "x") + value(*frame, "width") / 2, 0.11);
  EXPECT_NEAR(value(*point, "y"), value(*frame, "y") + value(*frame, "height") / 2, 0.11);
}

TEST(AlignmentPicture, DrawsOneOfEveryNFramesWhereTheyAreMany) {
  ClipMatch match = match_of_two_segments();
  match.segments[0].pairs.assign(10'000, match.segments[0].pairs[0]);
  const std::string svg = alignment_svg(match, subject(), {.points_max = 100});
  EXPECT_LE(elements_of(svg).count("use"), 105U);
  EXPECT_NE(svg.find("one of every 101 frames is drawn"), std::string::npos);
}

TEST(AlignmentPicture, OfNothingIsStillAPicture) {
  for (const std::int64_t duration_ms : {0LL, 1LL, 59LL, 86'400'000LL * 30}) {
    AlignmentSubject nothing{"", "", duration_ms, duration_ms, {}, {}};
    const Elements picture = elements_of(alignment_svg({}, nothing));
    EXPECT_LE(picture.count("text"), 40U) << "ticks are few at any length";
  }
}

TEST(AlignmentTable, SaysWhatThePictureShows) {
  const std::string table = alignment_table(match_of_two_segments(), subject());
  for (const std::string words :
       {"0:10.000 to 0:20.000 of the query shows 0:00.000 to 0:12.500 of the clip, at 1.250 times its speed",
        "12 of 20 aligned frames are distinct.", "single-frame: ", "flip_x / original",
        "(benign: does not count)", "clip \\x01\\x0a 7"})
    EXPECT_NE(table.find(words), std::string::npos) << words << "\n" << table;
  EXPECT_NE(alignment_table(match_of_two_segments(), subject(), 5).find("5 of 20 frames are shown"),
            std::string::npos);
  EXPECT_NE(alignment_table({}, subject()).find("Nothing was found"), std::string::npos);
}

TEST(AlignmentTable, TimesAreAsPeopleReadThem) {
  EXPECT_EQ(media_time(0), "0:00.000");
  EXPECT_EQ(media_time(7'250), "0:07.250");
  EXPECT_EQ(media_time(-61'001), "-1:01.001");
  EXPECT_EQ(media_time(3'723'500), "1:02:03.500");
}

}  // namespace
