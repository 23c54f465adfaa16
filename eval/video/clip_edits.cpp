#include "clip_edits.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "movie.h"

namespace seawall::eval {
namespace {

using Source = EditSource;

constexpr Colour kClear = {1, 2, 3};
constexpr const char* kUpload = "-c:v libx264 -preset ultrafast -crf 28 -g 48";  ///< A keyframe in 2 s.

std::string text_of(double number) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.4f", number);
  return text.data();
}

/// To a whole frame, so that cuts fall where they are said to.
double whole_frame(double seconds) { return std::floor(seconds * kFramesPerSecond) / kFramesPerSecond; }

std::vector<Showing> whole(const Source& source) { return {{0, source.seconds, 0, 1}}; }

std::string input(const std::filesystem::path& clip) { return "-i " + clip.string() + " "; }

/// The clip through `filter`, saved as an upload would be.
EditedClip filtered(ClipStore& store, const Source& source, const std::string& filter,
                    const std::string& codec = kUpload, const std::string& extension = "mp4") {
  return {store.encoded(input(source.clip) + "-vf \"" + filter + ",setsar=1\" -pix_fmt yuv420p " + codec,
                        extension),
          whole(source)};
}

// --- codec -----------------------------------------------------------------------------------------------
enum class Codec { kX264Crf28, kX264Crf45, kX264Small, kX264RareKeys, kMpeg4, kMpeg2, kHevc, kVp9, kAv1 };

template <Codec codec>
EditedClip encode(ClipStore& store, const Source& source, Random&) {
  switch (codec) {
    case Codec::kX264Crf28:
      return filtered(store, source, "null");
    case Codec::kX264Crf45:
      return filtered(store, source, "null", "-c:v libx264 -preset ultrafast -crf 45 -g 48");
    case Codec::kX264Small:
      return filtered(store, source, "scale=trunc(iw/5)*2:trunc(ih/5)*2",
                      "-c:v libx264 -preset ultrafast -crf 36 -g 48");
    case Codec::kX264RareKeys:
      return filtered(store, source, "null", "-c:v libx264 -preset ultrafast -crf 30 -g 240 -sc_threshold 0");
    case Codec::kMpeg4:
      return filtered(store, source, "null", "-c:v mpeg4 -q:v 20 -g 48", "avi");
    case Codec::kMpeg2:
      return filtered(store, source, "null", "-c:v mpeg2video -b:v 400k -g 48", "ts");
    case Codec::kHevc:
      return filtered(store, source, "null",
                      "-c:v libx265 -preset ultrafast -crf 38 -x265-params log-level=none:keyint=48:pools=1",
                      "mkv");
    case Codec::kVp9:
      return filtered(store, source, "null", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 120k -g 48",
                      "webm");
    case Codec::kAv1:
      return filtered(store, source, "null", "-c:v libsvtav1 -preset 12 -crf 55 -g 48 -svtav1-params lp=1",
                      "mkv");
  }
  return {};
}

// --- time ------------------------------------------------------------------------------------------------
EditedClip twelve_frames(ClipStore& store, const Source& source, Random&) {
  return filtered(store, source, "fps=12", "-c:v libx264 -preset ultrafast -crf 28 -g 24");
}

template <int percent>
EditedClip speed(ClipStore& store, const Source& source, Random&) {
  const double factor = percent / 100.0;
  EditedClip made = filtered(store, source, "setpts=PTS/" + text_of(factor) + ",fps=24");
  made.truth = {{0, source.seconds / factor, 0, factor}};
  return made;
}

// --- turn and frame --------------------------------------------------------------------------------------
EditedClip mirror(ClipStore& store, const Source& source, Random&) {
  return filtered(store, source, "hflip");
}
EditedClip quarter_turn(ClipStore& store, const Source& source, Random&) {
  return filtered(store, source, "transpose=1");
}
EditedClip letterbox(ClipStore& store, const Source& source, Random&) {
  return filtered(store, source, "pad=iw:trunc(ih*0.67)*2:0:(oh-ih)/2");
}
EditedClip pillarbox(ClipStore& store, const Source& source, Random&) {
  return filtered(store, source, "pad=trunc(iw*0.75)*2:ih:(ow-iw)/2:0");
}
EditedClip white_border(ClipStore& store, const Source& source, Random&) {
  return filtered(store, source, "pad=trunc(iw*0.56)*2:trunc(ih*0.58)*2:(ow-iw)/2:(oh-ih)/2:white");
}

// --- overlay ---------------------------------------------------------------------------------------------
EditedClip overlaid(ClipStore& store, const Source& source, const Picture& picture, const Colour* clear) {
  const std::filesystem::path over = store.overlay(picture, clear);
  return {store.encoded(input(source.clip) + input(over) +
                            "-filter_complex \"[0][1]overlay=0:0\" -pix_fmt yuv420p " + kUpload,
                        "mp4"),
          whole(source)};
}

Picture clear_picture(const Source& source) { return Picture(source.width_px, source.height_px, kClear); }

std::string words(Random& random) {
  std::string text;
  for (int i = 0; i < 16; ++i) text += i % 6 == 5 ? ' ' : static_cast<char>('A' + random.between(0, 25));
  return text;
}

/// A band over a part of the picture, words in it.
void add_band(Picture& picture, int top, int height, Random& random) {
  fill_rect(picture, 0, top, picture.width_px, height, {0, 0, 0});
  const int scale = std::max(1, std::min(height / 12, picture.width_px / 110));
  const std::string text = words(random);
  draw_text(picture, (picture.width_px - text_width(text.c_str(), scale)) / 2, top + height / 2 - 4 * scale,
            scale, text.c_str(), {255, 255, 255});
}

EditedClip caption(ClipStore& store, const Source& source, Random& random) {
  Picture band = clear_picture(source);
  const int height = source.height_px * 15 / 100;
  add_band(band, source.height_px - height, height, random);
  return overlaid(store, source, band, &kClear);
}

EditedClip big_logo(ClipStore& store, const Source& source, Random&) {
  Picture logo = clear_picture(source);
  const int radius = std::min(source.width_px, source.height_px) * 14 / 100;
  const int x = source.width_px - radius - radius / 3;
  const int y = source.height_px - radius - radius / 3;
  fill_disc(logo, x, y, radius, {255, 255, 255});
  fill_disc(logo, x, y, radius * 4 / 5, {200, 20, 40});
  draw_text(logo, x - radius / 2, y - radius / 4, std::max(1, radius / 14), "NEWS", {255, 255, 255});
  return overlaid(store, source, logo, &kClear);
}

/// A white band with words above the picture, which keeps its size.
EditedClip meme(ClipStore& store, const Source& source, Random& random) {
  const int height = source.height_px * 9 / 100 * 2;
  Picture band(source.width_px, height, {255, 255, 255});
  const std::string text = words(random);
  const int scale = std::max(1, source.width_px / 130);
  draw_text(band, (source.width_px - text_width(text.c_str(), scale)) / 2, height / 2 - 4 * scale, scale,
            text.c_str(), {0, 0, 0});
  const std::filesystem::path over = store.overlay(band, nullptr);
  return {store.encoded(input(source.clip) + input(over) + "-filter_complex \"[0]pad=iw:ih+" +
                            std::to_string(height) + ":0:" + std::to_string(height) +
                            "[a];[a][1]overlay=0:0\" -pix_fmt yuv420p " + kUpload,
                        "mp4"),
          whole(source)};
}

// --- inset -----------------------------------------------------------------------------------------------
std::string sized(const Source& source) {
  return "scale=" + std::to_string(source.width_px) + ":" + std::to_string(source.height_px) + ",setsar=1";
}

/// The clip and an unlisted one that is repeated while it lasts, through `filter` ([0] the clip, [1] the
/// other).
EditedClip with_other(ClipStore& store, const Source& source, const std::string& filter) {
  return {store.encoded(input(source.clip) + "-stream_loop -1 " + input(source.before) +
                            "-filter_complex \"[1]" + sized(source) + "[other];" + filter +
                            "\" -pix_fmt yuv420p -t " + text_of(source.seconds) + " " + kUpload,
                        "mp4"),
          whole(source)};
}

EditedClip side_by_side(ClipStore& store, const Source& source, Random& random) {
  const bool is_left = random.between(0, 1) == 0;
  return with_other(store, source, is_left ? "[0][other]hstack" : "[other][0]hstack");
}
EditedClip above(ClipStore& store, const Source& source, Random& random) {
  const bool is_upper = random.between(0, 1) == 0;
  return with_other(store, source, is_upper ? "[0][other]vstack" : "[other][0]vstack");
}

template <int percent>
EditedClip inset(ClipStore& store, const Source& source, Random& random) {
  const int width = source.width_px * percent / 200 * 2;
  const int height = source.height_px * percent / 200 * 2;
  const auto place = [&](int whole_px, int part_px) {
    return std::to_string(random.between(whole_px / 20, whole_px - part_px - whole_px / 20));
  };
  const std::string x = place(source.width_px, width);
  const std::string y = place(source.height_px, height);
  return with_other(store, source,
                    "[0]scale=" + std::to_string(width) + ":" + std::to_string(height) +
                        "[small];[other][small]overlay=" + x + ":" + y);
}

// --- crop ------------------------------------------------------------------------------------------------
template <int percent>
EditedClip centre_crop(ClipStore& store, const Source& source, Random&) {
  const std::string part = text_of(percent / 100.0);
  return filtered(store, source, "crop=trunc(iw*" + part + "/2)*2:trunc(ih*" + part + "/2)*2");
}
template <int percent>
EditedClip random_crop(ClipStore& store, const Source& source, Random& random) {
  const std::string part = text_of(percent / 100.0);
  const std::string x = text_of(random.uniform());
  const std::string y = text_of(random.uniform());
  return filtered(
      store, source,
      "crop=trunc(iw*" + part + "/2)*2:trunc(ih*" + part + "/2)*2:(iw-ow)*" + x + ":(ih-oh)*" + y);
}
EditedClip feed_crop(ClipStore& store, const Source& source, Random&) {
  return filtered(store, source, "crop=trunc(min(iw\\,ih*9/16)/2)*2:trunc(min(ih\\,iw*16/9)/2)*2");
}

// --- cut -------------------------------------------------------------------------------------------------
/// `seconds` of the clip, through `filter`, between two unlisted ones.
EditedClip excerpt(ClipStore& store, const Source& source, Random& random, double seconds,
                   const std::string& filter, const std::string& codec) {
  seconds = std::min(seconds, source.seconds);
  const double from = whole_frame(random.uniform() * (source.seconds - seconds));
  const double before = whole_frame(8 + random.uniform() * (kOtherSecondsMin - 8));
  const double after = whole_frame(8 + random.uniform() * (kOtherSecondsMin - 8));
  const auto part = [](double begin, double end) {
    return "trim=" + text_of(begin) + ":" + text_of(end) + ",setpts=PTS-STARTPTS";
  };
  return {store.encoded(input(source.clip) + input(source.before) + input(source.after) +
                            "-filter_complex \"[0]" + part(from, from + seconds) + "," + filter + "," +
                            sized(source) + "[a];[1]" + part(0, before) + "," + sized(source) + "[b];[2]" +
                            part(0, after) + "," + sized(source) +
                            "[c];[b][a][c]concat=n=3\" -pix_fmt yuv420p " + codec,
                        "mp4"),
          {{before, before + seconds, from, 1}}};
}

template <int seconds>
EditedClip excerpt_of(ClipStore& store, const Source& source, Random& random) {
  return excerpt(store, source, random, seconds, "null", kUpload);
}
EditedClip altered_excerpt(ClipStore& store, const Source& source, Random& random) {
  return excerpt(store, source, random, 8, "hflip", "-c:v libx264 -preset ultrafast -crf 40 -g 48");
}

/// Its last third, then its first, then its second.
EditedClip reordered(ClipStore& store, const Source& source, Random&) {
  const double a = whole_frame(source.seconds / 3);
  const double b = whole_frame(source.seconds * 2 / 3);
  const auto part = [](const char* from, double begin, double end, const char* to) {
    return std::string(from) + "trim=" + text_of(begin) + ":" + text_of(end) + ",setpts=PTS-STARTPTS" + to;
  };
  const double end = source.seconds;
  return {store.encoded(input(source.clip) + "-filter_complex \"[0]split=3[x][y][z];" +
                            part("[z]", b, end, "[c];") + part("[x]", 0, a, "[a];") +
                            part("[y]", a, b, "[b];") + "[c][a][b]concat=n=3\" -pix_fmt yuv420p " + kUpload,
                        "mp4"),
          {{0, end - b, b, 1}, {end - b, end - b + a, 0, 1}, {end - b + a, end, a, 1}}};
}

// --- several ---------------------------------------------------------------------------------------------
EditedClip reposted(ClipStore& store, const Source& source, Random&) {
  EditedClip made = filtered(
      store, source,
      "hflip,setpts=PTS/1.1,fps=24,pad=iw:trunc(ih*0.67)*2:0:(oh-ih)/2,scale=trunc(iw/3)*2:trunc(ih/3)*2",
      "-c:v libx264 -preset ultrafast -crf 38 -g 48");
  made.truth = {{0, source.seconds / 1.1, 0, 1.1}};
  return made;
}

}  // namespace

