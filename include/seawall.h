/* Seawall's C interface: fingerprint pictures that you have decoded, and match fingerprints against sets of
 * them.
 *
 * Stable: functions and structs here are only ever added to; SEAWALL_ABI_VERSION rises when that happens.
 * Threads: every function may be called from any thread. One seawall_index may be queried from many threads
 * at once, also while another thread changes it; changes are serialised inside. Errors: functions that can
 * fail return a seawall_status; seawall_last_error() then gives a sentence for an operator, valid until the
 * next call from the same thread. Nothing here prints, aborts on bad input, or throws. Memory: the caller
 * owns every buffer it passes; nothing is kept after the call returns. What the library hands out
 *   (seawall_index, seawall_matches) is freed by its own _free function; NULL is allowed there.
 *
 * Link with -lseawall; see examples/match.c for a whole program.
 */
#ifndef SEAWALL_H
#define SEAWALL_H

#include <stddef.h>
#include <stdint.h>

#define SEAWALL_ABI_VERSION 1

#if defined(_WIN32)
#define SEAWALL_API
#else
#define SEAWALL_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Values are stable and equal those of docs/errors.md. */
typedef enum seawall_status {
  SEAWALL_OK = 0,
  SEAWALL_INVALID_INPUT = 1, /* An argument or the bytes are wrong; retrying cannot help. */
  SEAWALL_NOT_FOUND = 2,
  SEAWALL_CONFLICT = 3, /* Another process writes this index. */
  SEAWALL_LIMIT_EXCEEDED = 4,
  SEAWALL_UNAVAILABLE = 5, /* The disk or memory did not answer; retrying later may help. */
  SEAWALL_CORRUPT = 6,     /* Stored bytes fail their own checks; an operator must look. */
  SEAWALL_UNSUPPORTED = 7,
  SEAWALL_DECODER_CRASHED = 8
} seawall_status;

/* The version of this library, "0.1.0". Never NULL. */
SEAWALL_API const char* seawall_version(void);

/* The ABI version that the library was built with. */
SEAWALL_API int seawall_abi_version(void);

/* Why the last failing call from this thread failed. Never NULL; empty if none did. */
SEAWALL_API const char* seawall_last_error(void);

/* ---- Fingerprints ----------------------------------------------------------------------------------------
 */

/* Order of the bytes of one pixel: what the `layout` parameters take. */
typedef enum seawall_layout {
  SEAWALL_GRAY8 = 1, /* one byte */
  SEAWALL_RGB24 = 2, /* R, G, B */
  SEAWALL_RGBX32 = 3 /* R, G, B, one ignored byte */
} seawall_layout;

/* A PDQ fingerprint: 32 bytes, most significant first (as its hex text reads), and its quality 0..100. Hashes
 * of quality under 50 are noise: neither store nor match them. */
typedef struct seawall_pdq {
  uint8_t bits[32];
  int32_t quality;
} seawall_pdq;

/* PDQ of a picture, equal to Meta's reference on equal pixels.
 * pixels: top row first; stride_bytes: from one row to the next, at least width * bytes a pixel, or negative
 * for bottom-up memory with `pixels` at the top row. A side under 5 gives quality 0. Errors:
 * SEAWALL_INVALID_INPUT (null, sides under 1 or over 1,000,000, a stride too short, an unknown layout). */
SEAWALL_API seawall_status seawall_pdq_hash(const uint8_t* pixels, int32_t width_px, int32_t height_px,
                                            ptrdiff_t stride_bytes, int32_t layout, seawall_pdq* out);

/* As above for the picture and its seven rotations and mirrors: original, rotated by 90, 180 and 270 degrees,
 * flipped in x, in y, and about each diagonal. */
SEAWALL_API seawall_status seawall_pdq_hash_dihedral(const uint8_t* pixels, int32_t width_px,
                                                     int32_t height_px, ptrdiff_t stride_bytes,
                                                     int32_t layout, seawall_pdq out[8]);

/* Number of differing bits, 0..256. */
SEAWALL_API int32_t seawall_pdq_distance(const seawall_pdq* a, const seawall_pdq* b);

/* Writes 64 hex digits and a NUL. */
SEAWALL_API void seawall_pdq_to_text(const seawall_pdq* pdq, char out[65]);

/* Reads 64 hex digits, either case; sets quality to 100. Errors: SEAWALL_INVALID_INPUT. */
SEAWALL_API seawall_status seawall_pdq_from_text(const char* text, seawall_pdq* out);

/* ---- Matching --------------------------------------------------------------------------------------------
 */

/* A set of (fingerprint, id) pairs that answers exactly which are within a radius, while it changes. */
typedef struct seawall_index seawall_index;

/* Opens or creates an index in a folder; a NULL folder gives one in memory alone. What a change acknowledged
 * survives a crash. Errors: SEAWALL_CONFLICT, SEAWALL_CORRUPT, SEAWALL_UNAVAILABLE. */
SEAWALL_API seawall_status seawall_index_open(const char* folder, seawall_index** out);
SEAWALL_API void seawall_index_free(seawall_index* index);

/* Adds n pairs at once: all or none. ids[i] is any value but 0 and may own several fingerprints. */
SEAWALL_API seawall_status seawall_index_add(seawall_index* index, const seawall_pdq* pdqs,
                                             const uint64_t* ids, size_t n);
/* Removes every fingerprint of these ids; unknown ids are ignored. */
SEAWALL_API seawall_status seawall_index_remove(seawall_index* index, const uint64_t* ids, size_t n);

/* Number of stored pairs. */
SEAWALL_API size_t seawall_index_size(const seawall_index* index);

typedef struct seawall_match {
  uint64_t id;
  int32_t distance_bits;
} seawall_match;

/* The answers of one query, nearest first, ties by id. */
typedef struct seawall_matches {
  seawall_match* items;
  size_t count;
} seawall_matches;

/* Every entry within radius_bits (0..256, inclusive; 31 is customary) of the query: none missing, none too
 * many. nearest_max: at most so many, the nearest; 0 for all. Errors: SEAWALL_INVALID_INPUT. */
SEAWALL_API seawall_status seawall_index_match(const seawall_index* index, const seawall_pdq* query,
                                               int32_t radius_bits, size_t nearest_max, seawall_matches* out);
SEAWALL_API void seawall_matches_free(seawall_matches* matches);

#ifdef __cplusplus
}
#endif
#endif /* SEAWALL_H */
