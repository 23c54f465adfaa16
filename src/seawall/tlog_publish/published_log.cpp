#include "seawall/tlog_publish/published_log.h"

#include "seawall/tlog/proof_file.h"
#include "seawall/tlog_store/log_reader.h"

namespace seawall {

Result<std::uint64_t> PublishedLog::size_of(const std::string& checkpoint) const {
  const std::scoped_lock lock(head_->mutex);
  if (head_->text == checkpoint) return head_->size;
  SEAWALL_TRY(const auto opened, tlog::open_checkpoint(checkpoint, trust_.keys()));
  head_->text = checkpoint;
  head_->size = opened.checkpoint.head.size;
  return head_->size;
}

Result<std::uint64_t> PublishedLog::size() const {
  SEAWALL_TRY(const auto reader, tlog::LogReader::open(files_, trust_.origin));
  SEAWALL_TRY(const std::string checkpoint, reader.published());
  return size_of(checkpoint);
}

Result<std::string> PublishedLog::prove(std::uint64_t leaf) const {
  SEAWALL_TRY(const auto reader, tlog::LogReader::open(files_, trust_.origin));
  SEAWALL_TRY(std::string checkpoint, reader.published());
  SEAWALL_TRY(const std::uint64_t size, size_of(checkpoint));
  if (leaf >= size) return fail(Code::kNotFound, "the published log does not reach so far yet");
  const auto read = [&](const tlog::TileId& tile) { return reader.read_tile(tile); };
  SEAWALL_TRY(auto proof, tlog::prove_inclusion(leaf, size, read));
  return tlog::print_proof_file(
      {.extra = {}, .index = leaf, .proof = std::move(proof), .checkpoint = std::move(checkpoint)});
}

bool shows_in_log(std::string_view entry, std::string_view proof, const LogTrust& trust) {
  const auto file = tlog::parse_proof_file(proof);
  return file && tlog::verify_proof_file(*file, tlog::hash_leaf(entry), trust.keys()).has_value();
}

}  // namespace seawall
