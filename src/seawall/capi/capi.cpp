#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "seawall.h"
#include "seawall/base/result.h"
#include "seawall/capi/detail/status.h"
#include "seawall/fingerprint/pdq.h"
#include "seawall/index/live_index.h"
#include "seawall/model/signal.h"

struct seawall_index {
  std::unique_ptr<seawall::LiveIndex> index;
};

namespace {

using seawall::capi::fingerprint_of;
using seawall::capi::guarded;
using seawall::capi::pdq_of;
using seawall::capi::refuse;
using seawall::capi::status_of;

constexpr std::int32_t kSideMax = 1'000'000;

const char* why_not_pixels(const seawall::PixelView& view) {
  if (view.data == nullptr) return "pixels is null";
  if (view.layout < seawall::PixelLayout::kGray8 || view.layout > seawall::PixelLayout::kRgbx32) {
    return "layout is none of SEAWALL_GRAY8, SEAWALL_RGB24, SEAWALL_RGBX32";
  }
  if (view.width_px < 1 || view.height_px < 1 || view.width_px > kSideMax || view.height_px > kSideMax) {
    return "width and height must be 1 to 1000000 pixels";
  }
  const std::ptrdiff_t row_bytes = std::ptrdiff_t{view.width_px} * seawall::bytes_per_pixel(view.layout);
  if (view.stride_bytes < row_bytes && view.stride_bytes > -row_bytes) {
    return "stride_bytes is shorter than one row of pixels";
  }
  return nullptr;
}

seawall::PixelView view_of(const uint8_t* pixels, int32_t width, int32_t height, ptrdiff_t stride,
                           int32_t layout) {
  return {pixels, width, height, stride, static_cast<seawall::PixelLayout>(layout)};
}

}  // namespace

extern "C" {

const char* seawall_version(void) { return SEAWALL_VERSION; }
int seawall_abi_version(void) { return SEAWALL_ABI_VERSION; }
const char* seawall_last_error(void) { return seawall::capi::last_error().c_str(); }

seawall_status seawall_pdq_hash(const uint8_t* pixels, int32_t width_px, int32_t height_px,
                                ptrdiff_t stride_bytes, int32_t layout, seawall_pdq* out) {
  if (out == nullptr) return refuse("out is null");
  const auto view = view_of(pixels, width_px, height_px, stride_bytes, layout);
  if (const char* why = why_not_pixels(view)) return refuse(why);
  return guarded([&] {
    *out = pdq_of(seawall::pdq_hash(view));
    return SEAWALL_OK;
  });
}

seawall_status seawall_pdq_hash_dihedral(const uint8_t* pixels, int32_t width_px, int32_t height_px,
                                         ptrdiff_t stride_bytes, int32_t layout, seawall_pdq out[8]) {
  if (out == nullptr) return refuse("out is null");
  const auto view = view_of(pixels, width_px, height_px, stride_bytes, layout);
  if (const char* why = why_not_pixels(view)) return refuse(why);
  return guarded([&] {
    const auto hashes = seawall::pdq_dihedral(seawall::pdq_spectrum(seawall::pdq_grid(view)));
    for (std::size_t i = 0; i < hashes.size(); ++i) out[i] = pdq_of(hashes[i]);
    return SEAWALL_OK;
  });
}

int32_t seawall_pdq_distance(const seawall_pdq* a, const seawall_pdq* b) {
  return seawall::hamming_distance(fingerprint_of(*a), fingerprint_of(*b));
}

void seawall_pdq_to_text(const seawall_pdq* pdq, char out[65]) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (std::size_t i = 0; i < sizeof pdq->bits; ++i) {
    out[2 * i] = kDigits[pdq->bits[i] >> 4];
    out[2 * i + 1] = kDigits[pdq->bits[i] & 15];
  }
  out[64] = '\0';
}

seawall_status seawall_pdq_from_text(const char* text, seawall_pdq* out) {
  if (text == nullptr || out == nullptr) return refuse("text or out is null");
  return guarded([&] {
    // strnlen: a text that is too long is refused without reading all of it.
    auto read = seawall::fingerprint_from_text({text, strnlen(text, 65)});
    if (!read) return status_of(std::move(read).error());
    *out = pdq_of({*read, 100});
    return SEAWALL_OK;
  });
}

seawall_status seawall_index_open(const char* folder, seawall_index** out) {
  if (out == nullptr) return refuse("out is null");
  *out = nullptr;
  return guarded([&] {
    auto handle = std::make_unique<seawall_index>();
    if (folder == nullptr) {
      handle->index = seawall::LiveIndex::in_memory();
    } else {
      auto opened = seawall::LiveIndex::open(folder);
      if (!opened) return status_of(std::move(opened).error());
      handle->index = *std::move(opened);
    }
    *out = handle.release();
    return SEAWALL_OK;
  });
}

void seawall_index_free(seawall_index* index) { delete index; }

seawall_status seawall_index_add(seawall_index* index, const seawall_pdq* pdqs, const uint64_t* ids,
                                 size_t n) {
  if (index == nullptr || ((pdqs == nullptr || ids == nullptr) && n > 0))
    return refuse("an argument is null");
  return guarded([&] {
    std::vector<seawall::IndexEntry> entries;
    entries.reserve(n);
    for (std::size_t i = 0; i < n; ++i) {
      if (ids[i] == 0) return refuse("an id is 0");
      entries.push_back({fingerprint_of(pdqs[i]), seawall::EntryId{ids[i]}});
    }
    const auto done =
        index->index->apply({.add = entries, .remove = {}, .position = index->index->position()});
    return done ? SEAWALL_OK : status_of(done.error());
  });
}

seawall_status seawall_index_remove(seawall_index* index, const uint64_t* ids, size_t n) {
  if (index == nullptr || (ids == nullptr && n > 0)) return refuse("an argument is null");
  return guarded([&] {
    std::vector<seawall::EntryId> gone;
    gone.reserve(n);
    for (std::size_t i = 0; i < n; ++i) gone.push_back(seawall::EntryId{ids[i]});
    const auto done = index->index->apply({.add = {}, .remove = gone, .position = index->index->position()});
    return done ? SEAWALL_OK : status_of(done.error());
  });
}

size_t seawall_index_size(const seawall_index* index) { return index == nullptr ? 0 : index->index->size(); }

seawall_status seawall_index_match(const seawall_index* index, const seawall_pdq* query, int32_t radius_bits,
                                   size_t nearest_max, seawall_matches* out) {
  if (index == nullptr || query == nullptr || out == nullptr) return refuse("an argument is null");
  *out = {nullptr, 0};
  return guarded([&] {
    seawall::QueryOptions options;
    options.radius_bits = radius_bits;
    if (nearest_max > 0) options.nearest_max = nearest_max;
    auto found = index->index->within(fingerprint_of(*query), options);
    if (!found) return status_of(std::move(found).error());
    if (found->empty()) return SEAWALL_OK;
    auto items = std::make_unique<seawall_match[]>(found->size());
    for (std::size_t i = 0; i < found->size(); ++i) {
      items[i] = {static_cast<std::uint64_t>((*found)[i].id), (*found)[i].distance_bits};
    }
    *out = {items.release(), found->size()};
    return SEAWALL_OK;
  });
}

void seawall_matches_free(seawall_matches* matches) {
  if (matches == nullptr) return;
  delete[] matches->items;
  *matches = {nullptr, 0};
}

}  // extern "C"
