#pragma once

#include "seawall/durable_file/byte_io.h"
#include "seawall/durable_file/file_system.h"

/// The index's files are those of module durable_file; its code names them without a prefix.
namespace seawall::index_detail {

using durable::AppendFile;
using durable::ByteReader;
using durable::Bytes;
using durable::ByteWriter;
using durable::checksum;
using durable::FileContent;
using durable::FileSystem;
using durable::FolderLock;

}  // namespace seawall::index_detail
