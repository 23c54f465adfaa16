#include "seawall/csv/csv.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace seawall {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool has_quote(std::span<const char> text) {
  return !text.empty() && std::memchr(text.data(), '"', text.size()) != nullptr;
}

bool odd_quotes(std::span<const char> text) { return std::ranges::count(text, '"') % 2 != 0; }

tl::unexpected<Error> too_many_fields() {
  return fail(Code::kLimitExceeded,
              "more than " + std::to_string(CsvReader::kFieldsMax) + " fields in a row");
}

Result<bool> split_plain(std::string_view row, char separator, std::vector<std::string_view>& fields) {
  for (;;) {
    if (fields.size() == CsvReader::kFieldsMax) return too_many_fields();
    const std::size_t comma = row.find(separator);
    fields.push_back(row.substr(0, comma));
    if (comma == std::string_view::npos) return true;
    row.remove_prefix(comma + 1);
  }
}

// Takes the quoted field at row[at] (a quote), unescaping in place; leaves `at` after the closing quote.
Result<std::string_view> take_quoted(std::span<char> row, std::size_t& at) {
  const std::size_t begin = ++at;
  std::size_t write = begin;
  while (at < row.size()) {
    if (row[at] == '"') {
      if (at + 1 >= row.size() || row[at + 1] != '"') {
        ++at;
        return std::string_view(row.data() + begin, write - begin);
      }
      ++at;
    }
    row[write++] = row[at++];
  }
  return fail(Code::kInvalidInput, "a quote is not closed");
}

Result<bool> split_quoted(std::span<char> row, char separator, std::vector<std::string_view>& fields) {
  std::size_t at = 0;
  for (;;) {
    if (fields.size() == CsvReader::kFieldsMax) return too_many_fields();
    if (at < row.size() && row[at] == '"') {
      SEAWALL_TRY(const std::string_view field, take_quoted(row, at));
      fields.push_back(field);
      if (at < row.size() && row[at] != separator) {
        return fail(Code::kInvalidInput,
                    "text after a closing quote; a quote inside a field is written twice");
      }
    } else {
      const std::size_t begin = at;
      while (at < row.size() && row[at] != separator) ++at;
      if (has_quote(row.subspan(begin, at - begin))) {
        return fail(Code::kInvalidInput, "a quote inside a field that does not begin with one");
      }
      fields.emplace_back(row.data() + begin, at - begin);
    }
    if (at == row.size()) return true;
    ++at;
  }
}

std::size_t byte_order_mark_bytes(std::span<const char> row, bool at_start) {
  const std::string_view text(row.data(), row.size());
  return at_start && text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
}

bool needs_quotes(std::string_view field, char separator) {
  return field.find(separator) != std::string_view::npos ||
         field.find_first_of("\"\r\n") != std::string_view::npos || field.starts_with(kByteOrderMark);
}

}  // namespace

Result<bool> CsvReader::next(std::vector<std::string_view>& fields) {
  for (;;) {
    fields.clear();
    std::span<char> row;
    SEAWALL_TRY(const bool any, lines_.next(row));
    if (!any) return false;
    const std::size_t mark = byte_order_mark_bytes(row, std::exchange(at_start_, false));
    row = row.subspan(mark);
    if (row.empty() || (row.size() == 1 && row[0] == '\r')) continue;
    if (!has_quote(row)) {
      return split_plain(std::string_view(row.data(), row.size() - (row.back() == '\r' ? 1 : 0)), separator_,
                         fields);
    }
    // Closed quotes come in pairs, so an odd count means that a field goes on over the line's end.
    bool open = odd_quotes(row);
    while (open) {
      const std::size_t length = row.size();
      SEAWALL_TRY(const bool more, lines_.extend(row));
      row = row.subspan(mark);
      if (!more) break;
      open = !odd_quotes(row.subspan(length));
    }
    if (row.back() == '\r') row = row.first(row.size() - 1);
    auto split = split_quoted(row, separator_, fields);
    if (!split) lines_.return_to_first_line();
    return split;
  }
}

void append_csv_row(std::string& out, std::span<const std::string_view> fields, char separator) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out += separator;
    const bool lonely = fields.size() == 1 && fields[0].empty();  // Unquoted it would be an empty line.
    if (!lonely && !needs_quotes(fields[i], separator)) {
      out += fields[i];
      continue;
    }
    out += '"';
    for (const char c : fields[i]) {
      if (c == '"') out += '"';
      out += c;
    }
    out += '"';
  }
  out += '\n';
}

}  // namespace seawall
