#include "faulty_disk.h"

#include <sqlite3.h>

#include <new>

namespace seawall::test_support {
namespace {

int left_ = -1;  ///< Operations that still succeed; below 0: all.
int failure_ = SQLITE_OK;
bool failed_ = false;

/// SQLite's own file lies behind this one in memory.
struct File {
  sqlite3_file base;
  sqlite3_file* real;
};
sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<File*>(file)->real; }

/// The failure, or SQLITE_OK when the operation may go ahead.
int gate(int otherwise) {
  if (left_ < 0) return SQLITE_OK;
  if (left_ > 0) {
    --left_;
    return SQLITE_OK;
  }
  failed_ = true;
  return failure_ == SQLITE_FULL ? SQLITE_FULL : otherwise;
}

int do_close(sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); }
int do_read(sqlite3_file* f, void* to, int bytes, sqlite3_int64 at) {
  return real(f)->pMethods->xRead(real(f), to, bytes, at);
}
int do_write(sqlite3_file* f, const void* from, int bytes, sqlite3_int64 at) {
  if (const int failure = gate(SQLITE_IOERR_WRITE); failure != SQLITE_OK) return failure;
  return real(f)->pMethods->xWrite(real(f), from, bytes, at);
}
int do_truncate(sqlite3_file* f, sqlite3_int64 size) {
  if (const int failure = gate(SQLITE_IOERR_TRUNCATE); failure != SQLITE_OK) return SQLITE_IOERR_TRUNCATE;
  return real(f)->pMethods->xTruncate(real(f), size);
}
int do_sync(sqlite3_file* f, int flags) {
  if (const int failure = gate(SQLITE_IOERR_FSYNC); failure != SQLITE_OK) return SQLITE_IOERR_FSYNC;
  return real(f)->pMethods->xSync(real(f), flags);
}
int do_size(sqlite3_file* f, sqlite3_int64* size) { return real(f)->pMethods->xFileSize(real(f), size); }
int do_lock(sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); }
int do_unlock(sqlite3_file* f, int level) { return real(f)->pMethods->xUnlock(real(f), level); }
int do_check_lock(sqlite3_file* f, int* out) { return real(f)->pMethods->xCheckReservedLock(real(f), out); }
int do_control(sqlite3_file* f, int op, void* data) {
  return real(f)->pMethods->xFileControl(real(f), op, data);
}
int do_sector(sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); }
int do_device(sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }
int do_shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
  return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
}
int do_shm_lock(sqlite3_file* f, int first, int count, int flags) {
  return real(f)->pMethods->xShmLock(real(f), first, count, flags);
}
void do_shm_barrier(sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); }
int do_shm_unmap(sqlite3_file* f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); }

const sqlite3_io_methods kMethods = {
    2,           do_close,       do_read,       do_write,   do_truncate, do_sync,   do_size,
    do_lock,     do_unlock,      do_check_lock, do_control, do_sector,   do_device, do_shm_map,
    do_shm_lock, do_shm_barrier, do_shm_unmap,  nullptr,    nullptr};

int do_open(sqlite3_vfs* vfs, const char* name, sqlite3_file* out, int flags, int* out_flags) {
  auto* below = static_cast<sqlite3_vfs*>(vfs->pAppData);
  auto* file = new (out) File{};
  file->real = reinterpret_cast<sqlite3_file*>(file + 1);
  const int status = below->xOpen(below, name, file->real, flags, out_flags);
  // SQLite closes a file that has methods, even one that it could not open.
  if (file->real->pMethods != nullptr) file->base.pMethods = &kMethods;
  return status;
}

}  // namespace

void FaultyDisk::install() {
  static sqlite3_vfs vfs;
  if (vfs.zName != nullptr) return;
  sqlite3_vfs* below = sqlite3_vfs_find("unix");
  vfs = *below;
  vfs.zName = "faulty-disk";
  vfs.pAppData = below;
  vfs.szOsFile = static_cast<int>(sizeof(File)) + below->szOsFile;
  vfs.xOpen = do_open;
  vfs.pNext = nullptr;
  sqlite3_vfs_register(&vfs, 1);
}

void FaultyDisk::fail_from(int nth, Fault fault) {
  left_ = nth - 1;
  failure_ = fault == Fault::kFull ? SQLITE_FULL : SQLITE_IOERR;
  failed_ = false;
}

bool FaultyDisk::mend() {
  left_ = -1;
  return failed_;
}

}  // namespace seawall::test_support
