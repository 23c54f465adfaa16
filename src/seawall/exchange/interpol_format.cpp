#include <algorithm>
#include <array>
#include <memory>

#include "seawall/base/base64.h"
#include "seawall/base/hex.h"
#include "seawall/csv/csv.h"
#include "seawall/exchange/detail/formats.h"
#include "seawall/exchange/detail/own_fields.h"
#include "seawall/exchange/detail/reader_base.h"
#include "seawall/exchange/detail/vics.h"
#include "seawall/json/text.h"

namespace seawall::exchange_detail {
namespace {

constexpr char kSeparator = ';';

enum class Column : std::uint8_t {
  kMd5,
  kSha1,
  kPhotoDna,
  kImageId,
  kDistributed,
  kVictim,
  kOffender,
  kSeries,
  kSubmissions,
  kFile,
  kMediaType,
  kBaseline,
  kUnknown
};
/// The header, in the order of Column.
constexpr std::array<std::string_view, 12> kNames{"MD5",
                                                  "SHA1",
                                                  "PhotoDNA",
                                                  "Image ID",
                                                  "Is distributed",
                                                  "Victim identified",
                                                  "Offender identified",
                                                  "Series name",
                                                  "Number of submissions",
                                                  "File Available",
                                                  "Media Type",
                                                  "Baseline"};

Column column_of(std::string_view name) {
  const std::string wanted = lower(trimmed(name));
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (lower(kNames[i]) == wanted) return static_cast<Column>(i);
  }
  return Column::kUnknown;
}

std::string_view name_of(Column column) { return kNames[static_cast<std::size_t>(column)]; }

void set_baseline(RecordDraft& draft, std::string_view text) {
  const std::string word = lower(trimmed(text));
  if (word.empty()) return;
  if (word == "yes" || word == "true" || word == "1" || word == "y") {
    return draft.classification(ClassificationScheme::kInterpol, "baseline");
  }
  if (word == "no" || word == "false" || word == "0" || word == "n") {
    return draft.classification(ClassificationScheme::kInterpol, "not-baseline");
  }
  draft.attribute(name_of(Column::kBaseline), text);
}

void set_media_type(RecordDraft& draft, std::string_view text) {
  const std::string word = lower(trimmed(text));
  if (word == "image" || word == "video") return draft.media_type(word);
  if (!text.empty()) draft.attribute(name_of(Column::kMediaType), text);
}

class InterpolReader final : public ReaderBase {
 public:
  explicit InterpolReader(ByteSource& source) : lines_(source, kRecordBytesMax), rows_(lines_, kSeparator) {}

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
    RecordDraft draft(record);
    for (std::size_t i = 0; i < fields_.size(); ++i) set(draft, columns_[i], fields_[i]);
    if (!draft.has_key()) draft.key(vics_key_by_digest(record.content.signals));
    return draft.finish(std::move(place));
  }

 private:
  struct Field {
    Column column;
    std::string name;
  };

  Result<void> add_column(std::string_view text) {
    const std::string_view name = trimmed(text);
    if (!is_utf8(name) || name.empty() || name.size() > EntryContent::kTextBytesMax) {
      return fail(Code::kInvalidInput, "line 1: the name of a column is empty or not UTF-8 text");
    }
    const Column column = column_of(name);
    for (const Field& known : columns_) {
      if (known.name == name || (known.column == column && column != Column::kUnknown)) {
        return fail(Code::kInvalidInput, "line 1: column " + std::string(name) + " stands there twice");
      }
    }
    columns_.push_back({column, std::string(name)});
    return {};
  }

  Result<void> read_header() {
    auto any = rows_.next(fields_);
    if (!any) return tl::unexpected(std::move(any).error().within("line 1"));
    for (const std::string_view name : fields_) SEAWALL_CHECK(add_column(name));
    const auto is_signal = [](const Field& field) { return field.column <= Column::kPhotoDna; };
    if (std::ranges::any_of(columns_, is_signal)) return {};
    return fail(Code::kInvalidInput,
                "line 1 is not the header of an INTERPOL export: that begins MD5;SHA1;PhotoDNA;Image ID");
  }

  static void set(RecordDraft& draft, const Field& field, std::string_view text) {
    switch (field.column) {
      case Column::kMd5:
        return draft.md5(trimmed(text));
      case Column::kSha1:
        return draft.sha1(trimmed(text));
      case Column::kPhotoDna:
        return draft.photodna(trimmed(text));
      case Column::kImageId:
        return draft.key(text);
      case Column::kSeries:
        return draft.series(text);
      case Column::kMediaType:
        return set_media_type(draft, text);
      case Column::kBaseline:
        return set_baseline(draft, text);
      default:
        if (!text.empty())
          draft.attribute(field.column == Column::kUnknown ? field.name : name_of(field.column), text);
    }
  }

  LineReader lines_;
  CsvReader rows_;
  std::vector<Field> columns_;
  std::vector<std::string_view> fields_;
};

