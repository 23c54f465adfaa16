// Property: any bytes are read as a tlog-proof without a crash; one that was read is written back byte for
// byte, and its hashes prove nothing of a tree of another root, however long they are.
#include <cstdint>
#include <cstdlib>

#include "seawall/tlog/proof_file.h"

using namespace seawall::tlog;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto file = parse_proof_file(text);
  if (!file) return 0;
  if (print_proof_file(*file) != text) std::abort();
  const Hash leaf = hash_leaf("leaf");
  for (const std::uint64_t tree : {file->index, file->index + 1, 2 * file->index + 7, ~std::uint64_t{0}}) {
    if (verify_inclusion(leaf, file->index, tree, file->proof, hash_empty())) std::abort();
    if (verify_consistency({file->index, leaf}, {tree, hash_empty()}, file->proof)) std::abort();
  }
  return 0;
}
