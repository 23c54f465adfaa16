#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "seawall.h"
#include "seawall/bank/bank.h"
#include "seawall/base/temporary_folder.h"

namespace {

// A smooth colour pattern as a PPM file: harmless, and of a good quality.
std::string picture(int side, double seed, bool mirrored = false) {
  std::string file = "P6\n" + std::to_string(side) + " " + std::to_string(side) + "\n255\n";
  for (int y = 0; y < side; ++y) {
    for (int i = 0; i < side; ++i) {
      const double x = mirrored ? side - 1 - i : i;
      for (int c = 0; c < 3; ++c) {
        const double wave = std::sin(x * 7.3 / side + seed) * std::cos(y * 9.1 / side * (1 + seed / 9)) +
                            std::sin((x + y) * 15.7 / side + seed * c);
        file += static_cast<char>(static_cast<unsigned char>(127 + 60 * wave));
      }
    }
  }
  return file;
}

class CApiMedia : public testing::Test {
 protected:
  void SetUp() override {
    const std::string worker = std::string(SEAWALL_BIN_DIR) + "/media_worker";
    ASSERT_EQ(seawall_decoder_open(worker.c_str(), 2, &decoder_), SEAWALL_OK) << seawall_last_error();
  }
  void TearDown() override { seawall_decoder_free(decoder_); }

  seawall_media* read(const std::string& file, std::int32_t variants = SEAWALL_VARIANTS_DEFAULT) {
    seawall_media* media = nullptr;
    EXPECT_EQ(seawall_media_read(decoder_, file.data(), file.size(), variants, &media), SEAWALL_OK)
        << seawall_last_error();
    return media;
  }
  seawall_frame first_frame(const std::string& file) {
    seawall_media* media = read(file, SEAWALL_VARIANTS_NONE);
    seawall_frame frame{};
    EXPECT_EQ(seawall_media_frame(media, 0, &frame), SEAWALL_OK) << seawall_media_problem(media);
    seawall_media_free(media);
    return frame;
  }
  // A bank with one entry, "listed", of this picture.
  void make_bank(const std::string& file) {
    const seawall_frame frame = first_frame(file);
    seawall_digests digests{};
    ASSERT_EQ(seawall_digest(file.data(), file.size(), &digests), SEAWALL_OK);
    ASSERT_TRUE(seawall::Bank::create(folder_, {.name = "t"}));
    auto bank = seawall::Bank::open_for_writing(folder_);
    ASSERT_TRUE(bank) << bank.error().message;
    auto import = (*bank)->begin_import();
    seawall::SignalRecord record;
    record.id = "listed";
    char text[65];
    seawall_pdq_to_text(&frame.pdq, text);
    record.pdq = {{*seawall::fingerprint_from_text(text), frame.pdq.quality}};
    record.md5.emplace();
    std::memcpy(record.md5->data(), digests.md5, sizeof digests.md5);
    ASSERT_TRUE(import->add(record));
    ASSERT_TRUE(import->commit());
  }

