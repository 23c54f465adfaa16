#include "seawall/public_report/report_form.h"

#include <algorithm>
#include <utility>

#include "seawall/net/url.h"

namespace seawall {
namespace {

constexpr std::size_t kFieldsMax = 16;

/// How many bytes follow the first of a character; 4: none begins so.
std::size_t tail_bytes(unsigned char lead) {
  if (lead < 0x80) return 0;
  if (lead >= 0xc2 && lead < 0xe0) return 1;
  if (lead >= 0xe0 && lead < 0xf0) return 2;
  return lead >= 0xf0 && lead < 0xf5 ? 3 : 4;
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t more = tail_bytes(lead);
    if (more > 3 || i + more >= text.size()) return false;
    for (std::size_t k = 1; k <= more; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) return false;
    }
    const auto second = more >= 2 ? static_cast<unsigned char>(text[i + 1]) : 0;
    const bool wrong = (lead == 0xe0 && second < 0xa0) || (lead == 0xed && second >= 0xa0) ||
                       (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second >= 0x90);
    if (wrong) return false;
    i += more + 1;
  }
  return true;
}

Result<std::string> decoded(std::string_view text) {
  std::string blanks(text);
  std::ranges::replace(blanks, '+', ' ');
  SEAWALL_TRY(std::string plain, percent_decoded(blanks));
  if (!is_utf8(plain)) return fail(Code::kInvalidInput, "a form is UTF-8");
  return plain;
}

std::string trimmed(std::string text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.back())) text.pop_back();
  const auto first = std::ranges::find_if_not(text, blank);
  text.erase(text.begin(), first);
  return text;
}

/// As browsers send what is not ASCII in a path. In a host's name it is refused afterwards.
std::string ascii(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = static_cast<unsigned char>(c) < 0x80;
    out += plain ? std::string(1, c) : percent_encoded(std::string_view(&c, 1));
  }
  return out;
}

std::size_t characters_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// Line ends as one character; no other control characters.
std::string tidied(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\r') continue;
    if (byte >= 0x20 && byte != 0x7f) out += c;
    if (c == '\n' || c == '\t') out += c;
  }
  return trimmed(std::move(out));
}

}  // namespace

Result<ReportFields> report_fields_from(std::string_view body) {
  if (body.size() > kFormBytesMax) return fail(Code::kInvalidInput, "the form is too large");
  ReportFields fields;
  bool url = false, category = false, text = false;
  for (std::size_t count = 0; !body.empty(); ++count) {
    if (count == kFieldsMax) return fail(Code::kInvalidInput, "the form has too many fields");
    const auto end = std::min(body.find('&'), body.size());
    const std::string_view pair = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    SEAWALL_TRY(const std::string name, decoded(pair.substr(0, equals)));
    SEAWALL_TRY(std::string value, decoded(pair.substr(std::min(equals + 1, pair.size()))));
    const auto take = [&](std::string_view wanted, bool& seen, std::string& into) -> Result<void> {
      if (name != wanted) return {};
      if (std::exchange(seen, true)) return fail(Code::kInvalidInput, "a field of the form stands twice");
      into = std::move(value);
      return {};
    };
    SEAWALL_CHECK(take("url", url, fields.url));
    SEAWALL_CHECK(take("category", category, fields.category));
    SEAWALL_CHECK(take("text", text, fields.text));
  }
  return fields;
}

std::optional<NewReport> report_from(const ReportFields& fields, ReportFaults& faults) {
  NewReport report;
  std::string url = ascii(trimmed(fields.url));
  faults.url_missing = url.empty();
  if (!url.empty() && url.find("://") == std::string::npos) url.insert(0, "https://");
  const auto parsed = http_url_from_text(url);
  faults.url_wrong = !faults.url_missing && (!parsed || url.size() > NewReport::kUrlBytesMax);
  if (parsed) report.url = to_text(*parsed);
  faults.category_missing = std::ranges::find(kReportCategories, fields.category) == kReportCategories.end();
  report.category = fields.category;
  report.text = tidied(fields.text);
  faults.text_long = characters_of(report.text) > NewReport::kTextCharactersMax;
  if (faults.any()) return std::nullopt;
  return report;
}

}  // namespace seawall