std::span<const ClipEdit> all_clip_edits() {
  static constexpr std::array kEdits = {
      ClipEdit{"x264 crf 28", "codec", encode<Codec::kX264Crf28>},
      ClipEdit{"x264 crf 45", "codec", encode<Codec::kX264Crf45>},
      ClipEdit{"x264 crf 36, 40% size", "codec", encode<Codec::kX264Small>},
      ClipEdit{"x264, keyframes 10 s apart", "codec", encode<Codec::kX264RareKeys>},
      ClipEdit{"HEVC crf 38", "codec", encode<Codec::kHevc>},
      ClipEdit{"VP9 120 kb/s", "codec", encode<Codec::kVp9>},
      ClipEdit{"AV1 crf 55", "codec", encode<Codec::kAv1>},
      ClipEdit{"MPEG-4 q 20, AVI", "codec", encode<Codec::kMpeg4>},
      ClipEdit{"MPEG-2 400 kb/s, TS", "codec", encode<Codec::kMpeg2>},
      ClipEdit{"12 frames a second", "time", twelve_frames},
      ClipEdit{"speed 0.75", "time", speed<75>},
      ClipEdit{"speed 0.9", "time", speed<90>},
      ClipEdit{"speed 1.15", "time", speed<115>},
      ClipEdit{"speed 1.33", "time", speed<133>},
      ClipEdit{"mirror", "turn", mirror},
      ClipEdit{"rotate 90", "turn", quarter_turn},
      ClipEdit{"letterbox", "frame", letterbox},
      ClipEdit{"pillarbox", "frame", pillarbox},
      ClipEdit{"white border", "frame", white_border},
      ClipEdit{"caption 15% over it", "overlay", caption},
      ClipEdit{"meme band above it", "overlay", meme},
      ClipEdit{"big logo", "overlay", big_logo},
      ClipEdit{"split screen, side by side", "inset", side_by_side},
      ClipEdit{"split screen, one above", "inset", above},
      ClipEdit{"picture in picture 50%", "inset", inset<50>},
      ClipEdit{"picture in picture 35%", "inset", inset<35>},
      ClipEdit{"centre crop 95%", "crop", centre_crop<95>},
      ClipEdit{"centre crop 90%", "crop", centre_crop<90>},
      ClipEdit{"centre crop 80%", "crop", centre_crop<80>},
      ClipEdit{"centre crop 70%", "crop", centre_crop<70>},
      ClipEdit{"off-centre crop 90%", "crop", random_crop<90>},
      ClipEdit{"off-centre crop 80%", "crop", random_crop<80>},
      ClipEdit{"9:16 crop, centre", "crop", feed_crop},
      ClipEdit{"5 s in a longer video", "cut", excerpt_of<5>},
      ClipEdit{"10 s in a longer video", "cut", excerpt_of<10>},
      ClipEdit{"reordered", "cut", reordered},
      ClipEdit{"8 s mirrored crf 40, longer", "several", altered_excerpt},
      ClipEdit{"mirror, faster, bars, small", "several", reposted}};
  return kEdits;
}

}  // namespace seawall::eval
