#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "clips.h"
#include "seawall/base/unique_fd.h"
#include "seawall/media/video_decoder.h"

// The conformance suite of the port VideoDecoder. An adapter joins with
//   INSTANTIATE_TEST_SUITE_P(Name, VideoDecoderSuite, testing::Values(VideoDecoderUnderTest{"name", make}));
namespace seawall::test {

struct VideoDecoderUnderTest {
  std::string name;
  std::function<std::unique_ptr<VideoDecoder>()> make;
};
inline std::ostream& operator<<(std::ostream& out, const VideoDecoderUnderTest& d) { return out << d.name; }

/// A frame and its samples, rows packed.
struct SeenFrame {
  VideoFrame facts;  ///< Its planes are gone; only the numbers are left.
  std::vector<std::uint8_t> y;
  std::vector<std::uint8_t> cb;
  std::vector<std::uint8_t> cr;
};

/// All that one decode said.
struct Watched {
  Result<VideoInfo> info{fail(Code::kInvalidInput, "")};
  std::vector<SeenFrame> frames;
};

inline std::vector<std::uint8_t> packed(const std::uint8_t* plane, std::ptrdiff_t stride, int width,
                                        int height) {
  std::vector<std::uint8_t> out;
  if (plane == nullptr) return out;
  for (int row = 0; row < height; ++row, plane += stride) out.insert(out.end(), plane, plane + width);
  return out;
}

inline SeenFrame copy_of(const VideoFrame& frame) {
  const YccView& p = frame.planes;
  const int chroma_width = (p.width_px + (1 << p.chroma_h_shift) - 1) >> p.chroma_h_shift;
  const int chroma_height = (p.height_px + (1 << p.chroma_v_shift) - 1) >> p.chroma_v_shift;
  SeenFrame seen{frame, packed(p.y, p.y_stride_bytes, p.width_px, p.height_px),
                 packed(p.cb, p.chroma_stride_bytes, chroma_width, chroma_height),
                 packed(p.cr, p.chroma_stride_bytes, chroma_width, chroma_height)};
  seen.facts.planes.y = seen.facts.planes.cb = seen.facts.planes.cr = nullptr;
  return seen;
}

inline Watched watch_with(VideoDecoder& decoder, const VideoSource& source, const VideoOptions& options) {
  Watched watched;
  watched.info = decoder.decode(source, options, [&](const VideoFrame& frame) {
    watched.frames.push_back(copy_of(frame));
    return true;
  });
  return watched;
}

class VideoDecoderSuite : public testing::TestWithParam<VideoDecoderUnderTest> {
 protected:
  void SetUp() override { decoder_ = GetParam().make(); }

  static VideoOptions every_frame() { return {.sampling = VideoSampling::kEveryFrame}; }

  Watched watch(const std::string& path, const VideoOptions& options) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    EXPECT_TRUE(file) << path;
    return watch_with(*decoder_, {.file = file.get()}, options);
  }
  Watched watch_bytes(const FileBytes& bytes, const VideoOptions& options) {
    const VideoSource::Bytes part(bytes);
    return watch_with(*decoder_, {.parts = {&part, 1}}, options);
  }

  /// Every frame of the clip, sample by sample and time by time, as FFmpeg's own program decodes it.
  void expect_frames_of_ffmpeg(const std::string& path, int width, int height,
                               const std::string& format = "yuv420p") {
    SCOPED_TRACE(path);
    const auto reference = decode_with_ffmpeg(path, width, height, format);
    const Watched watched = watch(path, every_frame());
    ASSERT_TRUE(watched.info.has_value()) << watched.info.error().message;
    EXPECT_FALSE(watched.info->truncated);
    ASSERT_EQ(watched.frames.size(), reference.size());
    ASSERT_FALSE(reference.empty());
    for (std::size_t i = 0; i < reference.size(); ++i) {
      SCOPED_TRACE(i);
      const SeenFrame& seen = watched.frames[i];
      ASSERT_EQ(seen.facts.planes.width_px, width);
      ASSERT_EQ(seen.facts.planes.height_px, height);
      ASSERT_EQ(seen.y, reference[i].y);
      ASSERT_EQ(seen.cb, reference[i].cb);
      ASSERT_EQ(seen.cr, reference[i].cr);
      ASSERT_LE(std::llabs(seen.facts.container_time_us - reference[i].container_time_us), 1);
      ASSERT_EQ(seen.facts.index, static_cast<std::int64_t>(i));
      ASSERT_TRUE(i == 0 || seen.facts.time_us > watched.frames[i - 1].facts.time_us);
    }
  }

  std::unique_ptr<VideoDecoder> decoder_;
};

}  // namespace seawall::test
