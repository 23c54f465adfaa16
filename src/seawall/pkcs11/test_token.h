#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "seawall/base/temporary_folder.h"
#include "seawall/pkcs11/token_root_key.h"

namespace seawall {

/// A SoftHSM of its own in a folder of its own, for tests; softhsm2 of tools/packages/test must be there. It
/// sets SOFTHSM2_CONF: one at a time. Threads: one.
class TestTokens {
 public:
  static constexpr const char* kModule = "/usr/lib/softhsm/libsofthsm2.so";
  static constexpr const char* kPin = "1234";

  TestTokens() {
    std::filesystem::create_directory(store());
    std::ofstream(folder_.path() / "conf") << "directories.tokendir = " << store().string()
                                           << "\nobjectstore.backend = file\nlog.level = ERROR\n";
    ::setenv("SOFTHSM2_CONF", (folder_.path() / "conf").c_str(), 1);
  }
  /// A token with that label. Load the module afterwards: it sees what there was when it began.
  void add(const std::string& label) const {
    run("--init-token --free --label " + label + " --so-pin 5678 --pin " + std::string(kPin));
  }
  void run(const std::string& words) const {
    // NOLINTNEXTLINE(cert-env33-c): a test's own words.
    if (std::system(("softhsm2-util " + words + " >/dev/null").c_str()) != 0) std::abort();
  }
  [[nodiscard]] std::shared_ptr<Pkcs11Module> load() const { return Pkcs11Module::load(kModule).value(); }
  [[nodiscard]] std::filesystem::path store() const { return folder_.path() / "tokens"; }
  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

 private:
  TemporaryFolder folder_ = TemporaryFolder::make("seawall-token-").value();
};

}  // namespace seawall
