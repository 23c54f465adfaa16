#include <gtest/gtest.h>

#include <random>

#include "seawall/store/canonical.h"
#include "seawall/store/compact_bytes.h"
#include "seawall/store/content_check.h"
#include "seawall/store/list_version.h"

namespace seawall {
namespace {

EntryContent full_content() {
  EntryContent content;
  content.signals.pdq = {{{{1, 2, 3, ~std::uint64_t{0}}}, 80}, {{{5, 0, 0, 0}}, ListedPdq::kQualityUnknown}};
  content.signals.md5.emplace().fill(std::byte{0x11});
  content.signals.sha1.emplace().fill(std::byte{0x22});
  content.signals.sha256.emplace().fill(std::byte{0x33});
  content.signals.carried = {{"photodna", std::string(144, '\x01')}};
  content.classification = Classification{ClassificationScheme::kNcmec, "B2"};
  content.series = "harbour";
  content.tags = {"boat", "sea"};
  content.media_type = "image/jpeg";
  content.size_bytes = 123456;
  content.decided_at = Time(std::chrono::milliseconds(-5));
  content.attributes = {{"Comments", "two\nlines"}, {"Offset", ""}};
  return content;
}

EntryContent small_content() {
  EntryContent content;
  content.signals.md5.emplace();
  return content;
}

std::string canonical(const EntryContent& content) {
  std::string bytes;
  append_canonical(bytes, content);
  return bytes;
}

TEST(CanonicalContent, IsReadBackAsItWas) {
  for (const EntryContent& content : {full_content(), small_content()}) {
    const auto read = read_canonical(canonical(content));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, content);
  }
}

TEST(CanonicalContent, IsNeverReadFromAnyShorterOrLongerBytes) {
  const std::string bytes = canonical(full_content());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(read_canonical(bytes.substr(0, length))) << length;
  }
  EXPECT_FALSE(read_canonical(bytes + '\0'));
}

TEST(CanonicalContent, DiffersWhereverContentDiffers) {
  const EntryContent base = full_content();
  std::vector<EntryContent> others(9, base);
  others[0].signals.pdq[1].quality = 0;
  others[1].signals.carried[0].type = "photodn";
  others[2].classification->value = "B1";
  others[3].series.clear();
  others[4].tags = {"boatsea"};
  others[5].size_bytes = 0;
  others[6].decided_at.reset();
  others[7].attributes[0].second = "two\nlinesO";
  others[8].media_type = "image";
  for (const EntryContent& other : others) EXPECT_NE(canonical(other), canonical(base));
}

TEST(CompactNumbers, HaveOneFormEach) {
  std::string bytes;
  for (const std::uint64_t value : {0ULL, 127ULL, 128ULL, 300ULL, ~0ULL}) {
    bytes.clear();
    CompactWriter(bytes).number(value);
    CompactReader in(bytes);
    EXPECT_EQ(in.number(), value);
    EXPECT_TRUE(in.at_end() && !in.bad());
  }
  for (const std::string_view wrong : {std::string_view("\x80\x00", 2), std::string_view("\x80", 1)}) {
    CompactReader in(wrong);
    (void)in.number();
    EXPECT_TRUE(in.bad());
  }
}

TEST(ContentCheck, StatesEachLimit) {
  EXPECT_TRUE(check_content(full_content()));
  std::vector<EntryContent> wrong(9, full_content());
  wrong[0] = EntryContent{};
  wrong[1].tags = {"b", "a"};
  wrong[2].tags = {"a", "a"};
  wrong[3].series = "a\x01";
  wrong[4].series = "\xFF";
  wrong[5].classification->value = "Z9";
  wrong[6].signals.pdq[0].quality = 101;
  wrong[7].attributes = {{"b", ""}, {"a", ""}};
  wrong[8].attributes = {{"a", std::string(EntryContent::kAttributeBytesMax, 'x')}};
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    const auto checked = check_content(wrong[i]);
    ASSERT_FALSE(checked) << i;
    EXPECT_EQ(checked.error().code, Code::kInvalidInput) << i;
  }
  EXPECT_FALSE(check_key(""));
  EXPECT_TRUE(check_key(std::string(256, 'k')));
  EXPECT_FALSE(check_key(std::string(257, 'k')));
  EXPECT_FALSE(check_authorship({"", "why", {}}));
  EXPECT_FALSE(check_authorship({"who", "", {}}));
}

