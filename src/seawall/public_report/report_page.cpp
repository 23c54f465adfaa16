#include "seawall/public_report/report_page.h"

#include <algorithm>

#include "seawall/crypto/sha256.h"
#include "seawall/report/html_text.h"

namespace seawall {
namespace {

constexpr std::array<std::string_view, 6> kStates{"received",    "looked-at", "passed-on",
                                                  "not-illegal", "not-found", "not-ours"};

// Colours of at least 7 : 1 on their ground, in both schemes.
constexpr std::string_view kStyle = R"css(:root{color-scheme:light dark}
*{box-sizing:border-box}
body{margin:0;font:1.125rem/1.6 system-ui,sans-serif;background:#fff;color:#1a1a1a}
main{max-inline-size:42rem;margin-inline:auto;padding:1rem}
h1{font-size:1.75rem;line-height:1.25}h2{font-size:1.3rem}
a{color:#0b3d91}
.danger{border-inline-start:.3rem solid #8c1d18;padding-inline-start:.75rem;font-weight:600}
.warn{border:.125rem solid #8c1d18;padding:.75rem}
.field{margin-block:1.5rem;border:0;padding:0}
label,legend{display:block;font-weight:600;padding:0}
.choice{display:flex;gap:.6rem;align-items:flex-start;font-weight:400;padding-block:.4rem}
.choice input{inline-size:1.5rem;block-size:1.5rem;flex:none;margin:0}
.hint{color:#474747;margin:.25rem 0}
.fault{color:#8c1d18;font-weight:600;margin:.25rem 0}
input[type=url],input[type=text],textarea{inline-size:100%;font:inherit;padding:.6rem;
border:.125rem solid #474747;
border-radius:.25rem;background:#fff;color:#1a1a1a}
button{font:inherit;font-weight:600;padding:.75rem 1.25rem;border:0;border-radius:.25rem;
background:#0b3d91;color:#fff;
min-block-size:3rem}
:focus-visible{outline:.2rem solid #0b3d91;outline-offset:.2rem}
.code{font:600 1.5rem/1.4 ui-monospace,monospace;overflow-wrap:anywhere}
dt{font-weight:600;margin-block-start:1rem}dd{margin:0;overflow-wrap:anywhere}
@media (prefers-color-scheme:dark){body{background:#111;color:#eee}a{color:#a8c7ff}
.hint{color:#c9c9c9}.fault{color:#ffb4ab}.danger,.warn{border-color:#ffb4ab}
input[type=url],input[type=text],textarea{background:#1c1c1c;color:#eee;border-color:#c9c9c9}
button{background:#a8c7ff;color:#111}:focus-visible{outline-color:#a8c7ff}}
)css";

std::string element(std::string_view tag, std::string_view text, std::string_view attributes = "") {
  std::string out("<");
  out.append(tag).append(attributes.empty() ? "" : " ").append(attributes).append(">");
  return out.append(html_escaped(text)).append("</").append(tag).append(">\n");
}

std::string fault_line(bool is, std::string_view id, std::string_view text) {
  return is ? element("p", text, "class=\"fault\" id=\"" + std::string(id) + "\"") : std::string();
}

/// What describes a field: its hint, and what is wrong with it.
std::string described_by(std::string_view hint, bool fault, std::string_view fault_id) {
  std::string out(" aria-describedby=\"");
  out.append(hint);
  if (fault) out.append(hint.empty() ? "" : " ").append(fault_id);
  return out + "\"" + (fault ? " aria-invalid=\"true\"" : "");
}

std::string summary(const ReportWords& words, const ReportFaults& faults) {
  if (!faults.any()) return {};
  std::string out("<div class=\"warn\" role=\"alert\">\n" + element("h2", words.faults_title) + "<ul>\n");
  const auto line = [&](bool is, std::string_view field, std::string_view text) {
    if (is) out += "<li>" + element("a", text, "href=\"#" + std::string(field) + "\"") + "</li>\n";
  };
  line(faults.url_missing, "url", words.url_missing);
  line(faults.url_wrong, "url", words.url_wrong);
  line(faults.category_missing, "category", words.category_missing);
  line(faults.text_long, "text", words.text_long);
  return out + "</ul></div>\n";
}

std::string url_field(const ReportWords& words, const ReportFields& fields, const ReportFaults& faults) {
  const bool fault = faults.url_missing || faults.url_wrong;
  std::string out("<div class=\"field\">\n" + element("label", words.url_label, "for=\"url\"") +
                  element("p", words.url_hint, "class=\"hint\" id=\"url-hint\""));
  out += fault_line(fault, "url-fault", faults.url_missing ? words.url_missing : words.url_wrong);
  out +=
      "<input type=\"url\" id=\"url\" name=\"url\" maxlength=\"2048\" autocomplete=\"off\" "
      "spellcheck=\"false\" required" +
      described_by("url-hint", fault, "url-fault") + " value=\"" + html_escaped(fields.url) + "\">\n</div>\n";
  return out;
}

std::string category_field(const ReportWords& words, const ReportFields& fields, const ReportFaults& faults) {
  std::string out("<fieldset class=\"field\" id=\"category\"" +
                  (faults.category_missing ? std::string(" aria-describedby=\"category-fault\"") : "") +
                  ">\n" + element("legend", words.category_label));
  out += fault_line(faults.category_missing, "category-fault", words.category_missing);
  for (std::size_t i = 0; i < kReportCategories.size(); ++i) {
    const std::string id(kReportCategories[i]);
    const std::string checked = fields.category == id ? " checked" : "";
    out += "<label class=\"choice\"><input type=\"radio\" name=\"category\" value=\"" + id + "\" required" +
           checked + "><span>" + html_escaped(words.categories[i]) + "</span></label>\n";
  }
  return out + "</fieldset>\n";
}

std::string text_field(const ReportWords& words, const ReportFields& fields, const ReportFaults& faults) {
  std::string out("<div class=\"field\">\n" + element("label", words.text_label, "for=\"text\"") +
                  element("p", words.text_hint, "class=\"hint\" id=\"text-hint\""));
  out += fault_line(faults.text_long, "text-fault", words.text_long);
  return out + "<textarea id=\"text\" name=\"text\" rows=\"5\" maxlength=\"2000\"" +
         described_by("text-hint", faults.text_long, "text-fault") + ">\n" + html_escaped(fields.text) +
         "</textarea>\n</div>\n";
}

std::string_view words_for(const ReportWords& words, std::optional<ReportState> state) {
  if (!state) return words.state_unknown;
  const std::array texts{words.state_received,    words.state_looked_at, words.state_passed_on,
                         words.state_not_illegal, words.state_not_found, words.state_not_ours};
  return texts[static_cast<std::size_t>(*state) - 1];
}

}  // namespace

std::string_view name_of(ReportState state) { return kStates[static_cast<std::size_t>(state) - 1]; }

std::optional<ReportState> report_outcome_named(std::string_view name) {
  const auto found = std::ranges::find(kStates.begin() + 2, kStates.end(), name);
  if (found == kStates.end()) return std::nullopt;
  return static_cast<ReportState>(found - kStates.begin() + 1);
}

ReportPages::ReportPages(std::string house, HelpLines lines)
    : house_(std::move(house)), lines_(std::move(lines)) {
  const Sha256 digest = sha256_of(kStyle);
  policy_ = "default-src 'none'; style-src 'sha256-" + base64(digest) +
            "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
}

std::string ReportPages::page(ReportLanguage language, std::string_view title, std::string body) const {
  const ReportWords& words = words_of(language);
  const ReportLanguage other =
      language == ReportLanguage::kGerman ? ReportLanguage::kEnglish : ReportLanguage::kGerman;
  const std::string code(words_of(other).code);
  std::string out("<!DOCTYPE html>\n<html lang=\"" + std::string(words.code) +
                  "\">\n<head>\n<meta charset=\"utf-8\">\n");
  out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  out += "<meta name=\"robots\" content=\"noindex\">\n" + element("title", title);
  out.append("<style>").append(kStyle).append("</style>\n</head>\n<body>\n<main>\n");
  out += "<p><a href=\"/report?lang=" + code + "\" lang=\"" + code + "\" hreflang=\"" + code + "\">" +
         html_escaped(words.other_language) + "</a></p>\n";
  if (!house_.empty()) out += element("p", house_, "class=\"hint\"");
  out += element("h1", title) + body + lines_of(words, language);
  return out + "</main>\n</body>\n</html>\n";
}

std::string ReportPages::lines_of(const ReportWords& words, ReportLanguage language) const {
  std::string out("<section aria-labelledby=\"lines\">\n" + element("h2", words.lines_title, "id=\"lines\"") +
                  "<dl>\n");
  for (const HelpLine& line : lines_.lines) {
    std::string places;
    for (const std::string& place : line.places)
      places += (places.empty() ? "" : ", ") + (place == "*" ? std::string(words.everywhere) : place);
    out += "<dt>" + html_escaped(places + ": " + line.name) + "</dt>\n<dd>";
    out += html_escaped(line.helps ? words.lines_help : words.lines_report) + ". ";
    out += html_escaped(language == ReportLanguage::kGerman ? line.does_de : line.does_en);
    if (!line.url.empty()) {
      const std::string url = html_escaped(line.url);
      out += " <a href=\"" + url + "\" rel=\"noreferrer noopener\">" + url + "</a>";
    }
    if (!line.phone.empty()) {
      const std::string phone = html_escaped(line.phone);
      out += " <a href=\"tel:" + phone + "\">" + phone + "</a>";
    }
    out += "</dd>\n";
  }
  return out + "</dl>\n" + element("p", std::string(words.read_on) + " " + lines_.read, "class=\"hint\"") +
         "</section>\n";
}

std::string ReportPages::form(ReportLanguage language, const ReportFields& fields,
                              const ReportFaults& faults) const {
  const ReportWords& words = words_of(language);
  std::string body = summary(words, faults);
  body += element("p", words.intro) + element("p", words.danger, "class=\"danger\"");
  body += element("p", words.no_files, "class=\"warn\"");
  body += "<form method=\"post\" action=\"/report?lang=" + std::string(words.code) + "\" novalidate>\n";
  body += url_field(words, fields, faults) + category_field(words, fields, faults) +
          text_field(words, fields, faults);
  body += element("p", words.no_name, "class=\"hint\"") + element("button", words.send, "type=\"submit\"") +
          "</form>\n";
  return page(language, words.title, std::move(body));
}

std::string ReportPages::thanks(ReportLanguage language, std::string_view code) const {
  const ReportWords& words = words_of(language);
  const std::string link = "/report/" + std::string(code) + "?lang=" + std::string(words.code);
  std::string body = element("p", words.thanks);
  if (!code.empty()) {
    body += element("h2", words.code_label) + element("p", code, "class=\"code\"") +
            element("p", words.code_hint);
    body += "<p><a href=\"" + html_escaped(link) + "\">" + html_escaped(words.ask_later) + "</a></p>\n";
  }
  body += "<p><a href=\"/report?lang=" + std::string(words.code) + "\">" + html_escaped(words.back) +
          "</a></p>\n";
  return page(language, words.thanks_title, std::move(body));
}

std::string ReportPages::state(ReportLanguage language, std::optional<ReportState> state) const {
  const ReportWords& words = words_of(language);
  return page(language, words.state_title, element("p", words_for(words, state), "role=\"status\""));
}

std::string ReportPages::busy(ReportLanguage language) const {
  const ReportWords& words = words_of(language);
  return page(language, words.busy_title, element("p", words.busy));
}

}  // namespace seawall
