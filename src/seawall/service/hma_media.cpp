#include "seawall/service/hma_media.h"

#include "seawall/api/media_json.h"
#include "seawall/base/hex.h"
#include "seawall/crypto/digest.h"
#include "seawall/http/syntax.h"

namespace seawall {
namespace {

constexpr std::chrono::seconds kFetchWithin{30};
constexpr std::size_t kContentTypeShownMax = 100;

bool begins_with_word(std::string_view text, std::string_view word) {
  return text.size() >= word.size() && equal_ignoring_case(text.substr(0, word.size()), word);
}

HmaRead<HmaType> type_said(std::string_view content_type) {
  if (begins_with_word(content_type, "image")) return HmaType::kPdq;
  if (begins_with_word(content_type, "video")) return HmaType::kVideoMd5;
  return refuse(ProblemKind::kInvalidInput,
                "unsupported url ContentType: '" + std::string(content_type.substr(0, kContentTypeShownMax)) +
                    "', if you know the expected type, provide it with the content_type query param");
}

CallProblem fetch_problem(const Error& error) {
  if (error.code == Code::kLimitExceeded) return {ProblemKind::kLimitExceeded, "Content too large"};
  if (error.code == Code::kInvalidInput)
    return {ProblemKind::kInvalidInput, "Invalid or unsafe URL provided"};
  CallProblem problem(ProblemKind::kInvalidInput, "Failed to fetch URL: " + error.message);
  problem.cause = error;
  return problem;
}

bool is_file(const FormPart& part) {
  return part.filename.has_value() || part.name == "photo" || part.name == "video";
}

}  // namespace

HmaRead<HmaFile> HmaMedia::fetched(const std::string& url, const std::optional<std::string>& content_type,
                                   const std::optional<std::string>& types) {
  HmaFile file;
  if (url.size() > kUrlBytesMax) return refuse(ProblemKind::kInvalidInput, "Invalid or unsafe URL provided");
  auto media = fetch_.fetch_media(url, std::chrono::steady_clock::now() + kFetchWithin);
  if (!media) return tl::unexpected(fetch_problem(media.error()));
  const bool said = content_type && !content_type->empty();
  auto type = said ? hma_type_of_content(*content_type) : type_said(media->content_type);
  if (!type) return tl::unexpected(std::move(type).error());
  file.type = *type;
  if (auto selected = hma_check_selection(file.type, types); !selected) {
    return tl::unexpected(std::move(selected).error());
  }
  if (media->bytes.size() == 0) return refuse(ProblemKind::kInvalidInput, "the address leads to 0 bytes");
  file.fetched = std::move(media->bytes);
  return file;
}

HmaRead<HmaForm> HmaMedia::form_of(const Call& call) {
  HmaForm form;
  if (call.media_type() != "multipart/form-data") return form;
  auto parts = parse_form_data(*call.head.field("content-type"), call.body.bytes(), MultipartLimits{});
  if (!parts) return tl::unexpected(hma_problem(parts.error()));
  for (FormPart& part : *parts) {
    if (is_file(part)) {
      form.files.push_back(part);
    } else {
      const std::string_view text(reinterpret_cast<const char*>(part.content.data()), part.content.size());
      form.fields.emplace(part.name, text);
    }
  }
  return form;
}

HmaRead<HmaFile> HmaMedia::file_of(const HmaForm& form, const std::optional<std::string>& types) {
  if (form.files.empty())
    return refuse(ProblemKind::kInvalidInput, "Missing multipart/form-data file upload");
  if (form.files.size() > 1) return refuse(ProblemKind::kInvalidInput, "Only one file allowed per request");
  const FormPart& part = form.files.front();
  HmaFile file;
  SEAWALL_TRY(file.type, hma_type_of_content(part.name));
  SEAWALL_CHECK(hma_check_selection(file.type, types));
  if (part.content.empty()) return refuse(ProblemKind::kInvalidInput, "the file has no bytes");
  file.sent = part.content;
  return file;
}

HmaRead<HmaFile> HmaMedia::sent(const Call& call, const std::optional<std::string>& types) {
  SEAWALL_TRY(const HmaForm form, form_of(call));
  return file_of(form, types);
}

HmaRead<std::string> HmaMedia::hash(const HmaFile& file) {
  if (file.type == HmaType::kVideoMd5) return to_hex(digests_of(file.bytes()).md5);
  const auto media = hashes_of(decoder_, file.bytes(), {}, {});
  if (!media) return tl::unexpected(hma_problem(media.error()));
  if (media->frames.empty()) {
    return refuse(ProblemKind::kInvalidInput, "the file is no picture of a kind that is read here");
  }
  const PdqHash& pdq = media->frames.front().pdq;
  return pdq.quality < kPdqQualityMin ? std::string() : to_text(pdq.bits);
}

}  // namespace seawall
