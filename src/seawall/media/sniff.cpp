#include <cstring>

#include "seawall/media/decoder.h"

namespace seawall {
namespace {

/// `text` is a literal, which may hold zero bytes; its closing one is not compared.
template <std::size_t N>
bool has_at(std::span<const std::byte> bytes, std::size_t at, const char (&text)[N]) {
  return bytes.size() >= at + N - 1 && std::memcmp(bytes.data() + at, text, N - 1) == 0;
}

template <std::size_t N>
bool starts_with(std::span<const std::byte> bytes, const char (&text)[N]) {
  return has_at(bytes, 0, text);
}

/// "AVIF" or "HEIC" by the brands of an ISO media file: the major one first, then the compatible ones.
MediaType sniff_iso_media(std::span<const std::byte> bytes) {
  for (std::size_t at = 8; at + 4 <= bytes.size(); at += at == 8 ? 8 : 4) {
    if (has_at(bytes, at, "avif") || has_at(bytes, at, "avis")) return MediaType::kAvif;
    if (has_at(bytes, at, "heic") || has_at(bytes, at, "heix") || has_at(bytes, at, "heim") ||
        has_at(bytes, at, "heis") || has_at(bytes, at, "hevc") || has_at(bytes, at, "hevx")) {
      return MediaType::kHeic;
    }
  }
  return has_at(bytes, 8, "mif1") || has_at(bytes, 8, "msf1") ? MediaType::kHeic : MediaType::kUnknown;
}

bool is_pnm(std::span<const std::byte> bytes) {
  if (bytes.size() < 3 || bytes[0] != std::byte{'P'}) return false;
  const int kind = std::to_integer<int>(bytes[1]);
  const int space = std::to_integer<int>(bytes[2]);
  return kind >= '1' && kind <= '7' && (space == ' ' || space == '\n' || space == '\r' || space == '\t');
}

bool is_bmp(std::span<const std::byte> bytes) {
  if (!starts_with(bytes, "BM") || bytes.size() < 18) return false;
  const int header_bytes = std::to_integer<int>(bytes[14]);  // 12, 40, 52, 56, 64, 108 or 124: under 256
  return bytes[15] == std::byte{0} && bytes[16] == std::byte{0} && bytes[17] == std::byte{0} &&
         header_bytes >= 12 && header_bytes <= 124;
}

}  // namespace

std::string_view mime_type_of(MediaType type) {
  switch (type) {
    case MediaType::kJpeg:
      return "image/jpeg";
    case MediaType::kPng:
      return "image/png";
    case MediaType::kWebp:
      return "image/webp";
    case MediaType::kGif:
      return "image/gif";
    case MediaType::kAvif:
      return "image/avif";
    case MediaType::kHeic:
      return "image/heic";
    case MediaType::kJxl:
      return "image/jxl";
    case MediaType::kTiff:
      return "image/tiff";
    case MediaType::kBmp:
      return "image/bmp";
    case MediaType::kPnm:
      return "image/x-portable-anymap";
    case MediaType::kUnknown:
      break;
  }
  return "application/octet-stream";
}

MediaType sniff_media_type(std::span<const std::byte> first_bytes) {
  const auto bytes = first_bytes.first(first_bytes.size() < 64 ? first_bytes.size() : 64);
  if (starts_with(bytes, "\xFF\xD8\xFF")) return MediaType::kJpeg;
  if (starts_with(bytes, "\x89PNG\r\n\x1A\n")) return MediaType::kPng;
  if (starts_with(bytes, "RIFF") && has_at(bytes, 8, "WEBP")) return MediaType::kWebp;
  if (starts_with(bytes, "GIF87a") || starts_with(bytes, "GIF89a")) return MediaType::kGif;
  if (has_at(bytes, 4, "ftyp")) return sniff_iso_media(bytes);
  if (starts_with(bytes, "\xFF\x0A")) return MediaType::kJxl;
  if (starts_with(bytes, "\0\0\0\x0CJXL \r\n\x87\n")) return MediaType::kJxl;
  if (starts_with(bytes, "II*\0") || starts_with(bytes, "MM\0*")) return MediaType::kTiff;
  if (starts_with(bytes, "II+\0") || starts_with(bytes, "MM\0+")) return MediaType::kTiff;
  if (is_bmp(bytes)) return MediaType::kBmp;
  if (is_pnm(bytes)) return MediaType::kPnm;
  return MediaType::kUnknown;
}

}  // namespace seawall
