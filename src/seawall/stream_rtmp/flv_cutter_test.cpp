#include "seawall/stream_rtmp/flv_cutter.h"

#include <gtest/gtest.h>

#include <array>
#include <tuple>

#include "seawall/stream_rtmp/detail/chunk_writer.h"

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose

Time at(std::uint32_t ms) { return Time{std::chrono::milliseconds(1'700'000'000'000 + ms)}; }

RtmpVideo tag(std::uint32_t time_ms, unsigned first, unsigned second, std::size_t size = 20) {
  RtmpVideo video{time_ms, std::vector<std::byte>(size, std::byte{7})};
  video.body[0] = static_cast<std::byte>(first);
  video.body[1] = static_cast<std::byte>(second);
  return video;
}
RtmpVideo header() { return tag(0, 0x17, 0); }
RtmpVideo key(std::uint32_t time_ms, std::size_t size = 20) { return tag(time_ms, 0x17, 1, size); }
RtmpVideo picture(std::uint32_t time_ms, std::size_t size = 20) { return tag(time_ms, 0x27, 1, size); }

struct Cut {
  std::vector<LiveSegment> pieces;
  FlvCutter cutter;
  bool wants_all = false;
  void take(RtmpVideo video) {
    const Time now = at(video.time_ms);
    ASSERT_TRUE(cutter.take(std::move(video), now, wants_all,
                            [&](LiveSegment piece) { pieces.push_back(std::move(piece)); }));
  }
};

