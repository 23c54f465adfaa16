#include <algorithm>

#include "seawall/http/multipart.h"
#include "seawall/json/text.h"
#include "seawall/media/video_sniff.h"
#include "seawall/service/match_calls.h"

namespace seawall {
namespace {

bool is_media_type(std::string_view type) {
  return type == "application/octet-stream" || type.starts_with("image/") || type.starts_with("video/");
}

std::string id_of(const FormPart& part) {
  if (!part.filename || part.filename->empty() || part.filename->size() > AskedItem::kIdBytesMax) return {};
  return is_utf8(*part.filename) ? std::string(*part.filename) : std::string();
}

/// Where the first file of a form lies, as far as its first bytes tell.
std::span<const std::byte> first_of_form(std::span<const std::byte> body) {
  constexpr std::string_view kHeadEnd = "\r\n\r\n";
  constexpr std::size_t kHeadBytesMax = 4096;
  const std::string_view text(reinterpret_cast<const char*>(body.data()),
                              std::min(body.size(), kHeadBytesMax));
  const auto end = text.find(kHeadEnd);
  return end == std::string_view::npos ? std::span<const std::byte>() : body.subspan(end + kHeadEnd.size());
}

}  // namespace

Lane media_lane_of(const Call& call) {
  std::span<const std::byte> bytes = call.body.bytes();
  if (call.media_type() == "multipart/form-data") bytes = first_of_form(bytes);
  const auto first = bytes.first(std::min(bytes.size(), kVideoSniffBytes));
  return sniff_video_type(first).empty() ? Lane::kMedia : Lane::kVideos;
}

tl::expected<std::vector<SentFile>, CallProblem> sent_files(const Call& call, std::size_t files_max) {
  const std::string type = call.media_type();
  std::vector<SentFile> files;
  if (type == "multipart/form-data") {
    MultipartLimits limits;
    limits.parts_max = files_max;
    auto parts = parse_form_data(*call.head.field("content-type"), call.body.bytes(), limits);
    if (!parts) return tl::unexpected(CallProblem(parts.error()));
    for (const FormPart& part : *parts) {
      if (part.content.empty()) return refuse(ProblemKind::kInvalidInput, "a file of the form has no bytes");
      files.push_back({std::string(part.name), id_of(part), part.content});
    }
    return files;
  }
  if (!is_media_type(type)) {
    return refuse(ProblemKind::kUnsupported,
                  "Send image/*, video/*, application/octet-stream, multipart/form-data or application/json "
                  "(curl: -H 'Content-Type: application/octet-stream').");
  }
  if (call.body.size() == 0) return refuse(ProblemKind::kInvalidInput, "The body has no bytes.");
  files.push_back({"file", "", call.body.bytes()});
  return files;
}

}  // namespace seawall
