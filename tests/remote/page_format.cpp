#include "remote/page_format.h"

#include <sstream>

#include "seawall/base/hex.h"
#include "seawall/base/line_reader.h"

namespace seawall::test {
namespace {

class Reader final : public ExchangeReader {
 public:
  explicit Reader(ByteSource& source) : lines_(source) {}

  Result<ExchangeOutcome> next(ExchangeRecord& record) override {
    while (!ended_) {
      std::span<char> line;
      SEAWALL_TRY(const bool more, lines_.next(line));
      if (!more) return fail(Code::kInvalidInput, "the document ends early");
      SEAWALL_TRY(const auto kind, take(std::string(line.data(), line.size()), record));
      if (kind != ExchangeOutcome::Kind::kEnd) return ExchangeOutcome{kind, "line", "malformed_hash", ""};
    }
    return ExchangeOutcome{};
  }
  const ExchangeDocument& document() const override { return document_; }

 private:
  /// kEnd: a line that is no record.
  Result<ExchangeOutcome::Kind> take(const std::string& line, ExchangeRecord& record) {
    std::istringstream words(line);
    std::string word, chain;
    words >> word;
    if (word == "+" || word == "-") return take_record(words, word == "-", record);
    if (word == "end") ended_ = true;
    if (word == "next") words >> document_.continuation;
    if (word == "newest") {
      std::int64_t ms = 0;
      words >> ms;
      document_.newest = Time(std::chrono::milliseconds(ms));
    }
    if (word == "from") words >> document_.from_version >> chain;
    if (word == "to") words >> document_.to_version >> chain;
    if (!chain.empty())
      (word == "from" ? document_.from_chain : document_.to_chain) = chain == "-" ? "" : chain;
    const bool known = word == "pages" || word == "end" || word == "next" || word == "newest" ||
                       word == "from" || word == "to";
    if (!known || !words) return fail(Code::kInvalidInput, "a line that is not of the format");
    return ExchangeOutcome::Kind::kEnd;
  }

  static Result<ExchangeOutcome::Kind> take_record(std::istringstream& words, bool withdrawn,
                                                   ExchangeRecord& record) {
    record = {};
    record.withdrawn = withdrawn;
    words >> record.key;
    if (withdrawn) return ExchangeOutcome::Kind::kRecord;
    std::string digest;
    words >> digest;
    Md5 md5{};
    if (!from_hex(digest, md5)) return ExchangeOutcome::Kind::kRefused;
    record.content.signals.md5 = md5;
    return ExchangeOutcome::Kind::kRecord;
  }

  LineReader lines_;
  ExchangeDocument document_;
  bool ended_ = false;
};

class Format final : public ExchangeFormat {
 public:
  std::string_view name() const override { return "test-pages"; }
  std::string_view description() const override { return "the tests' own"; }
  Result<std::unique_ptr<ExchangeReader>> reader(ByteSource& source,
                                                 const ExchangeReadOptions&) const override {
    return std::make_unique<Reader>(source);
  }
  Result<std::unique_ptr<ExchangeWriter>> writer(ByteSink&, const ExchangeWriteOptions&) const override {
    return fail(Code::kUnsupported, "the tests' own pages are only read");
  }
};

}  // namespace

const ExchangeFormat& page_format() {
  static const Format format;
  return format;
}

}  // namespace seawall::test
