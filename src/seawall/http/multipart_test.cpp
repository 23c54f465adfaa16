#include "seawall/http/multipart.h"

#include <gtest/gtest.h>

#include <string>

namespace seawall {
namespace {

constexpr std::string_view kType = "multipart/form-data; boundary=xyz";

auto parse(std::string_view body, std::string_view type = kType, const MultipartLimits& limits = {}) {
  return parse_form_data(type, std::as_bytes(std::span(body)), limits);
}

std::string_view text(const FormPart& part) {
  return {reinterpret_cast<const char*>(part.content.data()), part.content.size()};
}

std::string part(std::string_view headers, std::string_view content) {
  return "--xyz\r\n" + std::string(headers) + "\r\n\r\n" + std::string(content) + "\r\n";
}
const std::string kNamed = "Content-Disposition: form-data; name=\"a\"";

TEST(FormData, GivesFilesAndFieldsWhereTheyLie) {
  const std::string body = part(kNamed, "") +
                           part(
                               "content-disposition: form-data; name=file; filename=\"x \\\" y.jpg\"\r\n"
                               "Content-Type: image/jpeg\r\nX-Other: 1",
                               std::string("\xff\xd8\0\r\n--xy", 9)) +
                           "--xyz--\r\n";
  const auto parts = parse(body);
  ASSERT_TRUE(parts) << parts.error().message;
  ASSERT_EQ(parts->size(), 2u);
  EXPECT_EQ((*parts)[0].name, "a");
  EXPECT_FALSE((*parts)[0].filename);
  EXPECT_EQ(text((*parts)[0]), "");
  EXPECT_EQ((*parts)[1].name, "file");
  EXPECT_EQ(*(*parts)[1].filename, "x \\\" y.jpg");
  EXPECT_EQ((*parts)[1].content_type, "image/jpeg");
  EXPECT_EQ(text((*parts)[1]), std::string_view("\xff\xd8\0\r\n--xy", 9));
  EXPECT_GE(static_cast<const void*>((*parts)[1].content.data()), static_cast<const void*>(body.data()));
  EXPECT_LT(static_cast<const void*>((*parts)[1].content.data()),
            static_cast<const void*>(body.data() + body.size()));
}

TEST(FormData, KeepsContentThatOnlyBeginsLikeABoundary) {
  const std::string content = "\r\n--xyzz\r\n--xy\r\n--xyz-\r\n--xyz \tq";
  const std::string body = part(kNamed, content) + "--xyz--";  // The parts lie in it.
  const auto parts = parse(body);
  ASSERT_TRUE(parts) << parts.error().message;
  EXPECT_EQ(text(parts->at(0)), content);
}

TEST(FormData, TakesQuotedBoundariesAndAnEmptyForm) {
  const std::string body = "--a b\r\n" + kNamed + "\r\n\r\n1\r\n--a b--";
  EXPECT_TRUE(parse(body, "Multipart/Form-Data; charset=x; BOUNDARY=\"a b\""));
  EXPECT_EQ(parse("--xyz--\r\n")->size(), 0u);
}

TEST(FormData, RefusesWhatTwoReadersCouldReadDifferently) {
  const std::string end = "--xyz--\r\n";
  for (const std::string& body :
       {std::string(),
        std::string("\r\n"),
        std::string("--xyz"),
        "preamble\r\n" + part(kNamed, "1") + end,
        part(kNamed, "1") + end + "epilogue",
        part(kNamed, "1"),
        part("X: 1", "1") + end,
        part("", "1") + end,
        part(kNamed + "\r\n" + kNamed, "1") + end,
        part(kNamed + "; name=b", "1") + end,
        part("Content-Disposition: attachment; name=a", "1") + end,
        part("Content-Disposition: form-data", "1") + end,
        part("Content-Disposition: form-data; name=\"\"", "1") + end,
        part("Content-Disposition: form-data; name=\"a", "1") + end,
        part("Content-Disposition: form-data; name=\"a\\\"b\"", "1") + end,
        part(kNamed + "; filename*=UTF-8''x", "1") + end,
        part(kNamed + "; filename=a; filename=b", "1") + end,
        part(kNamed + "\r\nContent-Transfer-Encoding: base64", "1") + end,
        part(kNamed + "\r\nContent-Type: multipart/mixed; boundary=q", "1") + end,
        part(kNamed + "\r\nContent-Type: a/b\r\nContent-Type: c/d", "1") + end,
        part(kNamed + "\r\n folded", "1") + end,
        part(kNamed + "\r\nX : 1", "1") + end,
        part(kNamed + "\r\nX: \x01", "1") + end,
        "--xyz\n" + kNamed + "\n\n1\n--xyz--\n",
        part("Content-Disposition: form-data; name=" + std::string(129, 'a'), "1") + end}) {
    const auto parts = parse(body);
    ASSERT_FALSE(parts) << body;
    EXPECT_EQ(parts.error().code, Code::kInvalidInput) << body;
  }
}

TEST(FormData, RefusesContentTypesWithoutAUsableBoundary) {
  for (const char* type :
       {"multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=\"a \"", "multipart/form-data; boundary=a; boundary=b",
        "multipart/form-data; boundary=\"a\r\n\""}) {
    EXPECT_EQ(parse("--xyz--", type).error().code, Code::kInvalidInput) << type;
  }
  EXPECT_FALSE(parse("--xyz--", "multipart/form-data; boundary=" + std::string(71, 'a')));
  EXPECT_EQ(parse("", "multipart/mixed; boundary=xyz").error().code, Code::kUnsupported);
  EXPECT_TRUE(is_form_data("multipart/form-data; boundary=xyz"));
  EXPECT_FALSE(is_form_data("multipart/form-datax"));
}

TEST(FormData, StopsAtItsLimits) {
  std::string body;
  for (int i = 0; i < 3; ++i) body += part(kNamed, "1");
  body += "--xyz--";
  EXPECT_TRUE(parse(body, kType, {.parts_max = 3}));
  EXPECT_EQ(parse(body, kType, {.parts_max = 2}).error().code, Code::kLimitExceeded);
  EXPECT_EQ(parse(body, kType, {.part_header_bytes_max = 20}).error().code, Code::kLimitExceeded);
  std::string many = kNamed;
  for (int i = 0; i < 8; ++i) many += "\r\nX: 1";
  EXPECT_EQ(parse(part(many, "1") + "--xyz--").error().code, Code::kLimitExceeded);
}

TEST(FormData, StaysLinearOnContentMadeOfBeginningsOfTheBoundary) {
  const std::string type = "multipart/form-data; boundary=" + std::string(70, '-');
  const std::string boundary = "--" + std::string(70, '-');
  std::string content;
  while (content.size() < 4'000'000) content += "\r\n" + std::string(71, '-') + "x";
  const std::string body = boundary + "\r\n" + kNamed + "\r\n\r\n" + content + "\r\n" + boundary + "--";
  const auto parts = parse(body, type);
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->at(0).content.size(), content.size());
}

}  // namespace
}  // namespace seawall
