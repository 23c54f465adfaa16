// Property: any file is taken apart into blocks and gaps that cover it, and a block that can be read is what
// writing its rows again would put there.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "seawall/observation/detail/block_file.h"
#include "seawall/observation/detail/manifest.h"

namespace {

namespace detail = seawall::observation_detail;
using seawall::durable::Bytes;

class BytesFile final : public detail::ReadFile {
 public:
  explicit BytesFile(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}
  [[nodiscard]] std::uint64_t size_bytes() const override { return bytes_.size(); }
  seawall::Result<void> read(std::uint64_t offset, std::span<std::byte> out) const override {
    if (offset > bytes_.size() || bytes_.size() - offset < out.size())
      std::abort();  // Never asked past the end.
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
    return {};
  }

 private:
  std::vector<std::byte> bytes_;
};

/// Puts right checksums into what looks like a block, so that the fuzzer gets behind them.
void mend(std::span<std::byte> block) {
  detail::BlockHeader head;
  if (block.size() < sizeof head) return;
  std::memcpy(&head, block.data(), sizeof head);
  const auto sum = [&](detail::Section& section, std::uint64_t at) {
    if (at <= block.size() && section.size_bytes <= block.size() - at) {
      section.checksum = seawall::durable::checksum(block.subspan(at, section.size_bytes));
    }
  };
  sum(head.codes, head.codes_at());
  sum(head.digests, head.digests_at());
  sum(head.runs, head.runs_at());
  sum(head.facts, head.facts_at());
  head.checksum = seawall::durable::checksum(
      std::as_bytes(std::span(&head, 1)).first(offsetof(detail::BlockHeader, checksum)));
  std::memcpy(block.data(), &head, sizeof head);
}

void check_file(std::vector<std::byte> bytes, bool bodies) {
  const std::uint64_t size = bytes.size();
  const auto file = detail::scan_file(std::make_shared<BytesFile>(std::move(bytes)), "fuzzed",
                                      detail::FileKind::kJournal, 1, bodies);
  if (!file) std::abort();
  std::uint64_t covered = std::min<std::uint64_t>(size, detail::kFileHeaderBytes), rows = 0;
  for (const auto& gap : file->gaps) covered += gap.size_bytes;
  for (const auto& block : file->blocks) {
    covered += block.header.size_bytes();
    rows += block.header.rows;
    const auto whole = detail::read_block(*file, block);
    if (!whole) std::abort();
    const auto decoded = detail::decode_rows(*whole);
    if (bodies && !decoded) std::abort();
    if (decoded && decoded->size() != block.header.rows) std::abort();
    if (decoded) {
      for (std::uint32_t row = 0; row < decoded->size(); ++row) {
        if (decoded->observation(row).place.empty()) std::abort();
      }
      const auto again = detail::decode_rows(detail::encode_rows(decoded->select(decoded->sorted_order())));
      if (!again || again->size() != decoded->size() ||
          again->codes.values.size() != decoded->codes.values.size())
        std::abort();
    }
  }
  if (covered + file->tail_bytes != size || rows != file->rows) std::abort();
  std::vector<seawall::ObservationDamage> damage;
  detail::add_damage(*file, false, damage);
  if (damage.empty() != (!file->header_damaged && file->gaps.empty() && file->tail_bytes == 0)) std::abort();
}

}  // namespace

// Byte 0: bit 0 puts a right file head in front; bit 1 mends the checksums of the first block; bit 2 asks for
// whole bodies; bit 3 reads the rest as a manifest instead.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto rest = std::as_bytes(std::span(data + 1, size - 1));
  if ((data[0] & 8U) != 0) {
    std::vector<std::byte> bytes(rest.begin(), rest.end());
    if (bytes.size() >= 8) {
      const std::uint64_t sum = seawall::durable::checksum(Bytes(bytes).first(bytes.size() - 8));
      std::memcpy(bytes.data() + bytes.size() - 8, &sum, 8);
    }
    const auto manifest = detail::decode_manifest(bytes);
    if (manifest && detail::encode_manifest(*manifest) != bytes) std::abort();
    return 0;
  }
  std::vector<std::byte> file;
  if ((data[0] & 1U) != 0) file = detail::encode_file_header(detail::FileKind::kJournal, 1);
  const std::size_t front = file.size();
  file.insert(file.end(), rest.begin(), rest.end());
  if ((data[0] & 2U) != 0) mend(std::span(file).subspan(front));
  check_file(std::move(file), (data[0] & 4U) != 0);
  return 0;
}
