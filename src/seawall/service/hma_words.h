#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/model/entry.h"
#include "seawall/service/call.h"
#include "seawall/service/query.h"

namespace seawall {

// What the paths of Meta's HMA have in common: docs/formats/hma-api.md, which names the sources. Pure.

template <class T>
using HmaRead = tl::expected<T, CallProblem>;

/// HMA's signal types. Each is the one of a content type: "photo", "video".
enum class HmaType : std::uint8_t { kPdq, kVideoMd5 };
inline constexpr std::array kHmaTypes{HmaType::kPdq, HmaType::kVideoMd5};
/// "pdq", "video_md5".
[[nodiscard]] std::string_view name_of(HmaType type);
[[nodiscard]] std::optional<HmaType> hma_type_named(std::string_view name);
/// "photo", "video". Errors: kInvalidInput, in HMA's words.
HmaRead<HmaType> hma_type_of_content(std::string_view content_type);
/// Errors: kInvalidInput unless `types` (names, comma between; none: all) selects the one type that there is.
HmaRead<void> hma_check_selection(HmaType type, const std::optional<std::string>& types);

/// A signal as HMA's clients write it.
struct HmaSignal {
  HmaType type{};
  std::string text;    ///< As HMA gives it back.
  Fingerprint256 pdq;  ///< Of kPdq.
  Md5 md5{};           ///< Of kVideoMd5.
};
/// As strict as HMA: a PDQ hash is 64 lower-case digits. Errors: kInvalidInput in HMA's words.
Result<HmaSignal> hma_signal_from_text(HmaType type, std::string_view text);

/// One fault of the parameters that HMA answers with an array and 422.
struct HmaFault {
  std::string type;  ///< "missing", "bool_parsing", ...
  std::string at;    ///< The parameter or member; empty: the whole body.
  std::string words;
  std::string input = "{}";  ///< JSON: what was there.
};
/// Precondition: at least one.
[[nodiscard]] HttpAnswer hma_faults_answer(const std::vector<HmaFault>& faults);
[[nodiscard]] HmaFault hma_missing(std::string name);
/// A boolean as pydantic reads it: true, 1, yes, on, t, y and their opposites, in any case; none: something
/// else.
[[nodiscard]] std::optional<bool> hma_boolean(std::string_view text);
/// The same of a parameter; adds to `faults`.
HmaRead<bool> hma_flag(Query& query, std::string_view name, bool otherwise, std::vector<HmaFault>& faults);

/// An error of the program as HMA's paths tell it: they know no 409 and no 415 of a file.
[[nodiscard]] CallProblem hma_problem(const Error& error);

/// `{"message": ...}`
[[nodiscard]] HttpAnswer hma_message(int status, std::string_view words);

/// An entry as a number, and back; none: no such number.
[[nodiscard]] std::string hma_id(EntryId entry);
[[nodiscard]] std::optional<EntryId> hma_entry(std::string_view id);

/// "a,b,,c" as {"a", "b", "", "c"}: blanks stay.
[[nodiscard]] std::vector<std::string> hma_names(std::string_view list);

}  // namespace seawall