/// The columns that are attributes of a record.
constexpr std::array kAttributeColumns{Column::kDistributed, Column::kVictim, Column::kOffender,
                                       Column::kSubmissions, Column::kFile};

using Cells = std::array<std::string, kNames.size()>;
std::string& cell_of(Cells& cells, Column column) { return cells[static_cast<std::size_t>(column)]; }

void write_signals(const EntrySignals& signals, Cells& cells, Losses& lost) {
  if (signals.md5) cell_of(cells, Column::kMd5) = to_hex(*signals.md5);
  if (signals.sha1) cell_of(cells, Column::kSha1) = to_hex(*signals.sha1);
  std::string& photodna = cell_of(cells, Column::kPhotoDna);
  for (const CarriedSignal& carried : signals.carried) {
    if (carried.type == "photodna" && carried.bytes.size() == kPhotoDnaBytes && photodna.empty()) {
      photodna = to_base64(carried.bytes);
    } else {
      lost.add(carried.type);
    }
  }
  lost.add_if(signals.sha256.has_value(), "sha256");
  lost.add_if(!signals.pdq.empty(), "pdq");
}

std::string media_type_cell(const EntryContent& content, Losses& lost) {
  const bool is_image = content.media_type.starts_with("image");
  const bool is_video = content.media_type.starts_with("video");
  lost.add_if(!content.media_type.empty() && content.media_type != "image" && content.media_type != "video",
              "media_type");
  if (is_image || is_video) return is_image ? "Image" : "Video";
  const std::string* kept = attribute_of(content, name_of(Column::kMediaType));
  const std::string word = kept == nullptr ? "" : lower(trimmed(*kept));
  return word == "image" || word == "video" || kept == nullptr ? "" : *kept;
}

std::string baseline_cell(const EntryContent& content, Losses& lost) {
  if (!content.classification) return {};
  if (content.classification->scheme != ClassificationScheme::kInterpol) {
    lost.add("classification");
    return {};
  }
  return content.classification->value == "baseline" ? "Yes" : "No";
}

void write_attributes(const EntryContent& content, Cells& cells, Losses& lost) {
  for (const auto& [name, value] : content.attributes) {
    const auto place = std::ranges::find(kNames, std::string_view(name));
    const auto column = static_cast<Column>(place - kNames.begin());
    const bool is_attribute = std::ranges::find(kAttributeColumns, column) != kAttributeColumns.end();
    const bool exact = place != kNames.end() && !value.empty();
    if (exact && is_attribute) {
      cell_of(cells, column) = value;
    } else {
      lost.add_if(!(exact && column == Column::kMediaType && cell_of(cells, column) == value), "attributes");
    }
  }
}

class InterpolWriter final : public ExchangeWriter {
 public:
  explicit InterpolWriter(ByteSink& sink) : out_(sink) { append_csv_row(out_.text(), kNames, kSeparator); }

  Result<void> add(const ExchangeRecord& record, std::vector<std::string>& losses) override {
    SEAWALL_CHECK(check_record(record));
    Losses lost(losses);
    if (record.withdrawn) {
      lost.add("withdrawn");
      return {};
    }
    const EntryContent& content = record.content;
    Cells cells;
    write_signals(content.signals, cells, lost);
    if (cells[0].empty() && cells[1].empty() && cells[2].empty()) {
      lost.add("record");
      return {};
    }
    cell_of(cells, Column::kImageId) = record.key;
    cell_of(cells, Column::kSeries) = content.series;
    cell_of(cells, Column::kMediaType) = media_type_cell(content, lost);
    cell_of(cells, Column::kBaseline) = baseline_cell(content, lost);
    write_attributes(content, cells, lost);
    lost.add_if(!content.tags.empty(), "tags");
    lost.add_if(content.size_bytes != 0, "size_bytes");
    lost.add_if(content.decided_at.has_value(), "decided_at");
    const std::vector<std::string_view> fields(cells.begin(), cells.end());
    append_csv_row(out_.text(), fields, kSeparator);
    return out_.flush_if_full();
  }
  Result<void> finish() override { return out_.flush(); }

 private:
  BufferedSink out_;
};

class InterpolFormat final : public ExchangeFormat {
 public:
  [[nodiscard]] std::string_view name() const override { return "interpol-csv"; }
  [[nodiscard]] std::string_view description() const override {
    return "INTERPOL ICSE export, parted by semicolons";
  }
  Result<std::unique_ptr<ExchangeReader>> reader(ByteSource& source,
                                                 const ExchangeReadOptions&) const override {
    return std::make_unique<InterpolReader>(source);
  }
  Result<std::unique_ptr<ExchangeWriter>> writer(ByteSink& sink, const ExchangeWriteOptions&) const override {
    return std::make_unique<InterpolWriter>(sink);
  }
};

}  // namespace

const ExchangeFormat& interpol_csv_format() {
  static const InterpolFormat format;
  return format;
}

}  // namespace seawall::exchange_detail
