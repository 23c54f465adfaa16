#include "seawall/review/review_item.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace seawall {
namespace {

constexpr std::array<std::string_view, 3> kGrades{"confirmed", "not-a-match", "unsure"};
constexpr std::array<std::string_view, 5> kHows{"person", "known", "agreed", "third", "expired"};

struct Placed {
  ClassificationScheme scheme;
  std::string_view value;
  ReviewSeverity severity;
};
constexpr auto kPlaced = std::to_array<Placed>({
    {ClassificationScheme::kNcmec, "A1", ReviewSeverity::kHigh},
    {ClassificationScheme::kNcmec, "A2", ReviewSeverity::kMedium},
    {ClassificationScheme::kNcmec, "B1", ReviewSeverity::kHigh},
    {ClassificationScheme::kNcmec, "B2", ReviewSeverity::kMedium},
    {ClassificationScheme::kUk, "A", ReviewSeverity::kHigh},
    {ClassificationScheme::kUk, "B", ReviewSeverity::kMedium},
    {ClassificationScheme::kUk, "C", ReviewSeverity::kMedium},
    {ClassificationScheme::kInterpol, "not-baseline", ReviewSeverity::kMedium},
    {ClassificationScheme::kIccam, "nationally-illegal", ReviewSeverity::kMedium},
    {ClassificationScheme::kIccam, "not-illegal", ReviewSeverity::kLow},
});

}  // namespace

std::string_view name_of(ReviewGrade grade) { return kGrades[static_cast<std::size_t>(grade) - 1]; }

Result<ReviewGrade> review_grade_from_text(std::string_view text) {
  const auto found = std::ranges::find(kGrades, text);
  if (found == kGrades.end()) return fail(Code::kInvalidInput, "confirmed, not-a-match or unsure is needed");
  return static_cast<ReviewGrade>(found - kGrades.begin() + 1);
}

std::string_view name_of(ReviewHow how) { return kHows[static_cast<std::size_t>(how) - 1]; }

std::string review_item_name(std::int64_t id) { return "v" + std::to_string(id); }

std::optional<std::int64_t> review_item_named(std::string_view name) {
  if (name.size() < 2 || name.size() > 19 || name.front() != 'v' || name[1] == '0') return std::nullopt;
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), id);
  if (error != std::errc{} || end != name.data() + name.size() || id < 1) return std::nullopt;
  return id;
}

ReviewSeverity severity_of(const std::optional<Classification>& classification) {
  if (!classification) return ReviewSeverity::kHigh;
  for (const Placed& row : kPlaced) {
    if (row.scheme == classification->scheme && row.value == classification->value) return row.severity;
  }
  return ReviewSeverity::kHigh;
}

}  // namespace seawall
