#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

// Clips for the video tests, made by the `ffmpeg` program when they are asked for, and what that program
// itself decodes from them. All harmless: generated patterns.
namespace seawall::test {

/// Runs `ffmpeg` with quiet defaults and these arguments (split by the shell); its standard output. Fails the
/// test, and gives nothing, when it fails.
std::string run_ffmpeg(const std::string& arguments);

/// The path of a clip: "ffmpeg ARGUMENTS x.EXTENSION", made once per process. `input`: a source before the
/// arguments, empty for moving_pattern(192x144).
std::string make_clip(const std::string& extension, const std::string& arguments,
                      const std::string& input = {});
/// "-f lavfi -i ..." for a pattern that moves.
std::string moving_pattern(const std::string& size, double seconds = 2, int rate = 25);
/// A file name in the process's own temporary folder, which goes with the process.
std::string scratch_path(const std::string& name);

using FileBytes = std::vector<std::byte>;
FileBytes read_file(const std::string& path);
void write_file(const std::string& path, const FileBytes& bytes);

/// One frame as FFmpeg's program decodes it: the planes packed one after the other, 8 bits a sample (of
/// deeper samples the high ones), times as the container has them.
struct ReferenceFrame {
  std::int64_t container_time_us = 0;
  std::vector<std::uint8_t> y;
  std::vector<std::uint8_t> cb;
  std::vector<std::uint8_t> cr;
};
/// `format`: the decoded pixel format: yuv420p, yuv422p10le, yuv444p, gray... `how`: options of the input.
/// Decoded once per process.
std::vector<ReferenceFrame> decode_with_ffmpeg(const std::string& path, int width, int height,
                                               const std::string& format = "yuv420p",
                                               const std::string& how = "-noautorotate");

}  // namespace seawall::test
