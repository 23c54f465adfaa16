#include <memory>

#include "seawall/base/line_reader.h"
#include "seawall/exchange/detail/formats.h"
#include "seawall/exchange/detail/own_json.h"
#include "seawall/exchange/detail/reader_base.h"

namespace seawall::exchange_detail {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
static_assert(LineReader::kPaddingBytes >= JsonObjectReader::kPaddingBytes);

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

class NdjsonReader final : public ReaderBase {
 public:
  explicit NdjsonReader(ByteSource& source) : lines_(source, kOwnRecordBytesMax) {}

 protected:
  Result<ExchangeOutcome> step(ExchangeRecord& record) override {
    for (;;) {
      std::span<char> bytes;
      const auto any = lines_.next(bytes);
      const std::string place = "line " + std::to_string(lines_.line_number());
      if (!any && any.error().code == Code::kUnavailable) return tl::unexpected(any.error());
      if (!any) return refused(place, any.error());
      if (!*any) return ExchangeOutcome{};
      std::string_view line(bytes.data(), bytes.size());
      if (lines_.line_number() == 1 && line.starts_with(kByteOrderMark))
        line.remove_prefix(kByteOrderMark.size());
      if (is_blank(line)) continue;
      if (!seen_object_ && line[line.find_first_not_of(" \t")] != '{') {
        return fail(Code::kInvalidInput, place + ": NDJSON has one object a line; this line is none");
      }
      seen_object_ = true;
      return objects_.read(line, record, place);
    }
  }

 private:
  LineReader lines_;
  OwnJsonReader objects_;
  bool seen_object_ = false;
};

class NdjsonWriter final : public ExchangeWriter {
 public:
  explicit NdjsonWriter(ByteSink& sink) : out_(sink) {}

  Result<void> add(const ExchangeRecord& record, std::vector<std::string>& losses) override {
    SEAWALL_CHECK(check_record(record));
    Losses lost(losses);
    append_record_json(out_.text(), record, lost);
    out_.text() += '\n';
    return out_.flush_if_full();
  }
  Result<void> finish() override { return out_.flush(); }

 private:
  BufferedSink out_;
};

class NdjsonFormat final : public ExchangeFormat {
 public:
  [[nodiscard]] std::string_view name() const override { return "ndjson"; }
  [[nodiscard]] std::string_view description() const override {
    return "Seawall's own, one JSON object a line";
  }
  Result<std::unique_ptr<ExchangeReader>> reader(ByteSource& source,
                                                 const ExchangeReadOptions&) const override {
    return std::make_unique<NdjsonReader>(source);
  }
  Result<std::unique_ptr<ExchangeWriter>> writer(ByteSink& sink, const ExchangeWriteOptions&) const override {
    return std::make_unique<NdjsonWriter>(sink);
  }
};

}  // namespace

const ExchangeFormat& ndjson_format() {
  static const NdjsonFormat format;
  return format;
}

}  // namespace seawall::exchange_detail
