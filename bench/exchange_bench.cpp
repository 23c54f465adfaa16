// What reading and writing a list costs in each exchange format; beside the JSON ones nlohmann's parse of the
// same document, which keeps it whole in memory and builds no records.
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "figure.h"
#include "seawall/crypto/signing.h"
#include "seawall/exchange/exchange_format.h"
#include "seawall/exchange/text_sink.h"

namespace seawall::bench {
namespace {

std::vector<ExchangeRecord> made_records(std::size_t count) {
  std::mt19937_64 random(9);
  std::vector<ExchangeRecord> records(count);
  for (std::size_t i = 0; i < count; ++i) {
    records[i].key = "42-" + std::to_string(i);
    EntryContent& content = records[i].content;
    content.signals.pdq.resize(1);
    for (auto& word : content.signals.pdq[0].bits.words) word = random();
    content.signals.md5.emplace();
    for (std::byte& byte : *content.signals.md5) byte = static_cast<std::byte>(random());
    content.series = "series " + std::to_string(i % 100);
    content.media_type = "image";
    content.decided_at = Time{std::chrono::seconds(1'700'000'000 + static_cast<std::int64_t>(i))};
    content.attributes = {{"Comments", "harbour at dawn"}};
  }
  return records;
}

std::size_t read_all(const ExchangeFormat& format, std::string_view text,
                     const ExchangeReadOptions& options) {
  MemorySource source(text);
  auto reader = format.reader(source, options);
  ExchangeRecord record;
  for (std::size_t count = 0;; ++count) {
    const auto outcome = (*reader)->next(record);
    if (!outcome || outcome->kind != ExchangeOutcome::Kind::kRecord) return outcome ? count : 0;
  }
}

void measure(const ExchangeFormat& format, const std::vector<ExchangeRecord>& records, const SigningKey& key,
             bool json) {
  ExchangeWriteOptions options;
  options.member_id = "42";
  options.private_key_pem = key.private_key_pem().value();
  const ExchangeReadOptions read_options{key.public_key_pem().value()};
  std::vector<double> writes;
  std::vector<double> reads;
  std::vector<double> peers;
  std::string text;
  for (int round = 0; round < 5; ++round) {
    TextSink sink;
    std::vector<std::string> losses;
    double start = cpu_seconds();
    auto writer = *format.writer(sink, options);
    for (const ExchangeRecord& record : records) (void)writer->add(record, losses).has_value();
    (void)writer->finish().has_value();
    writes.push_back(cpu_seconds() - start);
    text = std::move(sink.text);
    start = cpu_seconds();
    if (read_all(format, text, read_options) != records.size())
      std::puts("records are missing: the figure is wrong");
    reads.push_back(cpu_seconds() - start);
    if (text.front() != '{' || text.find("\n{\"end\"") != std::string::npos || format.name() == "ndjson")
      continue;
    start = cpu_seconds();
    if (nlohmann::json::parse(text).empty()) std::puts("the peer read nothing: the figure is wrong");
    peers.push_back(cpu_seconds() - start);
  }
  const double megabytes = static_cast<double>(text.size()) / 1e6;
  const auto count = static_cast<double>(records.size());
  const double peer = peers.empty() ? 0 : megabytes / median(peers);
  const double ours = megabytes / median(reads);
  const std::string name(format.name());
  print({"read " + name, ours, peer, peer > 0 ? ours / peer : 0, "MB/s", "", true}, json);
  print({"read " + name + ", records", count / median(reads), 0, 0, "records/s", "", true}, json);
  print({"write " + name, megabytes / median(writes), 0, 0, "MB/s", "", true}, json);
  print({"write " + name + ", records", count / median(writes), 0, 0, "records/s", "", true}, json);
}

}  // namespace
}  // namespace seawall::bench

int main(int argc, char** argv) {
  bool json = false;
  bool full = false;
  for (int i = 1; i < argc; ++i) {
    json = json || std::strcmp(argv[i], "--json") == 0;
    full = full || std::strcmp(argv[i], "--full") == 0;
  }
  const auto records = seawall::bench::made_records(full ? 500'000 : 50'000);
  const auto key = seawall::SigningKey::generate();
  for (const seawall::ExchangeFormat* format : seawall::exchange_formats()) {
    seawall::bench::measure(*format, records, *key, json);
  }
  return 0;
}
