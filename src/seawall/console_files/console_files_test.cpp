#include "seawall/console_files/console_files.h"

#include <gmock/gmock.h>
#include <zlib.h>

#include <fstream>

#include "seawall/base/temporary_folder.h"

namespace seawall {
namespace {

using testing::HasSubstr;

constexpr std::string_view kPage = "<!doctype html><title>a page</title>";

std::string inflated(std::string_view gzip) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string out(1 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzip.data()));
  stream.avail_in = static_cast<uInt>(gzip.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

class ConsoleFolder : public testing::Test {
 protected:
  void write(const std::string& name, std::string_view text) const {
    std::filesystem::create_directories((path() / name).parent_path());
    std::ofstream(path() / name, std::ios::binary) << text;
  }
  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }
  [[nodiscard]] std::string refusal() const {
    const auto files = ConsoleFiles::from_folder(path());
    return files ? "none" : files.error().message;
  }

 private:
  TemporaryFolder folder_ = *TemporaryFolder::make("console");
};

TEST_F(ConsoleFolder, IsReadWholeWithTypesAndDigests) {
  write("index.html", kPage);
  write("assets/app-3f9c2a7d.js", std::string(4096, 'a'));
  write("assets/plain.css", "a{}");
  write("assets/session.svelte-Cq26pkoQ.js", "b");
  const auto files = ConsoleFiles::from_folder(path());
  ASSERT_TRUE(files) << files.error().message;
  const ConsoleFile* page = files->find("index.html");
  ASSERT_NE(page, nullptr);
  EXPECT_EQ(*page->plain, kPage);
  EXPECT_EQ(page->content_type, "text/html; charset=utf-8");
  EXPECT_EQ(page->digest.size(), 64u);
  EXPECT_FALSE(page->immutable);
  const ConsoleFile* script = files->find("assets/app-3f9c2a7d.js");
  ASSERT_NE(script, nullptr);
  EXPECT_TRUE(script->immutable);
  EXPECT_EQ(script->content_type, "text/javascript; charset=utf-8");
  EXPECT_FALSE(files->find("assets/plain.css")->immutable);
  EXPECT_TRUE(files->find("assets/session.svelte-Cq26pkoQ.js")->immutable);
}

TEST_F(ConsoleFolder, IsCompressedWhereThatIsSmaller) {
  write("index.html", std::string(4096, 'a'));
  write("assets/short.txt", "a");
  const auto files = ConsoleFiles::from_folder(path());
  ASSERT_TRUE(files);
  const ConsoleFile* page = files->find("index.html");
  ASSERT_NE(page->gzip, nullptr);
  EXPECT_LT(page->gzip->size(), page->plain->size());
  EXPECT_EQ(inflated(*page->gzip), *page->plain);
  EXPECT_EQ(files->find("assets/short.txt")->gzip, nullptr);
}

TEST_F(ConsoleFolder, HasNothingUnderAnyOtherSpelling) {
  write("index.html", kPage);
  write("assets/a.js", "1");
  const auto files = ConsoleFiles::from_folder(path());
  ASSERT_TRUE(files);
  for (const std::string_view name :
       {"", "/", ".", "..", "../index.html", "assets", "assets/", "/index.html", "assets/../index.html",
        "assets//a.js", "./index.html", "assets%2fa.js", "index.html/", "INDEX.HTML"}) {
    EXPECT_EQ(files->find(name), nullptr) << name;
  }
}

TEST_F(ConsoleFolder, IsRefusedWithALinkOutOfIt) {
  write("index.html", kPage);
  std::filesystem::create_symlink("/etc/hostname", path() / "host.txt");
  EXPECT_THAT(refusal(), HasSubstr("host.txt"));
  std::filesystem::remove(path() / "host.txt");
  EXPECT_EQ(refusal(), "none");
  std::filesystem::create_directory_symlink("/etc", path() / "assets");
  EXPECT_THAT(refusal(), HasSubstr("assets"));
}

TEST_F(ConsoleFolder, IsRefusedWithoutAPageOrWithAHiddenFile) {
  write("assets/a.js", "1");
  EXPECT_THAT(refusal(), HasSubstr("index.html"));
  write("index.html", kPage);
  write(".env", "secret");
  EXPECT_THAT(refusal(), HasSubstr(".env"));
}

TEST(ConsoleFiles, HaveLimits) {
  ConsoleFiles files;
  EXPECT_EQ(files.add("a.js", std::string(ConsoleFiles::kFileBytesMax + 1, 'a')).error().code,
            Code::kLimitExceeded);
  for (const char* name : {"", "a b", "a/../b", "..", "a\\b", "/a", "a/", "1/2/3/4/5/6/7/8/9"}) {
    EXPECT_EQ(files.add(name, "x").error().code, Code::kInvalidInput) << name;
  }
  EXPECT_TRUE(files.empty());
}

TEST(ConsoleFiles, OfTheBuildHaveAPageIfThereAreAny) {
  const ConsoleFiles files = ConsoleFiles::built_in();
  EXPECT_EQ(files.empty(), files.find("index.html") == nullptr);
}

}  // namespace
}  // namespace seawall
