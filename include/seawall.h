/* Seawall's C interface: fingerprint pictures, decoded by you or by Seawall's sandbox, and match them against
 * sets of fingerprints or against banks in folders.
 *
 * Stable: functions and structs here are only ever added to; SEAWALL_ABI_VERSION rises when that happens.
 * Threads: every function may be called from any thread. One seawall_index may be queried from many threads
 * at once, also while another thread changes it; changes are serialised inside. Errors: functions that can
 * fail return a seawall_status; seawall_last_error() then gives a sentence for an operator, valid until the
 * next call from the same thread. Nothing here prints, aborts on bad input, or throws. Memory: the caller
 * owns every buffer it passes; nothing is kept after the call returns. What the library hands out
 * (seawall_index, seawall_matches, ...) is freed by its own _free function; NULL is allowed there. Forks: a
 * child process uses nothing that its parent opened; it opens its own.
 *
 * Link with -lseawall; see examples/match.c for a whole program.
 */
#ifndef SEAWALL_H
#define SEAWALL_H

#include <stddef.h>
#include <stdint.h>

#define SEAWALL_ABI_VERSION 2

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

/* ---- Files of media (since 2) ----------------------------------------------------------------------------
 */

/* The digests of a file's bytes, as digest programs print them, first byte first. */
typedef struct seawall_digests {
  uint8_t md5[16];
  uint8_t sha1[20];
  uint8_t sha256[32];
  uint64_t size_bytes;
} seawall_digests;

/* The digests of n bytes (`bytes` may be NULL when n is 0). Errors: SEAWALL_INVALID_INPUT. */
SEAWALL_API seawall_status seawall_digest(const void* bytes, size_t n, seawall_digests* out);

/* Decodes files in a pool of confined processes (docs/media.md): whatever a hostile file does, it does there.
 * The processes end with the decoder, and with this process however it ends. */
typedef struct seawall_decoder seawall_decoder;

/* worker_program: the path of media_worker, of the same release as this library; NULL takes
 * $SEAWALL_MEDIA_WORKER, else media_worker beside the running program. workers_max: so many processes at
 * most, 0 for one a core; each starts when it is first needed. Errors: SEAWALL_UNAVAILABLE (there is no such
 * program; whether it runs shows at the first file). */
SEAWALL_API seawall_status seawall_decoder_open(const char* worker_program, int32_t workers_max,
                                                seawall_decoder** out);
SEAWALL_API void seawall_decoder_free(seawall_decoder* decoder);

/* How many ways of altering a picture are looked for: what the `variants` parameter takes. Costs and recall:
 * docs/robustness.md. */
typedef enum seawall_variants {
  SEAWALL_VARIANTS_NONE = 1,    /* The picture as it is: enough for hashing. */
  SEAWALL_VARIANTS_DEFAULT = 2, /* Mirrored and turned by right angles; borders trimmed. */
  SEAWALL_VARIANTS_THOROUGH = 3 /* Also crops, captions, insets, small rotations, negatives. */
} seawall_variants;

/* What may be matched of one file. Holds no bytes of it and no pixels. */
typedef struct seawall_media seawall_media;

typedef struct seawall_media_info {
  char type[40];          /* Told from the first bytes, "image/jpeg"; else "application/octet-stream". */
  int32_t width_px;       /* Upright. 0 when not decoded. */
  int32_t height_px;      /* Likewise. */
  int32_t frames;         /* In the file. */
  int32_t frames_decoded; /* Evenly spaced, at most 64. */
  int32_t truncated;      /* 1: damaged or cut off; what could be decoded was used. */
  int32_t decode_status;  /* SEAWALL_OK; else a seawall_status: there are digests alone. */
  seawall_digests digests;
} seawall_media_info;

/* One frame's PDQ hash. */
typedef struct seawall_frame {
  seawall_pdq pdq;
  int32_t index;   /* Position in the file, from 0. */
  int64_t time_ms; /* Presentation time; 0 for still pictures. */
} seawall_frame;

/* Digests and decodes n bytes of a file, at most 256 MiB. A file that cannot be decoded is no failure:
 * `decode_status` and seawall_media_problem() say why, and its digests can be matched all the same. Blocks
 * for the decode, at most about 20 s. Errors: SEAWALL_INVALID_INPUT (an argument), SEAWALL_UNAVAILABLE (no
 * decoder process could be started: the file is not to blame). */
SEAWALL_API seawall_status seawall_media_read(seawall_decoder* decoder, const void* bytes, size_t n,
                                              int32_t variants, seawall_media** out);
