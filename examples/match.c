/* Fingerprints two generated pictures, lists one, and finds a brightened copy of it. Needs nothing but
 * -lseawall. Build: cc examples/match.c -Iinclude -lseawall -o match */
#include <inttypes.h>
#include <seawall.h>
#include <stdio.h>
#include <stdlib.h>

enum { kSide = 256, kListedId = 42 };

/* A smooth, uneven pattern that depends on `seed`; harmless, and rich enough for a good quality. */
static void draw(uint8_t* rgb, unsigned seed, int brighten) {
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      unsigned cell = ((unsigned)(x / 24) * 2654435761U) ^ ((unsigned)(y / 24) * 40503U) ^ (seed * 97U);
      cell = (cell ^ (cell >> 13)) * 2246822519U;
      int value = (int)(cell >> 24) * 3 / 4 + brighten;
      for (int c = 0; c < 3; ++c) rgb[(y * kSide + x) * 3 + c] = (uint8_t)(value > 255 ? 255 : value);
    }
  }
}

static void must(seawall_status status) {
  if (status == SEAWALL_OK) return;
  fprintf(stderr, "seawall: %s\n", seawall_last_error());
  exit(1);
}

static seawall_pdq hash(unsigned seed, int brighten) {
  static uint8_t rgb[kSide * kSide * 3];
  seawall_pdq pdq;
  draw(rgb, seed, brighten);
  must(seawall_pdq_hash(rgb, kSide, kSide, kSide * 3, SEAWALL_RGB24, &pdq));
  return pdq;
}

int main(void) {
  const seawall_pdq listed = hash(1, 0);
  const seawall_pdq other = hash(2, 0);
  const seawall_pdq copy = hash(1, 20);
  const uint64_t id = kListedId;
  seawall_index* index = NULL;
  seawall_matches matches;
  char text[65];

  seawall_pdq_to_text(&listed, text);
  printf("listed %s quality %" PRId32 "\n", text, listed.quality);
  must(seawall_index_open(NULL, &index));
  must(seawall_index_add(index, &listed, &id, 1));

  must(seawall_index_match(index, &copy, 31, 0, &matches));
  printf("brightened copy: %zu match(es)", matches.count);
  if (matches.count == 1)
    printf(", id %" PRIu64 " at distance %" PRId32, matches.items[0].id, matches.items[0].distance_bits);
  printf("\n");
  const int copy_found = matches.count == 1 && matches.items[0].id == kListedId;
  seawall_matches_free(&matches);

  must(seawall_index_match(index, &other, 31, 0, &matches));
  printf("another picture: %zu match(es), distance %" PRId32 "\n", matches.count,
         seawall_pdq_distance(&listed, &other));
  const int other_found = matches.count != 0;
  seawall_matches_free(&matches);
  seawall_index_free(index);
  return copy_found && !other_found ? 0 : 1;
}
