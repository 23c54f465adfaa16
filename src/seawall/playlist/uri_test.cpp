#include "seawall/playlist/uri.h"

#include <gtest/gtest.h>

namespace seawall {
namespace {

std::string resolved(std::string_view base, std::string_view reference) {
  const auto uri = resolve_uri(base, reference);
  return uri ? *uri : "failed: " + uri.error().message;
}

TEST(ResolveUri, GivesWhatRfc3986SaysForEachOfItsExamples) {
  struct Example {
    std::string_view reference, uri;
  };
  constexpr Example kExamples[] = {
      // Section 5.4.1
      {"g:h", "g:h"},
      {"g", "http://a/b/c/g"},
      {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},
      {"//g", "http://g"},
      {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"},
      {"#s", "http://a/b/c/d;p?q#s"},
      {"g#s", "http://a/b/c/g#s"},
      {"g?y#s", "http://a/b/c/g?y#s"},
      {";x", "http://a/b/c/;x"},
      {"g;x", "http://a/b/c/g;x"},
      {"g;x?y#s", "http://a/b/c/g;x?y#s"},
      {"", "http://a/b/c/d;p?q"},
      {".", "http://a/b/c/"},
      {"./", "http://a/b/c/"},
      {"..", "http://a/b/"},
      {"../", "http://a/b/"},
      {"../g", "http://a/b/g"},
      {"../..", "http://a/"},
      {"../../", "http://a/"},
      {"../../g", "http://a/g"},
      // Section 5.4.2
      {"../../../g", "http://a/g"},
      {"../../../../g", "http://a/g"},
      {"/./g", "http://a/g"},
      {"/../g", "http://a/g"},
      {"g.", "http://a/b/c/g."},
      {".g", "http://a/b/c/.g"},
      {"g..", "http://a/b/c/g.."},
      {"..g", "http://a/b/c/..g"},
      {"./../g", "http://a/b/g"},
      {"./g/.", "http://a/b/c/g/"},
      {"g/./h", "http://a/b/c/g/h"},
      {"g/../h", "http://a/b/c/h"},
      {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
      {"g;x=1/../y", "http://a/b/c/y"},
      {"g?y/./x", "http://a/b/c/g?y/./x"},
      {"g?y/../x", "http://a/b/c/g?y/../x"},
      {"g#s/../x", "http://a/b/c/g#s/../x"},
      {"http:g", "http:g"},
  };
  for (const auto& [reference, uri] : kExamples) EXPECT_EQ(resolved("http://a/b/c/d;p?q", reference), uri);
}

TEST(ResolveUri, LeavesTheQueryOfThePlaylistBehind) {
  EXPECT_EQ(resolved("https://live.example/a/index.m3u8?token=1", "seg1.ts"),
            "https://live.example/a/seg1.ts");
  EXPECT_EQ(resolved("https://live.example", "seg1.ts"), "https://live.example/seg1.ts");
}

TEST(ResolveUri, EncodesBlanksAndBytesThatAreNotAsciiAsPlayersDo) {
  EXPECT_EQ(resolved("http://a/", "caf\xC3\xA9 1.ts"), "http://a/caf%C3%A9%201.ts");
}

TEST(ResolveUri, RefusesWhatCouldBeReadInTwoWaysAndWhatIsTooLong) {
  EXPECT_EQ(resolve_uri("http://a/", "http://b\\@c/").error().code, Code::kInvalidInput);
  EXPECT_EQ(resolve_uri("http://a/", "x\ny").error().code, Code::kInvalidInput);
  EXPECT_EQ(resolve_uri("a/b", "c").error().code, Code::kInvalidInput);
  EXPECT_EQ(resolve_uri("http://a/", std::string(kUriBytesMax + 1, 'x')).error().code, Code::kLimitExceeded);
  EXPECT_EQ(resolve_uri("http://a/", std::string(kUriBytesMax, 'x')).error().code, Code::kLimitExceeded);
}

TEST(FileName, IsWhatStaysTheSameWhenTokensChange) {
  EXPECT_EQ(file_name_of("/a/b/seg1.ts?token=x/y"), "seg1.ts");
  EXPECT_EQ(file_name_of("seg1.ts#t"), "seg1.ts");
  EXPECT_EQ(file_name_of("http://a/"), "");
}

}  // namespace
}  // namespace seawall
