#include "seawall/http/multipart.h"
#include "seawall/json/text.h"
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

}  // namespace

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