  seawall_decoder* decoder_ = nullptr;
  const seawall::TemporaryFolder temporary_ = seawall::TemporaryFolder::make("seawall-capi").value();
  const std::filesystem::path folder_ = temporary_.path() / "bank";
};

std::string hex(const uint8_t* bytes, std::size_t n) {
  std::string text;
  char two[3];
  for (std::size_t i = 0; i < n; ++i) {
    std::snprintf(two, sizeof two, "%02x", bytes[i]);
    text += two;
  }
  return text;
}

TEST(CApiDigest, IsThatOfTheStandards) {
  seawall_digests digests{};
  ASSERT_EQ(seawall_digest("abc", 3, &digests), SEAWALL_OK);  // RFC 1321, FIPS 180-2 appendix A and B.
  EXPECT_EQ(hex(digests.md5, 16), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(hex(digests.sha1, 20), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hex(digests.sha256, 32), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(digests.size_bytes, 3U);
  EXPECT_EQ(seawall_digest(nullptr, 0, &digests), SEAWALL_OK);
  EXPECT_EQ(seawall_digest(nullptr, 1, &digests), SEAWALL_INVALID_INPUT);
}

TEST_F(CApiMedia, DescribesAPictureAndHashesItAsItsPixels) {
  const std::string file = picture(200, 1);
  seawall_media* media = read(file);
  seawall_media_info info{};
  ASSERT_EQ(seawall_media_describe(media, &info), SEAWALL_OK);
  EXPECT_STREQ(info.type, "image/x-portable-anymap");
  EXPECT_EQ(info.width_px, 200);
  EXPECT_EQ(info.frames_decoded, 1);
  EXPECT_EQ(info.decode_status, SEAWALL_OK);
  EXPECT_EQ(info.digests.size_bytes, file.size());
  seawall_frame frame{};
  EXPECT_EQ(seawall_media_frame(media, 1, &frame), SEAWALL_INVALID_INPUT);
  ASSERT_EQ(seawall_media_frame(media, 0, &frame), SEAWALL_OK);
  seawall_pdq plain{};
  const auto* pixels =
      reinterpret_cast<const uint8_t*>(file.data()) + file.size() - std::size_t{200} * 200 * 3;
  ASSERT_EQ(seawall_pdq_hash(pixels, 200, 200, 600, SEAWALL_RGB24, &plain), SEAWALL_OK);
  EXPECT_EQ(seawall_pdq_distance(&plain, &frame.pdq), 0);
  seawall_media_free(media);
}

TEST_F(CApiMedia, KeepsTheDigestsOfWhatNoDecoderReads) {
  seawall_media* media = read("no picture at all");
  seawall_media_info info{};
  ASSERT_EQ(seawall_media_describe(media, &info), SEAWALL_OK);
  EXPECT_EQ(info.decode_status, SEAWALL_UNSUPPORTED);
  EXPECT_EQ(info.frames_decoded, 0);
  EXPECT_EQ(info.digests.size_bytes, 17U);
  EXPECT_STRNE(seawall_media_problem(media), "");
  seawall_media_free(media);
}

TEST_F(CApiMedia, SaysThatThereIsNoDecoderProgram) {
  seawall_decoder* none = nullptr;
  EXPECT_EQ(seawall_decoder_open("/nonexistent/media_worker", 1, &none), SEAWALL_UNAVAILABLE);
  EXPECT_EQ(none, nullptr);
  EXPECT_EQ(seawall_decoder_open(nullptr, -1, &none), SEAWALL_INVALID_INPUT);
  seawall_media* media = nullptr;
  EXPECT_EQ(seawall_media_read(decoder_, "x", 1, 9, &media), SEAWALL_INVALID_INPUT);
  EXPECT_EQ(seawall_media_read(nullptr, "x", 1, SEAWALL_VARIANTS_NONE, &media), SEAWALL_INVALID_INPUT);
}

TEST_F(CApiMedia, ABankMeetsTheBytesAndAMirroredPictureAndNothingElse) {
  make_bank(picture(200, 1));
  seawall_bank* bank = nullptr;
  ASSERT_EQ(seawall_bank_open(folder_.c_str(), &bank), SEAWALL_OK) << seawall_last_error();
  seawall_bank_info info{};
  ASSERT_EQ(seawall_bank_describe(bank, &info), SEAWALL_OK);
  EXPECT_STREQ(info.name, "t");
  EXPECT_EQ(info.action, SEAWALL_BLOCK);
  EXPECT_EQ(info.entries, 1U);

  const auto matched = [&](const std::string& file) {
    seawall_media* media = read(file);
    seawall_bank_matches matches{};
    EXPECT_EQ(seawall_bank_match_media(bank, media, SEAWALL_RADIUS_OF_BANK, &matches), SEAWALL_OK);
    std::string said = std::to_string(matches.count) + " " + std::to_string(matches.action);
    for (std::size_t i = 0; i < matches.count; ++i) {
      said += std::string(" ") + matches.items[i].entry + " " + std::to_string(matches.items[i].signal) +
              " " + matches.items[i].variant;
    }
    seawall_bank_matches_free(&matches);
    EXPECT_EQ(matches.items, nullptr);
    seawall_media_free(media);
    return said;
  };
  EXPECT_EQ(matched(picture(200, 1)), "1 2 listed 2 original");
  EXPECT_EQ(matched(picture(200, 1, true)), "1 2 listed 1 flip_y");
  EXPECT_EQ(matched(picture(200, 4)), "0 0");
  EXPECT_EQ(matched("no picture at all"), "0 0");
  seawall_bank_free(bank);
  EXPECT_EQ(seawall_bank_open((folder_ / "none").c_str(), &bank), SEAWALL_NOT_FOUND);
}

TEST_F(CApiMedia, ABankMeetsSignalsFromManyThreadsAtOnce) {
  const std::string file = picture(200, 1);
  make_bank(file);
  seawall_bank* bank = nullptr;
  ASSERT_EQ(seawall_bank_open(folder_.c_str(), &bank), SEAWALL_OK) << seawall_last_error();
  const seawall_frame frame = first_frame(file);
  seawall_digests digests{};
  ASSERT_EQ(seawall_digest(file.data(), file.size(), &digests), SEAWALL_OK);
  const seawall_pdq other = first_frame(picture(200, 4)).pdq;
  const seawall_pdq pdqs[] = {other, frame.pdq};
  const auto look_up = [&] {
    for (int i = 0; i < 50; ++i) {
      seawall_bank_matches matches{};
      seawall_signals signals{pdqs, 2, nullptr, nullptr, nullptr};
      EXPECT_EQ(seawall_bank_match_signals(bank, &signals, 31, &matches), SEAWALL_OK);
      ASSERT_EQ(matches.count, 1U);
      EXPECT_EQ(matches.items[0].frame, 1);
      EXPECT_EQ(matches.items[0].quality, frame.pdq.quality);
      seawall_bank_matches_free(&matches);
      signals.md5 = digests.md5;
      EXPECT_EQ(seawall_bank_match_signals(bank, &signals, 31, &matches), SEAWALL_OK);
      ASSERT_EQ(matches.count, 1U);
      EXPECT_EQ(matches.items[0].signal, SEAWALL_MD5);
      EXPECT_EQ(matches.items[0].quality, -1);
      seawall_bank_matches_free(&matches);
    }
  };
  std::thread one(look_up);
  std::thread two(look_up);
  one.join();
  two.join();
  seawall_bank_matches matches{};
  const seawall_signals none{nullptr, 1, nullptr, nullptr, nullptr};
  EXPECT_EQ(seawall_bank_match_signals(bank, &none, 31, &matches), SEAWALL_INVALID_INPUT);
  const seawall_signals all{pdqs, 2, nullptr, nullptr, nullptr};
  EXPECT_EQ(seawall_bank_match_signals(bank, &all, 257, &matches), SEAWALL_INVALID_INPUT);
  EXPECT_EQ(matches.count, 0U);
  seawall_bank_free(bank);
}

}  // namespace
