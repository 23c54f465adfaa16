#include "seawall/crypto/digest.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>

namespace seawall {
namespace {

// Blocks stay in the first-level cache while the three digests read them in turn.
constexpr std::size_t kBlockBytes = 16 * 1024;

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

// OpenSSL refuses a digest only when out of memory or when its providers are disabled: neither can be
// mended by the caller of update(), and a wrong digest must never leave here.
void must(int ok) {
  if (ok != 1) std::abort();
}

Context new_context() {
  Context context(EVP_MD_CTX_new());
  must(context != nullptr);
  return context;
}

}  // namespace

struct FileDigester::Impl {
  Context md5 = new_context();
  Context sha1 = new_context();
  Context sha256 = new_context();
  std::uint64_t size_bytes = 0;

  void start() {
    must(EVP_DigestInit_ex(md5.get(), EVP_md5(), nullptr));
    must(EVP_DigestInit_ex(sha1.get(), EVP_sha1(), nullptr));
    must(EVP_DigestInit_ex(sha256.get(), EVP_sha256(), nullptr));
    size_bytes = 0;
  }
};

FileDigester::FileDigester() : impl_(std::make_unique<Impl>()) { impl_->start(); }
FileDigester::FileDigester(FileDigester&&) noexcept = default;
FileDigester& FileDigester::operator=(FileDigester&&) noexcept = default;
FileDigester::~FileDigester() = default;

void FileDigester::update(std::span<const std::byte> bytes) {
  impl_->size_bytes += bytes.size();
  while (!bytes.empty()) {
    const auto block = bytes.first(std::min(kBlockBytes, bytes.size()));
    must(EVP_DigestUpdate(impl_->md5.get(), block.data(), block.size()));
    must(EVP_DigestUpdate(impl_->sha1.get(), block.data(), block.size()));
    must(EVP_DigestUpdate(impl_->sha256.get(), block.data(), block.size()));
    bytes = bytes.subspan(block.size());
  }
}

FileDigests FileDigester::finish() {
  FileDigests digests;
  const auto end = [](const Context& context, std::byte* out) {
    must(EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(out), nullptr));
  };
  end(impl_->md5, digests.md5.data());
  end(impl_->sha1, digests.sha1.data());
  end(impl_->sha256, digests.sha256.data());
  digests.size_bytes = impl_->size_bytes;
  impl_->start();
  return digests;
}

FileDigests digests_of(std::span<const std::byte> bytes) {
  FileDigester digester;
  digester.update(bytes);
  return digester.finish();
}

}  // namespace seawall
