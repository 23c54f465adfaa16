#include "seawall/pkcs11/detail/cryptoki.h"

#include <dlfcn.h>

#include <vector>

#include "seawall/pkcs11/detail/meaning.h"

namespace seawall::pkcs11_detail {
namespace {

/// What PKCS #11 pads with blanks.
template <std::size_t kSize>
std::string_view unpadded(const CK_UTF8CHAR (&field)[kSize]) {
  const std::string_view text(reinterpret_cast<const char*>(field), kSize);
  const std::size_t last = text.find_last_not_of(" \0");
  return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

}  // namespace

Result<std::unique_ptr<Cryptoki>> Cryptoki::load(const std::string& path) {
  if (!path.starts_with('/'))
    return fail(Code::kInvalidInput, "a PKCS #11 module is named by its whole path, from / on");
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return fail(Code::kNotFound, path + ": no library that loads here");
  std::unique_ptr<Cryptoki> loaded(new Cryptoki(library));
  void* entry = ::dlsym(library, "C_GetFunctionList");
  if (entry == nullptr) return fail(Code::kInvalidInput, path + ": no PKCS #11 module");
  const auto get = reinterpret_cast<CK_C_GetFunctionList>(entry);
  if (const CK_RV got = get(&loaded->functions_); got != CKR_OK || loaded->functions_ == nullptr)
    return tl::unexpected(error_of(got, "is loaded"));
  SEAWALL_CHECK(loaded->begin());
  return loaded;
}

Cryptoki::~Cryptoki() {
  if (begun_ > 0) functions_->C_Finalize(nullptr);
  ::dlclose(library_);
}

Result<void> Cryptoki::begin() {
  CK_C_INITIALIZE_ARGS how{};
  how.flags = CKF_OS_LOCKING_OK;
  const CK_RV begun = functions_->C_Initialize(&how);
  if (begun != CKR_OK && begun != CKR_CRYPTOKI_ALREADY_INITIALIZED)
    return tl::unexpected(error_of(begun, "begins"));
  ++begun_;
  return {};
}

Result<void> Cryptoki::begin_again() {
  functions_->C_Finalize(nullptr);
  return begin();
}

Result<Cryptoki::Token> Cryptoki::token_named(std::string_view label) const {
  std::vector<CK_SLOT_ID> slots(kSlotsMax);
  CK_ULONG count = slots.size();
  if (const CK_RV got = functions_->C_GetSlotList(CK_TRUE, slots.data(), &count); got != CKR_OK)
    return tl::unexpected(error_of(got, "lists its slots"));
  slots.resize(count);
  std::vector<Token> found;
  for (const CK_SLOT_ID slot : slots) {
    CK_TOKEN_INFO info{};
    if (functions_->C_GetTokenInfo(slot, &info) != CKR_OK || unpadded(info.label) != label) continue;
    found.push_back({slot, std::string(unpadded(info.serialNumber))});
  }
  if (found.empty()) return fail(Code::kNotFound, "the module shows no token of that label");
  if (found.size() > 1) return fail(Code::kConflict, "several tokens have that label: give each its own");
  return found.front();
}

}  // namespace seawall::pkcs11_detail