TEST(FlvCutter, GivesEachKeyPictureByItselfAtOnce) {
  Cut cut;
  cut.take(picture(0));  // Nothing to decode it from.
  cut.take(header());
  for (std::uint32_t time = 0; time < 6'000; time += 40)
    cut.take(time % 2'000 == 0 ? key(time) : picture(time));
  ASSERT_EQ(cut.pieces.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(cut.pieces[i].i_frames_only);
    EXPECT_FALSE(cut.pieces[i].repeats);
    EXPECT_EQ(cut.pieces[i].discontinuity, i == 0);
    EXPECT_EQ(cut.pieces[i].media.size(), 20U + 11 + 4);
    EXPECT_EQ(cut.pieces[i].init->size(), 13U + 20 + 11 + 4);
    EXPECT_EQ(cut.pieces[i].fetched_at, at(static_cast<std::uint32_t>(i) * 2'000));
  }
  EXPECT_EQ(cut.pieces[0].init, cut.pieces[2].init) << "shared";
}

TEST(FlvCutter, GivesWhatFollowedToo) {
  Cut cut;
  cut.wants_all = true;
  cut.take(header());
  for (std::uint32_t time = 0; time <= 2'000; time += 1'000)
    cut.take(time % 2'000 == 0 ? key(time) : picture(time));
  ASSERT_EQ(cut.pieces.size(), 3U);
  EXPECT_TRUE(cut.pieces[1].repeats);
  EXPECT_FALSE(cut.pieces[1].i_frames_only);
  EXPECT_EQ(cut.pieces[1].media.size(), 2U * 35);
  EXPECT_EQ(cut.pieces[1].duration, std::chrono::seconds(1));
  EXPECT_FALSE(cut.pieces[2].repeats);
}

TEST(FlvCutter, GivesWhatThereIsWhereNoKeyPictureComes) {
  Cut cut;
  cut.take(header());
  cut.take(key(0));
  for (std::uint32_t time = 40; time < 40'000; time += 40) cut.take(picture(time));
  ASSERT_EQ(cut.pieces.size(), 5U) << "the key picture, and parts after 4.5, 9, 18 and 36 s";
  for (std::size_t i = 1; i < 5; ++i) EXPECT_TRUE(cut.pieces[i].repeats);
}

TEST(FlvCutter, KeepsNoMoreThanItsLimit) {
  Cut cut;
  cut.wants_all = true;
  cut.take(header());
  cut.take(key(0, 1 << 20));
  for (std::uint32_t i = 1; i <= 8; ++i) cut.take(picture(i * 100, 1 << 20));
  EXPECT_EQ(cut.cutter.left_out(), 6U);
  cut.take(key(2'000));
  EXPECT_LE(cut.pieces[1].media.size(), PictureCutter::kBytesMax);
  cut.take(picture(2'040));
  EXPECT_EQ(cut.cutter.left_out(), 6U) << "behind the next key picture there is room again";
}

TEST(FlvCutter, BeginsAnewWithAnotherHeaderOrConnection) {
  Cut cut;
  cut.take(header());
  cut.take(key(0));
  cut.take(header());  // The same again: publishers repeat it.
  cut.take(key(2'000));
  EXPECT_FALSE(cut.pieces[1].discontinuity);
  cut.take(tag(0, 0x17, 0, 30));
  cut.take(key(4'000));
  EXPECT_TRUE(cut.pieces[2].discontinuity);
  EXPECT_NE(cut.pieces[2].init, cut.pieces[1].init);
  cut.cutter.restart();
  cut.take(picture(4'040));
  cut.take(key(5'000));
  EXPECT_TRUE(cut.pieces[3].discontinuity);
}

TEST(FlvCutter, NamesCodecsThatNobodyReadsHere) {
  FlvCutter cutter;
  for (const unsigned first : {0x1cU, 0x19U, 0x90U, 0x17U | 0x80U}) {
    const auto taken =
        cutter.take(tag(0, first, 1), at(0), false, [](LiveSegment) {});  // Of an unknown name.
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, Code::kUnsupported);
  }
}

RtmpVideo enhanced(std::uint32_t time_ms, unsigned kind, unsigned type, std::string_view codec_and_rest) {
  RtmpVideo video{time_ms, {static_cast<std::byte>(0x80U | kind << 4U | type)}};
  for (const char c : codec_and_rest) video.body.push_back(static_cast<std::byte>(c));
  return video;
}

TEST(FlvCutter, GivesEnhancedCodecsAsMatroska) {
  using std::string_literals::operator""s;
  for (const std::string& codec : {"avc1"s, "hvc1"s, "av01"s, "vp09"s}) {
    SCOPED_TRACE(codec);
    Cut cut;
    cut.wants_all = true;
    cut.take(enhanced(0, 1, 0, codec + "setup"));
    const bool later = codec == "avc1" || codec == "hvc1";
    cut.take(enhanced(0, 1, 1, codec + (later ? "\0\0\x50"s : ""s) + "key"));
    cut.take(enhanced(40, 2, 3, codec + "other"));
    cut.take(enhanced(80, 1, 3, codec + "key"));
    ASSERT_EQ(cut.pieces.size(), 3U);
    const auto& head = *cut.pieces[0].init;
    EXPECT_EQ(head[0], std::byte{0x1a}) << "Matroska";
    const std::string text(reinterpret_cast<const char*>(head.data()), head.size());
    EXPECT_EQ(text.find("setup") != std::string::npos, codec != "vp09");
    EXPECT_TRUE(cut.pieces[0].i_frames_only);
    EXPECT_TRUE(cut.pieces[1].repeats);
    EXPECT_FALSE(cut.pieces[2].discontinuity);
  }
}

TEST(FlvCutter, LooksAtPicturesWhoseKindIsNotSaid) {
  using std::string_literals::operator""s;
  const std::vector<std::tuple<std::string, std::string, std::string>> cases{
      {"avc1", "\0\0\0\2\x67s\0\0\0\4\x65key"s, "\0\0\0\3\x41pp"s},
      {"hvc1", "\0\0\0\3\x42\1s\0\0\0\3\x26\1k"s, "\0\0\0\3\2\1p"s},
      {"av01", "\x12\0\x0a\1s"s, "\x12\0\x32\1p"s},
      {"av01", "\x0a\1s"s, "\x32\1p"s},
      {"vp09", "\x82key"s, "\x86other"s}};
  for (const auto& [codec, key_bytes, other] : cases) {
    SCOPED_TRACE(codec);
    Cut cut;
    cut.take(enhanced(0, 0, 0, codec));
    for (std::uint32_t i = 0; i < 9; ++i)
      cut.take(enhanced(i * 40, 0, 3, codec + (i % 4 == 0 ? key_bytes : other)));
    EXPECT_EQ(cut.pieces.size(), 3U);
  }
  Cut cut;
  cut.take(enhanced(0, 0, 3, "hvc1\xff\xff\xff\xff\1"));  // Lengths that lie.
  cut.take(enhanced(0, 0, 3, "hvc1\0\0"s));
  EXPECT_TRUE(cut.pieces.empty());
}

TEST(FlvCutter, SeesKeyPicturesThatAPublisherDoesNotCallSo) {
  Cut cut;
  cut.take(header());
  for (std::uint32_t time = 0; time < 4'000; time += 1'000) {
    RtmpVideo video = picture(time);
    const bool idr = time % 2'000 == 0;
    const std::array<unsigned, 7> rest = {0, 0, 0, 0, 0, 0, 11};  // Composition time; a unit of 11 bytes,
    for (std::size_t i = 0; i < rest.size(); ++i) video.body[2 + i] = static_cast<std::byte>(rest[i]);
    video.body[9] = static_cast<std::byte>(idr ? 0x65 : 0x41);  // a slice of an IDR picture, or of another.
    cut.take(std::move(video));
  }
  cut.take(tag(5'000, 0x27, 1, 5));  // Nothing in it.
  EXPECT_EQ(cut.pieces.size(), 2U);
}

TEST(FlvCutter, PassesOverOrRefusesWhatElseIsEnhanced) {
  FlvCutter cutter;
  const auto take = [&](RtmpVideo video) {
    return cutter.take(std::move(video), at(0), true, [](LiveSegment) { ADD_FAILURE(); });
  };
  EXPECT_TRUE(take(enhanced(0, 1, 4, "hvc1metadata")));
  EXPECT_TRUE(take(enhanced(0, 1, 2, "hvc1")));
  EXPECT_TRUE(take(enhanced(0, 5, 1, "hvc1command")));
  EXPECT_TRUE(take(enhanced(0, 1, 1, "hv")));
  EXPECT_TRUE(take(enhanced(0, 1, 1, "hvc1")));
  EXPECT_EQ(take(enhanced(0, 1, 1, "vvc1picture")).error().code, Code::kUnsupported);
  EXPECT_EQ(take(enhanced(0, 1, 6, "hvc1tracks")).error().code, Code::kUnsupported);
}

}  // namespace