TEST(ContentCheck, LetsVideosBeLargerThanOtherSignals) {
  const auto fits = [](const std::string& type, std::size_t bytes) {
    EntryContent content;
    content.signals.carried = {{type, std::string(bytes, 'x')}};
    const bool there = check_content(content).has_value();
    EXPECT_EQ(read_canonical(canonical(content)).has_value(), there) << type << " " << bytes;
    return there;
  };
  for (const auto& [type, most] :
       {std::pair("seawall-video", std::size_t{32} << 20), std::pair("vpdq", std::size_t{16} << 20),
        std::pair("tmk", std::size_t{2} << 20), std::pair("photodna", std::size_t{512} << 10)}) {
    EXPECT_TRUE(fits(type, most)) << type;
    EXPECT_FALSE(fits(type, most + 1)) << type;
  }
  EntryContent many;
  many.signals.carried.assign(2, {"seawall-video", std::string(std::size_t{25} << 20, 'x')});
  EXPECT_FALSE(check_content(many)) << "48 MiB together";
}

TEST(BankCheck, KeepsNamesThatOneCanWriteApart) {
  ListBank bank;
  for (const char* name : {"known", "2", "a b", "caf\xC3\xA9"}) {
    bank.name = bank.tenant = name;
    EXPECT_TRUE(check_bank(bank)) << name;
  }
  for (const char* name : {"", " ", "a/b", "two ", " two", "#3"}) {
    bank.name = name;
    bank.tenant = "default";
    EXPECT_FALSE(check_bank(bank)) << name;
    bank.name = "known";
    bank.tenant = name;
    EXPECT_FALSE(check_bank(bank)) << name;
  }
}

TEST(CleanText, KeepsWhatFitsAndMarksTheRest) {
  EXPECT_EQ(clean_text("a\n\xFF\xC3\xA4", 100), "a??\xC3\xA4");
  EXPECT_EQ(clean_text("ab\xC3\xA4", 3), "ab");
}

TEST(ReleaseDigest, DoesNotDependOnWhereItIsResumed) {
  const auto add = [](ReleaseDigest& digest, std::uint64_t i) {
    digest.add("key" + std::to_string(i), "content",
               i % 7 == 0 ? std::optional(EntryState::kQuarantined) : std::nullopt, "");
  };
  ReleaseDigest whole;
  ReleaseDigest first;
  for (std::uint64_t i = 0; i < 2500; ++i) add(whole, i);
  for (std::uint64_t i = 0; i < 2100; ++i) add(first, i);
  ReleaseDigest second(first.state(), 2048);
  for (std::uint64_t i = 2048; i < 2500; ++i) add(second, i);
  whole.add_pending(EntryId{9}, std::nullopt);
  second.add_pending(EntryId{9}, std::nullopt);
  EXPECT_EQ(whole.finish(), second.finish());
}

TEST(ListVersionChain, DependsOnEverythingOfItsItem) {
  const FeedItem base{{7, {}}, FeedItem::Kind::kRelease,  3, ReleaseState::kStaged,
                      {},      {"ann", "because", Time{}}};
  std::vector<FeedItem> others(6, base);
  others[0].version.number = 8;
  others[1].kind = FeedItem::Kind::kBank;
  others[2].subject = 4;
  others[3].release_state = ReleaseState::kActive;
  others[4].digest[0] = std::byte{1};
  others[5].by.why = "for no reason";
  for (const FeedItem& other : others) EXPECT_NE(next_chain({}, other), next_chain({}, base));
}

}  // namespace
}  // namespace seawall
