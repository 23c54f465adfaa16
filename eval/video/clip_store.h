#pragma once

#include <filesystem>
#include <string>

#include "movie.h"

namespace seawall::eval {

/// Encoded clips on disk, made by the `ffmpeg` program, each under a name that follows from how it is made:
/// what is there already is not made again. Never committed: the folder lies in a build folder.
/// Threads: any number. Ends the program where `ffmpeg` fails, as
/// the evaluation would then be wrong.
class ClipStore {
 public:
  explicit ClipStore(std::filesystem::path folder);

  /// The movie as nearly lossless H.264: what is listed, and what edits start from.
  [[nodiscard]] std::filesystem::path master(const Movie& movie);
  /// "ffmpeg ARGUMENTS FILE.extension".
  [[nodiscard]] std::filesystem::path encoded(const std::string& arguments, const std::string& extension);
  /// A picture as a file that `ffmpeg` reads; where `clear` is given, pixels of that colour are transparent.
  [[nodiscard]] std::filesystem::path overlay(const Picture& picture, const Colour* clear);

 private:
  [[nodiscard]] std::filesystem::path path_of(const std::string& key, const std::string& extension) const;

  std::filesystem::path folder_;
};

}  // namespace seawall::eval