SEAWALL_API void seawall_media_free(seawall_media* media);

/* Errors: SEAWALL_INVALID_INPUT. */
SEAWALL_API seawall_status seawall_media_describe(const seawall_media* media, seawall_media_info* out);
/* Why it was not decoded, for an operator; empty if it was. Lives as long as `media`. */
SEAWALL_API const char* seawall_media_problem(const seawall_media* media);
/* The frame at `place`, 0 to frames_decoded - 1. Errors: SEAWALL_INVALID_INPUT. */
SEAWALL_API seawall_status seawall_media_frame(const seawall_media* media, size_t place, seawall_frame* out);

/* ---- Banks in folders (since 2) --------------------------------------------------------------------------
 */

/* What to do about a match, the weakest first. */
typedef enum seawall_action { SEAWALL_ALLOW = 0, SEAWALL_REVIEW = 1, SEAWALL_BLOCK = 2 } seawall_action;

typedef enum seawall_signal {
  SEAWALL_PDQ = 1,
  SEAWALL_MD5 = 2,
  SEAWALL_SHA1 = 3,
  SEAWALL_SHA256 = 4
} seawall_signal;

/* A bank that `seawall bank` made, opened for reading, as it stood then: open it again to see later changes,
 * which other processes may make meanwhile. */
typedef struct seawall_bank seawall_bank;

typedef struct seawall_bank_info {
  const char* name;   /* UTF-8. Lives as long as the bank, as does the next. */
  const char* remark; /* What an operator should know about the opening; or empty. */
  int32_t action;     /* seawall_action: what a match asks for. */
  int32_t radius_bits;
  uint64_t entries;
  uint64_t changes; /* Position of the last change: grows with each. */
} seawall_bank_info;

/* Errors: SEAWALL_NOT_FOUND, SEAWALL_CORRUPT, SEAWALL_UNAVAILABLE, SEAWALL_UNSUPPORTED (a newer format). */
SEAWALL_API seawall_status seawall_bank_open(const char* folder, seawall_bank** out);
SEAWALL_API void seawall_bank_free(seawall_bank* bank);
SEAWALL_API seawall_status seawall_bank_describe(const seawall_bank* bank, seawall_bank_info* out);

/* One entry that is met, by its nearest signal. */
typedef struct seawall_bank_match {
  const char* entry;     /* The id under which it is listed, UTF-8. Lives until the matches are freed. */
  const char* variant;   /* How the picture was turned or cut to meet it; "original": not at all. Likewise. */
  int32_t signal;        /* seawall_signal */
  int32_t distance_bits; /* 0 for digests. */
  int32_t frame;         /* Position of the frame in the file, or of the hash in `pdqs`; 0 for digests. */
  int32_t quality;       /* Of the hash that met it, 0..100; -1 for digests. */
} seawall_bank_match;

/* Digests first, then nearest first. */
typedef struct seawall_bank_matches {
  seawall_bank_match* items;
  size_t count;
  int32_t action; /* The bank's, if anything was met; else SEAWALL_ALLOW. */
  void* memory;   /* The library's own. */
} seawall_bank_matches;

/* For `radius_bits`: the bank's own radius. */
#define SEAWALL_RADIUS_OF_BANK (-1)

/* Every entry that the media meets by a digest or within radius_bits (0..256, inclusive), once each. Hashes
 * of quality under 50 are not looked up. Errors: SEAWALL_INVALID_INPUT, SEAWALL_CORRUPT,
 * SEAWALL_UNAVAILABLE. */
SEAWALL_API seawall_status seawall_bank_match_media(const seawall_bank* bank, const seawall_media* media,
                                                    int32_t radius_bits, seawall_bank_matches* out);

/* Signals that were computed elsewhere; NULL where there is none. */
typedef struct seawall_signals {
  const seawall_pdq* pdqs; /* A quality of -1: unknown. */
  size_t pdq_count;        /* At most 4096. */
  const uint8_t* md5;      /* 16 bytes */
  const uint8_t* sha1;     /* 20 bytes */
  const uint8_t* sha256;   /* 32 bytes */
} seawall_signals;

/* As above. */
SEAWALL_API seawall_status seawall_bank_match_signals(const seawall_bank* bank,
                                                      const seawall_signals* signals, int32_t radius_bits,
                                                      seawall_bank_matches* out);
SEAWALL_API void seawall_bank_matches_free(seawall_bank_matches* matches);

#ifdef __cplusplus
}
#endif
#endif /* SEAWALL_H */
