#include "seawall/cli/entry_wish.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "seawall/cli/lists_session.h"
#include "seawall/csv/csv.h"

namespace seawall::cli {
namespace {

constexpr std::string_view kEntryColumn = "entry";
constexpr std::string_view kDefault = "default";
constexpr std::string_view kNever = "never";
constexpr std::string_view kNone = "none";
constexpr int kRadiusMax = 256;

Result<std::optional<int>> radius_from(std::string_view text) {
  if (text == kDefault) return std::optional<int>();
  int bits = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
  if (error != std::errc{} || end != text.data() + text.size() || bits < 0 || bits > kRadiusMax) {
    return fail(Code::kInvalidInput, "a radius is 0 to 256 bits, or default: the bank's");
  }
  return std::optional(bits);
}

Result<std::optional<BankAction>> action_from(std::string_view text) {
  if (text == kDefault) return std::optional<BankAction>();
  const auto action = bank_action_from_text(text);
  if (!action) return fail(Code::kInvalidInput, "an action is block, review, allow, or default: the bank's");
  return std::optional(*action);
}

Result<std::optional<Time>> date_from(std::string_view text) {
  if (text == kNever) return std::optional<Time>();
  SEAWALL_TRY(const Time time, time_from(text));
  return std::optional(time);
}

Result<std::optional<Classification>> classification_from(std::string_view text) {
  if (text == kNone) return std::optional<Classification>();
  const std::size_t slash = text.find('/');
  const auto scheme = classification_scheme_from_text(text.substr(0, slash));
  if (!scheme || slash == std::string_view::npos) {
    std::string schemes;
    for (const ClassificationScheme one : kClassificationSchemes) schemes.append(" ").append(name_of(one));
    return fail(Code::kInvalidInput,
                "a classification is SCHEME/VALUE, such as ncmec/A1, or none; schemes:" + schemes);
  }
  Classification classification{*scheme, std::string(text.substr(slash + 1))};
  SEAWALL_CHECK(check_classification(classification));
  return std::optional(std::move(classification));
}

Result<void> add_tag(EntryWish& wish, std::string_view text) {
  const bool sign = text.starts_with('+') || text.starts_with('-');
  const std::string_view tag = sign ? text.substr(1) : text;
  if (tag.empty()) return fail(Code::kInvalidInput, "a tag is +NAME to add it, -NAME to take it off");
  (text.starts_with('-') ? wish.tags_removed : wish.tags_added).emplace_back(tag);
  return {};
}

Result<void> add_tags(EntryWish& wish, std::string_view cell) {
  while (!cell.empty()) {
    const std::size_t end = std::min(cell.find(';'), cell.size());
    SEAWALL_CHECK(add_tag(wish, cell.substr(0, end)));
    cell.remove_prefix(std::min(end + 1, cell.size()));
  }
  return {};
}

constexpr std::array<std::string_view, 8> kColumns = {"radius", "action", "review-on",      "expires",
                                                      "tag",    "series", "classification", "why"};

Result<std::vector<std::string>> columns_from(CsvReader& csv) {
  std::vector<std::string_view> fields;
  SEAWALL_TRY(const bool any, csv.next(fields));
  std::vector<std::string> columns;
  if (any) columns.assign(fields.begin(), fields.end());
  if (std::ranges::count(columns, kEntryColumn) != 1) {
    return fail(Code::kInvalidInput, "line 1: name the columns: entry, and what is to be set");
  }
  for (const std::string& column : columns) {
    if (column == kEntryColumn || std::ranges::find(kColumns, column) != kColumns.end()) continue;
    std::string names;
    for (const std::string_view one : kColumns) names.append(" ").append(one);
    std::string message = "line 1: no column \"";
    message.append(column).append("\"; there are: entry").append(names);
    return fail(Code::kInvalidInput, std::move(message));
  }
  return columns;
}

Result<WishRow> row_from(const std::vector<std::string>& columns, std::span<const std::string_view> fields,
                         const EntryWish& base) {
  if (fields.size() != columns.size()) {
    return fail(Code::kInvalidInput, "as many cells as line 1 has columns");
  }
  WishRow row{{}, base};
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i] == kEntryColumn) {
      row.entry = fields[i];
    } else if (columns[i] == "tag") {
      SEAWALL_CHECK(add_tags(row.wish, fields[i]));
    } else if (!fields[i].empty()) {
      SEAWALL_CHECK(set_wish(row.wish, columns[i], fields[i]));
    }
  }
  if (row.entry.empty()) return fail(Code::kInvalidInput, "the cell of column entry is empty");
  return row;
}

}  // namespace

bool EntryWish::empty() const {
  return !radius_bits && !action && !review_at && !expires_at && tags_added.empty() && tags_removed.empty() &&
         !series && !classification;
}

Result<void> set_wish(EntryWish& wish, std::string_view name, std::string_view text) {
  if (name == "radius") {
    SEAWALL_TRY(wish.radius_bits, radius_from(text));
  } else if (name == "action") {
    SEAWALL_TRY(wish.action, action_from(text));
  } else if (name == "review-on") {
    SEAWALL_TRY(wish.review_at, date_from(text));
  } else if (name == "expires") {
    SEAWALL_TRY(wish.expires_at, date_from(text));
  } else if (name == "tag") {
    return add_tag(wish, text);
  } else if (name == "series") {
    wish.series = text == kNone ? std::string() : std::string(text);
  } else if (name == "classification") {
    SEAWALL_TRY(wish.classification, classification_from(text));
  } else if (name == "why") {
    wish.why = text;
  } else {
    return fail(Code::kInvalidInput, "an entry has no setting of that name");
  }
  return {};
}

Result<std::vector<WishRow>> wishes_from_csv(ByteSource& source, const EntryWish& base) {
  LineReader lines(source);
  CsvReader csv(lines);
  SEAWALL_TRY(const auto columns, columns_from(csv));
  std::vector<WishRow> rows;
  std::vector<std::string_view> fields;
  for (;;) {  // Ends with kWishRowsMax.
    SEAWALL_TRY(const bool any, csv.next(fields));
    if (!any) return rows;
    auto row = row_from(columns, fields, base);
    if (!row) {
      return tl::unexpected(std::move(row).error().within("line " + std::to_string(csv.line_number())));
    }
    if (rows.size() == kWishRowsMax) {
      return fail(Code::kLimitExceeded, "set at most " + std::to_string(kWishRowsMax) + " entries at a time");
    }
    rows.push_back(*std::move(row));
  }
}

std::vector<std::string> wished_tags(const EntryWish& wish, std::vector<std::string> tags) {
  tags.insert(tags.end(), wish.tags_added.begin(), wish.tags_added.end());
  std::ranges::sort(tags);
  const auto again = std::ranges::unique(tags);
  tags.erase(again.begin(), again.end());
  std::erase_if(tags, [&](const std::string& tag) {
    return std::ranges::find(wish.tags_removed, tag) != wish.tags_removed.end();
  });
  return tags;
}

EntryContent wished_content(const EntryWish& wish, EntryContent content) {
  if (wish.series) content.series = *wish.series;
  if (wish.classification) content.classification = *wish.classification;
  return content;
}

}  // namespace seawall::cli
