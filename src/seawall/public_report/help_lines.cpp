#include "seawall/public_report/help_lines.h"

#include <algorithm>

#include "seawall/json/json.h"
#include "seawall/net/url.h"

namespace seawall {
namespace {

std::string text_at(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool is_place(const std::string& text) {
  return text == "*" ||
         (text.size() == 2 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; }));
}

bool is_https(const std::string& text) {
  const auto url = http_url_from_text(text);
  return url && url->https;
}

Result<HelpLine> line_from(const Json& json) {
  if (!json.is_object()) return fail(Code::kInvalidInput, "a help line is an object");
  HelpLine line;
  line.name = text_at(json, "name");
  const auto wrong = [&](std::string_view what) {
    return fail(Code::kInvalidInput, "the help line \"" + line.name + "\" " + std::string(what));
  };
  line.url = text_at(json, "url");
  line.phone = text_at(json, "phone");
  line.source = text_at(json, "source");
  line.helps = text_at(json, "kind") == "help";
  if (!line.helps && text_at(json, "kind") != "report") return wrong("is of no kind");
  if (const auto does = json.find("does"); does != json.end() && does->is_object()) {
    line.does_en = text_at(*does, "en");
    line.does_de = text_at(*does, "de");
  }
  if (const auto places = json.find("places"); places != json.end() && places->is_array()) {
    for (const Json& place : *places) {
      if (place.is_string()) line.places.push_back(place.get<std::string>());
    }
  }
  if (line.name.empty() || line.does_en.empty() || line.does_de.empty()) return wrong("lacks words");
  if (line.places.empty() || !std::ranges::all_of(line.places, is_place)) return wrong("is of no place");
  if (!is_https(line.source)) return wrong("has no source");
  if (line.url.empty() && line.phone.empty()) return wrong("says neither where nor what to call");
  if (!line.url.empty() && !is_https(line.url)) return wrong("has no https address");
  return line;
}

}  // namespace

Result<HelpLines> help_lines_from(std::string_view text) {
  SEAWALL_TRY(const Json json, parse_json(text));
  HelpLines out;
  out.read = json.is_object() ? text_at(json, "read") : "";
  const auto lines = json.is_object() ? json.find("lines") : json.end();
  if (out.read.size() != 10 || lines == json.end() || !lines->is_array())
    return fail(Code::kInvalidInput, "help lines are an object with read and lines");
  for (const Json& one : *lines) {
    SEAWALL_TRY(HelpLine line, line_from(one));
    const bool twice = std::ranges::any_of(out.lines, [&](const HelpLine& other) {
      return other.name == line.name || (!line.url.empty() && other.url == line.url);
    });
    if (twice) return fail(Code::kInvalidInput, "the help line \"" + line.name + "\" stands twice");
    out.lines.push_back(std::move(line));
  }
  return out;
}

Result<HelpLines> help_lines() { return help_lines_from(help_lines_text()); }

}  // namespace seawall
