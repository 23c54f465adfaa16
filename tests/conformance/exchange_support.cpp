#include "exchange_support.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace seawall::test {
namespace {

constexpr std::string_view kHard[] = {"\"",
                                      "\\",
                                      ",",
                                      ";",
                                      "|",
                                      "\n",
                                      "\r\n",
                                      " ",
                                      "<&>",
                                      "]]>",
                                      "'",
                                      "\t",
                                      ":",
                                      "\xC3\xA9",
                                      "\xE2\x82\xAC",
                                      "\xF0\x9F\x8C\x8A",
                                      "\x01",
                                      "\x7F",
                                      "{",
                                      "}",
                                      "a",
                                      "Z",
                                      "0"};

std::string word(std::mt19937_64& random, bool hard) {
  std::string text = "w" + std::to_string(random() % 1000);
  for (std::size_t i = hard ? random() % 6 : 0; i > 0; --i) text += kHard[random() % std::size(kHard)];
  return text;
}

template <class Digest>
void fill(std::mt19937_64& random, std::optional<Digest>& digest) {
  if (random() % 2 == 0) return;
  digest.emplace();
  for (std::byte& byte : *digest) byte = static_cast<std::byte>(random());
}

std::string random_bytes(std::mt19937_64& random, std::size_t size) {
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

void fill_signals(std::mt19937_64& random, EntrySignals& signals) {
  signals.pdq.resize(random() % 4);
  for (ListedPdq& pdq : signals.pdq) {
    for (auto& bits : pdq.bits.words) bits = random();
    pdq.quality = random() % 3 == 0 ? ListedPdq::kQualityUnknown : static_cast<int>(random() % 101);
  }
  fill(random, signals.md5);
  fill(random, signals.sha1);
  fill(random, signals.sha256);
  if (random() % 3 == 0) signals.carried.push_back({"photodna", random_bytes(random, 144)});
  if (random() % 5 == 0) signals.carried.push_back({"tmk", random_bytes(random, 1 + random() % 400)});
  if (random() % 5 == 0) signals.carried.push_back({"netclean", random_bytes(random, 1 + random() % 40)});
  if (signals.empty()) signals.md5.emplace().fill(std::byte{7});
}

Classification random_classification(std::mt19937_64& random, bool hard) {
  switch (random() % 5) {
    case 0:
      return {ClassificationScheme::kNcmec, "B2"};
    case 1:
      return {ClassificationScheme::kUk, "A"};
    case 2:
      return {ClassificationScheme::kInterpol, random() % 2 == 0 ? "baseline" : "not-baseline"};
    case 3:
      return {ClassificationScheme::kGifct, word(random, hard)};
    default:
      return {ClassificationScheme::kOther, "ncmec:" + word(random, hard)};
  }
}

}  // namespace

ExchangeRecord random_record(std::mt19937_64& random, bool hard) {
  ExchangeRecord record;
  record.key = word(random, hard) + std::to_string(random());
  if (random() % 8 == 0) {
    record.withdrawn = true;
    return record;
  }
  EntryContent& content = record.content;
  fill_signals(random, content.signals);
  if (random() % 2 == 0) content.classification = random_classification(random, hard);
  if (random() % 2 == 0) content.series = word(random, hard);
  for (std::size_t i = random() % 4; i > 0; --i) content.tags.push_back(word(random, hard));
  std::ranges::sort(content.tags);
  content.tags.erase(std::ranges::unique(content.tags).begin(), content.tags.end());
  constexpr std::string_view kTypes[] = {"", "image", "video", "image/jpeg", "video/mp4", "text/plain"};
  content.media_type = kTypes[random() % std::size(kTypes)];
  if (random() % 2 == 0) content.size_bytes = random() >> (random() % 63);
  if (random() % 2 == 0) {
    content.decided_at =
        Time{std::chrono::milliseconds(static_cast<std::int64_t>(random() % 2'000'000'000'000))};
  }
  // Names that other formats use for something of their own are among them.
  constexpr std::string_view kNames[] = {"Comments",   "md5",      "MD5",        "id",    "IsDistributed",
                                         "Media Type", "status",   "MediaFiles", "Exifs", "attributes",
                                         "MediaID",    "Category", "quality",    "path"};
  for (const std::string_view name : kNames) {
    if (random() % 8 == 0) content.attributes.emplace_back(name, random() % 9 == 0 ? "" : word(random, hard));
  }
  if (random() % 3 == 0) content.attributes.emplace_back(word(random, hard), word(random, hard));
  std::ranges::sort(content.attributes);
  const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
  content.attributes.erase(std::ranges::unique(content.attributes, same).begin(), content.attributes.end());
  return record;
}

Written write_all(const ExchangeFormat& format, const std::vector<ExchangeRecord>& records) {
  Written written;
  TextSink sink;
  auto writer = format.writer(sink, write_options());
  if (!writer) {
    written.document = "no writer: " + writer.error().message;
    return written;
  }
  for (const ExchangeRecord& record : records) {
    auto& losses = written.losses.emplace_back();
    if (auto added = (*writer)->add(record, losses); !added)
      losses.push_back("error: " + added.error().message);
  }
  if (auto finished = (*writer)->finish(); !finished) written.losses.push_back({finished.error().message});
  written.document = std::move(sink.text);
  return written;
}

ReadBack read_all(const ExchangeFormat& format, ByteSource& source, std::uint64_t steps_max) {
  ReadBack back;
  auto reader = format.reader(source, read_options());
  if (!reader) {
    back.error = reader.error().message;
    back.code = reader.error().code;
    return back;
  }
  ExchangeRecord record;
  for (; back.steps <= steps_max; ++back.steps) {
    auto outcome = (*reader)->next(record);
    back.document = (*reader)->document();
    if (!outcome) {
      back.error = outcome.error().message;
      back.code = outcome.error().code;
      return back;
    }
    if (outcome->kind == ExchangeOutcome::Kind::kEnd) return back;
    if (outcome->kind == ExchangeOutcome::Kind::kRefused) {
      if (back.refusals.size() < 1000) back.refusals.push_back(*outcome);
    } else {
      if (back.records.size() < 100'000) back.records.push_back(record);
    }
  }
  back.error = "endless";
  return back;
}

ReadBack read_text(const ExchangeFormat& format, std::string_view text, std::size_t piece_bytes) {
  MemorySource source(text, piece_bytes);
  return read_all(format, source, text.size() + 2);
}

bool has(const std::vector<std::string>& losses, std::string_view name) {
  return std::ranges::find(losses, name) != losses.end();
}

std::string difference(const ExchangeRecord& record, const ExchangeRecord& back,
                       const std::vector<std::string>& losses) {
  std::string out;
  const auto check = [&](bool same, std::string_view name) {
    if (!same && !has(losses, name)) out.append(out.empty() ? "" : ", ").append(name);
  };
  check(record.key == back.key, "key");
  if (record.withdrawn != back.withdrawn) return out + " withdrawn differs";
  if (record.withdrawn) return out;
  const EntryContent& a = record.content;
  const EntryContent& b = back.content;
  if (a.signals.pdq.size() == b.signals.pdq.size()) {
    for (std::size_t i = 0; i < a.signals.pdq.size(); ++i) {
      check(a.signals.pdq[i].bits == b.signals.pdq[i].bits, "pdq");
      check(a.signals.pdq[i].quality == b.signals.pdq[i].quality, "pdq_quality");
    }
  } else {
    check(false, "pdq");
  }
  check(a.signals.md5 == b.signals.md5, "md5");
  check(a.signals.sha1 == b.signals.sha1, "sha1");
  check(a.signals.sha256 == b.signals.sha256, "sha256");
  std::vector<CarriedSignal> kept;
  std::ranges::copy_if(a.signals.carried, std::back_inserter(kept),
                       [&](const CarriedSignal& signal) { return !has(losses, signal.type); });
  check(kept == b.signals.carried, "carried");
  check(a.classification == b.classification, "classification");
  check(a.series == b.series, "series");
  check(a.tags == b.tags, "tags");
  check(a.media_type == b.media_type, "media_type");
  check(a.size_bytes == b.size_bytes, "size_bytes");
  check(a.decided_at == b.decided_at, "decided_at");
  check(a.attributes == b.attributes, "attributes");
  return out;
}

std::int64_t resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  long long pages = 0;
  long long resident = 0;
  if (file == nullptr) return 0;
  const int count = std::fscanf(file, "%lld %lld", &pages, &resident);
  std::fclose(file);
  return count == 2 ? resident * sysconf(_SC_PAGESIZE) : 0;
}

Result<std::size_t> RepeatingSource::read(std::span<char> out) {
  while (at_ == now_.size()) {
    if (ended_) return std::size_t{0};
    at_ = 0;
    if (left_ == 0) {
      now_ = tail_;
      ended_ = true;
    } else {
      now_ = body_;
      left_ -= std::min<std::uint64_t>(left_, body_.size());
    }
  }
  const std::size_t count = std::min(out.size(), now_.size() - at_);
  std::copy_n(now_.data() + at_, count, out.data());
  at_ += count;
  return count;
}

}  // namespace seawall::test
