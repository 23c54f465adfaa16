#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "seawall/durable_file/file_system.h"
#include "seawall/observation/detail/block.h"
#include "seawall/observation/observation_log.h"

namespace seawall::observation_detail {

using durable::FileSystem;
using durable::ReadFile;

inline constexpr std::size_t kFileHeaderBytes = 64;
inline constexpr std::size_t kDamageMax = 1000;  ///< Damages that a list names.

enum class FileKind : std::uint32_t { kJournal = 1, kPart = 2 };

[[nodiscard]] std::string journal_name(std::uint64_t number);
[[nodiscard]] std::string part_name(std::uint64_t number);
/// The number in such a name; none if it is no such name.
[[nodiscard]] std::optional<std::uint64_t> number_of(const std::string& name, FileKind kind);

[[nodiscard]] std::vector<std::byte> encode_file_header(FileKind kind, std::uint64_t number);

/// A block of a file whose head is whole; its body may not be.
struct BlockAt {
  std::uint64_t offset = 0;
  BlockHeader header;
};

/// Bytes between blocks that are none.
struct Gap {
  std::uint64_t offset = 0;
  std::uint64_t size_bytes = 0;
};

/// A journal or part as its heads show it.
struct BlockFile {
  std::string name;
  std::shared_ptr<const ReadFile> file;
  std::vector<BlockAt> blocks;
  std::vector<Gap> gaps;
  bool header_damaged = false;
  std::uint64_t end = 0;  ///< Of the last whole block; what follows is `tail`.
  std::uint64_t tail_bytes = 0;
  std::uint64_t missing_bytes = 0;  ///< That the manifest says were there.
  std::uint64_t rows = 0;
};

/// Finds the blocks of a file: head after head, and where one is damaged, the next place that holds a whole
/// block. `bodies`: a block counts only if its body is whole too (journals: the last may be half-written);
/// otherwise bodies are checked when they are read. Errors: kUnavailable.
Result<BlockFile> scan_file(std::shared_ptr<const ReadFile> file, std::string name, FileKind kind,
                            std::uint64_t number, bool bodies);

/// What scan_file() found wrong, for people. `torn_tail`: the file may end half-written (a journal).
void add_damage(const BlockFile& file, bool torn_tail, std::vector<ObservationDamage>& out);
void add_damage(ObservationDamage damage, std::vector<ObservationDamage>& out);

/// The whole block; or only one section, into exactly its size. Errors: kCorrupt (checksum, names the place),
/// kUnavailable.
Result<std::vector<std::byte>> read_block(const BlockFile& file, const BlockAt& block);
Result<void> read_section(const BlockFile& file, const BlockAt& block, const Section& section,
                          std::uint64_t at, std::span<std::byte> out);

}  // namespace seawall::observation_detail
