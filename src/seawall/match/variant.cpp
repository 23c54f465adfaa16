#include "seawall/match/variant.h"

#include <array>
#include <cmath>

namespace seawall {
namespace {

struct ProfileName {
  VariantProfile profile;
  std::string_view name;
};
constexpr std::array kProfiles = {ProfileName{VariantProfile::kNone, "none"},
                                  ProfileName{VariantProfile::kDefault, "default"},
                                  ProfileName{VariantProfile::kThorough, "thorough"}};

std::string percent(float fraction) { return std::to_string(std::lround(fraction * 100)) + "%"; }

std::string place_of(const VariantWindow& window) {
  return percent(window.width) + "x" + percent(window.height) + " at " + percent(window.x) + "," +
         percent(window.y);
}

std::string rotation_of(float degrees) {
  const long tenths = std::lround(std::abs(degrees) * 10);
  return std::string("rotate ") + (degrees < 0 ? '-' : '+') + std::to_string(tenths / 10) + '.' +
         std::to_string(tenths % 10);
}

std::string base_name(const Variant& variant) {
  switch (variant.kind) {
    case VariantKind::kOriginal:
      return {};
    case VariantKind::kTrim:
      return "trim";
    case VariantKind::kRotate:
      return rotation_of(variant.rotation_degrees);
    case VariantKind::kCrop:
    case VariantKind::kCaption:
    case VariantKind::kInset:
    case VariantKind::kFeature:
      return std::string(name_of(variant.kind)) + " " + place_of(variant.window);
  }
  return "unknown";
}

}  // namespace

std::string_view name_of(VariantProfile profile) {
  for (const ProfileName& known : kProfiles) {
    if (known.profile == profile) return known.name;
  }
  return "unknown";
}

Result<VariantProfile> variant_profile_from_text(std::string_view text) {
  for (const ProfileName& known : kProfiles) {
    if (known.name == text) return known.profile;
  }
  return fail(Code::kInvalidInput, "a profile is none, default or thorough");
}

std::string_view name_of(VariantKind kind) {
  switch (kind) {
    case VariantKind::kOriginal:
      return "original";
    case VariantKind::kTrim:
      return "trim";
    case VariantKind::kCrop:
      return "crop";
    case VariantKind::kCaption:
      return "caption";
    case VariantKind::kInset:
      return "inset";
    case VariantKind::kFeature:
      return "feature";
    case VariantKind::kRotate:
      return "rotate";
  }
  return "unknown";
}

std::string Variant::name() const {
  std::string text = base_name(*this);
  const auto append = [&text](std::string_view part) {
    if (!text.empty()) text += '+';
    text += part;
  };
  if (symmetry != Dihedral::kOriginal) append(name_of(symmetry));
  if (negative) append("negative");
  return text.empty() ? "original" : text;
}

}  // namespace seawall
