#include <algorithm>
#include <array>
#include <memory>

#include "seawall/base/hex.h"
#include "seawall/csv/csv.h"
#include "seawall/exchange/detail/formats.h"
#include "seawall/exchange/detail/own_fields.h"
#include "seawall/exchange/detail/reader_base.h"
#include "seawall/json/text.h"
#include "seawall/model/time_text.h"

namespace seawall::exchange_detail {
namespace {

constexpr std::array<std::string_view, 14> kColumns{
    "id",     "withdrawn", "pdq",        "quality",    "md5",        "sha1",    "sha256",
    "series", "tags",      "media_type", "size_bytes", "decided_at", "carried", "classification"};
constexpr std::string_view kAdvice =
    "; the first line must name the columns, such as: id,pdq,quality,md5,sha1,sha256,classification";

tl::unexpected<Error> bad_header(const std::string& what) {
  return fail(Code::kInvalidInput, "line 1: " + what + std::string(kAdvice));
}

bool is_signal(OwnField field) {
  return field == OwnField::kPdq || field == OwnField::kMd5 || field == OwnField::kSha1 ||
         field == OwnField::kSha256 || field == OwnField::kPhotoDna || field == OwnField::kCarried;
}

class CsvExchangeReader final : public ReaderBase {
 public:
  explicit CsvExchangeReader(ByteSource& source) : lines_(source, kRecordBytesMax), rows_(lines_) {}

 protected:
  Result<ExchangeOutcome> step(ExchangeRecord& record) override {
    if (columns_.empty()) SEAWALL_CHECK(read_header());
    auto any = rows_.next(fields_);
    if (!any && any.error().code == Code::kUnavailable) return tl::unexpected(std::move(any).error());
    std::string place = "line " + std::to_string(rows_.line_number());
    if (!any) return refused(std::move(place), any.error());
    if (!*any) return ExchangeOutcome{};
    if (fields_.size() != columns_.size()) {
      return refused(std::move(place), "malformed_record",
                     std::to_string(fields_.size()) + " fields where the header names " +
                         std::to_string(columns_.size()));
    }
    return read_row(record, std::move(place));
  }

 private:
  struct Column {
    OwnField field;
    std::string name;
  };

  Result<void> add_column(std::string_view text) {
    const std::string_view name = trimmed(text);
    if (name.empty()) return bad_header("a column has no name");
    if (!is_utf8(name) || name.size() > EntryContent::kTextBytesMax)
      return bad_header("a name is not UTF-8 text");
    const OwnField field = own_field_of(name);
    for (const Column& known : columns_) {
      if (known.name == name || (known.field == field && field != OwnField::kUnknown)) {
        return bad_header("column " + std::string(name) + " stands there twice");
      }
    }
    columns_.push_back({field, std::string(name)});
    return {};
  }

  Result<void> read_header() {
    auto any = rows_.next(fields_);
    if (!any) return tl::unexpected(std::move(any).error().within("line 1"));
    if (!*any) return bad_header("the document is empty");
    for (const std::string_view field : fields_) SEAWALL_CHECK(add_column(field));
    const auto has = [&](auto wanted) {
      return std::ranges::any_of(columns_, [&](const Column& column) { return wanted(column.field); });
    };
    if (!has(is_signal)) return bad_header("no column holds signals");
    if (!has([](OwnField f) { return f == OwnField::kId || f == OwnField::kPath; })) {
      return bad_header("there is no id column");
    }
    return {};
  }

  ExchangeOutcome read_row(ExchangeRecord& record, std::string place) {
    RecordDraft draft(record);
    std::string_view path;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      const auto& [field, name] = columns_[i];
      if (field == OwnField::kPath) {
        path = fields_[i];
      } else {
        set_own_text(draft, field, name, fields_[i]);
      }
    }
    if (!path.empty() && draft.has_key()) {
      draft.attribute("path", path);
    } else {
      draft.key(path);
    }
    return draft.finish(std::move(place));
  }

  LineReader lines_;
  CsvReader rows_;
  std::vector<Column> columns_;
  std::vector<std::string_view> fields_;
};

class CsvExchangeWriter final : public ExchangeWriter {
 public:
  explicit CsvExchangeWriter(ByteSink& sink) : out_(sink) {
    std::vector<std::string_view> header(kColumns.begin(), kColumns.end());
    header.push_back("attributes");
    append_csv_row(out_.text(), header);
  }

  Result<void> add(const ExchangeRecord& record, std::vector<std::string>& losses) override {
    SEAWALL_CHECK(check_record(record));
    Losses lost(losses);
    const EntryContent nothing;
    const EntryContent& content = record.withdrawn ? nothing : record.content;
    const EntrySignals& signals = content.signals;
    std::string attributes;
    if (!content.attributes.empty()) append_attributes_json(attributes, content);
    const std::array<std::string, kColumns.size() + 1> cells{
        record.key,
        record.withdrawn ? "true" : "",
        pdq_cell(signals),
        quality_cell(signals),
        signals.md5 ? to_hex(*signals.md5) : "",
        signals.sha1 ? to_hex(*signals.sha1) : "",
        signals.sha256 ? to_hex(*signals.sha256) : "",
        content.series,
        tags_cell(content),
        content.media_type,
        content.size_bytes != 0 ? std::to_string(content.size_bytes) : "",
        content.decided_at ? to_text(*content.decided_at) : "",
        carried_cell(signals, lost),
        classification_cell(content),
        attributes};
    const std::vector<std::string_view> fields(cells.begin(), cells.end());
    append_csv_row(out_.text(), fields);
    return out_.flush_if_full();
  }
  Result<void> finish() override { return out_.flush(); }

 private:
  BufferedSink out_;
};

class CsvFormat final : public ExchangeFormat {
 public:
  [[nodiscard]] std::string_view name() const override { return "csv"; }
  [[nodiscard]] std::string_view description() const override {
    return "Seawall's own, comma-separated with a header row";
  }
  Result<std::unique_ptr<ExchangeReader>> reader(ByteSource& source,
                                                 const ExchangeReadOptions&) const override {
    return std::make_unique<CsvExchangeReader>(source);
  }
  Result<std::unique_ptr<ExchangeWriter>> writer(ByteSink& sink, const ExchangeWriteOptions&) const override {
    return std::make_unique<CsvExchangeWriter>(sink);
  }
};

}  // namespace

const ExchangeFormat& csv_format() {
  static const CsvFormat format;
  return format;
}

}  // namespace seawall::exchange_detail
