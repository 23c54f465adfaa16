// A PKCS #11 module that is SoftHSM in everything, but whose C_Decrypt first waits at a gate: while the file
// that HELD_UP_TOKEN names is locked (flock) by somebody else, it hangs, as a token does whose cable is
// loose.
#include <dlfcn.h>
#include <fcntl.h>
#include <p11-kit/pkcs11.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdlib>

namespace {

CK_FUNCTION_LIST real_one;
CK_FUNCTION_LIST held_up;

CK_RV decrypt(CK_SESSION_HANDLE session, CK_BYTE_PTR in, CK_ULONG in_size, CK_BYTE_PTR out,
              CK_ULONG_PTR size) {
  if (const char* gate = std::getenv("HELD_UP_TOKEN")) {
    const int fd = ::open(gate, O_RDONLY | O_CLOEXEC);
    ::flock(fd, LOCK_EX);
    ::close(fd);
  }
  return real_one.C_Decrypt(session, in, in_size, out, size);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): PKCS #11 names it.
extern "C" __attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list) {
  void* library = ::dlopen("/usr/lib/softhsm/libsofthsm2.so", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return CKR_GENERAL_ERROR;
  const auto get = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
  CK_FUNCTION_LIST_PTR real = nullptr;
  if (const CK_RV got = get(&real); got != CKR_OK) return got;
  real_one = *real;
  held_up = *real;
  held_up.C_Decrypt = decrypt;
  *list = &held_up;
  return CKR_OK;
}
