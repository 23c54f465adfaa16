#include "seawall/public_report/report_words.h"

#include <algorithm>
#include <charconv>

namespace seawall {
namespace {

constexpr ReportWords kEnglish{
    .code = "en",
    .title = "Report an address",
    .intro =
        "Have you seen something on the internet that harms somebody? Tell us the address. People will look "
        "at it.",
    .danger = "Is somebody in danger now? Call the police first.",
    .url_label = "Address of the page",
    .url_hint = "Copy it from the browser's address bar. It begins with https:// or http://.",
    .url_missing = "Write the address here.",
    .url_wrong = "This is no address that we can read. It begins with https:// or http:// and has no spaces.",
    .category_label = "What did you see?",
    .category_missing = "Choose one of these.",
    .categories = {"A child is being hurt or abused", "Somebody presses or threatens a young person",
                   "Private pictures of somebody are shown against their will",
                   "Violence or terror, shown to spread it", "Something else"},
    .text_label = "Is there more that we should know? (You can leave this empty.)",
    .text_hint = "Where on the page it is, or when you saw it. Up to 2,000 characters.",
    .text_long = "This is too long: 2,000 characters at most.",
    .no_files =
        "Do not send us pictures or videos, and do not save or share any: that can be against the law, "
        "even if you mean well. The address is enough.",
    .no_name =
        "You need not say who you are. We keep neither your name nor your computer's address, and this page "
        "sets no cookies.",
    .send = "Send the report",
    .faults_title = "Something is missing",
    .thanks_title = "Thank you. We have your report.",
    .thanks = "Someone will look at it. You need do nothing more.",
    .code_label = "Your code",
    .code_hint =
        "Write it down if you want to ask later what became of your report. We cannot find it for you.",
    .ask_later = "Ask later what became of it",
    .state_title = "Your report",
    .state_received = "We have it. Nobody has looked at it yet.",
    .state_looked_at = "Somebody is looking at it.",
    .state_passed_on = "We have passed it on to those who can act on it.",
    .state_not_illegal = "We looked at it and found nothing that we can act on.",
    .state_not_found = "We looked, and it was not there any more.",
    .state_not_ours = "We cannot help with this. The places below may.",
    .state_unknown =
        "We know no report with this code. Check each letter. Reports are erased some months after "
        "they were dealt with.",
    .busy_title = "Please come back a little later",
    .busy = "Too many reports came at once. Try again in a few minutes, or use one of the places below.",
    .lines_title = "Other places that help",
    .lines_report = "Takes reports",
    .lines_help = "Listens and helps",
    .everywhere = "All countries",
    .read_on = "Sources read on",
    .other_language = "Deutsch",
    .back = "Report another address"};

constexpr ReportWords kGerman{
    .code = "de",
    .title = "Eine Adresse melden",
    .intro =
        "Haben Sie im Internet etwas gesehen, das jemandem schadet? Nennen Sie uns die Adresse. Menschen "
        "werden "
        "sie sich ansehen.",
    .danger = "Ist jetzt jemand in Gefahr? Rufen Sie zuerst die Polizei.",
    .url_label = "Adresse der Seite",
    .url_hint = "Kopieren Sie sie aus der Adresszeile des Browsers. Sie beginnt mit https:// oder http://.",
    .url_missing = "Schreiben Sie die Adresse hierhin.",
    .url_wrong =
        "Diese Adresse können wir nicht lesen. Sie beginnt mit https:// oder http:// und hat keine "
        "Leerzeichen.",
    .category_label = "Was haben Sie gesehen?",
    .category_missing = "Wählen Sie eines davon.",
    .categories = {"Ein Kind wird verletzt oder missbraucht",
                   "Jemand bedrängt oder bedroht einen jungen Menschen",
                   "Private Bilder von jemandem werden gegen dessen Willen gezeigt",
                   "Gewalt oder Terror, gezeigt, um dafür zu werben", "Etwas anderes"},
    .text_label = "Sollen wir noch mehr wissen? (Sie können das leer lassen.)",
    .text_hint = "Wo auf der Seite es ist, oder wann Sie es gesehen haben. Bis zu 2.000 Zeichen.",
    .text_long = "Das ist zu lang: höchstens 2.000 Zeichen.",
    .no_files =
        "Schicken Sie uns keine Bilder oder Videos, und speichern oder teilen Sie keine: Das kann strafbar "
        "sein, "
        "auch wenn Sie es gut meinen. Die Adresse genügt.",
    .no_name =
        "Sie müssen nicht sagen, wer Sie sind. Wir behalten weder Ihren Namen noch die Adresse Ihres "
        "Computers, "
        "und diese Seite setzt keine Cookies.",
    .send = "Meldung abschicken",
    .faults_title = "Es fehlt noch etwas",
    .thanks_title = "Danke. Wir haben Ihre Meldung.",
    .thanks = "Jemand wird sie sich ansehen. Sie müssen nichts weiter tun.",
    .code_label = "Ihr Code",
    .code_hint =
        "Schreiben Sie ihn auf, wenn Sie später fragen wollen, was aus Ihrer Meldung wurde. Wir können ihn "
        "nicht für Sie heraussuchen.",
    .ask_later = "Später fragen, was daraus wurde",
    .state_title = "Ihre Meldung",
    .state_received = "Wir haben sie. Noch hat niemand sie angesehen.",
    .state_looked_at = "Jemand sieht sie sich an.",
    .state_passed_on = "Wir haben sie an die weitergegeben, die handeln können.",
    .state_not_illegal = "Wir haben sie angesehen und nichts gefunden, wogegen wir handeln können.",
    .state_not_found = "Wir haben nachgesehen: Es ist nicht mehr da.",
    .state_not_ours = "Dabei können wir nicht helfen. Die Stellen unten vielleicht.",
    .state_unknown =
        "Wir kennen keine Meldung mit diesem Code. Prüfen Sie jeden Buchstaben. Meldungen werden einige "
        "Monate, nachdem sie bearbeitet wurden, gelöscht.",
    .busy_title = "Bitte kommen Sie etwas später wieder",
    .busy =
        "Es kamen zu viele Meldungen auf einmal. Versuchen Sie es in einigen Minuten wieder, oder wenden Sie "
        "sich an "
        "eine der Stellen unten.",
    .lines_title = "Andere Stellen, die helfen",
    .lines_report = "Nimmt Meldungen an",
    .lines_help = "Hört zu und hilft",
    .everywhere = "Alle Länder",
    .read_on = "Quellen gelesen am",
    .other_language = "English",
    .back = "Noch eine Adresse melden"};

/// The weight of one element of Accept-Language, in thousandths; -1: it is neither of ours.
struct Liked {
  ReportLanguage language = ReportLanguage::kEnglish;
  int weight = -1;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

int weight_of(std::string_view parameters) {
  const auto at = parameters.find("q=");
  if (at == std::string_view::npos) return 1000;
  double value = 1;
  const std::string_view digits = trimmed(parameters.substr(at + 2));
  if (std::from_chars(digits.data(), digits.data() + digits.size(), value).ec != std::errc{}) return 0;
  return static_cast<int>(std::clamp(value, 0.0, 1.0) * 1000);
}

Liked liked(std::string_view element) {
  const auto semicolon = element.find(';');
  const std::string_view range = trimmed(element.substr(0, semicolon));
  const int weight = semicolon == std::string_view::npos ? 1000 : weight_of(element.substr(semicolon));
  const auto is = [&](std::string_view tag) {
    return range.size() >= 2 && (range[0] | 0x20) == tag[0] && (range[1] | 0x20) == tag[1] &&
           (range.size() == 2 || range[2] == '-');
  };
  if (is("de")) return {ReportLanguage::kGerman, weight};
  if (is("en")) return {ReportLanguage::kEnglish, weight};
  return {};
}

}  // namespace

const ReportWords& words_of(ReportLanguage language) {
  return language == ReportLanguage::kGerman ? kGerman : kEnglish;
}

ReportLanguage report_language(std::optional<std::string_view> lang, std::string_view accept_language) {
  if (lang == "de") return ReportLanguage::kGerman;
  if (lang == "en") return ReportLanguage::kEnglish;
  Liked best{ReportLanguage::kEnglish, 0};
  while (!accept_language.empty()) {
    const auto comma = std::min(accept_language.find(','), accept_language.size());
    const Liked one = liked(accept_language.substr(0, comma));
    if (one.weight > best.weight) best = one;
    accept_language.remove_prefix(std::min(comma + 1, accept_language.size()));
  }
  return best.language;
}

}  // namespace seawall
