#include "seawall/signal_file/signal_reader.h"

#include <algorithm>
#include <vector>

#include "seawall/base/line_reader.h"
#include "seawall/csv/csv.h"
#include "seawall/json/object_reader.h"
#include "seawall/json/text.h"
#include "seawall/signal_file/detail/record_builder.h"

namespace seawall {
namespace {

using signal_file_detail::Column;
using signal_file_detail::column_of;
using signal_file_detail::RecordBuilder;

static_assert(LineReader::kPaddingBytes >= JsonObjectReader::kPaddingBytes);

constexpr std::string_view kAdvice =
    "; the first line must name the columns, such as: id,pdq,quality,md5,sha1,sha256";

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view as_text(std::span<const char> line) { return {line.data(), line.size()}; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

bool is_blank(std::span<const char> line) {
  return std::ranges::all_of(line, [](char c) { return c == ' ' || c == '\t' || c == '\r'; });
}

bool is_signal(Column column) {
  return column == Column::kPdq || column == Column::kMd5 || column == Column::kSha1 ||
         column == Column::kSha256;
}

}  // namespace

struct SignalReader::Impl {
  Impl(ByteSource& source, const SignalReaderOptions& reader_options)
      : lines(source), csv(lines), options(reader_options) {}

  Result<void> add_column(std::string_view field);
  Result<void> read_header();
  Result<bool> next_csv(SignalRecord& record);
  Result<bool> next_json(SignalRecord& record);
  [[nodiscard]] std::string fallback_id() const {
    return options.id_required ? std::string() : std::to_string(lines.line_number());
  }

  LineReader lines;
  CsvReader csv;
  JsonObjectReader objects;
  SignalReaderOptions options;
  bool is_json = false;
  std::vector<std::pair<Column, std::string>> columns;  // Of a CSV, with their names.
  std::vector<std::string_view> fields;
};

Result<void> SignalReader::Impl::add_column(std::string_view field) {
  const std::string_view name = trimmed(field);
  if (name.empty()) return fail(Code::kInvalidInput, "line 1: a column has no name" + std::string(kAdvice));
  if (!is_utf8(name)) return fail(Code::kInvalidInput, "line 1 is not UTF-8" + std::string(kAdvice));
  const Column column = column_of(lower(name));
  for (const auto& [known, known_name] : columns) {
    if (known_name == name || (known == column && column != Column::kAttribute)) {
      return fail(Code::kInvalidInput, "line 1: column " + std::string(name) + " stands there twice");
    }
  }
  columns.emplace_back(column, name);
  return {};
}

Result<void> SignalReader::Impl::read_header() {
  auto row = csv.next(fields);
  if (!row) return tl::unexpected(std::move(row).error().within("line 1"));
  if (!*row) return fail(Code::kInvalidInput, "the file is empty" + std::string(kAdvice));
  for (const std::string_view field : fields) SEAWALL_CHECK(add_column(field));
  const auto any = [&](auto wanted) {
    return std::ranges::any_of(columns, [&](const auto& column) { return wanted(column.first); });
  };
  if (!any(is_signal)) {
    return fail(Code::kInvalidInput,
                "line 1 names no pdq, md5, sha1 or sha256 column" + std::string(kAdvice));
  }
  if (options.id_required && !any([](Column c) { return c == Column::kId || c == Column::kPath; })) {
    return fail(Code::kInvalidInput, "line 1 names no id column" + std::string(kAdvice));
  }
  return {};
}

Result<bool> SignalReader::Impl::next_csv(SignalRecord& record) {
  SEAWALL_TRY(const bool any, csv.next(fields));
  if (!any) return false;
  if (fields.size() != columns.size()) {
    return fail(Code::kInvalidInput, std::to_string(fields.size()) + " fields where the header names " +
                                         std::to_string(columns.size()));
  }
  RecordBuilder builder(record);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    SEAWALL_CHECK(builder.set(columns[i].first, columns[i].second, fields[i]));
  }
  SEAWALL_CHECK(builder.finish(fallback_id()));
  return true;
}

Result<bool> SignalReader::Impl::next_json(SignalRecord& record) {
  std::span<char> line;
  do {
    SEAWALL_TRY(const bool any, lines.next(line));
    if (!any) return false;
    if (lines.line_number() == 1 && as_text(line).starts_with(kByteOrderMark)) {
      line = line.subspan(kByteOrderMark.size());
    }
  } while (is_blank(line));
  RecordBuilder builder(record);
  unsigned seen = 0;
  const auto visit = [&](const JsonMember& member) -> Result<void> {
    if (member.kind == JsonMember::Kind::kNull) return {};
    const std::string_view key = trimmed(member.key);
    const Column column = column_of(lower(key));
    const unsigned bit = 1U << static_cast<unsigned>(column);
    if (column != Column::kAttribute && (std::exchange(seen, seen | bit) & bit) != 0) {
      return fail(Code::kInvalidInput, "member " + std::string(key) + " stands there twice");
    }
    if (member.kind != JsonMember::Kind::kArray || (column != Column::kPdq && column != Column::kQuality)) {
      return builder.set(column, key, member.text);
    }
    return objects.elements([&](const JsonMember& element) {
      const bool is_null = element.kind == JsonMember::Kind::kNull;
      return column == Column::kPdq ? builder.add_pdq(element.text)
                                    : builder.add_quality(is_null ? "?" : element.text);
    });
  };
  SEAWALL_CHECK(objects.read(as_text(line), visit));
  SEAWALL_CHECK(builder.finish(fallback_id()));
  return true;
}

SignalReader::SignalReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SignalReader::SignalReader(SignalReader&&) noexcept = default;
SignalReader::~SignalReader() = default;

Result<SignalReader> SignalReader::open(ByteSource& source, const SignalReaderOptions& options) {
  auto impl = std::make_unique<Impl>(source, options);
  SEAWALL_TRY(const std::string_view start, impl->lines.peek());
  const std::size_t mark = start.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  const std::size_t first = start.find_first_not_of(" \t\r\n", mark);
  impl->is_json = first != std::string_view::npos && start[first] == '{';
  if (!impl->is_json) SEAWALL_CHECK(impl->read_header());
  return SignalReader(std::move(impl));
}

Result<bool> SignalReader::next(SignalRecord& record) {
  auto read = impl_->is_json ? impl_->next_json(record) : impl_->next_csv(record);
  if (read || read.error().code == Code::kUnavailable) return read;
  return tl::unexpected(std::move(read).error().within("line " + std::to_string(line_number())));
}

std::uint64_t SignalReader::line_number() const { return impl_->lines.line_number(); }

}  // namespace seawall
